"""Which language a message is written in, and how it addresses us; from short word lists.

The lists are ``data/patterns/language.yml``. A word counts for a language by how few of the listed
languages share it; letters that only one language has count too.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from bot.deescalation.cues import fold

SPOKEN = ("es", "en")  # languages that the bot speaks; every other one is "other"
LONGEST = 2_000  # characters looked at
SURE = 3.0  # points of lead that make the confidence about 0.95

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[@#]\w+")


class Languages:
    """Tells languages and registers apart."""

    def __init__(self, lists: Mapping[str, Any]) -> None:
        """Read the content of ``language.yml``."""
        self._words = {code: frozenset(words) for code, words in lists["languages"].items()}
        shared = Counter(word for words in self._words.values() for word in words)
        self._weight = {word: 1.0 / count for word, count in shared.items()}
        self._letters = lists["letters"]
        self._registers = {name: _pattern(words) for name, words in lists["register"].items()}

    def language(self, text: str, *, expected: str = "es") -> dict[str, Any]:
        """Return ``{"code": "es" | "en" | "other", "confidence": 0..1}``.

        Args:
            text: What was written.
            expected: Language of the conversation: what a text that shows nothing counts as.
        """
        text = _NOISE.sub(" ", text[:LONGEST])
        if _foreign_script(text):
            return {"code": "other", "confidence": 0.99}
        points = self._points(text)
        most, *rest = sorted(points.values(), reverse=True) or [0.0]
        lead = most - max(rest, default=0.0)
        if lead < 0.3:  # a word that many languages have, or none at all
            return {"code": expected if expected in SPOKEN else "es", "confidence": 0.5}
        best = max(points, key=lambda code: points[code])
        if best not in SPOKEN and not self._is_clear(best, points):
            best = max(SPOKEN, key=lambda code: (points.get(code, 0.0), code == expected))
        confidence = 1.0 / (1.0 + math.exp(-lead / SURE * 3.0))
        return {"code": best if best in SPOKEN else "other", "confidence": round(confidence, 3)}

    def _points(self, text: str) -> dict[str, float]:
        points: dict[str, float] = defaultdict(float)
        for word in _WORD.findall(fold(text)):
            for code, words in self._words.items():
                if word in words:
                    points[code] += self._weight[word]
        lowered = unicodedata.normalize("NFC", text).lower()
        for code, letters in self._letters.items():
            points[code] += min(sum(letter in lowered for letter in letters), 2)
        return {code: value for code, value in points.items() if value}

    @staticmethod
    def _is_clear(best: str, points: Mapping[str, float]) -> bool:
        """Return whether a language that we do not speak is much likelier than those we do."""
        ours = max(points.get(code, 0.0) for code in SPOKEN)
        return points[best] >= 2.0 and points[best] >= 1.5 * ours

    def register(self, text: str) -> str | None:
        """Return how a Spanish text addresses us: tu, usted, vos, or None when it does not show.

        The form seen most often wins; of two seen equally often, the more formal one.
        """
        folded = fold(text[:LONGEST])
        seen = {name: len(pattern.findall(folded)) for name, pattern in self._registers.items()}
        order = ("usted", "vos", "tu")
        best = max(order, key=lambda name: (seen.get(name, 0), -order.index(name)))
        return best if seen.get(best) else None


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    parts = [re.escape(word).replace(r"\*", r"\w*") for word in sorted(words, key=len)[::-1]]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")


def _foreign_script(text: str) -> bool:
    """Return whether most letters are of no Latin alphabet."""
    letters = [char for char in text if char.isalpha()]
    foreign = sum(not unicodedata.name(char, "").startswith("LATIN") for char in letters)
    return len(letters) >= 2 and foreign > len(letters) / 2
