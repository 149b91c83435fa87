"""Gifts in the database: every function works inside the caller's transaction."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.errors import Conflict, NotFound
from bot.handoff.authority import PERHAPS
from bot.handoff.instants import iso
from bot.handoff.presence import Change
from bot.handoff.records import Agent, Json, Ticket, record
from bot.handoff.tables_desk import approvals


@dataclass(frozen=True)
class Approval:
    """One gift: its kind, what it is about, and how far it is."""

    id: int
    ticket: str
    kind: str  # refund | voucher | resend
    cents: int
    subject: str  # a charge, or order:<number>
    reason: str
    asked_by: str
    asked_at: datetime
    state: str  # asked | approved | refused | done | failed
    decided_by: str | None
    decided_at: datetime | None
    answer: str | None
    booking: str | None
    problem: str | None

    def as_dict(self) -> Json:
        """Return it as the API tells it; ``retry`` says whether it may be tried again."""
        told = asdict(self)
        told.update(asked_at=iso(self.asked_at), decided_at=iso(self.decided_at))
        return {**told, "retry": self.perhaps}

    @property
    def perhaps(self) -> bool:
        """Whether it failed, and nobody knows whether it was done: it may be tried again."""
        return self.state == "failed" and self.problem in PERHAPS


def get(connection: Any, number: int) -> Approval:
    """Return a gift.

    Raises:
        NotFound: there is none with this number.
    """
    query = sa.select(approvals).where(approvals.c.id == number)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no approval {number}.")
    return record(Approval, row)


@dataclass(frozen=True)
class Given:
    """What an operation on a gift changed."""

    change: Change
    approval: Approval


def decided(approval: Approval) -> Conflict:
    """Return the refusal to decide again."""
    by = f" by {approval.decided_by}" if approval.decided_by else ""
    text = f"Approval {approval.id} is {approval.state}{by}."
    return Conflict(text, "decided", state=approval.state, by=approval.decided_by or "")


def given_already(approval: Approval) -> Conflict:
    """Return the refusal to give twice for the same thing."""
    text = f"A {approval.kind} of {approval.cents} cents for {approval.subject}"
    return Conflict(
        f"{text} is {approval.state} already.",
        "already_given",
        approval=approval.id,
        state=approval.state,
    )


def unfinished(connection: Any) -> list[int]:
    """Return what is approved and neither done nor failed."""
    query = sa.select(approvals.c.id).where(approvals.c.state == "approved")
    return list(connection.execute(query.order_by(approvals.c.id)).scalars())


def of_case(connection: Any, ref: str) -> list[Approval]:
    """Return what was given or asked for in a case, oldest first."""
    query = sa.select(approvals).where(approvals.c.ticket == ref).order_by(approvals.c.id)
    return [record(Approval, row) for row in connection.execute(query)]


def pending(connection: Any, asked_by: str | None) -> list[Approval]:
    """Return what waits for a decision or another try, oldest first; of one agent, or all."""
    waits = sa.or_(
        approvals.c.state == "asked",
        sa.and_(approvals.c.state == "failed", approvals.c.problem.in_(PERHAPS)),
    )
    query = sa.select(approvals).where(waits).order_by(approvals.c.id)
    if asked_by is not None:
        query = query.where(approvals.c.asked_by == asked_by)
    return [record(Approval, row) for row in connection.execute(query)]


def find(
    connection: Any, ref: str, kind: str, subject: str, states: tuple[str, ...]
) -> Approval | None:
    """Return the newest gift of a kind for something in a case that is in one of some states."""
    query = sa.select(approvals).where(
        approvals.c.ticket == ref,
        approvals.c.kind == kind,
        approvals.c.subject == subject,
        approvals.c.state.in_(states),
    )
    row = connection.execute(query.order_by(approvals.c.id.desc())).first()
    return None if row is None else record(Approval, row)


def check_not_given(connection: Any, asked: Approval) -> None:
    """Check that nothing was given for what is asked for since it was asked.

    Raises:
        Conflict: something was, or may have been.
    """
    states = ("approved", "done", "failed")
    known = find(connection, asked.ticket, asked.kind, asked.subject, states)
    if known is not None and (known.state != "failed" or known.perhaps):
        raise given_already(known)


def insert(
    connection: Any,
    ticket: Ticket,
    agent: Agent,
    at: datetime,
    kind: str,
    cents: int,
    subject: str,
    reason: str,
    **values: Any,
) -> Approval:
    """Store a new gift; ``values`` are more columns, with its state."""
    row = {
        "ticket": ticket.ref,
        "kind": kind,
        "cents": cents,
        "subject": subject[:60],
        "reason": reason.strip(),
        "asked_by": agent.username,
        "asked_at": at,
        **values,
    }
    result = connection.execute(sa.insert(approvals).values(**row))
    return get(connection, int(result.inserted_primary_key[0]))


def update(connection: Any, number: int, **values: Any) -> Approval:
    """Change columns of a gift and return it."""
    connection.execute(sa.update(approvals).where(approvals.c.id == number).values(**values))
    return get(connection, number)
