"""The ledger of the demo shop: what was given, and that nothing is given twice.

All of it happens inside the caller's writing transaction.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.backoffice import tables
from bot.backoffice.protocol import Booking
from bot.errors import AboveAuthority, NotPossible

PREFIX = {"return_label": "LAB", "access_link": "ACC"}  # of ids; else three letters of the name


@dataclass(frozen=True)
class Entry:
    """What is to be booked.

    Args:
        operation: One of those that ``Booking`` names.
        subject: What it is about.
        key: Idempotency key.
        order_number: The order it belongs to, if any.
        once: It is done at most once for this subject, whatever the key.
        reason: Why, for the books.
    """

    operation: str
    subject: str
    key: str
    order_number: str | None = None
    once: bool = True
    reason: str = ""


def within(amount_cents: int, limit_cents: int, operation: str) -> None:
    """Check an amount against what the role may give.

    Raises:
        AboveAuthority: it is more.
        NotPossible: it is nothing, or less.
    """
    if amount_cents <= 0:
        raise NotPossible(f"A {operation} of {amount_cents} cents gives nothing.")
    if amount_cents > limit_cents:
        raise AboveAuthority(
            f"A {operation} of {amount_cents} cents is above the limit of {limit_cents} cents "
            f"in desk.yml (authority)."
        )


def earlier(connection: Connection, entry: Entry) -> Booking | None:
    """Return the booking of the same key, or of the same thing that is done only once.

    Raises:
        NotPossible: the key stands for something else already.
    """
    ledger = tables.ledger.c
    same_key, same_thing = ledger.key == entry.key, ledger.once == _once(entry)
    for where in (same_key, same_thing) if entry.once else (same_key,):
        query = sa.select(tables.ledger).where(where)
        row = connection.execute(query).mappings().first()
        if row is None:
            continue
        if (row["operation"], row["subject"]) != (entry.operation, entry.subject):
            raise NotPossible(
                f"The key of this {entry.operation} was used for the {row['operation']} of "
                f"{row['subject']}. Every write needs a key of its own."
            )
        return booking(row, new=False)
    return None


def write(connection: Connection, entry: Entry, amount_cents: int = 0) -> Booking:
    """Add a booking to the ledger."""
    prefix = PREFIX.get(entry.operation, entry.operation[:3].upper())
    row = {
        "id": f"{prefix}-{secrets.token_hex(4).upper()}",
        "operation": entry.operation,
        "subject": entry.subject,
        "order_number": entry.order_number,
        "amount_cents": amount_cents,
        "key": entry.key,
        "once": _once(entry),
        "reason": entry.reason,
        "at": datetime.now(timezone.utc),
    }
    connection.execute(tables.ledger.insert().values(**row))
    return booking(row, new=True)


def booking(row: Any, *, new: bool) -> Booking:
    """Return a row of the ledger as the protocol has it."""
    names = ("id", "operation", "subject", "amount_cents", "key")
    return Booking(**{name: row[name] for name in names}, new=new)


def charged(connection: Connection, order_number: str) -> int:
    """Return the cents that were taken for an order."""
    payments = tables.payments.c
    query = sa.select(sa.func.coalesce(sa.func.sum(payments.amount_cents), 0)).where(
        payments.order_number == order_number, payments.state == "charged"
    )
    return int(connection.execute(query).scalar_one())


def refunds(connection: Connection, order_number: str) -> dict[str, int]:
    """Return what was paid back of an order: subject -> cents."""
    ledger = tables.ledger.c
    query = sa.select(ledger.subject, ledger.amount_cents).where(
        ledger.order_number == order_number, ledger.operation == "refund"
    )
    return {subject: int(cents) for subject, cents in connection.execute(query)}


def owed(connection: Connection, order_number: str) -> int:
    """Return the cents that were taken for an order and not paid back."""
    return charged(connection, order_number) - sum(refunds(connection, order_number).values())


def _once(entry: Entry) -> str | None:
    return f"{entry.operation}:{entry.subject}" if entry.once else None
