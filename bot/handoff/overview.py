"""What a supervisor sees at a glance: where customers wait, who is there, what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.errors import NotAllowed
from bot.handoff import agents, staff, views
from bot.handoff.desk import Desk
from bot.handoff.instants import iso
from bot.handoff.records import Agent, Json, Ticket, record
from bot.handoff.routing import ONLINE, Candidate
from bot.handoff.rules import DeskRules
from bot.handoff.search import next_due
from bot.handoff.sla import open_seconds
from bot.handoff.tables import tickets

LISTED = 30
"""Cases listed that need somebody; their number is told whole."""


class Overview:
    """Counts what is going on at the desk.

    Args:
        desk: Whose tickets and agents.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def look(self, agent: Agent, *, language: str = "es") -> Json:
        """Return what goes on now in every team.

        Returns:
            {"at", "teams": [{"team", "waiting", "longest_wait", "open", "paused", "missed",
            "unaccepted", "agents"}], "agents": [{"username", "name", "role", "teams", "presence",
            "load", "capacity", "wrap_up_until"}], "missed": {"count", "tickets"}, "unaccepted":
            {"count", "tickets"}}. ``longest_wait`` is seconds; a case is ``unaccepted`` once other
            teams are asked or its deadline has come; ``agents`` of a team are those who could take
            something now.

        Raises:
            NotAllowed: the agent is no supervisor.
        """
        if agent.role not in agents.ALL_TEAMS:
            raise NotAllowed("Only a supervisor sees the overview.")
        desk, at = self._desk, self._desk.clock()
        with desk.store.database.read() as connection:
            found = _open_cases(connection)
            people = staff.candidates(connection, desk.rules.assignment, at)
            missed = [case.ref for case in found if case.next_due <= at]
            passed = [case.ref for case in found if _passed_over(case, desk.rules, at)]
            shown = _tickets(connection, {*missed[:LISTED], *passed[:LISTED]})
            page = views.rows(connection, desk.rules, shown, at, language, agent.username)
            rows = {row["ref"]: row for row in page}
        late, unaccepted = set(missed), set(passed)
        return {
            "at": iso(at),
            "teams": [
                _team(name, found, late, unaccepted, people, at) for name in desk.rules.teams
            ],
            "agents": [_person(one) for one in people if one.agent.active],
            "missed": _listed(missed, rows),
            "unaccepted": _listed(passed, rows),
        }


@dataclass(frozen=True)
class _Case:
    """What is counted of an open ticket; reading them whole would take five times as long."""

    ref: str
    team: str
    status: str
    owner_agent: str | None
    queued_at: datetime
    due_first_response: datetime
    paused_at: datetime | None
    next_due: datetime


def _open_cases(connection: Any) -> list[_Case]:
    """Return the open tickets, the most pressing first."""
    due = next_due(connection.dialect.name == "sqlite").label("next_due")
    columns = [tickets.c[each.name] for each in fields(_Case) if each.name in tickets.c]
    query = sa.select(*columns, due).where(tickets.c.status.in_(("queued", "claimed")))
    rows = connection.execute(query.order_by(due, tickets.c.rank, tickets.c.ref))
    return [record(_Case, row) for row in rows]


def _tickets(connection: Any, refs: set[str]) -> list[Ticket]:
    rows = connection.execute(sa.select(tickets).where(tickets.c.ref.in_(refs)))
    return [record(Ticket, row) for row in rows]


def _passed_over(case: _Case, rules: DeskRules, at: datetime) -> bool:
    if case.status != "queued":
        return False
    team = rules.teams.get(case.team)
    waited = open_seconds(case.queued_at, at, team.hours) if team else float("inf")
    return waited >= rules.assignment.others_after or case.due_first_response <= at


def _team(
    name: str,
    opened: Sequence[_Case],
    missed: set[str],
    passed: set[str],
    people: Sequence[Candidate],
    at: datetime,
) -> Json:
    own = [case for case in opened if case.team == name]
    waits = [(at - case.queued_at).total_seconds() for case in own if case.status == "queued"]
    ready = [one for one in people if one.presence == ONLINE and agents.sees(one.agent, name)]
    return {
        "team": name,
        "waiting": len(waits),
        "longest_wait": max(round(max(waits)), 0) if waits else None,
        "open": len(own) - len(waits),
        "paused": sum(case.paused_at is not None for case in own),
        "missed": sum(case.ref in missed for case in own),
        "unaccepted": sum(case.ref in passed for case in own),
        "agents": len(ready),
    }


def _person(one: Candidate) -> Json:
    return {
        **one.agent.as_dict(),
        "presence": one.presence,
        "load": one.load,
        "capacity": one.capacity,
        "wrap_up_until": iso(one.agent.wrap_up_until),
    }


def _listed(refs: Sequence[str], rows: dict[str, Json]) -> Json:
    return {"count": len(refs), "tickets": [rows[ref] for ref in refs[:LISTED]]}
