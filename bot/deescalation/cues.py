"""Cues of frustration that can be pointed at: how it was typed, and words that often go with it.

A cue is evidence with a place, for people to read; the classifier weighs it with the meaning of
the message. The word list is ``data/frustration/cues.yml``::

    cues:
      insult:                 # name of the cue
        es: [inutil*, sinverguenza]
        en: [useless]

An entry is one or more words, compared without accents and capitals, letters may be drawn out
("harrrrto"); ``*`` at the end takes any ending.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from bot.errors import ConfigError

LONGEST = 20_000  # characters looked at
MOST = 20  # cues reported for one message


@dataclass(frozen=True)
class Cue:
    """Something in a message that often goes with frustration."""

    name: str  # what it is, e.g. profanity, shouting
    text: str  # the customer's own words
    start: int  # first character, counted from 0
    end: int  # one past the last character

    def to_dict(self) -> dict[str, str | int]:
        """Return it as JSON."""
        return {"name": self.name, "text": self.text, "start": self.start, "end": self.end}


# How a text was typed: name -> pattern. The ones in SHOWN are cues, the others only features.
_SURFACE = {
    "shouting": re.compile(r"(?<!\w)[^\W\d_a-z]{3,}(?:[\s,.!¡¿?]+[^\W\d_a-z]+)*(?!\w)"),
    "elongation": re.compile(r"\b\w*?([^\W\d_])\1{2,}\w*"),
    "exclamation": re.compile(r"!{2,}|¡{2,}"),
    "question": re.compile(r"\?{2,}|¿{2,}|\?!|!\?"),
    "angry_emoji": re.compile("[😠😡🤬👿💢🖕😤🙄😒👎😾🤦💩]"),
    "sad_emoji": re.compile("[😢😭😞😔😟😩😫😖😣💔🥺😰😥]"),
    "happy_emoji": re.compile("[😀-😆😊😍🥰😘😂🤣😎🙂😉❤♥💕💖💗💙💚💛🎉🙏👍👏🤗✨🔥🥳😻😁☺]"),
    "laughter": re.compile(
        r"\b(?:j+[aeiou]+){2,}j*\b|\b(?:h+[aei]+){2,}h*\b|\bx+d+\b|\bl+o+l+\b", re.IGNORECASE
    ),
    "ellipsis": re.compile(r"\.{2,}|…"),
    "one_exclamation": re.compile(r"(?<!!)!(?!!)"),
    "one_question": re.compile(r"(?<!\?)\?(?!\?)"),
}
_SHOWN = ("shouting", "elongation", "exclamation", "question", "angry_emoji")
SURFACE = (*_SURFACE, "capitals", "length")
"""Names of the surface features, in their order."""


def surface(text: str) -> tuple[list[float], list[Cue]]:
    """Measure how a text was typed.

    Returns:
        The features named in :data:`SURFACE` (each at least 0, mostly below 3), and the cues.
    """
    features, cues = _measured(text[:LONGEST])
    return list(features), list(cues)


@lru_cache(maxsize=64)  # the normaliser and the listener ask for the same text
def _measured(text: str) -> tuple[tuple[float, ...], tuple[Cue, ...]]:
    counts: Counter[str] = Counter()
    cues: list[Cue] = []
    for name, pattern in _SURFACE.items():
        found = [match for match in pattern.finditer(text) if _counts(name, match.group())]
        counts[name] = len(found)
        if name in _SHOWN:
            cues += [Cue(name, match.group(), match.start(), match.end()) for match in found]
    features = [math.log1p(min(counts[name], 10)) for name in _SURFACE]
    return (*features, shouted_share(text), math.log1p(len(text)) / 3), tuple(cues)


def _counts(name: str, found: str) -> bool:
    """Return whether a match is what its name says: an acronym is not shouting."""
    if name != "shouting":
        return True
    letters = [char for char in found if char.isalpha()]
    return len(letters) >= 6 and all(char.isupper() for char in letters)


@lru_cache(maxsize=64)
def shouted_share(text: str) -> float:
    """Return the share of capitals among the letters, in [0, 1]; 0 for fewer than 6 letters."""
    letters = [char for char in text if char.isalpha() and char.lower() != char.upper()]
    if len(letters) < 6:
        return 0.0
    return sum(char.isupper() for char in letters) / len(letters)


class Lexicon:
    """The word list: finds its entries in a text, however drawn out or accented."""

    def __init__(self, entries: Mapping[str, Iterable[str]]) -> None:
        self.entries = {name: list(words) for name, words in entries.items()}
        self.names = tuple(sorted(entries))
        self._patterns = {name: _pattern(self.entries[name]) for name in self.names}

    @classmethod
    def from_file(cls, path: Path) -> Lexicon:
        """Read the word list.

        Raises:
            ConfigError: the file is missing or not of the format above.
        """
        try:
            cues = yaml.safe_load(path.read_text(encoding="utf-8"))["cues"]
            return cls(
                {
                    name: [entry for words in languages.values() for entry in words]
                    for name, languages in cues.items()
                }
            )
        except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError(
                f"{path} is not a list of cues ({error!r}). Expected: cues: name: es: [words]."
            ) from error

    def find(self, text: str) -> list[Cue]:
        """Return what the list finds in a text, by place."""
        folded = fold(text[:LONGEST])
        found = [
            Cue(name, text[match.start() : match.end()], match.start(), match.end())
            for name, pattern in self._patterns.items()
            for match in pattern.finditer(folded)
        ]
        return sorted(found, key=lambda cue: (cue.start, cue.name))

    def features(self, cues: Iterable[Cue]) -> list[float]:
        """Return one feature for each name of the list: the logarithm of how often it was found."""
        counts = Counter(cue.name for cue in cues)
        return [math.log1p(min(counts[name], 3)) for name in self.names]


@lru_cache(maxsize=256)  # several readers ask for the same text
def fold(text: str) -> str:
    """Return the text without accents and capitals, of the same length."""
    return "".join(_fold_character(char) for char in text)


def _fold_character(char: str) -> str:
    if char.isascii():
        return char.lower()
    return (unicodedata.normalize("NFD", char)[0].lower() or char)[0]


def _pattern(entries: Iterable[str]) -> re.Pattern[str]:
    words = sorted(entries, key=len, reverse=True)
    any_of = "|".join(_entry(word) for word in words) or r"(?!)"
    return re.compile(rf"(?<!\w)(?:{any_of})(?!\w)")


def _entry(entry: str) -> str:
    """Return the pattern of one entry: any letter may be drawn out, spaces may be many."""
    stem, ending = (entry[:-1], r"\w*") if entry.endswith("*") else (entry, "")
    parts = []
    for run in re.finditer(r"(.)\1*", fold(stem.strip())):
        char, length = run.group(1), len(run.group())
        if char == " ":
            parts.append(r"\s+")
        elif char in "aeiou" or length > 1:
            parts.append(f"{re.escape(char)}{{{length},}}")
        else:  # one, or three and more: two make another word (pero, perro)
            parts.append(f"{re.escape(char)}(?:{re.escape(char)}{{2,}})?")
    return "".join(parts) + ending
