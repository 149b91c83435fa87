"""The demo shop's database: opened, laid out, and brought up to date."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.backoffice import demo, tables
from bot.errors import BackOfficeDown

log = logging.getLogger(__name__)
_KEPT = ("id", "operation", "subject", "amount_cents", "key", "reason", "at")  # of an older ledger
_ONCE = ("refund", "resend", "voucher")  # all that an older shop could book
_DROPPED = (*reversed(tables.metadata.sorted_tables), sa.table("charges"))  # of any version


class Database:
    """Connections to the shop's tables.

    Args:
        url: SQLAlchemy URL, such as ``sqlite:///var/shop.db``.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._reader = self._engine.execution_options(reads=True)

    def reading(self) -> Any:
        """Return a transaction that only reads: it waits for nobody."""
        return _transaction(self._reader)

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def writing(self) -> Any:
        """Return a transaction that sees every earlier write; the next one waits for its end."""
        return _transaction(self._engine)


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:  # undone as a whole, so that nothing was half booked
        raise BackOfficeDown(f"The shop's database does not answer: {error}") from error


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
        reads = connection.get_execution_options().get("reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def prepare(connection: Connection, today: date) -> None:
    """Create the tables and, in an empty shop, the demo data.

    A shop of an older layout is laid out anew: its demo data is made again around ``today``; what
    was given to customers is kept, so that nothing is given twice.
    """
    there = set(sa.inspect(connection).get_table_names())
    given: list[dict[str, Any]] = []
    if "customers" in there and _version(connection, there) != tables.VERSION:
        given = _given(connection, there)
        for table in _DROPPED:
            if table.name in there:
                connection.exec_driver_sql(f'DROP TABLE "{table.name}"')
        log.warning(
            "The demo shop was of an older version: its customers and orders were made again, "
            "and its %d refunds, resends and vouchers kept.",
            len(given),
        )
    tables.metadata.create_all(connection)
    if connection.execute(sa.select(tables.layout)).first() is None:
        connection.execute(tables.layout.insert().values(version=tables.VERSION))
        demo.fill(connection, today)
    for row in given:
        connection.execute(tables.ledger.insert().values(**_as_now(connection, row)))


def _version(connection: Connection, there: set[str]) -> int:
    if tables.layout.name not in there:
        return 1
    return int(connection.execute(sa.select(tables.layout.c.version)).scalar_one())


def _given(connection: Connection, there: set[str]) -> list[dict[str, Any]]:
    if tables.ledger.name not in there:
        return []
    columns = [tables.ledger.c[name] for name in _KEPT]
    rows = connection.execute(sa.select(*columns).order_by(tables.ledger.c.at, tables.ledger.c.id))
    return [dict(row) for row in rows.mappings()]


def _as_now(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of an older ledger as the present one has it."""
    once = f"{row['operation']}:{row['subject']}" if row["operation"] in _ONCE else None
    return {**row, "once": once, "order_number": order_of(connection, row["subject"])}


def order_of(connection: Connection, subject: str) -> str | None:
    """Return the order that a subject is about: a charge's, or what stands behind its last colon.

    ``CH-48213-1``, ``order:48213`` and ``C-1001:late:48213`` are all about 48213.
    """
    charge = sa.select(tables.payments.c.order_number).where(tables.payments.c.id == subject)
    order = sa.select(tables.orders.c.number).where(
        tables.orders.c.number == subject.rpartition(":")[2]
    )
    for query in (charge, order):
        number: str | None = connection.execute(query).scalar()
        if number is not None:
            return number
    return None
