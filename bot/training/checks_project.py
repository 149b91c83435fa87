"""What can be wrong between files: YAML, intents against the domain, stories, texts, triggers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from bot.deescalation.steps import StepConfig
from bot.deescalation.topics import FALLBACK, INTERNAL
from bot.deescalation.turn import LEVELS
from bot.deescalation.variations import Variation, read_folder
from bot.deescalation.wording import check
from bot.errors import ConfigError, did_you_mean
from bot.nlu import articles, lines
from bot.training import corpus
from bot.training.corpus import Example
from bot.training.finding import Finding

POLICY = "bot.policies.deescalation_policy.DeescalationPolicy"
POLICYS_OWN = (
    *("name", "priority", "otherwise", "otherwise_any", "otherwise_in_form"),
    "otherwise_switch",
)
UNSPOKEN = INTERNAL | {FALLBACK}  # intents that have no examples
FILES = ("domain.yml", "config.yml", "desk.yml", "data/**/*.yml", "evaluation/nlu/*.yml")
RESPONSES = Path("data/responses")
KNOWLEDGE = Path("data/knowledge")


def readable(root: Path) -> Iterator[Finding]:
    """Check that every YAML file in the checkout ``root`` can be read."""
    for path in sorted(path for pattern in FILES for path in root.glob(pattern)):
        try:
            lines.load_file(path, where=str(path.relative_to(root)))
        except ConfigError as error:
            place, _, problem = str(error).partition(": ")
            fix = "Put texts with a colon or a quote between double quotes, indent with spaces."
            yield Finding(place, problem, fix)


def known_intents(root: Path) -> dict[str, int]:
    """Return the intents of the checkout's ``domain.yml``, each with its line.

    Raises:
        ConfigError: the file cannot be read or has no list of intents.
    """
    path = root / "domain.yml"
    content = lines.load_file(path)
    listed = content.get("intents") if isinstance(content, dict) else None
    if not isinstance(listed, list):
        raise ConfigError(f"{path} has no list 'intents'.")
    # An intent with settings is a mapping: - name: {use_entities: []}.
    names = [next(iter(one)) if isinstance(one, dict) else one for one in listed]
    return {str(name): int(getattr(name, "line", 0)) for name in names}


def domain(root: Path) -> Iterator[Finding]:
    """Check that the intents of the domain and those with examples are the same."""
    known = known_intents(root)
    examples: dict[str, Example] = {}
    for one in corpus.intents(root):
        examples.setdefault(one.label, one)
    for intent, line in known.items():
        if intent not in examples and intent not in UNSPOKEN:
            yield Finding(
                f"domain.yml:{line}",
                f"Intent '{intent}' has no example in data/nlu.",
                f'Add some: remanso examples add --intent {intent} "..." or take it out.',
            )
    for intent, one in examples.items():
        if intent not in known:
            hint = did_you_mean(intent, known).partition(" Accepted:")[0].strip()
            fix = f"{hint} Add it to domain.yml (intents), or correct its name.".strip()
            yield Finding(one.place, f"Intent '{intent}' is not in domain.yml.", fix)


def texts(folder: Path) -> Iterator[Finding]:
    """Check that all texts can be read, that none inflames, and that none must come twice."""
    try:
        responses = read_folder(folder)
    except ConfigError as error:
        yield Finding("", str(error))
        return
    places = _places(folder)
    for key, variations in responses.items():
        for variation in variations:
            yield from _wording(variation, places.get(variation.id, str(RESPONSES)))
        yield from _single(key, variations, places)


def _places(folder: Path) -> dict[str, str]:
    """Return the place of each variation by its id."""
    found = {}
    for path in sorted(folder.rglob("*.yml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if match := re.match(r"\s*(?:-\s+)?\{?\s*id:\s*[\"']?([\w-]+)", line):
                found[match[1]] = f"{RESPONSES / path.relative_to(folder)}:{number}"
    return found


def _wording(variation: Variation, place: str) -> Iterator[Finding]:
    """Find what inflames in a variation's text and buttons, at each level it may be said at."""
    texts = [variation.text, *(button["title"] for button in variation.buttons)]
    seen = set()
    # A text without levels may be read by anybody.
    for level in variation.level or LEVELS:
        for text in texts:
            for one in check(text, language=variation.language, level=level):
                if (text, one) not in seen:
                    seen.add((text, one))
                    problem = f"{one.rule}: «{one.text}» for somebody {level}. {one.reason}"
                    yield Finding(place, f"{variation.id}: {problem}", f"Better: {one.better}")


def _single(
    key: str, variations: tuple[Variation, ...], places: dict[str, str]
) -> Iterator[Finding]:
    """Find a language in which a response has one wording, and it may not be said again."""
    spoken = defaultdict(list)
    for variation in variations:
        spoken[variation.language].append(variation)
    for language, found in spoken.items():
        if len(found) == 1 and not found[0].repeat:
            yield Finding(
                places.get(found[0].id, str(RESPONSES)),
                f"{key} has one wording in '{language}': the second time there is nothing to say.",
                "Add another wording, or metadata: {repeat: true} when it may be said again.",
                warning=True,
            )


def knowledge(root: Path) -> Iterator[Finding]:
    """Check the help articles: form, wording, intents, and that each is there in every language."""
    intents = known_intents(root)
    found: dict[str, set[str]] = defaultdict(set)
    for path in articles.files(root / KNOWLEDGE):
        try:
            article = articles.read(path)
        except ConfigError as error:
            place, _, problem = str(error).partition(": ")
            yield Finding(place, problem)
        else:
            found[article.slug].add(article.language)
            yield from _article(article, intents)
    for slug, languages in found.items():
        for language in sorted(set(articles.LANGUAGES) - languages):
            place = f"{KNOWLEDGE / slug}.{language}.md"
            problem = f"The article '{slug}' is not there in '{language}'."
            fix = "Add it: customers of that language are offered nothing."
            yield Finding(place, problem, fix, warning=True)


def _article(article: articles.Article, intents: Iterable[str]) -> Iterator[Finding]:
    """Find intents of an article that the domain lacks, and wording that inflames."""
    for name in article.intents:
        if name not in intents:
            hint = did_you_mean(name, intents).partition(" Accepted:")[0].strip()
            yield Finding(article.place, f"Intent '{name}' is not in domain.yml.", hint)
    file = article.place.rpartition(":")[0]
    for passage in article.passages:
        # An article may be quoted to anybody, so it is held to what an angry person reads.
        for one in check(passage.text, language=article.language, level="angry"):
            place = f"{file}:{passage.line}"
            yield Finding(place, f"«{one.text}»: {one.reason}", f"Better: {one.better}")


def triggers(path: Path) -> Iterator[Finding]:
    """Check the block of the de-escalation policy in ``config.yml``."""
    try:
        text = path.read_text(encoding="utf-8")
        policies = yaml.safe_load(text)["policies"]
        ours = next(policy for policy in policies if policy["name"] == POLICY)
        StepConfig.from_config({k: v for k, v in ours.items() if k not in POLICYS_OWN})
    except ConfigError as error:
        yield Finding(f"config.yml:{_line(text, str(error))}", str(error))
    except StopIteration:
        yield Finding(
            "config.yml",
            f"config.yml has no policy {POLICY}: nothing would de-escalate or hand over.",
        )
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        problem = f"config.yml cannot be read: {error!r}."
        yield Finding("config.yml", problem, "It needs a list under 'policies'.")


def _line(text: str, error: str) -> int:
    """Return the line of ``config.yml`` that an error is about: the first name that it quotes."""
    quoted = re.findall(r"'(\w+)'", error)
    for number, line in enumerate(text.splitlines(), start=1):
        if quoted and re.search(rf"(?:^|[\s{{,]){quoted[0]}\s*:", line):
            return number
    return next((n for n, line in enumerate(text.splitlines(), 1) if POLICY in line), 1)
