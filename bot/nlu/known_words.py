"""Whether a text has any word that was ever learnt: "blorg trufla zonk" has none, nor has "...".

Letters and meaning read something into every text. A text of several words of which none stands in
an example says nothing that the classifier could know; neither do dots and dashes alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.deescalation.cues import fold
from bot.nlu.text import normalise

LETTERS = 3  # of a word that counts
ENOUGH = 3  # words that a text needs, so that a misspelt word or two are no strange text
LEFT = 0.2  # share of its confidence that a strange text keeps

SILENT = " \n.…,;:-_"

_WORD = re.compile(r"[^\W\d_]+")


def marks(texts: Sequence[str]) -> NDArray[Any]:
    """Return the marks of all words in some texts, as sorted uint32."""
    found = {_mark(word) for text in texts for word in _words(text)}
    return np.array(sorted(found), dtype=np.uint32)


def is_strange(text: str, known: NDArray[Any]) -> bool:
    """Return whether a text has words enough and knows none of them, or has only dots and dashes.

    Args:
        text: What was typed.
        known: Of :func:`marks`.
    """
    if not len(known):
        return False
    if text and not text.strip(SILENT):
        return True
    words = _words(text)
    if len(words) < ENOUGH:
        return False
    return not np.isin(np.array([_mark(word) for word in words], dtype=np.uint32), known).any()


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(fold(normalise(text[:1500]))) if len(word) >= LETTERS]


def _mark(word: str) -> int:
    return crc32(word.encode("utf-8", "replace"))
