"""The graded examples of `data/frustration` are complete, well formed and all different."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.training.alike import Index, key

pytestmark = pytest.mark.unit

FOLDER = Path(__file__).resolve().parents[2] / "data" / "frustration"
FILES = sorted(FOLDER.glob("e[sn]_*.yml"))
LEVELS = ("calm", "annoyed", "frustrated", "angry")
REGIONS = {"es": {"es", "mx", "ar", "co", "cl", "pe"}, "en": {"us", "uk", "ie", "au", "in"}}
DOMAINS = set("shop bank telecom airline energy insurance public software everyday".split())
STYLES = set("furious icy sarcastic resigned rambling telegraphic shouting even joyful".split())
FEWEST = {"es": 600, "en": 200}  # examples of each level


@cache
def graded(path: Path) -> list[dict[str, Any]]:
    """The examples of one file."""
    examples: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["examples"]
    return examples


def in_language(language: str) -> list[dict[str, Any]]:
    """All examples in the files of one language; the file name begins with its code."""
    return [e for path in FILES if path.name.startswith(f"{language}_") for e in graded(path)]


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_level_has_enough_examples(language: str) -> None:
    count = Counter(example["level"] for example in in_language(language))
    assert {level: n for level, n in count.items() if n < FEWEST[language]} == {}
    assert set(count) == set(LEVELS)


def test_enough_examples_are_graded() -> None:
    assert len(in_language("es")) >= 3000
    assert len(in_language("en")) >= 1200


def test_a_third_of_the_spanish_examples_are_calm() -> None:
    examples = in_language("es")
    assert sum(e["level"] == "calm" for e in examples) >= len(examples) / 3


def test_there_are_calm_lookalikes_of_angry_messages() -> None:
    lookalikes = graded(FOLDER / "es_calm_lookalikes.yml")
    assert {e["level"] for e in lookalikes} == {"calm"}
    assert len(lookalikes) >= 150


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_fields_are_complete_and_valid(path: Path) -> None:
    regions = REGIONS[path.name[:2]]
    wrong = [
        e
        for e in graded(path)
        if set(e) - {"context", "domain", "complaint"} != {"text", "level", "region", "style"}
        or e.get("domain", "shop") not in DOMAINS
        or not (isinstance(e["text"], str) and e["text"].strip())
        or e["level"] not in LEVELS
        or e["region"] not in regions
        or e["style"] not in STYLES
    ]
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_context_is_a_list_of_earlier_turns(path: Path) -> None:
    contexts = [e["context"] for e in graded(path) if "context" in e]
    assert all(isinstance(c, list) and c for c in contexts)
    assert all(isinstance(turn, str) and turn.strip() for c in contexts for turn in c)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("language", ["es", "en"])
def test_no_two_examples_of_a_level_are_nearly_the_same(language: str, level: str) -> None:
    texts = [e["text"] for e in in_language(language) if e["level"] == level]
    pairs = list(Index((text, text) for text in texts).pairs())
    assert pairs == []


def test_the_same_words_have_two_levels_only_where_the_context_tells_them_apart() -> None:
    seen: dict[str, dict[str, Any]] = {}
    unexplained = []
    for example in in_language("es") + in_language("en"):
        other = seen.setdefault(key(example["text"]), example)
        differs = other["level"] != example["level"]
        if differs and other.get("context") == example.get("context"):
            unexplained.append((other, example))
    assert unexplained == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.stem)
def test_no_line_looks_like_training_data_to_rasa(path: Path) -> None:
    forbidden = re.compile(r"^\s*(rules|stories|nlu|responses):", re.MULTILINE)
    assert forbidden.search(path.read_text(encoding="utf-8")) is None
