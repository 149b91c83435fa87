"""Who is there, and how busy: agents as they are at an instant, for those who assign work.

Every function works inside the caller's transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.handoff.agents import live
from bot.handoff.records import Agent, record
from bot.handoff.routing import AWAY, BUSY, OFFLINE, ONLINE, SERVING, WRAP_UP, Candidate
from bot.handoff.rules_assignment import AssignmentRules
from bot.handoff.tables import agent_sessions, agents, messages, ticket_events, tickets

CHOSEN = (ONLINE, BUSY, AWAY)
"""What an agent may choose to be."""
ACTIVE = ("claimed", "declined", "said")
"""Log lines that prove that an agent is there."""


def presence_of(agent: Agent, load: int, capacity: int, at: datetime) -> str:
    """Return what an agent is now: online, busy, away, wrap_up or offline.

    Args:
        agent: The account.
        load: Chats the agent has.
        capacity: Chats the agent may have; with as many, they are busy.
        at: This instant.
    """
    if not agent.active or agent.live_since is None:
        return OFFLINE
    if agent.presence in (BUSY, AWAY):
        return agent.presence
    if agent.wrap_up_until is not None and agent.wrap_up_until > at:
        return WRAP_UP
    return BUSY if load >= capacity else ONLINE


def is_served(connection: Any, team: str) -> bool:
    """Whether somebody who serves a team has a console open and is not away."""
    return any(
        agent.role in SERVING and team in agent.teams and agent.presence != AWAY
        for agent in live(connection)
    )


def capacity_of(agent: Agent, rules: AssignmentRules) -> int:
    """Return how many chats an agent may have at once."""
    return rules.capacity if agent.capacity is None else agent.capacity


def candidates(
    connection: Any, rules: AssignmentRules, at: datetime, *, only: str | None = None
) -> list[Candidate]:
    """Return the agents who may serve customers, as they are now, by user name.

    Args:
        connection: The caller's.
        rules: What makes a chat heated, and how many an agent may have.
        at: This instant.
        only: One user name; their account is locked, so that nobody else assigns to it meanwhile.
    """
    query = sa.select(agents).where(agents.c.role.in_(SERVING)).order_by(agents.c.username)
    if only is not None:
        query = query.where(agents.c.username == only).with_for_update()
    people = [record(Agent, row) for row in connection.execute(query)]
    names = [agent.username for agent in people]
    owned = _owned(connection, names)
    busy = Counter(owner for owner, _, _ in owned)
    hot = heated(connection, rules, [(ref, conversation) for _, ref, conversation in owned])
    heat = Counter(owner for owner, ref, _ in owned if ref in hot)
    asked = _asked(connection)
    return [
        Candidate(
            agent=agent,
            presence=presence_of(agent, busy[agent.username], capacity_of(agent, rules), at),
            capacity=capacity_of(agent, rules),
            load=busy[agent.username],
            heated=heat[agent.username],
            pending=agent.username in asked,
            cooling=agent.cool_until is not None and agent.cool_until > at,
        )
        for agent in people
    ]


def heated(connection: Any, rules: AssignmentRules, cases: Sequence[tuple[str, str]]) -> set[str]:
    """Return which cases are heated: by the customer's frustration at its peak, or by a risk.

    Args:
        connection: The caller's.
        rules: Which levels and risks count.
        cases: (reference, conversation) each.
    """
    if not cases:
        return set()
    talks, refs = {talk for _, talk in cases}, {ref for ref, _ in cases}
    upset = sa.select(messages.c.conversation).distinct()
    upset = upset.where(
        messages.c.conversation.in_(talks), messages.c.level.in_(rules.heated_levels)
    )
    angry = set(connection.execute(upset).scalars())
    found = {ref for ref, talk in cases if talk in angry}
    if rules.heated_risks:
        query = sa.select(tickets.c.ref, tickets.c.context["risks"]).where(tickets.c.ref.in_(refs))
        for ref, risks in connection.execute(query):
            if set(risks or ()) & set(rules.heated_risks):
                found.add(ref)
    return found


def missed_in_a_row(connection: Any, agent: Agent, since: datetime) -> int:
    """Return how many offers an agent let pass since an instant, or since they last did anything.

    Args:
        connection: The caller's.
        agent: Whose.
        since: Earlier ones do not count.
    """
    active = sa.select(sa.func.max(ticket_events.c.at)).where(
        ticket_events.c.actor == f"agent:{agent.username}", ticket_events.c.kind.in_(ACTIVE)
    )
    last = connection.execute(active).scalar_one()
    since = max(since, agent.presence_since or since, last or since)
    query = sa.select(ticket_events.c.data).where(
        ticket_events.c.kind == "offer_timeout", ticket_events.c.at > since
    )
    passed = connection.execute(query).scalars()
    return sum(data.get("agent") == agent.username and not data.get("why") for data in passed)


def logged_in_since(connection: Any, agent: Agent, since: datetime) -> bool:
    """Whether an agent has logged in, as a person does, since an instant."""
    query = sa.select(agent_sessions.c.token_hash).where(
        agent_sessions.c.agent == agent.id, agent_sessions.c.created_at >= since
    )
    return connection.execute(query.limit(1)).first() is not None


def update(connection: Any, username: str, **values: Any) -> None:
    """Change columns of an account."""
    statement = sa.update(agents).where(agents.c.username == username)
    connection.execute(statement.values(**values))


def settle_idle(connection: Any, found: Collection[Candidate], at: datetime) -> None:
    """Note since when agents have no chat at all, and that others have one again."""
    for one in found:
        if unsettled(one):
            since = None if one.load else at
            update(connection, one.agent.username, idle_since=since)


def unsettled(one: Candidate) -> bool:
    """Whether it is not noted yet that an agent has nothing to do, or has something again."""
    if one.load:
        return one.agent.idle_since is not None
    return one.agent.idle_since is None and one.agent.live_since is not None


def comes_back_as(connection: Any, rules: AssignmentRules, agent: Agent, at: datetime) -> str:
    """Return what an agent is who opens a console again.

    After a short absence it is what they chose. After a long one nobody knows whether somebody
    sits there, unless they have logged in since: then they are online, else away.
    """
    gone = agent.presence_since
    if gone is None or at - gone <= timedelta(minutes=rules.away_minutes):
        return agent.presence
    return ONLINE if logged_in_since(connection, agent, gone) else AWAY


def _owned(connection: Any, names: Collection[str]) -> list[tuple[str, str, str]]:
    """Return the chats that agents have now: (owner, ref, conversation).

    Without those put aside and those that wait for the customer: they take no attention.
    """
    query = sa.select(tickets.c.owner_agent, tickets.c.ref, tickets.c.conversation).where(
        tickets.c.status == "claimed",
        tickets.c.owner_agent.in_(names),
        tickets.c.snoozed_until.is_(None),
        tickets.c.waiting_since.is_(None),
    )
    return [(owner, ref, talk) for owner, ref, talk in connection.execute(query)]


def _asked(connection: Any) -> set[str]:
    """Return who has been made an offer that waits for an answer."""
    query = sa.select(tickets.c.offered_to).where(
        tickets.c.status == "queued", tickets.c.offered_to.is_not(None)
    )
    return set(connection.execute(query).scalars())
