"""What a text becomes before it is encoded: its meaning kept, its noise removed.

How it was typed (capitals, elongations, laughter) is a signal of its own and is measured on the
raw text, before this: see :mod:`bot.deescalation.cues`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.deescalation.cues import shouted_share

SHOUTING = 0.6  # share of capitals from which a text is lowered: the encoder reads words, not caps

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\ud800-\udfff]")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_LETTERS = re.compile(r"([^\W\d_])\1{2,}")
_MARKS = re.compile(r"([!?.,;:…¡¿*#~=_\-])\1{2,}")
_LAUGHTER = re.compile(r"\b(?:j+[aeiou]+){3,}j*\b|\b(?:h+[aei]+){3,}h*\b", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


@lru_cache(maxsize=256)  # every component asks for the same text
def normalise(text: str) -> str:
    """Return the text as the encoder gets it; any string is accepted, the empty one too.

    Example:
        >>> normalise("HOLAAAA, NO ME LLEGA NADAAA!!!!!")
        'hola, no me llega nada!!'
    """
    text = unicodedata.normalize("NFKC", _CONTROL.sub(" ", text))
    text = _LINK.sub(" ", text)
    text = _LAUGHTER.sub(lambda match: match.group()[:2].lower() * 2, text)
    text = _MARKS.sub(r"\1\1", _LETTERS.sub(r"\1", text))
    if shouted_share(text) >= SHOUTING:
        text = text.lower()
    return _SPACE.sub(" ", text).strip()
