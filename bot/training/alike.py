"""When two examples are the same, or so nearly that the second teaches nothing.

Equal: the same text in lower case without accents, punctuation and numbers. Nearly equal: the
character trigrams of those texts overlap by more than :data:`TOO_ALIKE` (Jaccard index).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from math import ceil
from typing import Generic, TypeVar

T = TypeVar("T")
TOO_ALIKE = 0.8  # Jaccard index of the character trigrams, in [0, 1]
_PERCENT = round(TOO_ALIKE * 100)  # for exact arithmetic


@lru_cache(maxsize=1 << 15)
def bare(text: str) -> str:
    """Return the text in lower case without accents, punctuation and numbers."""
    letters = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(char for char in letters if not unicodedata.combining(char))
    return " ".join(re.sub(r"[\W\d_]+", " ", plain).split())


def key(text: str) -> str:
    """Return what makes a text that text: the bare one, or itself when nothing is left of it."""
    return bare(text) or text


def trigrams(text: str) -> frozenset[str]:
    """Return the character trigrams of a bare text, with its edges."""
    padded = f"  {text} "
    return frozenset(map("".join, zip(padded, padded[1:], padded[2:], strict=False)))


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether two sets of trigrams overlap too much; sizes alone rule most pairs out."""
    small, large = sorted((len(one), len(other)))
    if small <= TOO_ALIKE * large:
        return False
    shared = len(one & other)
    return shared > TOO_ALIKE * (small + large - shared)


class Index(Generic[T]):
    """Finds texts that are equal or nearly equal to another, without comparing all pairs.

    Two sets that overlap by more than ``t`` share at least one of their rarest
    ``size - ceil(t * size) + 1`` members: only those are looked up.
    """

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        """Build the index.

        Args:
            entries: Pairs of a text and what :meth:`near` returns for it.
        """
        self._items = [(key(text), item) for text, item in entries]
        self._signs = [trigrams(name) for name, _ in self._items]
        self._count = Counter(part for sign in self._signs for part in sign)
        self._holders: dict[str, list[int]] = defaultdict(list)
        for number, sign in enumerate(self._signs):
            for part in self._rarest(sign):
                self._holders[part].append(number)

    def _rarest(self, sign: frozenset[str]) -> list[str]:
        ordered = sorted(sign, key=lambda part: (self._count[part], part))
        return ordered[: len(sign) - ceil(_PERCENT * len(sign) / 100) + 1]

    def near(self, text: str) -> list[tuple[T, bool]]:
        """Return what is equal or nearly equal to ``text``, in the order of the entries.

        Returns:
            Pairs of an item and whether it is equal.
        """
        return [(self._items[i][1], same) for i, same in self._near(key(text))]

    def pairs(self) -> Iterator[tuple[T, T, bool]]:
        """Return all pairs of entries that are equal or nearly so, and whether they are equal."""
        for number, (name, item) in enumerate(self._items):
            for other, same in self._near(name):
                if other < number:
                    yield self._items[other][1], item, same

    def _near(self, name: str) -> list[tuple[int, bool]]:
        sign = trigrams(name)
        least, most = TOO_ALIKE * len(sign), len(sign) / TOO_ALIKE  # sizes of sets to look at
        signs, holders = self._signs, self._holders
        candidates = {i for part in self._rarest(sign) for i in holders.get(part, ())}
        found = []
        for i in sorted(i for i in candidates if least <= len(signs[i]) <= most):
            same = self._items[i][0] == name
            if same or alike(sign, signs[i]):
                found.append((i, same))
        return found
