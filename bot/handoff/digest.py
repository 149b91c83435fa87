"""What a customer wrote, cut down to what a colleague needs: their own words, nothing else.

Clauses are ranked by what colleagues ask for first (numbers, times, then plain content), kept until
the line is full, and given back in the order they were written. No word is added or changed, and a
number that the customer took back is struck out, so nothing in it is false that they did not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import yaml

from bot.handoff.letters import without_accents

LINE = 300
"""Characters of a line of quotes."""
LONG = 90
"""Characters from which a sentence is cut at its commas."""
BETWEEN = " · "
_FILE = Path(__file__).resolve().parents[2] / "data" / "gateway" / "digest.yml"
_SENTENCE = re.compile(r"(?<=[.!?…;])\s+|\n+")
_COMMA = re.compile(r",\s+|\s+-\s+")
_QUOTED = re.compile(r"\s*«[^»]*(?:»\.?|$)")  # one that was cut off has no end
_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_WHOLE = re.compile(r"(?<![\d.,])\d+(?![.,]?\d)")


@dataclass(frozen=True)
class Digest:
    """Quotes of a customer, each empty when there is nothing to quote.

    Args:
        happened: What they tell, at most :data:`LINE` characters.
        wants: What they ask for, at most :data:`LINE` characters.
    """

    happened: str
    wants: str


@dataclass(frozen=True)
class _Clause:
    place: int
    text: str
    words: frozenset[str]  # that say something
    wish: bool
    weight: float


def digest(texts: Sequence[str], limit: int = LINE) -> Digest:
    """Return what is worth quoting of a customer's messages.

    Args:
        texts: The messages, oldest first.
        limit: Characters of each line.
    """
    clauses = _clauses(texts)
    happened = _kept([clause for clause in clauses if not clause.wish], limit)
    wants = _kept([clause for clause in clauses if clause.wish], limit)
    return Digest(happened, wants)


def with_quotes(lines: Mapping[str, str], texts: Sequence[str]) -> dict[str, str]:
    """Return the lines of a ticket with the customer's own words in place of any quoted before.

    Args:
        lines: ``happened``, ``wants`` and ``tried``, as the bot put them together; quotes in
            «guillemets» are replaced.
        texts: All that the customer wrote, oldest first.
    """
    said = digest(texts)
    quotes = {"happened": said.happened, "wants": said.wants}
    return {
        key: " ".join(filter(None, [_QUOTED.sub("", line).strip(), f"«{quote}»" if quote else ""]))
        for key, line in lines.items()
        for quote in [quotes.get(key, "")]
    }


def _kept(clauses: Iterable[_Clause], limit: int) -> str:
    chosen: list[_Clause] = []
    room = limit
    for clause in sorted(clauses, key=lambda clause: -clause.weight):
        known = frozenset().union(*(one.words for one in chosen))
        if clause.words <= known or len(clause.text) > room:
            continue
        chosen.append(clause)
        room -= len(clause.text) + len(BETWEEN)
    return BETWEEN.join(one.text for one in sorted(chosen, key=lambda clause: clause.place))


def _clauses(texts: Sequence[str]) -> list[_Clause]:
    words = _words()
    found: list[_Clause] = []
    for text in texts:
        for raw in _split(text):
            said = [without_accents(word.lower()) for word in _WORD.findall(raw)]
            if words.correction & set(said):
                found = _corrected(found, said)
            telling = frozenset(word for word in said if word not in words.courtesy)
            if not telling or (len(said) == 1 and said[0][0].isdigit()):
                continue  # courtesy, or a bare number: the answer to a question, known as a fact
            numbers = sum(1 for word in said if word[0].isdigit())
            times = sum(1 for word in said if word in words.time)
            weight = 3.0 * numbers + 2.0 * times + len(telling)
            wish = any(words.wish.fullmatch(word) for word in said)
            clause = raw if len(raw) <= LINE else raw[: LINE - 1].rstrip() + "…"
            found.append(_Clause(len(found), clause, telling, wish, weight))
    return found


def _split(text: str) -> list[str]:
    pieces: list[str] = []
    for sentence in _SENTENCE.split(text):
        parts = _COMMA.split(sentence) if len(sentence) > LONG else [sentence]
        pieces += [" ".join(part.split()).strip(" .,;") for part in parts]
    return [piece for piece in pieces if piece]


def _corrected(clauses: list[_Clause], said: Sequence[str]) -> list[_Clause]:
    """Strike the numbers out of earlier clauses that one of as many digits takes back."""
    lengths = {len(word) for word in said if word.isdigit()}

    def struck(match: re.Match[str]) -> str:
        number = match.group()
        return "…" if len(number) in lengths and number not in said else number

    return [replace(clause, text=_WHOLE.sub(struck, clause.text)) for clause in clauses]


@dataclass(frozen=True)
class _Words:
    courtesy: frozenset[str]
    time: frozenset[str]
    correction: frozenset[str]
    wish: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    courtesy, time, correction = (
        frozenset(map(_said, data[key])) for key in ("courtesy", "time", "correction")
    )
    wishes = "|".join(re.escape(_said(one)).replace(r"\*", r"\w*") for one in data["wish"])
    return _Words(courtesy, time, correction, re.compile(wishes))


def _said(value: object) -> str:
    """Undo YAML's reading of yes and no as booleans."""
    return (
        {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    )
