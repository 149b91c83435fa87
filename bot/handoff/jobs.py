"""What is to happen at a time, in the database: every function works in the caller's transaction.

A job has a kind and a key and is there once: what is planned together with its cause is neither
lost nor doubled, whatever happens to the process. :mod:`bot.handoff.scheduler` does them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.handoff.records import Json, record
from bot.handoff.tables import tickets
from bot.handoff.tables_desk import jobs

DONE = "done"
CANCELLED = "cancelled"


@dataclass(frozen=True)
class Job:
    """Something to do at ``due``; ``key`` says for whom, within its kind."""

    id: int
    kind: str
    key: str
    due: datetime
    ticket: str | None
    conversation: str | None
    data: Json
    tries: int
    done_at: datetime | None
    outcome: str | None


def find(connection: Any, kind: str, key: str) -> Job | None:
    """Return a job, done or not."""
    query = sa.select(jobs).where(jobs.c.kind == kind, jobs.c.key == key)
    row = connection.execute(query).one_or_none()
    return None if row is None else record(Job, row)


def planned(connection: Any, kind: str, keys: Collection[str]) -> set[str]:
    """Return which keys of a kind have a job, done or not."""
    if not keys:
        return set()
    query = sa.select(jobs.c.key).where(jobs.c.kind == kind, jobs.c.key.in_(keys))
    return set(connection.execute(query).scalars())


def add(
    connection: Any,
    kind: str,
    key: str,
    due: datetime,
    *,
    ticket: str | None = None,
    conversation: str | None = None,
    data: Json | None = None,
) -> bool:
    """Plan a job; a key that was planned before, done or not, is not planned again.

    Args:
        connection: The caller's, in whose transaction the job comes to be.
        kind: Which handler does it.
        key: For whom, at most 120 characters: the same kind and key is the same job.
        due: When.
        ticket: The case it is about, for the handler.
        conversation: The conversation it is about.
        data: More for the handler.

    Returns:
        Whether it is new.
    """
    if find(connection, kind, key) is not None:
        return False
    row = {
        "kind": kind,
        "key": key,
        "due": due,
        "ticket": ticket,
        "conversation": conversation,
        "data": data or {},
    }
    connection.execute(sa.insert(jobs).values(**row))
    return True


def put(
    connection: Any,
    kind: str,
    key: str,
    due: datetime,
    *,
    ticket: str | None = None,
    conversation: str | None = None,
    data: Json | None = None,
) -> None:
    """Plan a job, or move it when it is there: it is to be done (again) at ``due``."""
    if add(connection, kind, key, due, ticket=ticket, conversation=conversation, data=data):
        return
    values = {"due": due, "data": data or {}, "tries": 0, "done_at": None, "outcome": None}
    statement = sa.update(jobs).where(jobs.c.kind == kind, jobs.c.key == key)
    connection.execute(statement.values(**values))


def of_open_cases(connection: Any, kind: str) -> dict[str, Job]:
    """Return the jobs of a kind that are about open tickets, by key, done or not."""
    query = (
        sa.select(jobs)
        .join(tickets, tickets.c.ref == jobs.c.ticket)
        .where(jobs.c.kind == kind, tickets.c.status.in_(("queued", "claimed")))
    )
    return {row.key: record(Job, row) for row in connection.execute(query)}


def cancel(connection: Any, kind: str, key: str, at: datetime) -> bool:
    """Give a job up that is not done; whether there was one."""
    statement = sa.update(jobs).where(
        jobs.c.kind == kind, jobs.c.key == key, jobs.c.done_at.is_(None)
    )
    return bool(connection.execute(statement.values(done_at=at, outcome=CANCELLED)).rowcount)


def remove(connection: Any, number: int) -> None:
    """Forget a job as if it had never been planned."""
    connection.execute(sa.delete(jobs).where(jobs.c.id == number))


def ready(connection: Any, kinds: Collection[str], at: datetime, limit: int) -> list[Job]:
    """Return jobs that are due and not done, the oldest first."""
    query = (
        sa.select(jobs)
        .where(jobs.c.done_at.is_(None), jobs.c.due <= at, jobs.c.kind.in_(tuple(kinds)))
        .order_by(jobs.c.due, jobs.c.id)
        .limit(limit)
    )
    return [record(Job, row) for row in connection.execute(query)]


def lock(connection: Any, number: int) -> Job | None:
    """Return a job that nobody else does meanwhile; None when somebody does, or it is gone."""
    query = sa.select(jobs).where(jobs.c.id == number).with_for_update(skip_locked=True)
    row = connection.execute(query).one_or_none()
    return None if row is None else record(Job, row)


def update(connection: Any, number: int, **values: Any) -> None:
    """Change columns of a job."""
    connection.execute(sa.update(jobs).where(jobs.c.id == number).values(**values))
