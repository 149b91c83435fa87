"""Does what is planned in the ``jobs`` table, when it is due, once.

A job and its effect are one transaction: a process that dies in between has done neither, and the
next one does both. So nothing is done twice and nothing is missed, however long nobody ran. A job
that fails is tried again later and later, and holds up no other.

To add a kind: ``scheduler.on("my_kind", handler)`` where ``handler(connection, job)`` works in the
given transaction and returns what changed; plan with ``Scheduler.add`` in the transaction of the
cause.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.handoff import jobs, tickets
from bot.handoff.front import FrontDesk
from bot.handoff.jobs import Job
from bot.handoff.presence import Change
from bot.handoff.records import Json
from bot.handoff.store import conversations

logger = logging.getLogger("remanso.desk")

BACK_OFF = (5, 30, 120, 600, 1800, 3600, 3600, 3600)
"""Seconds until a failed job is tried again; after the last it is given up."""
BATCH = 200
"""Jobs done in one look; the rest come at the next."""


@dataclass(frozen=True)
class Frame:
    """Something to show in consoles, beside what changed.

    Args:
        data: ``{"type", "ref"…}`` as the console reads it.
        team: Who sees it; None for everybody.
        to: The one agent who sees it; None for all.
        roles: Only agents of these roles see it; none given: all.
    """

    data: Json
    team: str | None = None
    to: str | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a job changed, for those who must be told."""

    changes: tuple[Change, ...] = ()
    frames: tuple[Frame, ...] = ()


Handler = Callable[[Any, Job], Outcome | Change | None]


class Scheduler:
    """Plans jobs, and does those that are due.

    Args:
        desk: Whose database and clock.
    """

    add = staticmethod(jobs.add)
    put = staticmethod(jobs.put)
    cancel = staticmethod(jobs.cancel)

    def __init__(self, desk: FrontDesk) -> None:
        self._desk = desk
        self.handlers: dict[str, Handler] = {}

    def on(self, kind: str, handler: Handler) -> None:
        """Let jobs of a kind be done by ``handler(connection, job)``, in its transaction."""
        self.handlers[kind] = handler

    def run_due(self) -> list[Outcome]:
        """Do everything that is due; return what changed, to tell the sockets.

        Jobs whose kind nobody handles stay where they are.
        """
        with self._desk.store.database.read() as connection:
            found = jobs.ready(connection, self.handlers, self._desk.clock(), BATCH)
        outcomes = []
        for job in found:
            try:
                outcome = self._run(job)
            except Exception as error:  # whatever it is: the others are done all the same
                logger.error("job %s %s failed", job.kind, job.key, exc_info=error)
                self._failed(job, error)
                continue
            if outcome is not None:
                outcomes.append(outcome)
        return outcomes

    def _run(self, found: Job) -> Outcome | None:
        """Do one job; None when there was nothing to do or to tell."""
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            _hold(connection, found)
            job = jobs.lock(connection, found.id)
            if job is None or job.done_at is not None or job.due > at:
                return None
            outcome = self.handlers[job.kind](connection, job)
            self._close(connection, job, at)
        if isinstance(outcome, Change):
            return Outcome((outcome,))
        return outcome

    def _close(self, connection: Any, job: Job, at: datetime) -> None:
        """Mark a job as done, unless its handler has planned it anew."""
        now = jobs.find(connection, job.kind, job.key)
        if now is not None and now.due == job.due and now.done_at is None:
            jobs.update(connection, job.id, done_at=at, outcome=jobs.DONE)

    def _failed(self, job: Job, error: Exception) -> None:
        """Plan the next try of a job, or give it up."""
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            if job.tries < len(BACK_OFF):
                later = at + timedelta(seconds=BACK_OFF[job.tries])
                jobs.update(connection, job.id, tries=job.tries + 1, due=later)
                return
            why = f"gave up: {type(error).__name__}"[:200]
            jobs.update(connection, job.id, done_at=at, outcome=why)


def _hold(connection: Any, job: Job) -> None:
    """Lock the conversation of a job before the job: everybody locks in this order."""
    conversation = job.conversation
    if conversation is None and job.ticket is not None:
        conversation = tickets.get(connection, job.ticket).conversation
    if conversation is not None:
        conversations.get(connection, conversation, lock=True)
