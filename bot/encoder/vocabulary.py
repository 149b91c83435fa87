"""Leave out of an encoder's vocabulary the pieces that Spanish and English never use.

The multilingual vocabulary has 250,000 pieces in a hundred scripts, and their vectors are five
sixths of the encoder. A piece with a letter that neither language writes is never part of the best
split of their texts, so without those pieces the texts are split as before and have the same
vectors; the encoder is a third of the size. What is written in another script becomes unknown
pieces: the language detector has told by then that it is not ours.
"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SPECIAL = 4  # <s>, <pad>, </s>, <unk>: the first pieces
LETTERS = frozenset("áéíóúüñàèìòùçâêôãõïëäöß")  # with their capitals; neighbours' and names' too
MARKS = frozenset("▁¿¡«»“”‘’…–—€£¥ºª°·•´`¨")
SYMBOLS = ("So", "Sk", "Mn", "Cf", "Sc", "Sm")  # Unicode categories: emoji, signs, joiners


def kept(pieces: list[str]) -> NDArray[np.int64]:
    """Return the places of the pieces that stay, growing; special ones always stay."""
    stay = [
        place
        for place, piece in enumerate(pieces)
        if place < SPECIAL or piece == "<mask>" or all(_ours(char) for char in piece)
    ]
    return np.array(stay, dtype=np.int64)


def _ours(char: str) -> bool:
    if char.isascii() or char in MARKS or char.lower() in LETTERS:
        return True
    return ord(char) > 0x2000 and unicodedata.category(char) in SYMBOLS


def prune(tokenizer: Path, words: NDArray[Any], to: Path) -> NDArray[Any]:
    """Write a tokenizer with the pieces that stay, and return their vectors.

    Args:
        tokenizer: ``tokenizer.json`` with a Unigram model.
        words: Vectors of all pieces, one row each.
        to: Where the smaller tokenizer is written.
    """
    content = json.loads(tokenizer.read_text(encoding="utf-8"))
    vocabulary = content["model"]["vocab"]
    stay = kept([piece for piece, _ in vocabulary])
    place = {int(old): new for new, old in enumerate(stay)}
    content["model"]["vocab"] = [vocabulary[old] for old in stay]
    for token in content["added_tokens"]:
        token["id"] = place[token["id"]]
    to.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return np.ascontiguousarray(words[stay])
