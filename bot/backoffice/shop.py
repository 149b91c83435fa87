"""The demo shop: a back office of realistic data in one SQL database."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.backoffice import demo, tables
from bot.backoffice.protocol import Booking, Charge, Customer, Order, ShipmentEvent
from bot.errors import AboveAuthority, BackOfficeDown


def open_shop(url: str, *, today: date | None = None) -> Shop:
    """Open the demo shop at a SQLAlchemy URL, creating and filling it the first time.

    Args:
        url: for example ``sqlite:///var/shop.db``.
        today: the day the demo data is laid around; the real one by default.

    Raises:
        BackOfficeDown: the database cannot be opened.
    """
    shop = Shop(_engine(url))
    shop.fill(today or date.today())
    return shop


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return sa.create_engine(url, future=True)
    engine = sa.create_engine(url, future=True, connect_args={"timeout": 5})

    @sa.event.listens_for(engine, "connect")  # type: ignore[untyped-decorator]
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.execute("PRAGMA journal_mode=WAL")

    @sa.event.listens_for(engine, "begin")  # type: ignore[untyped-decorator]
    def _begin(connection: Connection) -> None:
        # A write must see every earlier write: two refunds at once are one after the other.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


class Shop:
    """:class:`~bot.backoffice.protocol.BackOffice` over SQL tables of our own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise BackOfficeDown(f"The shop's database does not answer: {error}") from error

    def fill(self, today: date) -> None:
        """Create the tables and, in an empty shop, the demo data."""
        with self._connection() as connection:
            tables.metadata.create_all(connection)
            if connection.execute(sa.select(tables.customers.c.id).limit(1)).first() is None:
                demo.fill(connection, today)

    def ping(self) -> None:
        """Return when the database answers."""
        with self._connection() as connection:
            connection.execute(sa.select(sa.literal(1)))

    def customer(self, customer_id: str) -> Customer | None:
        """Return a customer by id."""
        where = tables.customers.c.id == customer_id
        with self._connection() as connection:
            row = connection.execute(sa.select(tables.customers).where(where)).mappings().first()
        return Customer(**row) if row else None

    def orders_of(self, customer_id: str) -> list[Order]:
        """Return a customer's orders, newest first."""
        query = (
            sa.select(tables.orders)
            .where(tables.orders.c.customer_id == customer_id)
            .order_by(tables.orders.c.ordered_on.desc())
        )
        with self._connection() as connection:
            rows = connection.execute(query).mappings().all()
            return [_order(connection, row) for row in rows]

    def order(self, number: str) -> Order | None:
        """Return an order by its number."""
        where = tables.orders.c.number == number
        with self._connection() as connection:
            row = connection.execute(sa.select(tables.orders).where(where)).mappings().first()
            return _order(connection, row) if row else None

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
        paid_back = (
            sa.exists()
            .where(tables.ledger.c.operation == "refund")
            .where(tables.ledger.c.subject == tables.charges.c.id)
        )
        query = (
            sa.select(tables.charges, paid_back.label("refunded"))
            .where(tables.charges.c.order_number == order_number)
            .order_by(tables.charges.c.charged_on, tables.charges.c.id)
        )
        with self._connection() as connection:
            return [Charge(**row) for row in connection.execute(query).mappings()]

    def duplicate_charges(self, order_number: str) -> list[Charge]:
        """Return the charges that repeat an earlier one of the same order and amount."""
        seen: set[int] = set()
        repeated = []
        for charge in self.charges(order_number):
            if charge.amount_cents in seen:
                repeated.append(charge)
            seen.add(charge.amount_cents)
        return repeated

    def refund(
        self, subject: str, amount_cents: int, *, key: str, reason: str, limit_cents: int
    ) -> Booking:
        """Pay money back, once for each charge or order."""
        _within(amount_cents, limit_cents, "refund")
        return self._book("refund", subject, amount_cents, key, reason)

    def resend(self, order_number: str, *, key: str) -> Booking:
        """Send an order again, once."""
        return self._book("resend", f"order:{order_number}", 0, key, "resend")

    def voucher(
        self, customer_id: str, amount_cents: int, *, key: str, reason: str, limit_cents: int
    ) -> Booking:
        """Give a voucher, once for each customer and reason."""
        _within(amount_cents, limit_cents, "voucher")
        return self._book("voucher", f"{customer_id}:{reason}", amount_cents, key, reason)

    def ledger(self) -> list[Booking]:
        """Return everything written, oldest first."""
        query = sa.select(tables.ledger).order_by(tables.ledger.c.at, tables.ledger.c.id)
        with self._connection() as connection:
            return [_booking(row, new=False) for row in connection.execute(query).mappings()]

    def _book(
        self, operation: str, subject: str, amount_cents: int, key: str, reason: str
    ) -> Booking:
        row = {
            "id": f"{operation[:3].upper()}-{secrets.token_hex(4).upper()}",
            "operation": operation,
            "subject": subject,
            "amount_cents": amount_cents,
            "key": key,
            "reason": reason,
            "at": datetime.now(timezone.utc),
        }
        try:
            with self._connection() as connection:
                connection.execute(tables.ledger.insert().values(**row))
        except IntegrityError:
            return self._earlier(operation, subject, key)
        return _booking(row, new=True)

    def _earlier(self, operation: str, subject: str, key: str) -> Booking:
        ledger = tables.ledger.c
        same = sa.and_(ledger.operation == operation, ledger.subject == subject)
        with self._connection() as connection:
            row = (
                connection.execute(sa.select(tables.ledger).where(sa.or_(ledger.key == key, same)))
                .mappings()
                .one()
            )
        return _booking(row, new=False)


def _same_postcode(given: str, known: str) -> bool:
    """Return whether two postcodes are the same, however they are spaced: "C1425" is 1425."""
    plain = "".join(given.split()).upper()
    if known.isdigit() and plain[:1].isalpha():  # Argentina's long form: C1425ABC
        plain = "".join(char for char in plain if char.isdigit())
    return plain == "".join(known.split()).upper()


def _within(amount_cents: int, limit_cents: int, operation: str) -> None:
    if amount_cents > limit_cents:
        raise AboveAuthority(
            f"A {operation} of {amount_cents} cents is above the limit of {limit_cents} cents "
            f"in desk.yml (authority)."
        )


def _booking(row: Any, *, new: bool) -> Booking:
    names = ("id", "operation", "subject", "amount_cents", "key")
    return Booking(**{name: row[name] for name in names}, new=new)


def _order(connection: Connection, row: Any) -> Order:
    query = (
        sa.select(tables.events)
        .where(tables.events.c.order_number == row["number"])
        .order_by(tables.events.c.at)
    )
    events = tuple(
        ShipmentEvent(at=event["at"], place=event["place"], text=event["text"])
        for event in connection.execute(query).mappings()
    )
    return Order(**row, events=events)
