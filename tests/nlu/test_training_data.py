"""The NLU examples themselves: enough of them, varied, and never contradicting each other."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from bot.training.alike import bare, key

pytestmark = pytest.mark.unit

FOLDER = Path(__file__).resolve().parents[2] / "data" / "nlu"
SHARE = 0.10  # of an intent's examples in one language
LEAST_SPANISH = 60
LEAST_ENGLISH = 30
LEAST_INTENTS = 45
MONTHS = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "january february march april may june july august september october november december"
).split()
NUMERALS = (
    "un una uno dos tres cuatro cinco seis siete ocho nueve diez quince veinte treinta cien mil "
    "one two three four five six seven eight nine ten twelve fifteen twenty thirty hundred"
).split()
DAYS = (
    "lunes martes miercoles jueves viernes sabado domingo "
    "monday tuesday wednesday thursday friday saturday sunday"
).split()
DATA_WORDS = frozenset(MONTHS + NUMERALS + DAYS)


class Example(NamedTuple):
    """One example of an intent and where it stands."""

    language: str
    intent: str
    text: str
    file: str

    def __str__(self) -> str:
        return f"{self.file}: {self.intent}: {self.text!r}"


def _examples() -> list[Example]:
    found = []
    for path in sorted(FOLDER.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            if "intent" not in block:
                continue
            for line in block["examples"].splitlines():
                if line.strip():
                    text = line.strip().removeprefix("-").strip()
                    found.append(Example(path.name[:2], block["intent"], text, path.name))
    return found


EXAMPLES = _examples()
GROUPS: dict[tuple[str, str], list[Example]] = defaultdict(list)
for _example in EXAMPLES:
    GROUPS[_example.language, _example.intent].append(_example)
GROUP_IDS = [pytest.param(group, id="-".join(key)) for key, group in sorted(GROUPS.items())]


def _opening(text: str) -> str:
    return " ".join(bare(text).split()[:3])


def _skeleton(text: str) -> str:
    """`text` with every name, number, date and address replaced by one sign."""
    words = []
    for place, word in enumerate(text.split()):
        shouted = text.upper() == text
        name = place > 0 and word[:1].isupper() and not shouted
        data = any(char.isdigit() or char == "@" for char in word)
        plain = bare(word)
        sign = "#" if name or data or plain in DATA_WORDS else plain
        if sign and words[-1:] != [sign]:
            words.append(sign)
    return " ".join(words)


def _too_common(group: list[Example], keys: list[str]) -> list[str]:
    allowed = max(1, int(len(group) * SHARE))
    return [f"{key!r}: {n} of {len(group)}" for key, n in Counter(keys).items() if n > allowed]


def test_there_are_enough_intents_with_enough_spanish_examples_each():
    counts = {
        intent: len(group) for (language, intent), group in GROUPS.items() if language == "es"
    }
    assert len(counts) >= LEAST_INTENTS
    assert {intent: n for intent, n in counts.items() if n < LEAST_SPANISH} == {}


def test_every_intent_is_spoken_in_both_languages():
    english = {
        intent: len(group) for (language, intent), group in GROUPS.items() if language == "en"
    }
    spanish = {intent for language, intent in GROUPS if language == "es"}
    assert {i: english.get(i, 0) for i in spanish if english.get(i, 0) < LEAST_ENGLISH} == {}
    assert set(english) <= spanish


def test_files_are_named_by_their_language():
    assert [str(e) for e in EXAMPLES if e.language not in ("es", "en") or e.file[2] != "_"] == []


@pytest.mark.parametrize("group", GROUP_IDS)
def test_few_examples_open_with_the_same_three_words(group):
    assert _too_common(group, [_opening(example.text) for example in group]) == []


@pytest.mark.parametrize("group", GROUP_IDS)
def test_few_examples_differ_only_in_a_name_or_a_number(group):
    assert _too_common(group, [_skeleton(example.text) for example in group]) == []


def test_no_example_stands_under_two_intents_or_twice_under_one():
    places: dict[str, list[Example]] = defaultdict(list)
    for example in EXAMPLES:
        places[key(example.text)].append(example)
    twice = [" / ".join(map(str, found)) for found in places.values() if len(found) > 1]
    # Two bare numbers read alike whatever their digits.
    numbers = [str(e) for e in EXAMPLES if not bare(e.text) and re.search(r"\d", e.text)]
    assert twice == []
    assert len(numbers) <= 1, numbers


def test_no_example_starts_with_a_slash():
    assert [str(e) for e in EXAMPLES if not e.text or e.text.startswith("/")] == []


def test_no_example_carries_markup():
    marked = re.compile(r"\[[^\]]*\]\s*[({]|\$\{")
    assert [str(e) for e in EXAMPLES if marked.search(e.text)] == []


def test_the_rules_see_through_names_and_numbers():
    assert _skeleton("es el 48213") == _skeleton("es el 51190")
    assert _skeleton("soy Ana Ruiz") == _skeleton("soy Luis")
    assert _skeleton("tarda tres días") == _skeleton("tarda 9 días")
    assert _skeleton("soy de Cali") != _skeleton("vengo de Cali")
    assert bare("¡Dónde ESTÁ, 12!") == "donde esta"
