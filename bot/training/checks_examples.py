"""What can be wrong with examples: copies, contradictions, too few, and held-out texts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bot.errors import ConfigError, did_you_mean
from bot.nlu import graded
from bot.training import alike, corpus
from bot.training.corpus import FRUSTRATION, INTENT, Example
from bot.training.finding import Finding

LEAST = 2  # examples that an intent needs: the classifier learns on one part, checks on another
SCARCE = 0.25  # share of the median count below which an intent is far behind the others

REGIONS = {"es": ("es", "mx", "ar", "co", "cl", "pe"), "en": ("us", "uk", "ie", "au", "in")}
DOMAINS = tuple("shop bank telecom airline energy insurance public software everyday".split())
STYLES = tuple("furious icy sarcastic resigned rambling telegraphic shouting even joyful".split())
FIELDS = ("text", "level", "complaint", "region", "domain", "style", "context")
"""What a graded example may say; all but text, level and context is for people."""


def intents(root: Path) -> Iterator[Finding]:
    """Check the examples of intents in the checkout ``root``."""
    examples = corpus.intents(root)
    yield from _twice(examples)
    yield from _in_two_intents(examples)
    yield from _counts(examples)
    yield from _leaks(examples, corpus.held_out(root, INTENT))


def frustration(root: Path) -> Iterator[Finding]:
    """Check the graded examples in the checkout ``root``; broken ones hide the other findings."""
    paths = [path for path in graded.files(root / corpus.GRADED) if path.name != "cues.yml"]
    broken = [one for path in paths for one in _fields(path)]
    yield from broken
    if broken:
        return
    examples = corpus.frustration(root)
    yield from _twice(examples)
    yield from _two_levels(examples)
    yield from _leaks(examples, corpus.held_out(root, FRUSTRATION))


def _twice(examples: list[Example]) -> Iterator[Finding]:
    """Within one class."""
    for group in corpus.groups(examples).values():
        for one, other, same in corpus.index(group).pairs():
            how = "equal to" if same else "nearly equal to"
            yield Finding(
                other.place,
                f"'{other.label}' has «{other.text}», {how} «{one.text}» ({one.place}).",
                "Delete one, or say it in other words.",
                warning=not same,
            )


def _in_two_intents(examples: list[Example]) -> Iterator[Finding]:
    first: dict[str, Example] = {}
    for one in examples:
        other = first.setdefault(alike.key(one.text), one)
        if other.label != one.label:
            yield Finding(
                one.place,
                f"«{one.text}» is '{one.label}' here and '{other.label}' in {other.place}.",
                "Keep it where data/nlu/GUIDE.md puts it.",
            )


def _two_levels(examples: list[Example]) -> Iterator[Finding]:
    first: dict[tuple[str, tuple[str, ...]], Example] = {}
    for one in examples:
        other = first.setdefault((alike.key(one.text), one.context), one)
        if other.label != one.label:
            yield Finding(
                one.place,
                f"«{one.text}» is '{one.label}' here and '{other.label}' in {other.place}.",
                "Keep the level that data/frustration/GUIDE.md gives, or add the context that "
                "makes the difference.",
            )


def _counts(examples: list[Example]) -> Iterator[Finding]:
    groups = corpus.groups(examples)
    total = Counter(one.label for one in examples)
    middle: dict[str, list[int]] = defaultdict(list)
    for (language, _), group in groups.items():
        middle[language].append(len(group))
    for (language, intent), group in groups.items():
        typical = median(middle[language])
        add = f'Add some: remanso examples add --intent {intent} --language {language} "..."'
        if total[intent] < LEAST:
            yield Finding(
                group[0].place, f"Intent '{intent}' has one example; {LEAST} are needed.", add
            )
        elif len(group) < SCARCE * typical:
            yield Finding(
                group[0].place,
                f"Intent '{intent}' has {len(group)} examples in '{language}', where intents "
                f"have {typical:.0f} (median): it will be overlooked.",
                add,
                warning=True,
            )


def _leaks(examples: list[Example], held: list[Example]) -> Iterator[Finding]:
    index = corpus.index(examples)
    for one in held:
        for other, same in corpus.copies(one, index):
            how = "equal to" if same else "nearly equal to"
            yield Finding(
                other.place,
                f"«{other.text}» is {how} «{one.text}», a held-out text ({one.place}).",
                "Delete one of them: what was trained on measures nothing.",
            )


def _fields(path: Path) -> Iterator[Finding]:
    """Check each entry of one file of graded examples."""
    regions = REGIONS[corpus.language_of(path)]
    accepted = {"region": regions, "domain": DOMAINS, "style": STYLES}
    for entry in graded.entries(path):
        place = f"{corpus.GRADED}/{path.name}:{getattr(entry, 'line', 0)}"
        try:
            graded.example(entry, path)
        except ConfigError as error:
            yield Finding(place, str(error).partition(": ")[2])
            continue
        for name, value in entry.items():
            if name not in FIELDS:
                yield Finding(place, f"Unknown field '{name}'.", did_you_mean(name, FIELDS).strip())
            elif name in accepted and value not in accepted[name]:
                hint = did_you_mean(str(value), accepted[name]).strip()
                yield Finding(place, f"Unknown {name} '{value}'.", hint)
