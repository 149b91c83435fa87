"""Nonsense made up from the examples: what the reader must not take for a wish.

A classifier that knows only wishes finds one in everything: in "lo de aquello a medias", in a cat's
walk over the keyboard. So it also learns a class of texts that say nothing. They are made up anew
at every training, from the examples themselves, with a fixed seed:

* *vague*: words that stand in examples of all kinds ("según", "lo", "cuando"), in an order in which
  such words do follow each other;
* *torn*: beginnings of examples that end before anything is said;
* *invented*: words that look like words and are none, alone or among small words;
* *salad*: words of different examples, in no order;
* *mashed*: letters that lie side by side on a keyboard, again and again.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from bot.deescalation.cues import fold

COMMON = 12  # times that a word must stand in the examples to be called small
SPREAD = 0.72  # evenness of a small word over the intents, in [0, 1]: 1 = in all alike
LEFT_OUT = 0.3  # chance of it, so that it is not just a piece of an example
LONGEST = 9  # words of a made-up text
KEYS = ("qwertyuiop", "asdfghjklñ", "zxcvbnm", "1234567890")
KINDS = ("vague", "vague", "vague", "torn", "invented", "invented", "salad", "mashed")
_WORD = re.compile(r"[^\W\d_]+")


def make(texts: Sequence[str], intents: Sequence[str], count: int, *, seed: int = 0) -> list[str]:
    """Return made-up texts that are none of the examples, the kinds taking turns.

    Args:
        texts: The examples.
        intents: The intent of each.
        count: How many are wanted; fewer come back where the examples are too few to make them.
        seed: The same one makes the same texts.
    """
    maker = _Maker(texts, intents, np.random.default_rng(seed))
    known = {" ".join(_WORD.findall(fold(text))) for text in texts}
    made: dict[str, None] = {}
    for number in range(count * 4):
        text = maker.text(KINDS[number % len(KINDS)])
        if text and text not in known:
            made[text] = None
        if len(made) == count:
            break
    return list(made)


def small_words(words: Sequence[Sequence[str]], intents: Sequence[str]) -> frozenset[str]:
    """Return the words that say nothing about the intent: those that all intents share evenly."""
    sizes = Counter(intents)
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for said, intent in zip(words, intents, strict=True):
        for word in set(said):
            seen[word][intent] += 1
    return frozenset(
        word
        for word, counts in seen.items()
        if sum(counts.values()) >= COMMON and _evenness(counts, sizes) >= SPREAD
    )


def _evenness(counts: Mapping[str, int], sizes: Mapping[str, int]) -> float:
    rates = np.array([count / sizes[intent] for intent, count in counts.items()])
    shares = rates / rates.sum()
    return float(-(shares * np.log(shares)).sum() / math.log(max(2, len(sizes))))


class _Maker:
    """Makes texts of each kind."""

    def __init__(
        self, texts: Sequence[str], intents: Sequence[str], random: np.random.Generator
    ) -> None:
        self._random = random
        self._words = [_WORD.findall(fold(text)) for text in texts]
        self._small = small_words(self._words, intents)
        self._follow: dict[str, list[str]] = defaultdict(list)
        for said in self._words:
            for one, other in pairwise(said):
                if one in self._small and other in self._small:
                    self._follow[one].append(other)
        self._starts = sorted(self._follow)
        self._every = sorted({word for said in self._words for word in said if len(word) > 3})
        self._letters: dict[str, list[str]] = defaultdict(list)
        for word in self._every:
            padded = f"  {word} "
            for at in range(len(padded) - 2):
                self._letters[padded[at : at + 2]].append(padded[at + 2])
        self._made: dict[str, Callable[[], str]] = {
            "vague": self._vague,
            "torn": self._torn,
            "invented": self._invented,
            "salad": self._salad,
            "mashed": self._mashed,
        }

    def text(self, kind: str) -> str:
        """Return a text of a kind; empty when the examples are too few for it."""
        return self._made[kind]()

    def _one(self, among: Sequence[str]) -> str:
        return among[int(self._random.integers(len(among)))]

    def _vague(self) -> str:
        if not self._starts:
            return ""
        words = [self._one(self._starts)]
        for _ in range(int(self._random.integers(2, LONGEST))):
            words.append(self._next(words[-1]))
        return " ".join(words)

    def _next(self, word: str) -> str:
        """Return a small word that may follow; now and then one is left out between them."""
        if self._random.random() < LEFT_OUT:
            word = self._one(self._follow.get(word) or self._starts)
        return self._one(self._follow.get(word) or self._starts)

    def _torn(self) -> str:
        words = self._words[int(self._random.integers(len(self._words)))]
        kept = 0
        while kept < len(words) and words[kept] in self._small:
            kept += 1
        return " ".join(words[:kept]) if 2 <= kept < len(words) else ""

    def _invented(self) -> str:
        if not self._every:
            return ""
        words = []
        for _ in range(int(self._random.integers(1, LONGEST - 2))):
            small = self._starts and self._random.random() < 0.35
            words.append(self._one(self._starts) if small else self._word())
        return " ".join(words)

    def _word(self) -> str:
        """Return letters that follow each other as in the examples' words."""
        word = "  "
        while len(word) < 12:
            letter = self._one(self._letters[word[-2:]])
            if letter == " ":
                break
            word += letter
        return word.strip()

    def _salad(self) -> str:
        if not self._every:
            return ""
        count = int(self._random.integers(3, LONGEST - 1))
        return " ".join(self._one(self._every) for _ in range(count))

    def _mashed(self) -> str:
        words = []
        for _ in range(int(self._random.integers(1, 4))):
            row = self._one(KEYS)
            at, length = int(self._random.integers(len(row) - 3)), int(self._random.integers(2, 5))
            piece = row[at : at + length]
            again = "".join(self._one(piece) for _ in range(int(self._random.integers(2, 9))))
            words.append(piece * int(self._random.integers(1, 4)) if at % 2 else again)
        return " ".join(words)
