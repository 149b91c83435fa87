"""The desk's measures over a period, as supervisors and auditors ask for them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.errors import DeskError, NotAllowed
from bot.handoff import measures
from bot.handoff.desk import Desk
from bot.handoff.instants import iso
from bot.handoff.logged import BY_HAND, Case, cases
from bot.handoff.records import Agent, Event, Json, record
from bot.handoff.tables import conversations, messages, ticket_events, tickets
from bot.handoff.tables_desk import surveys

READERS = ("supervisor", "admin")
COLUMNS = (
    "ref", "reported_at", "opened_at", "claimed_at", "answered_at", "resolved_at", "issue",
    "product", "reason", "priority", "team", "channel", "language", "disposition", "cause",
    "transfers", "reopened", "deadlines", "missed", "score",
)  # fmt: skip
"""Of the export, one line a case."""


class Measuring:
    """Reads the log; writes nothing.

    Args:
        desk: Whose log.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def report(
        self, agent: Agent, start: datetime, end: datetime, *, team: str | None = None
    ) -> Json:
        """Return the measures of the cases opened in a period, of one team or all.

        Args:
            agent: Who asks.
            start: The period's beginning.
            end: Its end, not in it.
            team: A team; None for all.

        Raises:
            NotAllowed: the agent is no supervisor.
            DeskError: the period ends before it begins, or there is no such team.
        """
        found, begun = self._read(agent, start, end, team)
        rules = self.desk.rules
        law = rules.law
        person = (law.person_within, law.person_share) if law.person_within else measures.PERSON
        alone = self._alone(start, end)
        told = measures.measures(found, len(begun), rules.measures.band(), person, alone)
        return {
            "from": iso(start),
            "to": iso(end),
            "team": team,
            "made_at": iso(self.desk.clock()),
            **told,
            "weeks": measures.by_week(found, begun, rules.zone),
            "comments": self._comments([case.ref for case in found]),
        }

    def export(
        self, agent: Agent, start: datetime, end: datetime, *, team: str | None = None
    ) -> str:
        """Return the cases of a period as CSV, one line each, without any customer's words.

        Raises:
            NotAllowed: the agent is no supervisor.
            DeskError: as for :meth:`report`.
        """
        found, _ = self._read(agent, start, end, team)
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerow(COLUMNS)
        rows.writerows(_row(case) for case in found)
        return text.getvalue()

    def _read(
        self, agent: Agent, start: datetime, end: datetime, team: str | None
    ) -> tuple[list[Case], list[datetime]]:
        if agent.role not in READERS:
            raise NotAllowed("Measures are for supervisors.")
        if start >= end:
            raise DeskError("The period ends before it begins.")
        if team is not None and team not in self.desk.rules.teams:
            raise DeskError(f"There is no team '{team}'.")
        with self.desk.store.database.read() as connection:
            refs = sa.select(tickets.c.ref).where(
                tickets.c.created_at >= start, tickets.c.created_at < end
            )
            if team is not None:
                refs = refs.where(tickets.c.team == team)
            query = sa.select(ticket_events).where(ticket_events.c.ticket.in_(refs))
            rows = connection.execute(query.order_by(ticket_events.c.id))
            found = cases(record(Event, row) for row in rows)
            begun = _begun(connection, start, end)
        return found, begun

    def _alone(self, start: datetime, end: datetime) -> int:
        """Return how many of a period's conversations never had a case, whichever team's."""
        with self.desk.store.database.read() as connection:
            return len(_begun(connection, start, end, alone=True))

    def _comments(self, refs: Sequence[str]) -> list[Json]:
        """Return what customers wrote with their scores, the lowest first."""
        query = (
            sa.select(surveys)
            .where(surveys.c.ticket.in_(refs), surveys.c.score.is_not(None))
            .order_by(surveys.c.score, surveys.c.id.desc())
            .limit(50)
        )
        with self.desk.store.database.read() as connection:
            return [
                {
                    "ref": row.ticket,
                    "score": row.score,
                    "comment": row.comment or "",
                    "reviewed": row.reviewed_at is not None,
                }
                for row in connection.execute(query)
            ]


def _begun(
    connection: Any, start: datetime, end: datetime, *, alone: bool = False
) -> list[datetime]:
    """When each conversation began in which the customer wrote anything; or only without a case.

    What an agent took down by hand is no conversation with the bot.
    """
    wrote = sa.exists().where(
        messages.c.conversation == conversations.c.id, messages.c.author == "customer"
    )
    mine = tickets.c.conversation == conversations.c.id
    by_hand = sa.exists().where(mine, tickets.c.trigger == BY_HAND)
    query = sa.select(conversations.c.created_at).where(
        conversations.c.created_at >= start, conversations.c.created_at < end, wrote, ~by_hand
    )
    if alone:
        query = query.where(~sa.exists().where(mine))
    return list(connection.execute(query).scalars())


def _row(case: Case) -> list[Any]:
    values: Json = {
        **{key: case.about.get(key) or "" for key in COLUMNS if key in case.about},
        "ref": case.ref,
        "reported_at": iso(case.reported_at),
        "opened_at": iso(case.opened_at),
        "claimed_at": iso(case.claimed_at) or "",
        "answered_at": iso(case.answered_at) or "",
        "resolved_at": iso(case.resolved_at) or "",
        "disposition": case.disposition or "",
        "cause": case.cause or "",
        "transfers": case.transfers,
        "reopened": case.reopened,
        "deadlines": " ".join(sorted(case.clocks)),
        "missed": " ".join(sorted(case.missed)),
        "score": "" if case.score is None else case.score,
    }
    return [_safe(values.get(key, "")) for key in COLUMNS]


def _safe(value: Any) -> Any:
    """Keep a spreadsheet from running a cell: a text that begins like a formula is quoted."""
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else value
