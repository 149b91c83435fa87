"""Opening the database: engine, transactions, migrations at start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import QueuePool

from bot.errors import StoreError

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
BUSY_TIMEOUT = 20.0  # seconds a writer waits for another one (SQLite)
_MIGRATION_LOCK = 7261646  # number of the PostgreSQL advisory lock


class Database:
    """One database; ``write`` serialises on SQLite, ``read`` never waits for a writer."""

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(url)
        except ArgumentError:
            raise StoreError(
                "REMANSO_DATABASE_URL is no database address. Example: "
                "postgresql+psycopg2://user@host/remanso"
            ) from None
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._reader = self._engine()
        self._writer = self._reader.execution_options(write=True)

    def _engine(self) -> Any:
        if not self.sqlite:
            return sa.create_engine(self.url, future=True, pool_pre_ping=True)
        if not self.url.database or self.url.database == ":memory:":
            raise StoreError("Conversations need a database file: sqlite:///path/to/remanso.db")
        Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(
            self.url,
            future=True,
            poolclass=QueuePool,
            pool_size=8,
            max_overflow=32,
            connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT},
        )
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def write(self) -> Iterator[Any]:
        """Yield a connection inside one transaction that may change data.

        Raises:
            StoreError: the database is locked, full or gone.
        """
        with _translated(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Any]:
        """Yield a connection that sees one consistent state and changes nothing."""
        with _translated(), self._reader.begin() as connection:
            yield connection

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables up to date; several processes may do it at the same time.

        Raises:
            StoreError: the file was written by a newer version of the program.
        """
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        try:
            with self.write() as connection:
                if not self.sqlite:
                    lock = sa.text("SELECT pg_advisory_xact_lock(:number)")
                    connection.execute(lock, {"number": _MIGRATION_LOCK})
                config.attributes["connection"] = connection
                command.upgrade(config, revision)
        except CommandError as error:
            raise StoreError(
                f"The database {self.url.render_as_string(hide_password=True)} does not fit this "
                f"version: {error}. It was probably written by a newer one: update the program "
                "or restore a backup."
            ) from error

    def close(self) -> None:
        """Close all connections."""
        self._reader.dispose()


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    wanted = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
    for pragma in wanted:  # deleted is overwritten with zeros
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Any) -> None:
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise StoreError(f"The database refuses: {error.orig}") from error
