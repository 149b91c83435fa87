"""Finding tickets: the views of the queue, its filters, and the order by risk.

Words are found as :mod:`bot.handoff.full_text` says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa

from bot.errors import DeskError, did_you_mean
from bot.handoff import agents, routing, views
from bot.handoff.assignment import asked_everyone
from bot.handoff.desk import Desk
from bot.handoff.full_text import has_word, words
from bot.handoff.records import Agent, Json, Ticket, record
from bot.handoff.rules import PRIORITIES
from bot.handoff.tables import messages, tickets
from bot.handoff.tables_desk import mentions, participants

VIEWS = (
    "queue",
    "mine",
    "team",
    "participating",
    "mentions",
    "waiting",
    "snoozed",
    "resolved",
    "all",
    "risk",
)
PHASES = ("queued", "open", "waiting", "snoozed", "returned", "resolved")
SORTS = ("risk", "age")
LONGEST = 100
"""Characters of a text that is searched for."""
MOST = 1000
"""Tickets on a page at most."""
FAR = datetime(9999, 1, 1, tzinfo=timezone.utc)
_OPEN = tickets.c.status.in_(("queued", "claimed"))


@dataclass(frozen=True)
class Filters:
    """Which tickets are wanted; an empty field restricts nothing.

    Args:
        view: One of ``VIEWS``.
        team: Code of a team.
        priority: urgent, high, medium or low.
        language: Of the customer.
        label: One of the ticket's labels.
        phase: One of ``PHASES``.
        owner: User name of the agent who has it; ``me`` is who asks.
        q: Words that all occur in it.
        sort: ``risk`` (missed deadlines, urgent ones, heated ones, then by the next deadline) or
            ``age`` (longest waiting first); by default as customers are told their place, and
            closed ones newest first.
    """

    view: str = "queue"
    team: str = ""
    priority: str = ""
    language: str = ""
    label: str = ""
    phase: str = ""
    owner: str = ""
    q: str = ""
    sort: str = ""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the fields."""
        return tuple(each.name for each in fields(cls))

    def check(self, teams: Iterable[str]) -> None:
        """Check that every value is one that tickets can have.

        Args:
            teams: The teams there are.

        Raises:
            DeskError: says which field is wrong and what is accepted.
        """
        accepted = {
            "view": VIEWS,
            "team": tuple(teams),
            "priority": PRIORITIES,
            "phase": PHASES,
            "sort": SORTS,
        }
        for name, known in accepted.items():
            value = getattr(self, name)
            if value not in known and (value or name == "view"):
                text = f"Unknown {name} '{value}'.{did_you_mean(value, known)}"
                facts = {"filter": name, "value": value, "accepted": ", ".join(known)}
                raise DeskError(text, "filter", **facts)
        for name in ("language", "label", "owner", "q"):
            if len(getattr(self, name)) > LONGEST:
                text = f"'{name}' is longer than {LONGEST} characters."
                raise DeskError(text, "filter_long", filter=name, limit=LONGEST)


class Search:
    """Lists tickets as an agent wants to see them.

    Args:
        desk: Whose tickets.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def page(
        self,
        agent: Agent,
        filters: Filters,
        *,
        after: str | None = None,
        limit: int = 50,
        language: str = "es",
    ) -> tuple[list[Json], str | None]:
        """Return the rows of the tickets that an agent wants, and where the next page begins.

        Args:
            agent: Who looks; other teams' tickets are never among them.
            filters: Which ones.
            after: What the page before gave as its next.
            limit: Tickets at most, in [1, 1000].
            language: Of the reasons' names.

        Raises:
            DeskError: a filter has a value that does not exist, or ``after`` is no page.
        """
        desk = self._desk
        filters.check(desk.rules.teams)
        start, limit = views.page_start(after), max(1, min(limit, MOST))
        at = desk.clock()
        with desk.store.database.read() as connection:
            wanted = query(connection, agent, filters, at).offset(start).limit(limit + 1)
            found = [record(Ticket, row) for row in connection.execute(wanted)]
            shown = found[:limit]
            rows = views.rows(connection, desk.rules, shown, at, language, agent.username)
        return rows, str(start + limit) if len(found) > limit else None


def query(connection: Any, agent: Agent, filters: Filters, now: datetime) -> Any:
    """Return the statement that selects tickets in order; nothing is read yet."""
    sqlite = connection.dialect.name == "sqlite"
    wanted = sa.select(tickets).where(*_seen(agent), *_in_view(agent, filters.view))
    if filters.team:
        wanted = wanted.where(tickets.c.team == filters.team)
    if filters.priority:
        wanted = wanted.where(tickets.c.priority == filters.priority)
    if filters.language:
        wanted = wanted.where(tickets.c.language == filters.language)
    if filters.phase:
        wanted = wanted.where(_in_phase(filters.phase))
    if filters.owner:
        owner = agent.username if filters.owner == "me" else filters.owner
        wanted = wanted.where(tickets.c.owner_agent == owner)
    if filters.label:
        stored = json.dumps(filters.label)  # as a JSON column keeps it
        labels = sa.cast(tickets.c.labels, sa.Text)
        wanted = wanted.where(labels.contains(stored, autoescape=True))
    for word in words(filters.q):
        wanted = wanted.where(has_word(word, sqlite=sqlite))
    return wanted.order_by(*_order(filters, now, sqlite))


def _seen(agent: Agent) -> tuple[Any, ...]:
    """Whether an agent may see a ticket, as ``PresenceDesk.may_see`` says of one."""
    teams = agents.visible_teams(agent)
    if teams is None:
        return ()
    me = agent.username
    along = sa.exists().where(
        participants.c.ticket == tickets.c.ref,
        participants.c.agent == me,
        participants.c.left_at.is_(None),
    )
    named = sa.exists().where(mentions.c.ticket == tickets.c.ref, mentions.c.agent == me)
    reasons = [tickets.c.team.in_(teams), tickets.c.owner_agent == me, along, named]
    reasons.append(tickets.c.offered_to == me)
    if agent.role in routing.SERVING:
        reasons.append(asked_everyone())
    return (sa.or_(*reasons),)


def _in_view(agent: Agent, view: str) -> tuple[Any, ...]:
    if view == "mine":
        return (tickets.c.status == "claimed", tickets.c.owner_agent == agent.username)
    if view == "team":
        return (_OPEN, tickets.c.team.in_(agent.teams)) if agent.teams else (_OPEN,)
    if view == "participating":
        along = participants.c.ticket == tickets.c.ref
        there = sa.and_(participants.c.agent == agent.username, participants.c.left_at.is_(None))
        return (_OPEN, sa.exists().where(along, there))
    if view == "mentions":
        unread = sa.and_(mentions.c.agent == agent.username, mentions.c.read_at.is_(None))
        return (sa.exists().where(mentions.c.ticket == tickets.c.ref, unread),)
    simple = {
        "queue": (_in_phase("queued"),),
        "waiting": (_in_phase("waiting"),),
        "snoozed": (_in_phase("snoozed"),),
        "resolved": (tickets.c.status.in_(("resolved", "returned")),),
        "risk": (_OPEN,),
    }
    return simple.get(view, ())


def _in_phase(phase: str) -> Any:
    if phase not in ("open", "waiting", "snoozed"):
        return tickets.c.status == phase
    claimed = tickets.c.status == "claimed"
    if phase == "snoozed":
        return sa.and_(claimed, tickets.c.snoozed_until.is_not(None))
    waits = tickets.c.waiting_since
    turn = waits.is_not(None) if phase == "waiting" else waits.is_(None)
    return sa.and_(claimed, tickets.c.snoozed_until.is_(None), turn)


def _order(filters: Filters, now: datetime, sqlite: bool) -> list[Any]:
    if filters.sort == "age":
        return [tickets.c.queued_at, tickets.c.ref]
    if filters.sort == "risk" or filters.view == "risk":
        due = next_due(sqlite)
        heated = sa.exists().where(
            messages.c.conversation == tickets.c.conversation,
            messages.c.level.in_(("frustrated", "angry")),
        )
        first = [due <= now, tickets.c.rank == 0, heated]
        turns = [sa.case((each, 0), else_=1) for each in first]
        return [sa.case((_OPEN, 0), else_=1), *turns, due, tickets.c.created_at, tickets.c.ref]
    if filters.view in ("resolved", "all") or filters.q:
        return [tickets.c.created_at.desc(), tickets.c.ref]
    return [tickets.c.rank, tickets.c.created_at, tickets.c.ref]


def next_due(sqlite: bool) -> Any:
    """Return the expression for a ticket's next deadline; far away while its clocks stand."""
    far = sa.literal(FAR, type_=tickets.c.due_update.type)
    answered = tickets.c.first_response_at.is_not(None)
    clocks = [
        sa.case((answered, far), else_=tickets.c.due_first_response),
        *(sa.func.coalesce(tickets.c[name], far) for name in _LATER),
    ]
    least = sa.func.min(*clocks) if sqlite else sa.func.least(*clocks)
    due = sa.case((tickets.c.paused_at.is_not(None), far), else_=least)
    return sa.type_coerce(due, tickets.c.due_update.type)


_LATER = ("due_update", "due_resolution", "due_answer")
