"""Erasing a customer: everything they wrote and everything that names them, everywhere.

Of each conversation a skeleton stays (:mod:`bot.handoff.skeleton`), so that measures remain what
they were. What cannot be reached from here is told with the result: copies that left the house,
backups made before, what is in the files trainers write.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.errors import Conflict
from bot.handoff import clocks, skeleton, tickets
from bot.handoff import jobs as planned
from bot.handoff.attachments import Attachments
from bot.handoff.front import FrontDesk
from bot.handoff.records import Conversation, Ticket
from bot.handoff.retention import Retention
from bot.handoff.store import conversations, files
from bot.handoff.subject import Subject, identifiers
from bot.handoff.tables import conversations as conversations_table
from bot.handoff.tables import messages
from bot.handoff.tables import tickets as tickets_table
from bot.handoff.tables_desk import approvals, attachments, jobs, profiles, reads, saved_views
from bot.handoff.traces import Trace, traces
from bot.handoff.tracker import Tracker
from bot.handoff.vacuum import cleaned

logger = logging.getLogger("remanso.desk")

OPEN = ("queued", "claimed")
_UNCLEAN = ("clean", "files")
"""The mark that something was erased since the database files were last rewritten."""
_LEAST = 4
"""Letters of a word of a name by which a saved view is the customer's."""
BATCH = 50
"""Conversations erased by age in one transaction."""
MANY = 1000
"""Conversations that the engine is made to forget again in one look."""
FORGET = "forget"
"""Kind of the jobs that make the engine forget a conversation again: a turn may have run."""
LATE = timedelta(minutes=15)
"""Time after which no turn runs that began before."""
DAY = timedelta(days=1)
"""What goes by age leaves zeros in the file at once; it is rewritten once a day."""


@dataclass(frozen=True)
class Erased:
    """What an erasure did.

    Args:
        conversations: Those that were erased.
        tickets: References of the cases that are skeletons now.
        files: Files deleted.
        events: Events deleted from the engine's memory.
        clean: Whether the database files hold nothing of it any more, free pages included.
        traces: Places in files that people write where the customer's words still are.
    """

    conversations: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    files: int = 0
    events: int = 0
    clean: bool = True
    traces: tuple[Trace, ...] = field(default=())


class Erasure:
    """Erases customers, on request or by age.

    Args:
        desk: Where their conversations are.
        files: What they sent.
        tracker: The engine's memory.
        written: Folders with what trainers write, to look for words of the customer in.
    """

    def __init__(
        self,
        desk: FrontDesk,
        files: Attachments,
        tracker: Tracker,
        *,
        written: Sequence[Path] = (),
    ) -> None:
        self._desk = desk
        self._database = desk.store.database
        self._files = files
        self._tracker = tracker
        self._written = written

    def erase(self, subject: Subject, *, who: str = "system", force: bool = False) -> Erased:
        """Erase all of a customer's conversations.

        Args:
            subject: Whose.
            who: For the log: ``agent:<name>``, or ``system``.
            force: Erase although a case is open; it is closed.

        Raises:
            NotFound: there is nothing of this customer.
            Conflict: a case of theirs is open.
        """
        with self._database.read() as connection:
            found = subject.find(connection)
            words = _words(connection, found)
        done = self._erase([each.id for each in found], who, force)
        places = traces(self._written, [each.id for each in found], words, identifiers(found))
        return Erased(**{**done.__dict__, "traces": tuple(places)})

    def expired(self, retention: Retention) -> Erased:
        """Erase conversations in which nothing has happened for longer than they are kept."""
        done = Erased()
        before = self._desk.clock() - timedelta(days=retention.days)
        while retention.months:
            with self._database.read() as connection:
                names = _older(connection, before)
            if not names:
                break
            done = _sum(done, self._erase(names, "system", False, clean_after=DAY))
        return done

    def _erase(
        self, names: Sequence[str], who: str, force: bool, clean_after: timedelta = timedelta()
    ) -> Erased:
        at = self._desk.clock()
        refs: list[str] = []
        digests: list[str] = []
        with self._database.write() as connection:
            found = [conversations.get(connection, name, lock=True) for name in names]
            self._hold(connection, names, force, at)
            for known in found:
                cases = tickets.of_conversation(connection, known.id)
                refs += [case.ref for case in cases]
                digests += self._one(connection, known, cases, at, who, force)
            _forget_names(connection, found)
            _mark(connection, at + clean_after)
        events = self._tracker.forget(list(names))
        self._files.sweep(digests)
        clean = self.clean()
        logger.info("erased %d conversations", len(names))
        return Erased(tuple(names), tuple(refs), len(set(digests)), events, clean)

    def _hold(self, connection: Any, names: Sequence[str], force: bool, at: datetime) -> None:
        """Refuse while a case is open, or close it.

        Raises:
            Conflict: a case is open, and nobody insists.
        """
        query = sa.select(tickets_table.c.ref).where(
            tickets_table.c.conversation.in_(names), tickets_table.c.status.in_(OPEN)
        )
        held = list(connection.execute(query).scalars())
        if held and not force:
            text = f"{', '.join(held)}: open. Close it first, or insist."
            raise Conflict(text, "case_open", cases=", ".join(held))
        for ref in held:
            case = clocks.stop(connection, self._desk.rules, tickets.get(connection, ref), at)
            ended = {"status": "resolved", "resolved_at": at, "lost_at": None}
            tickets.update(connection, case.ref, **ended)

    def _one(
        self,
        connection: Any,
        known: Conversation,
        cases: Sequence[Ticket],
        at: datetime,
        who: str,
        force: bool,
    ) -> list[str]:
        """Empty a conversation; return the digests of its files."""
        refs = [case.ref for case in cases]
        left = ("open", "running")
        conversations.close_turns(connection, known.id, at, of=left, to="late")
        skeleton.empty(connection, known.id, refs)
        mine = sa.or_(jobs.c.conversation == known.id, jobs.c.ticket.in_(refs))
        done = {"done_at": at, "outcome": "erased"}
        waiting = sa.and_(mine, jobs.c.done_at.is_(None))
        connection.execute(sa.update(jobs).where(waiting).values(**done))
        asked = sa.and_(approvals.c.ticket.in_(refs), approvals.c.state.in_(("asked", "failed")))
        refused = {"state": "refused", "decided_at": at, "problem": None}
        connection.execute(sa.update(approvals).where(asked).values(**refused))
        ended = known.ended_at or at
        conversations.update(connection, known.id, erased_at=at, ended_at=ended)
        for ref in refs:
            tickets.log(connection, ref, at, who, "erased", {"forced": True} if force else {})
        planned.add(connection, FORGET, known.id, at + LATE, conversation=known.id)
        return files.forget(connection, attachments.c.conversation == known.id)

    def clean(self) -> bool:
        """Finish what an erasure left: a turn that ran meanwhile, free pages, a process that died.

        Returns:
            False when somebody was using a file all the time: call it again later. PostgreSQL
            sees to its free pages itself.
        """
        at = self._desk.clock()
        with self._database.read() as connection:
            late = planned.ready(connection, (FORGET,), at, MANY)
            mark = planned.find(connection, *_UNCLEAN)
        if late:
            self._tracker.forget([job.key for job in late])
            with self._database.write() as connection:
                for job in late:
                    planned.update(connection, job.id, done_at=at, outcome=planned.DONE)
        if mark is None or mark.done_at is not None or mark.due > at:
            return True
        path = self._database.url.database if self._database.sqlite else None
        found = [Path(path)] if path else []
        if self._tracker.path is not None:
            found.append(self._tracker.path)
        if not all([cleaned(each) for each in found]):
            return False
        with self._database.write() as connection:
            planned.update(connection, mark.id, done_at=self._desk.clock(), outcome=planned.DONE)
        return True


def _mark(connection: Any, due: datetime) -> None:
    """Ask for the database files to be rewritten, at ``due`` or when it was asked for before."""
    mark = planned.find(connection, *_UNCLEAN)
    if mark is None or mark.done_at is not None or mark.due > due:
        planned.put(connection, *_UNCLEAN, due)


def _sum(one: Erased, other: Erased) -> Erased:
    return Erased(
        one.conversations + other.conversations,
        one.tickets + other.tickets,
        one.files + other.files,
        one.events + other.events,
        one.clean and other.clean,
    )


def _forget_names(connection: Any, found: Sequence[Conversation]) -> None:
    """Forget what names customers outside of conversations, after these were emptied.

    What agents know of a customer goes with the last conversation; saved views that look for one
    by name go in any case.
    """
    ids = {each.customer_id for each in found if each.customer_id}
    query = sa.select(conversations_table.c.customer_id)
    still = query.where(conversations_table.c.customer_id.in_(ids))
    gone = ids - set(connection.execute(still).scalars())
    connection.execute(sa.delete(profiles).where(profiles.c.customer_id.in_(gone)))
    looked = sa.update(reads).where(reads.c.customer_id.in_(gone))
    connection.execute(looked.values(customer_id=None))
    named = {each.lower() for each in identifiers(found)}
    named |= {word for name in named for word in name.split() if len(word) >= _LEAST}
    for row in connection.execute(sa.select(saved_views)).all():
        sought = str((row.query or {}).get("q") or "").lower()
        if any(name in sought for name in named):
            connection.execute(sa.delete(saved_views).where(saved_views.c.id == row.id))


def _words(connection: Any, found: Sequence[Conversation]) -> list[str]:
    """What the customer wrote, to be looked for in files."""
    query = sa.select(messages.c.text).where(
        messages.c.conversation.in_([each.id for each in found]), messages.c.author == "customer"
    )
    return list(connection.execute(query).scalars())


def _older(connection: Any, before: datetime) -> list[str]:
    """Return conversations in which nothing has happened since an instant, oldest first."""
    mine = conversations_table.c.id
    wrote = sa.exists().where(messages.c.conversation == mine, messages.c.created_at >= before)
    case = sa.exists().where(
        tickets_table.c.conversation == mine,
        sa.or_(tickets_table.c.status.in_(OPEN), tickets_table.c.resolved_at >= before),
    )
    query = sa.select(mine).where(
        conversations_table.c.created_at < before,
        conversations_table.c.erased_at.is_(None),
        ~wrote,
        ~case,
    )
    return list(
        connection.execute(query.order_by(conversations_table.c.created_at).limit(BATCH)).scalars()
    )
