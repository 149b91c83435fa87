"""A text as spaCy reads it: words and sentences by rules, no model to download or license.

The only module that imports spaCy, which imports torch and TensorFlow where they are installed:
seconds and hundreds of megabytes for nothing here. So they are out of its sight meanwhile.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.deescalation.cues import fold

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

HEAVY = ("torch", "tensorflow", "mxnet", "cupy")


@contextmanager
def _out_of_sight(names: tuple[str, ...]) -> Iterator[None]:
    """Make packages that are not imported yet look as if they were not installed."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: not importable
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


with _out_of_sight(HEAVY):
    import spacy
    from spacy.matcher import Matcher as Matcher

LONGEST = 20_000  # characters that are read

_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character: spaCy cannot encode it


@lru_cache(maxsize=4)
def pipeline(language: str) -> Language:
    """Return the blank pipeline of a language, shared by all components of the process."""
    nlp = spacy.blank(language)
    nlp.add_pipe("sentencizer", config={"punct_chars": list(".!?…¿¡\n")})
    return nlp


def read(text: str, language: str) -> Doc:
    """Return a text's tokens and sentences.

    The document holds the text without accents and capitals, character for character, so that
    places in it are places in the text ("Ana@Example.ES" is split like "ana@example.es").
    """
    return pipeline(language)(_SURROGATE.sub("\ufffd", fold(text[:LONGEST])))


def sentences(doc: Doc) -> list[tuple[int, int]]:
    """Return where each sentence begins, and one past its end; blank ones are left out."""
    found = [(sentence.start_char, sentence.end_char) for sentence in doc.sents]
    return [(start, end) for start, end in found if doc.text[start:end].strip()]
