"""The wording check as an agent's reply box needs it: where, why, and what to put there instead.

A finding of :mod:`bot.deescalation.wording` says what would be better, as an example or as advice.
Here it is turned into a replacement that can be accepted with one key: a better phrase takes the
place of the words found, a better sentence that of the sentence they stand in, and what only needs
its marks or capitals taken away is given back without them. Advice alone has no replacement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.deescalation.wording import Finding, check, quiet
from bot.handoff.records import Json
from bot.web.canned import gaps

GAP = "gap"
"""Rule of a variable of a canned reply that nobody filled in."""

ADVICE = frozenset(
    {
        "second_apology",
        "mixed_register",
        "two_questions",
        "too_long",
        "promise_without_time",
        "repeated_text",
        "irony",
        "but_after_empathy",
    }
)
"""Rules whose better wording is advice, not words to put there."""

_SENTENCE = re.compile(r"[^.?!…\n]+[.?!…]*")
_GAP_WORDS = {
    "es": ("Falta un dato.", "Escríbalo, o quite la frase."),
    "en": ("Something is missing.", "Write it, or take the sentence out."),
}


def findings(
    text: str,
    *,
    language: str,
    level: str,
    previous: Iterable[str] = (),
    solved: bool | None = None,
) -> list[Json]:
    """Return what may inflame in an agent's text, in its order.

    Args:
        text: What the agent is about to send.
        language: Of the conversation.
        level: The customer's frustration now.
        previous: What was said to the customer in the conversation.
        solved: Whether the matter is; None if not known.

    Returns:
        rule, text, start, end (characters), reason, better, and replace: {start, end, text} or
        None where the better wording is advice.
    """
    found = check(
        text,
        language=language,
        level=level,
        previous=previous,
        solved=solved,
        by_person=True,
    )
    rows = [_row(text, one, language) for one in found] + _gaps(text, language)
    return sorted(rows, key=lambda row: (row["start"], row["end"]))


def _row(text: str, found: Finding, language: str) -> Json:
    return {
        "rule": found.rule,
        "text": found.text,
        "start": found.start,
        "end": found.end,
        "reason": found.reason,
        "better": found.better,
        "replace": _replacement(text, found, language),
    }


def _replacement(text: str, found: Finding, language: str) -> Json | None:
    start, end = found.start, found.end
    if found.rule == "exclamation":
        return _without_marks(text, start, end)
    if found.rule == "emoji":
        before = start - 1 if text[:start].endswith(" ") else start
        return {"start": before, "end": end, "text": ""}
    if found.rule == "capitals":
        return {"start": start, "end": end, "text": quiet(found.text, language)}
    if found.rule in ADVICE or not found.better:
        return None
    if found.better.rstrip()[-1:] in ".?…":
        start, end = _sentence(text, start, end)
    return {"start": start, "end": end, "text": found.better}


def _without_marks(text: str, start: int, end: int) -> Json:
    """An exclamation mark goes; one that ended a sentence becomes its full stop."""
    ends = "¡" not in text[start:end] and not text[end:].lstrip().startswith(("?", "."))
    asked = text[:start].rstrip().endswith(("?", ".", "…"))
    return {"start": start, "end": end, "text": "." if ends and not asked else ""}


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The whole sentence (or sentences) that a span stands in, without the space around."""
    spans = [match.span() for match in _SENTENCE.finditer(text)]
    around = [span for span in spans if span[0] < end and span[1] > start]
    if not around:
        return start, end
    first, last = min(start, around[0][0]), max(end, around[-1][1])
    while first < start and text[first].isspace():
        first += 1
    return first, last


def _gaps(text: str, language: str) -> list[Json]:
    reason, better = _GAP_WORDS.get(language, _GAP_WORDS["es"])
    return [
        {
            "rule": GAP,
            "text": match.group(),
            "start": match.start(),
            "end": match.end(),
            "reason": reason,
            "better": better,
            "replace": None,
        }
        for match in gaps(language).finditer(text)
    ]
