"""What can be looked up in the demo shop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.backoffice import bookings, tables
from bot.backoffice.database import Database
from bot.backoffice.protocol import (
    Booking,
    Case,
    Charge,
    Customer,
    Invoice,
    Order,
    Outage,
    ShipmentEvent,
)


class ShopReads:
    """The reading half of :class:`~bot.backoffice.shop.Shop`.

    Args:
        database: The shop's tables.
        clock: The time now, with its zone.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def ping(self) -> None:
        """Return when the database answers."""
        with self._database.reading() as connection:
            connection.execute(sa.select(sa.literal(1)))

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def customer(self, customer_id: str) -> Customer | None:
        """Return a customer by id."""
        where = tables.customers.c.id == customer_id
        with self._database.reading() as connection:
            row = connection.execute(sa.select(tables.customers).where(where)).mappings().first()
        return Customer(**row) if row else None

    def orders_of(self, customer_id: str) -> list[Order]:
        """Return a customer's orders, newest first."""
        with self._database.reading() as connection:
            return orders(connection, tables.orders.c.customer_id == customer_id)

    def order(self, number: str) -> Order | None:
        """Return an order by its number."""
        with self._database.reading() as connection:
            return next(iter(orders(connection, tables.orders.c.number == number)), None)

    def prove(
        self, number: str, *, email: str | None = None, postcode: str | None = None
    ) -> Customer | None:
        """Return the owner of an order if the e-mail or the postcode is theirs."""
        order = self.order(number)
        owner = self.customer(order.customer_id) if order else None
        if owner is None:
            return None
        same_email = email is not None and email.strip().lower() == owner.email.lower()
        same_postcode = postcode is not None and _same_postcode(postcode, owner.postcode)
        return owner if same_email or same_postcode else None

    def charges(self, order_number: str) -> list[Charge]:
        """Return the charges of an order, oldest first."""
        return [one for one in self.payments(order_number) if one.state == "charged"]

    def duplicate_charges(self, order_number: str) -> list[Charge]:
        """Return the charges that repeat an earlier one of the same order and amount."""
        seen: set[int] = set()
        repeated = []
        for charge in self.charges(order_number):
            if charge.amount_cents in seen:
                repeated.append(charge)
            seen.add(charge.amount_cents)
        return repeated

    def payments(self, order_number: str) -> list[Charge]:
        """Return the charges and what is only held or failed, oldest first."""
        payments = tables.payments
        query = (
            sa.select(payments)
            .where(payments.c.order_number == order_number)
            .order_by(payments.c.charged_on, payments.c.id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).mappings().all()
            back = bookings.refunds(connection, order_number)
        paid_back = _paid_back(rows, back)
        return [Charge(**row, refunded=row["id"] in paid_back) for row in rows]

    def invoice(self, order_number: str) -> Invoice | None:
        """Return the invoice of an order; None before it is issued."""
        where = tables.invoices.c.order_number == order_number
        with self._database.reading() as connection:
            row = connection.execute(sa.select(tables.invoices).where(where)).mappings().first()
        return Invoice(**row) if row else None

    def cases(self, customer_id: str) -> list[Case]:
        """Return the customer's earlier contacts, newest first."""
        cases = tables.cases.c
        query = (
            sa.select(*(column for column in cases if column.name != "seq"))
            .where(cases.customer_id == customer_id)
            .order_by(cases.opened_on.desc(), cases.seq.desc())
        )
        with self._database.reading() as connection:
            return [Case(**row) for row in connection.execute(query).mappings()]

    def outages(self) -> list[Outage]:
        """Return the services that do not work now."""
        outages = tables.outages.c
        now = self._clock().astimezone(timezone.utc).replace(tzinfo=None)
        query = (
            sa.select(tables.outages)
            .where(outages.since <= now, sa.or_(outages.until.is_(None), outages.until > now))
            .order_by(outages.since, outages.id)
        )
        with self._database.reading() as connection:
            return [_outage(row) for row in connection.execute(query).mappings()]

    def stock(self, product: str) -> int:
        """Return how many units of a product there are."""
        query = sa.select(tables.products.c.units).where(tables.products.c.name == product)
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar() or 0)

    def ledger(self, order_number: str | None = None) -> list[Booking]:
        """Return everything written, or what concerns one order, oldest first."""
        query = sa.select(tables.ledger).order_by(tables.ledger.c.seq)
        if order_number is not None:
            query = query.where(tables.ledger.c.order_number == order_number)
        with self._database.reading() as connection:
            rows = connection.execute(query).mappings()
            return [bookings.booking(row, new=False) for row in rows]


def orders(connection: Connection, where: Any) -> list[Order]:
    """Return the orders that fit, with stock, invoice and shipment, newest first."""
    query = (
        sa.select(tables.orders, tables.products.c.units, tables.invoices.c.number.label("invoice"))
        .join(tables.products, tables.products.c.name == tables.orders.c.product)
        .outerjoin(tables.invoices, tables.invoices.c.order_number == tables.orders.c.number)
        .where(where)
        .order_by(tables.orders.c.ordered_on.desc(), tables.orders.c.number)
    )
    return [_order(connection, dict(row)) for row in connection.execute(query).mappings()]


def _order(connection: Connection, row: dict[str, Any]) -> Order:
    query = (
        sa.select(tables.events.c.at, tables.events.c.place, tables.events.c.text)
        .where(tables.events.c.order_number == row["number"])
        .order_by(tables.events.c.at)
    )
    events = tuple(ShipmentEvent(**each) for each in connection.execute(query).mappings())
    in_stock, invoice = row.pop("units") > 0, row.pop("invoice") or ""
    return Order(**row, in_stock=in_stock, invoice=invoice, events=events)


def _paid_back(payments: Any, back: dict[str, int]) -> set[str]:
    """Return the ids of the charges that were paid back.

    By themselves, or with the order: money for the order counts for the oldest charges first.
    """
    taken = [row for row in payments if row["state"] == "charged"]
    found = {row["id"] for row in taken if row["id"] in back}
    ids = {row["id"] for row in taken}
    whole = sum(cents for subject, cents in back.items() if subject not in ids)
    for row in taken:
        if row["id"] not in found and row["amount_cents"] <= whole:
            whole -= row["amount_cents"]
            found.add(row["id"])
    return found


def _same_postcode(given: str, known: str) -> bool:
    """Return whether two postcodes are the same, however they are spaced: "C1425" is 1425."""
    plain = "".join(given.split()).upper()
    if known.isdigit() and plain[:1].isalpha():  # Argentina's long form: C1425ABC
        plain = "".join(char for char in plain if char.isdigit())
    return plain == "".join(known.split()).upper()


def _outage(row: Any) -> Outage:
    since, until = row["since"], row["until"]
    return Outage(
        id=row["id"],
        service=row["service"],
        since=since.replace(tzinfo=timezone.utc),
        until=until.replace(tzinfo=timezone.utc) if until else None,
    )
