"""After a case: asking once how it was served, reminding once, looking at low scores.

A case that is resolved or given back to the bot plans its question and its check (:func:`plan`, in
the transaction that closes it). When the time comes nothing is asked if the case was taken up again
or the customer is with a person about something else; one who goes on with the bot is asked when
they have come to rest. A low score is offered a person; supervisors find it among the cases to
review (:mod:`bot.handoff.reviews`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.errors import Conflict, DeskError
from bot.handoff import tickets
from bot.handoff.clock_state import OPEN
from bot.handoff.front import FrontDesk
from bot.handoff.instants import iso
from bot.handoff.jobs import Job
from bot.handoff.presence import Change
from bot.handoff.records import Ticket, record
from bot.handoff.rules import DeskRules
from bot.handoff.scheduler import Scheduler
from bot.handoff.store import conversations
from bot.handoff.tables import messages as written
from bot.handoff.tables_desk import surveys

ASK, REMIND, LOW, FOLLOW_UP = "survey", "survey_reminder", "survey_low", "follow_up"
"""Kinds of the jobs."""
ASKED = "utter_notice_survey"
REMINDED = "utter_notice_survey_reminder"
THANKS = "utter_notice_survey_low"
CHECK = "utter_notice_follow_up"
CLOSED = ("resolved", "returned")
SCORES = range(1, 6)
LONGEST = 2000
"""Characters of a comment."""


@dataclass(frozen=True)
class Survey:
    """A question to a customer about a case, and its answer; ``score`` is 1 to 5."""

    id: int
    ticket: str
    conversation: str
    asked_at: datetime
    reminded_at: datetime | None
    answered_at: datetime | None
    score: int | None
    comment: str | None
    skipped_at: datetime | None
    reviewed_by: str | None
    reviewed_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether an answer is still awaited."""
        return self.answered_at is None and self.skipped_at is None


# Inside one transaction


def plan(connection: Any, rules: DeskRules, ticket: Ticket, at: datetime) -> None:
    """Plan what follows a case that is closed now; once for each time it is."""
    key = key_of(ticket)
    if rules.survey.ask:
        when = at + timedelta(minutes=rules.survey.after_minutes)
        Scheduler.add(connection, ASK, key, when, ticket=ticket.ref)
    if rules.survey.follow_up_after_hours:
        when = at + timedelta(hours=rules.survey.follow_up_after_hours)
        Scheduler.add(connection, FOLLOW_UP, key, when, ticket=ticket.ref)


def key_of(ticket: Ticket) -> str:
    """Return the key of a closed case's jobs: another one each time it is closed."""
    return f"{ticket.ref}@{iso(ticket.resolved_at)}"


def pending(connection: Any, conversation: str) -> Survey | None:
    """Return the question that a customer has not answered yet; none while the case is reopened."""
    query = sa.select(surveys).where(surveys.c.conversation == conversation)
    row = connection.execute(query.order_by(surveys.c.id.desc()).limit(1)).one_or_none()
    found = None if row is None else record(Survey, row)
    if found is None or not found.open:
        return None
    ticket = tickets.get(connection, found.ticket)
    return None if ticket.reopened and ticket.status in OPEN else found


def answer(connection: Any, conversation: str, score: int, comment: str, at: datetime) -> Survey:
    """Take a customer's answer.

    A low score is offered a person at once, by a job that is due now.

    Raises:
        Conflict: nothing is asked of them.
        DeskError: the score is none of 1 to 5, or the comment too long.
    """
    if isinstance(score, bool) or score not in SCORES:
        raise DeskError("A score is 1, 2, 3, 4 or 5.", "bad_score", limit=str(LONGEST))
    if len(comment) > LONGEST:
        raise DeskError(f"At most {LONGEST} characters.", "bad_score", limit=str(LONGEST))
    found = _asked(connection, conversation)
    changed = _update(
        connection, found.id, answered_at=at, score=score, comment=comment.strip() or None
    )
    data = {"score": score, "comment": changed.comment is not None}
    tickets.log(connection, found.ticket, at, "customer", "rated", data)
    Scheduler.add(connection, LOW, str(found.id), at, ticket=found.ticket)
    return changed


def skip(connection: Any, conversation: str, at: datetime) -> Survey:
    """Note that a customer does not want to answer; they are not reminded.

    Raises:
        Conflict: nothing is asked of them.
    """
    return _update(connection, _asked(connection, conversation).id, skipped_at=at)


def get(connection: Any, number: int) -> Survey | None:
    """Return a survey."""
    row = connection.execute(sa.select(surveys).where(surveys.c.id == number)).one_or_none()
    return None if row is None else record(Survey, row)


def _asked(connection: Any, conversation: str) -> Survey:
    conversations.get(connection, conversation, lock=True)
    found = pending(connection, conversation)
    if found is None:
        raise Conflict("Nothing is asked in this conversation.", "no_survey")
    return found


def _update(connection: Any, number: int, **values: Any) -> Survey:
    connection.execute(sa.update(surveys).where(surveys.c.id == number).values(**values))
    found = get(connection, number)
    if found is None:
        raise Conflict("The question is gone.", "no_survey")
    return found


class Surveys:
    """Asks, reminds, checks, and has low scores looked at.

    Args:
        desk: Whose customers and words.
        scheduler: Keeps the time.
    """

    def __init__(self, desk: FrontDesk, scheduler: Scheduler) -> None:
        self._desk = desk
        for kind, handler in (
            (ASK, self._ask),
            (REMIND, self._remind),
            (LOW, self._low),
            (FOLLOW_UP, self._check),
        ):
            scheduler.on(kind, handler)

    def answer(self, conversation: str, score: int, comment: str = "") -> Survey:
        """Take a customer's answer; see :func:`answer`."""
        with self._desk.store.database.write() as connection:
            return answer(connection, conversation, score, comment, self._desk.clock())

    def skip(self, conversation: str) -> Survey:
        """Note that a customer does not want to answer; see :func:`skip`."""
        with self._desk.store.database.write() as connection:
            return skip(connection, conversation, self._desk.clock())

    def pending(self, conversation: str) -> bool:
        """Whether a customer is asked how they were served, now."""
        with self._desk.store.database.read() as connection:
            return pending(connection, conversation) is not None

    # Jobs

    def _ask(self, connection: Any, job: Job) -> Change | None:
        ticket, at = self._closed(connection, job), self._desk.clock()
        if ticket is None:
            return None
        rest = at - timedelta(minutes=self._desk.rules.survey.after_minutes)
        if ticket.status == "returned" and (wrote := self._wrote_since(connection, ticket, rest)):
            later = wrote + (at - rest)
            Scheduler.put(connection, ASK, job.key, later, ticket=ticket.ref)
            return None
        row = {"ticket": ticket.ref, "conversation": ticket.conversation, "asked_at": at}
        number = connection.execute(sa.insert(surveys).values(**row)).inserted_primary_key[0]
        channel = self._desk.reach(connection, ticket)
        message = self._desk.tell(connection, ticket, ASKED, at)
        data = {"survey": number, "channel": channel}
        tickets.log(connection, ticket.ref, at, "system", "survey_asked", data)
        hours = self._desk.rules.survey.remind_after_hours
        if hours:
            later = at + timedelta(hours=hours)
            Scheduler.add(connection, REMIND, str(number), later, ticket=ticket.ref)
        return Change(ticket, (message,))

    def _remind(self, connection: Any, job: Job) -> Change | None:
        ticket, at = self._quiet(connection, job), self._desk.clock()
        found = get(connection, int(job.key))
        if ticket is None or found is None or not found.open or found.reminded_at is not None:
            return None
        latest = pending(connection, ticket.conversation)
        if latest is None or latest.id != found.id:
            return None
        _update(connection, found.id, reminded_at=at)
        message = self._desk.tell(connection, ticket, REMINDED, at)
        data = {"survey": found.id, "channel": self._desk.reach(connection, ticket)}
        tickets.log(connection, ticket.ref, at, "system", "survey_reminded", data)
        return Change(ticket, (message,))

    def _low(self, connection: Any, job: Job) -> Change | None:
        """Offer a person to somebody who was served badly: the case can be taken up again."""
        ticket, at = self._quiet(connection, job), self._desk.clock()
        found = get(connection, int(job.key))
        if found is None or found.score is None or found.score > self._desk.rules.survey.low:
            return None
        if ticket is None:
            return None
        message = self._desk.tell(connection, ticket, THANKS, at)
        data = {"kind": "low_score", "message": message.id}
        tickets.log(connection, ticket.ref, at, "system", "followed_up", data)
        return Change(ticket, (message,))

    def _check(self, connection: Any, job: Job) -> Change | None:
        """Ask some days later whether all is well; not who has said how it was, or is here."""
        ticket, at = self._closed(connection, job), self._desk.clock()
        if ticket is None or ticket.resolved_at is None:
            return None
        # In the order of the log: two instants can be the same.
        kinds = [one.kind for one in tickets.events(connection, ticket.ref)]
        if [kind for kind in kinds if kind in ("rated", *CLOSED)][-1:] == ["rated"]:
            return None
        if self._wrote_since(connection, ticket, ticket.resolved_at):
            return None
        message = self._desk.tell(connection, ticket, CHECK, at)
        data = {"kind": "check", "message": message.id}
        tickets.log(connection, ticket.ref, at, "system", "followed_up", data)
        return Change(ticket, (message,))

    def _closed(self, connection: Any, job: Job) -> Ticket | None:
        """The ticket of a job if it is closed since the same moment, and nobody is served."""
        ticket = self._quiet(connection, job)
        if ticket is None or ticket.status not in CLOSED:
            return None
        return ticket if job.key == key_of(ticket) else None

    def _quiet(self, connection: Any, job: Job) -> Ticket | None:
        """The ticket of a job, locked, unless its customer is with a person or waits for one."""
        ticket = tickets.get(connection, job.ticket or "")
        known = conversations.get(connection, ticket.conversation, lock=True)
        if known.owner != "bot" or known.erased_at is not None:
            return None
        return tickets.get(connection, ticket.ref)

    @staticmethod
    def _wrote_since(connection: Any, ticket: Ticket, since: datetime) -> datetime | None:
        """When the customer wrote last, if it was after an instant."""
        query = sa.select(sa.func.max(written.c.created_at)).where(
            written.c.conversation == ticket.conversation,
            written.c.author == "customer",
            written.c.created_at > since,
        )
        wrote: datetime | None = connection.execute(query).scalar()
        return wrote
