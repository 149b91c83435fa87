"""Wording that inflames, found and explained.

One function for three users: the validation of ``data/responses``, what the bot says at run time,
and the agents' reply box. The phrases are data (``data/wording``); the checks that need to count
are here. What a text says by itself is read once and remembered; what depends on the
conversation (a second apology, a repeat, a matter still open) is decided for each call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.deescalation.lexicon import Entry, Expression, Lexicon, Text, lexicon
from bot.deescalation.turn import LEVELS, at_least

Span = tuple[int, int]

MAX_WORDS = 45  # from frustrated on
MAX_READ = 12_000  # characters of a text that are read; a reply is far shorter
REMEMBERED = 4096  # texts whose reading is kept

_SENTENCE = re.compile(r"[^.?!…\n]+[.?!…\n]*")
_QUESTION = re.compile(r"\?+(?=[\s!\"'»”’)\]…]|$)")  # not the one in an address
_OPENED = re.compile(r"¿+")
_EXCLAMATION = re.compile(r"[!¡]+")
_WORD = re.compile(r"(?<!\S)[^\w\s]*\w\S*")
# Three capitals or more; not part of a code such as REF-1A2B3C, of an address, or a {placeholder}.
_CAPITALS = re.compile(
    r"(?<![\w@/.{-])[A-ZÁÉÍÓÚÜÑ]{3,}(?![-_]?\w*\d)(?![\w@}])(?![/.-][\w-]+[./-]\w)"
)
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u231a\u231b\u23e9-\u23fa\u2b50\u2b55\ufe0f\u20e3]+"
    "|(?<!\\d)[:;]-?[)(DPp3/](?![\\w/])|<3(?!\\d)"
)
_PAIRED = re.compile(r"\s*[!¡¿?]+")


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


@dataclass(frozen=True)
class _Reading:
    """What a text says by itself.

    Args:
        found: What may inflame, each with its lowest level.
        apologies: Where it regrets something.
        register: Register of the better wordings: ``tu`` or ``usted``.
    """

    found: tuple[tuple[str, Finding], ...]
    apologies: tuple[Span, ...]
    register: str


def check(
    text: str,
    *,
    language: str,
    level: str = "calm",
    previous: Iterable[str] = (),
    solved: bool | None = None,
    by_person: bool = False,
) -> list[Finding]:
    """Return what may inflame in ``text``, in the order of the text.

    Args:
        text: A text to be said; ``{placeholders}`` are allowed. Its first :data:`MAX_READ`
            characters are read.
        language: Its language; other than Spanish and English is checked as Spanish.
        level: Frustration of whoever reads it; some rules only matter from a level on.
        previous: Texts said before in the same conversation.
        solved: Whether the matter is; "anything else?" is right after it, wrong before it at any
            level, and when it is not known (None) wrong from annoyed on.
        by_person: Whether an agent wrote it, who may say that they are a person.
    """
    level = level if level in LEVELS else LEVELS[0]
    text = text[:MAX_READ]
    read = _read(text, language)
    findings = [
        one
        for floor, one in read.found
        if _matters(one.rule, floor, level=level, solved=solved, by_person=by_person)
    ]
    findings += _conversation(text, read, language, level, tuple(previous))
    return sorted(findings, key=lambda one: (one.start, one.end, one.rule))


@lru_cache(maxsize=REMEMBERED)
def apologises(text: str, language: str) -> bool:
    """Return whether a text expresses regret."""
    return bool(_all(lexicon(language).apologies, Text.of(text[:MAX_READ])))


def quiet(fact: str, language: str = "es") -> str:
    """Return a fact as it is said back: no shouting, no exclamation or question marks, no emoji.

    Acronyms, brands and codes keep their capitals; a fact that was shouted as a whole is
    lower-cased as a whole.
    """
    text = " ".join(_EMOJI.sub(" ", _PAIRED.sub("", fact)).split())
    names = lexicon(language).acronyms
    if text.isupper() and " " in text:
        return re.sub(
            r"(?<!\w)[^\W\d_]{2,}(?![-_]?\w*\d)", lambda m: _lower(m.group(), names), text
        )
    return _CAPITALS.sub(lambda match: _lower(match.group(), names), text)


def _lower(word: str, names: frozenset[str]) -> str:
    return word if word in names else word.lower()


def _matters(rule: str, floor: str, *, level: str, solved: bool | None, by_person: bool) -> bool:
    if rule == "anything_else" and solved is not None:
        return not solved
    if rule == "claims_to_be_human" and by_person:
        return False
    return at_least(level, floor)


def _conversation(
    text: str, read: _Reading, language: str, level: str, previous: tuple[str, ...]
) -> Iterator[Finding]:
    """Return the findings that depend on what was said before."""
    checks = lexicon(language).checks
    spans = {
        "second_apology": read.apologies[1:],
        "repeated_text": _repeated(text, previous),
    }
    if read.apologies and any(apologises(one, language) for one in previous):
        spans["second_apology"] = read.apologies
    for name, found in spans.items():
        if at_least(level, checks[name].level):
            yield from (_finding(checks[name], text, span, read.register) for span in found)


@lru_cache(maxsize=REMEMBERED)
def _read(text: str, language: str) -> _Reading:
    book, forms = lexicon(language), Text.of(text)
    seen = _registers(book, forms)
    register = "tu" if seen & {"tu", "vos", "both"} else "usted"
    spans = [*_phrases(book, forms), *_counted(book, forms, seen)]
    found = dict.fromkeys((one.level, _finding(one, text, span, register)) for one, span in spans)
    return _Reading(tuple(found), tuple(_all(book.apologies, forms)), register)


def _finding(entry: Entry, text: str, span: Span, register: str) -> Finding:
    start, end = span
    better = entry.instead(register)
    return Finding(entry.rule, start, end, text[start:end], entry.reason, better)


def _phrases(book: Lexicon, text: Text) -> Iterator[tuple[Entry, Span]]:
    for entry in book.entries:
        spans = _all(entry.any_of, text)
        if spans and not any(one.search(text) for one in entry.unless):
            yield from ((entry, span) for span in spans)


def _all(expressions: Iterable[Expression], text: Text) -> list[Span]:
    """Return the spans of all expressions, those inside another one left out."""
    spans = sorted({span for one in expressions for span in one.spans(text)}, key=_longest_first)
    kept: list[Span] = []
    for span in spans:  # one inside another ends no later than the last one kept
        if not kept or span[1] > kept[-1][1]:
            kept.append(span)
    return kept


def _longest_first(span: Span) -> Span:
    return span[0], -span[1]


def _counted(book: Lexicon, text: Text, seen: set[str]) -> Iterator[tuple[Entry, Span]]:
    checks: dict[str, Callable[[], list[Span]]] = {
        "exclamation": lambda: _spans(_EXCLAMATION, text),
        "emoji": lambda: _spans(_EMOJI, text),
        "capitals": lambda: _shouted(book, text),
        "mixed_register": lambda: _mixed_register(book, text, seen),
        "two_questions": lambda: _spans(_QUESTION, text)[1:] or _spans(_OPENED, text)[1:],
        "too_long": lambda: _too_long(text),
        "promise_without_time": lambda: _promise_without_time(book, text),
    }
    for name, find in checks.items():
        for span in find():
            yield book.checks[name], span


def _spans(pattern: re.Pattern[str], text: Text) -> list[Span]:
    return [match.span() for match in pattern.finditer(text.original)]


def _shouted(book: Lexicon, text: Text) -> list[Span]:
    words = _spans(_CAPITALS, text)
    return [(start, end) for start, end in words if text.original[start:end] not in book.acronyms]


def _registers(book: Lexicon, text: Text) -> set[str]:
    return {
        name for name, found in book.registers.items() if any(one.search(text) for one in found)
    }


def _mixed_register(book: Lexicon, text: Text, seen: set[str]) -> list[Span]:
    informal = seen & {"tu", "vos", "both"}
    mixed = ("usted" in seen and informal) or {"tu", "vos"} <= seen
    if not mixed:
        return []
    smaller = "usted" if "usted" in seen else "vos"
    return _all(book.registers[smaller], text)[:1]


def _too_long(text: Text) -> list[Span]:
    words = _spans(_WORD, text)
    return [(words[MAX_WORDS][0], words[-1][1])] if len(words) > MAX_WORDS else []


def _promise_without_time(book: Lexicon, text: Text) -> list[Span]:
    if not any(one.search(text) for one in book.promises):
        return []
    found = []
    for match in _SENTENCE.finditer(text.original):
        start, end = match.span()
        sentence = Text(text.original[start:end], text.lower[start:end], text.folded[start:end])
        asked = sentence.original.rstrip().endswith("?")  # an offer, not yet a promise
        if not asked and not any(one.search(sentence) for one in book.times):
            found += [(start + a, start + b) for a, b in _all(book.promises, sentence)]
    return found


def _repeated(text: str, previous: tuple[str, ...]) -> tuple[Span, ...]:
    said = text.strip()
    return ((0, len(text)),) if said and any(one.strip() == said for one in previous) else ()
