"""Letters without their accents: what is compared, never what is shown."""

from __future__ import annotations

import unicodedata


def without_accents(text: str) -> str:
    """Return a text without accents and other marks on its letters; case stays as it is."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))
