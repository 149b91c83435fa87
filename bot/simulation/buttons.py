"""Quick replies, as a customer reads their titles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.simulation import judge
from bot.simulation.plain_text import plain

YES = re.compile(r"^(si|yes|ok|vale|de acuerdo|confirm\w*|adelante)\b")
STAY = re.compile(r"(segui|continu|aqui|aca|here|carry on|stay|no\b)")


def yes(titles: Sequence[str]) -> str | None:
    """Return the one that says yes."""
    return next((one for one in titles if YES.search(plain(one))), None)


def stay(titles: Sequence[str]) -> str | None:
    """Return the one that goes on without a person."""
    return next(
        (one for one in titles if "person" not in judge.kinds(one) and STAY.search(plain(one))),
        None,
    )


def person(titles: Sequence[str]) -> str | None:
    """Return the one that leads to a person."""
    return next((one for one in titles if "person" in judge.kinds(one)), None)


def order(titles: Sequence[str], numbers: Sequence[str]) -> str | None:
    """Return the one that names one of the customer's orders."""
    return next((one for one in titles if any(n in one for n in numbers)), None)


def fitting(titles: Sequence[str], wanted: Sequence[str], topic: str) -> str | None:
    """Return the one that serves best: the first wish first, then what is about the topic."""
    for kind in wanted:
        for title in titles:
            if kind in judge.kinds(title):
                return title
    return next((one for one in titles if judge.about(topic, one)), None)
