"""Text made comparable: lower case, no accents, number words as digits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

NUMBERS = {
    # "un" and "una" are left as they are: they are articles more often than numbers
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciseis diecisiete dieciocho diecinueve veinte veintiun",
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty",
}
DIGITS = {word: str(n) for text in NUMBERS.values() for n, word in enumerate(text.split(), start=2)}
DIGITS |= {"veintiuna": "21", "veintiuno": "21"}
STEM = 5  # letters of a product's name that must be the same
WORD = re.compile(r"\w+", re.UNICODE)


def plain(text: str) -> str:
    """Return the text in lower case, without accents, with number words as digits."""
    low = unicodedata.normalize("NFD", text.lower())
    bare = "".join(char for char in low if not unicodedata.combining(char))
    bare = WORD.sub(lambda found: DIGITS.get(found.group(), found.group()), bare)
    return " ".join(bare.split())


def named(text: str, facts: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the names of the facts that a text names.

    Args:
        text: Any.
        facts: Name to its values, any of which counts.
    """
    read = plain(text)
    return tuple(name for name, values in facts.items() if any(_has(read, one) for one in values))


def _has(read: str, value: str) -> bool:
    wanted = plain(value)
    if wanted.isalpha():
        wanted = wanted[: max(STEM, len(wanted) - 2)]
        return re.search(rf"\b{re.escape(wanted)}", read) is not None
    return re.search(rf"(?<![\w]){re.escape(wanted)}(?![\w])", read) is not None
