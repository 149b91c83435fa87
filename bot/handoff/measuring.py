"""The desk's measures over a period, as supervisors and auditors ask for them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.errors import DeskError, NotAllowed
from bot.handoff import measures
from bot.handoff.desk import Desk
from bot.handoff.instants import iso
from bot.handoff.logged import BY_HAND, Case, cases
from bot.handoff.measures import Talk
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

        What is a share of the conversations is None for one team: they are nobody's.

        Args:
            agent: Who asks.
            start: The period's beginning.
            end: Its end, not in it.
            team: A team; None for all.

        Raises:
            NotAllowed: the agent is no supervisor.
            DeskError: the period ends before it begins, or there is no such team.
        """
        self._check(agent, start, end, team)
        with self.desk.store.database.read() as connection:
            found = read_cases(connection, start, end, team)
            talks = None if team else read_talks(connection, start, end)
        rules = self.desk.rules
        law = rules.law
        person = (law.person_within, law.person_share) if law.person_within else measures.PERSON
        told = measures.measures(found, talks, rules.measures.band(), person)
        return {
            "from": iso(start),
            "to": iso(end),
            "team": team,
            "made_at": iso(self.desk.clock()),
            **told,
            "weeks": measures.by_week(found, talks, rules.zone) if talks else [],
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
        self._check(agent, start, end, team)
        with self.desk.store.database.read() as connection:
            found = read_cases(connection, start, end, team)
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerow(COLUMNS)
        rows.writerows(_row(case) for case in found)
        return text.getvalue()

    def _check(self, agent: Agent, start: datetime, end: datetime, team: str | None) -> None:
        if agent.role not in READERS:
            raise NotAllowed("Measures are for supervisors.")
        if start >= end:
            raise DeskError("The period ends before it begins.")
        if team is not None and team not in self.desk.rules.teams:
            raise DeskError(f"There is no team '{team}'.")

    def _comments(self, refs: Sequence[str]) -> list[Json]:
        """Return what customers wrote with their scores, the lowest first; scores alone are not."""
        query = (
            sa.select(surveys)
            .where(surveys.c.ticket.in_(refs), surveys.c.score.is_not(None))
            .where(surveys.c.comment.is_not(None))
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


def read_cases(
    connection: Any,
    start: datetime,
    end: datetime,
    team: str | None = None,
    kinds: Collection[str] = (),
) -> list[Case]:
    """Return the cases opened in a period, as their log tells them.

    Args:
        connection: The caller's.
        start: The period's beginning.
        end: Its end, not in it.
        team: Only those of this team now.
        kinds: Only these events are read; none given: all.
    """
    mine = [tickets.c.created_at >= start, tickets.c.created_at < end]
    if team is not None:
        mine.append(tickets.c.team == team)
    other = tickets.alias()
    same = sa.and_(other.c.conversation == tickets.c.conversation, other.c.ref != tickets.c.ref)
    query = sa.select(tickets.c.ref, tickets.c.conversation, sa.exists().where(same)).where(*mine)
    homes = {ref: (home, not others) for ref, home, others in connection.execute(query)}
    events = (
        sa.select(ticket_events)
        .join(tickets, tickets.c.ref == ticket_events.c.ticket)
        .where(*mine)
        .order_by(ticket_events.c.id)
    )
    if kinds:
        events = events.where(ticket_events.c.kind.in_(kinds))
    found = cases(record(Event, row) for row in connection.execute(events))
    return [
        replace(case, conversation=home, only=only)
        for case in found
        for home, only in [homes[case.ref]]
    ]


def read_talks(connection: Any, start: datetime, end: datetime) -> list[Talk]:
    """Return the conversations begun in a period, or of which a case came in it.

    Where the customer neither wrote nor asked for a person there was none, and what an agent took
    down by hand is none with the bot.
    """
    mine = tickets.c.conversation == conversations.c.id
    wrote = sa.exists().where(
        messages.c.conversation == conversations.c.id, messages.c.author == "customer"
    )
    by_hand = sa.exists().where(mine, tickets.c.trigger == BY_HAND)
    case = sa.exists().where(mine)
    now = sa.exists().where(mine, tickets.c.created_at >= start, tickets.c.created_at < end)
    begun = sa.and_(
        conversations.c.created_at >= start, conversations.c.created_at < end, sa.or_(wrote, case)
    )
    state = conversations.c.state
    query = sa.select(
        conversations.c.id,
        conversations.c.created_at,
        ~case,
        state["issue"].as_string(),
        state[("facts", "product")].as_string(),
    ).where(sa.or_(begun, now), ~by_hand)
    return [Talk(*row) for row in connection.execute(query)]


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
