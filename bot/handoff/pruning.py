"""Forgetting by age what nobody needs any more: mails that went out, webhooks, done jobs, looks.

A row that still stands for "this was done" must stay: a job or mail of an open case is not planned
twice because it is there, and a delivery is only safe to forget once its hook has passed the event.
Rows go in batches, each in a transaction of its own, so that nobody waits for long.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.handoff.front import FrontDesk
from bot.handoff.looks import LISTS
from bot.handoff.retention import Retention
from bot.handoff.tables import ticket_events, tickets
from bot.handoff.tables_desk import deliveries, hooks, jobs, mails, reads

logger = logging.getLogger("remanso.desk")

BATCH = 500
"""Rows deleted in one transaction."""
OPEN = ("queued", "claimed")


def prune(desk: FrontDesk, retention: Retention) -> dict[str, int]:
    """Delete what is older than it is kept.

    Returns:
        Rows deleted, by table; tables without any are left out.
    """
    at = desk.clock()
    old = []
    if retention.sent_days:
        before = at - timedelta(days=retention.sent_days)
        old += [(deliveries, _through(before)), (mails, _mailed(before)), (jobs, _done(before))]
    if retention.lists_days:
        before = at - timedelta(days=retention.lists_days)
        old.append((reads, sa.and_(reads.c.kind.in_(LISTS), reads.c.at < before)))
    gone = {table.name: _delete(desk, table, which) for table, which in old}
    found = {name: count for name, count in gone.items() if count}
    if found:
        logger.info("pruned", extra={"fields": found})
    return found


def _delete(desk: FrontDesk, table: Any, which: Any) -> int:
    query = sa.select(table.c.id).where(which).order_by(table.c.id).limit(BATCH)
    gone = 0
    while True:
        with desk.store.database.read() as connection:
            ids = list(connection.execute(query).scalars())
        if not ids:
            return gone
        with desk.store.database.write() as connection:
            # asked again: what was planned anew meanwhile stays
            statement = sa.delete(table).where(table.c.id.in_(ids), which)
            deleted = int(connection.execute(statement).rowcount)
        if not deleted:
            return gone
        gone += deleted


def _through(before: datetime) -> Any:
    """Deliveries that arrived, or of events that nobody waits for any more."""
    passed = sa.select(hooks.c.id).where(
        hooks.c.id == deliveries.c.hook, hooks.c.cursor >= deliveries.c.event
    )
    stale = sa.select(ticket_events.c.id).where(
        ticket_events.c.id == deliveries.c.event, ticket_events.c.at < before
    )
    waits = sa.and_(deliveries.c.delivered_at.is_(None), sa.exists(stale))
    return sa.and_(sa.or_(deliveries.c.delivered_at < before, waits), sa.exists(passed))


def _mailed(before: datetime) -> Any:
    """Mails that went out or were given up, of closed cases."""
    given_up = sa.and_(mails.c.sent_at.is_(None), mails.c.next_at.is_(None))
    over = sa.or_(mails.c.sent_at < before, sa.and_(given_up, mails.c.made_at < before))
    return sa.and_(over, _closed(mails.c.ticket))


def _done(before: datetime) -> Any:
    """Jobs that are done, cancelled or given up, of closed cases."""
    return sa.and_(jobs.c.done_at < before, _closed(jobs.c.ticket))


def _closed(ticket: Any) -> Any:
    case = sa.select(tickets.c.ref).where(tickets.c.ref == ticket, tickets.c.status.in_(OPEN))
    return ~sa.exists(case)
