"""Details found by spaCy's Matcher, from the patterns of ``data/patterns/entities.yml``.

The format is explained on top of that file. What is matched is the message without accents and
capitals (``reading.read``), so the lists need no variants.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.errors import ConfigError, did_you_mean
from bot.nlu.reading import Matcher

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span
    from spacy.vocab import Vocab

ORDER = (
    "email", "phone", "postcode", "order_number", "amount", "date", "duration", "contacts",
    "product", "service",
)  # fmt: skip
"""Entities; of two matches of one length, the earlier one here wins."""

FAR = 4  # tokens before "dos veces" in which a word of charging makes it no contact
PHONE_DIGITS = range(9, 14)


@dataclass(frozen=True)
class Found:
    """One detail of a message."""

    entity: str
    start: int  # first character
    end: int  # one past the last
    text: str  # the customer's own words
    bare: bool = False  # an order number that nothing but its shape tells


class Patterns:
    """The compiled patterns."""

    def __init__(self, words: Mapping[str, Any], vocab: Vocab) -> None:
        """Compile what ``entities.yml`` and ``products.yml`` say.

        Raises:
            ConfigError: an unknown entity, list or shape.
        """
        self.words = words["words"]
        self._shapes = words["shapes"]
        self._charged = re.compile("|".join(_stem(word) for word in words["charged"]))
        self._captured: dict[int, tuple[str, frozenset[int], str]] = {}
        self._matcher = Matcher(vocab)
        for entity, patterns in words["patterns"].items():
            if entity not in ORDER:
                hint = did_you_mean(entity, ORDER)
                raise ConfigError(f"Unknown entity '{entity}' in data/patterns.{hint}")
            for pattern in patterns:
                self._add(entity, pattern, vocab)

    def _add(self, entity: str, pattern: str, vocab: Vocab) -> None:
        name = f"{entity}: {pattern}"
        tokens: list[dict[str, Any]] = []
        captured: list[int] = []
        inside = False
        for part in pattern.split():
            if part in "[]":
                inside = part == "["
                continue
            if inside:
                captured.append(len(tokens))
            tokens.append(self._token(part, name))
        self._matcher.add(name, [tokens])
        wanted = frozenset(captured or range(len(tokens)))
        self._captured[vocab.strings[name]] = (entity, wanted, pattern)

    def _token(self, part: str, where: str) -> dict[str, Any]:
        optional = {"OP": "?"} if part.endswith("?") and len(part) > 1 else {}
        part = part[:-1] if optional else part
        if not (part.startswith("{") and part.endswith("}")):
            return {"ORTH": {"IN": part.split("|")}, **optional}
        name = part[1:-1]
        if name in self.words:
            return {"ORTH": {"IN": [str(word) for word in self.words[name]]}, **optional}
        if name in self._shapes:
            return {"ORTH": {"REGEX": self._shapes[name]}, **optional}
        hint = did_you_mean(name, [*self.words, *self._shapes])
        raise ConfigError(f"Unknown list or shape '{name}' in '{where}' (data/patterns).{hint}")

    def find(self, doc: Doc, text: str) -> list[Found]:
        """Return the details of a message, by place; no two overlap, the longest wins.

        Args:
            doc: The message without accents and capitals, see ``reading.read``.
            text: The message as it was typed.
        """
        matches = [match for match in self._matches(doc) if self._holds(*match)]
        matches.sort(key=lambda match: (-len(match[1]), ORDER.index(match[0]), match[2]))
        taken: set[int] = set()
        found = []
        for entity, span, bare in matches:
            places = set(range(span.start, span.end))
            if not places & taken:
                taken |= places
                start, end = span.start_char, span.end_char
                found.append(Found(entity, start, end, text[start:end], bare))
        return sorted(found, key=lambda one: one.start)

    def _matches(self, doc: Doc) -> Iterator[tuple[str, Span, bool]]:
        found: Any = self._matcher(doc, with_alignments=True)  # four values each, then
        for name, start, _, alignments in found:
            entity, captured, pattern = self._captured[name]
            tokens = [start + at for at, part in enumerate(alignments) if part in captured]
            if tokens:
                yield entity, doc[tokens[0] : tokens[-1] + 1], pattern == "{order}"

    def _holds(self, entity: str, span: Span, bare: bool) -> bool:
        """Return whether a match is what it seems, by more than its shape."""
        if entity == "phone":
            return sum(char.isdigit() for char in span.text) in PHONE_DIGITS
        if entity == "contacts" and span[-1].text in ("veces", "times", "twice"):
            before = span.doc[max(span.start - FAR, 0) : span.start]
            return not any(self._charged.fullmatch(token.text) for token in before)
        return True


def _stem(word: str) -> str:
    return re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word)


@lru_cache(maxsize=2)
def merged(entities: str, products: str) -> dict[str, Any]:
    """Return both files of patterns as one, from their text."""
    import yaml

    words: dict[str, Any] = yaml.safe_load(entities)
    named = yaml.safe_load(products)
    named["product"] = [form for one in named["product"] for form in _forms(str(one))]
    words["words"] = {**words["words"], **named}
    return words


def _forms(word: str) -> tuple[str, ...]:
    """Return a thing's name and its plurals, as Spanish and English make them."""
    return (word, f"{word}s", f"{word}es")
