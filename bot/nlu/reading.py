"""A text as spaCy reads it: words and sentences by rules, no model to download or license."""

from __future__ import annotations

import re
from functools import lru_cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from bot.deescalation.cues import fold

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
