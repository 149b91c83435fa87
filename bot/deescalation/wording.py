"""Wording that inflames, found and explained.

One function for three users: the validation of ``data/responses``, what the bot says at run time,
and the agents' reply box. The phrases are data (``data/wording``); the checks that need to count
are here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.deescalation.lexicon import Entry, Expression, Lexicon, Text, lexicon
from bot.deescalation.turn import at_least

Span = tuple[int, int]

_SENTENCE = re.compile(r"[^.?!…\n]+[.?!…\n]*")
_QUESTION = re.compile(r"\?+")
_EXCLAMATION = re.compile(r"[!¡]+")
_CAPITALS = re.compile(r"\b[A-ZÁÉÍÓÚÜÑ]{3,}\b(?![-_]?\d)(?!})")
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\u2764\ufe0f]+|[:;]-?[)(DPp3/](?!\\w)|<3"
)


@dataclass(frozen=True)
class Finding:
    """A place in a text that may inflame.

    Args:
        rule: Name of the rule.
        start: Where it begins, in characters.
        end: Where it ends.
        text: The words found.
        reason: Why they inflame.
        better: What to say instead.
    """

    rule: str
    start: int
    end: int
    text: str
    reason: str
    better: str


def check(
    text: str, *, language: str, level: str = "calm", previous: Iterable[str] = ()
) -> list[Finding]:
    """Return what may inflame in ``text``, in the order of the text.

    Args:
        text: A text to be said; ``{placeholders}`` are allowed.
        language: Its language; other than Spanish and English is checked as Spanish.
        level: Frustration of whoever reads it; some rules only matter from a level on.
        previous: Texts said before in the same conversation.
    """
    book = lexicon(language)
    read = Text.of(text)
    before = tuple(previous)
    register = "tu" if _registers(book, read) & {"tu", "vos", "both"} else "usted"
    spans = [*_phrases(book, read), *_counted(book, read, before)]
    found = {
        Finding(entry.rule, start, end, text[start:end], entry.reason, entry.instead(register))
        for entry, (start, end) in spans
        if at_least(level, entry.level)
    }
    return sorted(found, key=lambda one: (one.start, one.end, one.rule))


def apologises(text: str, language: str) -> bool:
    """Return whether a text expresses regret."""
    return bool(_all(lexicon(language).apologies, Text.of(text)))


def _phrases(book: Lexicon, text: Text) -> Iterator[tuple[Entry, Span]]:
    for entry in book.entries:
        if any(one.search(text) for one in entry.unless):
            continue
        for span in _all(entry.any_of, text):
            yield entry, span


def _all(expressions: Iterable[Expression], text: Text) -> list[Span]:
    """Return the spans of all expressions, those inside another one left out."""
    spans = sorted({span for one in expressions for span in one.spans(text)})
    return [
        span
        for span in spans
        if not any(o != span and o[0] <= span[0] and span[1] <= o[1] for o in spans)
    ]


def _counted(book: Lexicon, text: Text, previous: Sequence[str]) -> Iterator[tuple[Entry, Span]]:
    checks: dict[str, Callable[[Lexicon, Text, Sequence[str]], list[Span]]] = {
        "exclamation": lambda book, text, previous: _spans(_EXCLAMATION, text),
        "emoji": lambda book, text, previous: _spans(_EMOJI, text),
        "capitals": _shouted,
        "second_apology": _second_apology,
        "mixed_register": _mixed_register,
        "two_questions": lambda book, text, previous: _spans(_QUESTION, text)[1:],
        "promise_without_time": _promise_without_time,
        "repeated_text": _repeated_text,
    }
    for name, find in checks.items():
        for span in find(book, text, previous):
            yield book.checks[name], span


def _spans(pattern: re.Pattern[str], text: Text) -> list[Span]:
    return [match.span() for match in pattern.finditer(text.original)]


def _shouted(book: Lexicon, text: Text, previous: Sequence[str]) -> list[Span]:
    words = _spans(_CAPITALS, text)
    return [(start, end) for start, end in words if text.original[start:end] not in book.acronyms]


def _second_apology(book: Lexicon, text: Text, previous: Sequence[str]) -> list[Span]:
    spans = _all(book.apologies, text)
    earlier = any(_all(book.apologies, Text.of(one)) for one in previous) if spans else False
    return spans if earlier else spans[1:]


def _registers(book: Lexicon, text: Text) -> set[str]:
    return {name for name, found in book.registers.items() if _all(found, text)}


def _mixed_register(book: Lexicon, text: Text, previous: Sequence[str]) -> list[Span]:
    seen = _registers(book, text)
    informal = seen & {"tu", "vos", "both"}
    mixed = ("usted" in seen and informal) or {"tu", "vos"} <= seen
    if not mixed:
        return []
    smaller = "usted" if "usted" in seen else "vos"
    return _all(book.registers[smaller], text)[:1]


def _promise_without_time(book: Lexicon, text: Text, previous: Sequence[str]) -> list[Span]:
    found = []
    for match in _SENTENCE.finditer(text.original):
        start, end = match.span()
        sentence = Text(text.original[start:end], text.lower[start:end], text.folded[start:end])
        if not any(one.search(sentence) for one in book.times):
            found += [(start + a, start + b) for a, b in _all(book.promises, sentence)]
    return found


def _repeated_text(book: Lexicon, text: Text, previous: Sequence[str]) -> list[Span]:
    same = any(one.strip() == text.original.strip() for one in previous)
    return [(0, len(text.original))] if same and text.original.strip() else []
