"""The clauses of a message: the parts that may each state a matter of their own.

A message is cut where a sentence ends, at a new line or comma, and before words that add something
("y", "pero", "además", "aparte", "also"). Nothing is cut within quotes, nor within a number
("48,90"). What is too short to say anything stays with its neighbour.
"""

from __future__ import annotations

import re
from itertools import pairwise

MOST = 4  # clauses; the shortest are put together until there are no more
LEAST = 3  # words of a clause
LONGEST = 1_500  # characters looked at

_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"")
_MARK = r"[.!?…;]+(?=\s)|\n+|,(?=\s)"
_ADDING = (
    r"(?:y|and|e)\s+(?:además|ademas|también|tambien|encima|aparte|de paso|mientras tanto|also|"
    r"besides|meanwhile)|además|ademas|también|tambien|encima|aparte|de paso|por otro lado|"
    r"por cierto|otra cosa|also|besides|separately|on top of that|by the way|another thing|plus"
)
_JOINING = r"y|pero|and|but|o(?= (?:me|nos)\b)|or(?= (?:i|i'll|we)\b)"
_LINK = rf"(?<!\w)(?:{_ADDING}|{_JOINING})(?!\w)"
_CUT = re.compile(rf"(?P<mark>{_MARK})|{_LINK}", re.IGNORECASE)
_LEADING = re.compile(rf"(?:{_LINK}[\s,:]*)+", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def words(text: str) -> int:
    """Return how many words a text has."""
    return len(_WORD.findall(text))


def clauses(text: str) -> list[str]:
    """Return the clauses of a message, in order; a single one, or none, where there is no other.

    Example:
        >>> clauses("devolvedme el dinero y pasadme con alguien")
        ['devolvedme el dinero', 'pasadme con alguien']
    """
    text = text[:LONGEST]
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    places = [match.end() if match["mark"] else match.start() for match in _CUT.finditer(text)]
    free = [at for at in places if not any(start < at < end for start, end in quoted)]
    parts = [text[start:end] for start, end in pairwise([0, *free, len(text)])]
    return [_bare(part) for part in _together(parts) if words(_bare(part))]


def _bare(part: str) -> str:
    """Return a clause without the words that link it to the one before."""
    part = part.strip().rstrip(",;").strip()
    link = _LEADING.match(part)
    return part[link.end() :] if link and words(part[link.end() :]) >= LEAST - 1 else part


def _together(parts: list[str]) -> list[str]:
    """Put the shortest part and its shorter neighbour together while any is too short."""
    parts = [part for part in parts if part]
    while len(parts) > 1:
        sizes = [words(part) for part in parts]
        at = sizes.index(min(sizes))
        if sizes[at] >= LEAST and len(parts) <= MOST:
            break
        last, link = at + 1 == len(parts), not words(_LEADING.sub("", parts[at].strip(), count=1))
        # what is only a link ("Also,") belongs to what it adds
        left = at > 0 and (last or (not link and sizes[at - 1] <= sizes[at + 1]))
        first = at - 1 if left else at
        parts[first : first + 2] = ["".join(parts[first : first + 2])]
    return parts
