"""What an agent can take on: languages, issues known well, tier, chats at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from bot.errors import DeskError, did_you_mean
from bot.handoff import agents, staff
from bot.handoff.records import Agent
from bot.handoff.routing import TIERS
from bot.handoff.store import Store

LANGUAGE = re.compile(r"[a-z]{2}")
MOST = 50
"""Chats at once, at most."""


def change(
    store: Store,
    username: str,
    *,
    teams: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    skills: Sequence[str] | None = None,
    tier: str | None = None,
    capacity: int | None = None,
    known_teams: Collection[str],
    known_issues: Collection[str],
) -> Agent:
    """Change what an agent can take on; what is not given stays.

    Args:
        store: Where the account is.
        username: Whose.
        teams: Their teams; none takes all away.
        languages: Two-letter codes; none means every language.
        skills: Issues they know well: they are asked first. None means all alike.
        tier: L1, L2 or L3.
        capacity: Chats at once, from 1; 0 means what ``desk.yml`` says.
        known_teams: The teams of ``desk.yml``.
        known_issues: The issues of ``desk.yml``.

    Raises:
        NotFound: there is no such account.
        DeskError: a value makes no sense.
    """
    values: dict[str, Any] = {}
    if teams is not None:
        values["teams"] = [_known("team", each, known_teams) for each in teams]
    if languages is not None:
        values["languages"] = [_language(each) for each in languages]
    if skills is not None:
        values["skills"] = [_known("issue", each, known_issues) for each in skills]
    if tier is not None:
        values["tier"] = _known("tier", tier.upper(), TIERS)
    if capacity is not None:
        if not 0 <= capacity <= MOST:
            raise DeskError(f"{capacity} chats at once: 1 to {MOST}, or 0 for what desk.yml says.")
        values["capacity"] = capacity or None
    known = agents.get(store, username)
    if values:
        with store.database.write() as connection:
            staff.update(connection, known.username, **values)
    return agents.get(store, username)


def _known(what: str, value: str, accepted: Collection[str]) -> str:
    if value in accepted:
        return value
    raise DeskError(f"Unknown {what} '{value}'.{did_you_mean(value, accepted)}")


def _language(value: str) -> str:
    code = value.strip().lower()
    if LANGUAGE.fullmatch(code):
        return code
    raise DeskError(f"'{value}' is no language: two letters, such as es or en.")
