"""What is on its way to webhooks: at least once each, and planned once.

What is to be sent is read off the log of events (:meth:`Deliveries.plan`) into ``deliveries``,
where an event and a hook meet once; a sender takes what is due (:meth:`Deliveries.take`) and says
what came of it. A process that dies between sending and noting sends again, under the same id.
Order is not promised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.handoff import tickets
from bot.handoff.hooks import Hook, Hooks, one
from bot.handoff.instants import iso
from bot.handoff.records import Json
from bot.handoff.store import Store
from bot.handoff.tables import ticket_events
from bot.handoff.tables_desk import deliveries, hooks

BACK_OFF = (10, 60, 300, 1800, 7200, 21600, 86400)
"""Seconds until a delivery is tried again; the last one again and again."""
REST = 300
"""Seconds at most that a hook which does not answer is left alone with everything else."""
PATIENCE = timedelta(days=3)
"""A hook to which nothing has arrived for so long is turned off."""
LEASE = timedelta(minutes=5)
"""Time a sender has for what it took; then another one may take it."""
SETTLED = timedelta(seconds=30)
"""Events older than this are all there: no slow transaction brings one with a lower number."""
PLANNED = 200
"""Events looked at in one transaction."""
TAKEN = 20
"""Deliveries taken at once: even a slow receiver is through with them before the lease ends."""


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one hook."""

    id: int
    tries: int
    body: Json


class Deliveries:
    """Plans what hooks are told and keeps note of what became of it.

    Args:
        store: Where it is kept.
        hooks: Who is told.
    """

    def __init__(self, store: Store, hooks: Hooks) -> None:
        self._store = store
        self._hooks = hooks

    def last(self, number: int, limit: int = 50) -> list[Json]:
        """Return a hook's latest deliveries, newest first.

        Raises:
            NotFound: there is none of this number.
        """
        query = (
            sa.select(deliveries, ticket_events.c.kind, ticket_events.c.ticket)
            .join(ticket_events, ticket_events.c.id == deliveries.c.event)
            .where(deliveries.c.hook == number)
            .order_by(deliveries.c.id.desc())
            .limit(limit)
        )
        with self._store.database.read() as connection:
            one(connection, number)
            return [
                {
                    "id": _name(row.event),
                    "kind": row.kind,
                    "ref": row.ticket,
                    "tries": row.tries,
                    "status": row.status,
                    "delivered_at": iso(row.delivered_at),
                    "next_at": iso(row.next_at),
                }
                for row in connection.execute(query)
            ]

    def plan(self) -> None:
        """Put what has happened on its way to every hook that wants it."""
        for hook in self._hooks.all():
            while hook.active and self._planned(hook) == PLANNED:
                hook = self._hooks.get(hook.id)

    def _planned(self, hook: Hook) -> int:
        """Plan some events of a hook; return how many settled ones were passed."""
        at = self._store.clock()
        query = sa.select(ticket_events.c.id, ticket_events.c.kind, ticket_events.c.at)
        new = query.where(ticket_events.c.id > hook.cursor).order_by(ticket_events.c.id)
        known = sa.select(deliveries.c.event).where(
            deliveries.c.hook == hook.id, deliveries.c.event > hook.cursor
        )
        with self._store.database.read() as connection:
            rows = connection.execute(new.limit(PLANNED)).all()
            if not rows:
                return 0
            done = set(connection.execute(known).scalars())
        settled = [row.id for row in rows if row.at <= at - SETTLED]
        wanted = [row.id for row in rows if not hook.events or row.kind in hook.events]
        fresh = [
            {"hook": hook.id, "event": event, "next_at": at}
            for event in wanted
            if event not in done
        ]
        if not settled and not fresh:
            return 0
        with self._store.database.write() as connection:
            if fresh:
                self._insert(connection, fresh)
            if settled:
                mine = sa.and_(hooks.c.id == hook.id, hooks.c.cursor < settled[-1])
                connection.execute(sa.update(hooks).where(mine).values(cursor=settled[-1]))
        return len(settled)

    def _insert(self, connection: Any, rows: Sequence[Json]) -> None:
        for row in rows:
            there = sa.select(deliveries.c.id).where(
                deliveries.c.hook == row["hook"], deliveries.c.event == row["event"]
            )
            if connection.execute(there).first() is None:
                connection.execute(sa.insert(deliveries).values(**row))

    def take(self, hook: Hook) -> list[Delivery]:
        """Return what is due to a hook, given to nobody else for :data:`LEASE`."""
        at = self._store.clock()
        due = sa.and_(
            deliveries.c.hook == hook.id,
            deliveries.c.delivered_at.is_(None),
            deliveries.c.next_at <= at,
        )
        with self._store.database.read() as connection:
            if connection.execute(sa.select(deliveries.c.id).where(due).limit(1)).first() is None:
                return []
        with self._store.database.write() as connection:
            query = sa.select(deliveries).where(due).order_by(deliveries.c.id).limit(TAKEN)
            rows = connection.execute(query.with_for_update(skip_locked=True)).all()
            for row in rows:
                mine = deliveries.c.id == row.id
                values = {"next_at": at + LEASE}
                connection.execute(sa.update(deliveries).where(mine).values(**values))
            return [Delivery(row.id, row.tries, _told(connection, row.event)) for row in rows]

    def arrived(self, hook: Hook, delivery: Delivery, status: int) -> None:
        """Note that a hook has taken a delivery."""
        at = self._store.clock()
        with self._store.database.write() as connection:
            mine = deliveries.c.id == delivery.id
            values = {"delivered_at": at, "next_at": None, "status": status}
            tries = {"tries": delivery.tries + 1}
            connection.execute(sa.update(deliveries).where(mine).values(**values, **tries))
            failing = sa.and_(hooks.c.id == hook.id, hooks.c.failing_since.is_not(None))
            connection.execute(sa.update(hooks).where(failing).values(failing_since=None))

    def failed(self, hook: Hook, delivery: Delivery, status: int | None) -> bool:
        """Note that a hook did not take a delivery; if nothing answered, the rest waits as well.

        Returns:
            Whether the hook is turned off now: nothing has arrived for :data:`PATIENCE`.
        """
        at = self._store.clock()
        pause = BACK_OFF[min(delivery.tries, len(BACK_OFF) - 1)]
        later = at + timedelta(seconds=pause)
        with self._store.database.write() as connection:
            if status is None:
                waits = sa.and_(
                    deliveries.c.hook == hook.id,
                    deliveries.c.delivered_at.is_(None),
                    deliveries.c.next_at <= at + LEASE,
                )
                rest = at + timedelta(seconds=min(pause, REST))
                connection.execute(sa.update(deliveries).where(waits).values(next_at=rest))
            mine = deliveries.c.id == delivery.id
            values = {"tries": delivery.tries + 1, "status": status, "next_at": later}
            connection.execute(sa.update(deliveries).where(mine).values(**values))
            since = one(connection, hook.id).failing_since
            off = since is not None and at - since >= PATIENCE
            change = {"active": False, "disabled_at": at} if off else {"failing_since": since or at}
            connection.execute(sa.update(hooks).where(hooks.c.id == hook.id).values(**change))
            return off


def _name(event: int) -> str:
    return f"evt_{event}"


def _codes(kind: str, actor: str, data: Json) -> Json:
    """Return of a log line's data what is no word of an agent: neither a reason nor a label."""
    words = {"added", "removed", "from", "to"} if kind == "labelled" else set()
    if actor.startswith("agent:") and kind != "opened":
        words.add("reason")
    return {key: value for key, value in data.items() if key not in words}


def _told(connection: Any, event: int) -> Json:
    """Return what a hook is told of an event: codes and times, no words of anybody."""
    query = sa.select(ticket_events).where(ticket_events.c.id == event)
    row = connection.execute(query).one()
    ticket = tickets.get(connection, row.ticket)
    return {
        "id": _name(event),
        "kind": row.kind,
        "at": iso(row.at),
        "actor": row.actor,
        "ticket": {
            "ref": ticket.ref,
            "status": ticket.status,
            "priority": ticket.priority,
            "tier": ticket.tier,
            "team": ticket.team,
            "owner": ticket.owner_agent,
            "issue": ticket.issue,
            "language": ticket.language,
            "channel": ticket.channel,
            "created_at": iso(ticket.created_at),
        },
        "data": _codes(row.kind, row.actor, row.data),
    }
