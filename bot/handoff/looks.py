"""Who saw which cases in a list: the queue, a search, the overview, an export.

A list shows names and lines of customers without a case being opened, so every answer is kept in
``reads``: who, which list, its filters, the references shown. Consoles ask for the same list again
and again: within an hour only what was not there before is kept, so a live queue is a line an hour
and one more for what is new in it. The words of a search are not kept, only that there were some:
they are often a customer's name, and the references say more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.errors import NotAllowed
from bot.handoff.desk import Desk
from bot.handoff.instants import iso
from bot.handoff.records import Agent, Json
from bot.handoff.tables_desk import reads
from bot.handoff.tickets import READ_AGAIN
from bot.handoff.views import page_start

LISTS = (
    *("queue", "search", "live", "overview", "bot_chats"),
    *("approvals", "reviews", "moments", "measures"),
)
"""What ``kind`` says of a list; profile, history and bot_chat are looks at one customer."""
MOST = 1000
"""References kept of one answer; more are only counted, as ``more`` among the filters."""
SOUGHT = "…"
"""Stands for the words of a search."""
ROLE = "admin"


class Looks:
    """Keeps note of lists that agents saw, and tells administrators.

    Args:
        desk: Whose lists.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def note(
        self, agent: Agent, kind: str, refs: Iterable[str], query: Mapping[str, Any] | None = None
    ) -> bool:
        """Keep that an agent saw a list.

        Args:
            agent: Who.
            kind: One of ``LISTS``.
            refs: The cases shown, or the conversations where there is no case.
            query: Filters of the list; empty ones are left out.

        Returns:
            False when the same list with the same cases was noted within the hour.
        """
        at = self._desk.clock()
        shown = list(dict.fromkeys(refs))
        filters = {name: value for name, value in (query or {}).items() if value}
        if "q" in filters:
            filters["q"] = SOUGHT
        database = self._desk.store.database
        with database.read() as connection:
            known = _known(connection, agent.username, kind, filters, at)
        new = [ref for ref in shown if ref not in known]
        if not new:
            return False
        if len(new) > MOST:
            filters["more"] = len(new) - MOST
        row = {"at": at, "agent": agent.username, "kind": kind}
        with database.write() as connection:
            values = {**row, "query": filters, "refs": new[:MOST]}
            connection.execute(sa.insert(reads).values(**values))
        return True

    def listing(
        self,
        agent: Agent,
        *,
        of: str = "",
        kind: str = "",
        after: str | None = None,
        limit: int = 50,
    ) -> tuple[list[Json], str | None]:
        """Return who looked at customers' data outside a case, the latest first.

        Args:
            agent: Who asks.
            of: Only looks of the agent with this user name.
            kind: Only looks of this kind.
            after: What the page before gave as its next.
            limit: Looks at most.

        Returns:
            The looks, and where the next page begins.

        Raises:
            NotAllowed: the agent is no administrator.
            DeskError: ``after`` is no page.
        """
        if agent.role != ROLE:
            raise NotAllowed(f"Who looked at what is told to the role '{ROLE}'.")
        start = page_start(after)
        query = sa.select(reads).order_by(reads.c.id.desc()).offset(start).limit(limit + 1)
        if of:
            query = query.where(reads.c.agent == of.strip().lower())
        if kind:
            query = query.where(reads.c.kind == kind)
        with self._desk.store.database.read() as connection:
            found = [_told(row) for row in connection.execute(query)]
        return found[:limit], str(start + limit) if len(found) > limit else None


def _known(connection: Any, agent: str, kind: str, filters: Json, at: datetime) -> set[str]:
    """Return what an agent saw of a list within the hour."""
    query = sa.select(reads.c.query, reads.c.refs).where(
        reads.c.agent == agent, reads.c.kind == kind, reads.c.at > at - READ_AGAIN
    )
    found: set[str] = set()
    for asked, refs in connection.execute(query):
        same = {name: value for name, value in (asked or {}).items() if name != "more"}
        found.update(refs or () if same == filters else ())
    return found


def _told(row: Any) -> Json:
    return {
        "id": row.id,
        "at": iso(row.at),
        "agent": row.agent,
        "kind": row.kind,
        "conversation": row.conversation,
        "customer_id": row.customer_id,
        "query": row.query or {},
        "refs": row.refs or [],
    }
