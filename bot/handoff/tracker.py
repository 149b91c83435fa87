"""The engine's own memory of conversations, as far as the desk must reach into it: read, delete.

It is Rasa's table ``events``, one row an event, by ``sender_id``, which is the conversation's id.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.errors import StoreError
from bot.handoff.records import Json

_MANY = 400
"""Conversations asked for at once."""
_events = sa.table("events", *(sa.column(name) for name in ("id", "sender_id", "data")))


class Tracker:
    """The tracker store at an address.

    Args:
        url: SQLAlchemy URL; a SQLite file that is not there holds nothing.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self.path = Path(self._url.database or "") if url.startswith("sqlite") else None

    def events(self, conversation: str) -> list[Json]:
        """Return the events of a conversation, in order."""
        query = sa.select(_events.c.data).where(_events.c.sender_id == conversation)
        with self._open() as connection:
            if connection is None:
                return []
            rows = connection.execute(query.order_by(_events.c.id)).scalars()
            return [json.loads(data) for data in rows]

    def forget(self, conversations: Sequence[str]) -> int:
        """Delete all events of conversations; return how many there were."""
        count = 0
        with self._open() as connection:
            for start in range(0, len(conversations) if connection is not None else 0, _MANY):
                these = _events.c.sender_id.in_(conversations[start : start + _MANY])
                count += connection.execute(sa.delete(_events).where(these)).rowcount
        return count

    @contextmanager
    def _open(self) -> Iterator[Any]:
        """Yield a transaction, or None where there is no store or no table yet."""
        if self.path is not None and not self.path.exists():
            yield None
            return
        options = {"timeout": 30.0} if self.path is not None else {}
        engine = sa.create_engine(self._url, future=True, connect_args=options)
        if self.path is not None:
            sa.event.listen(engine, "connect", _erase_well)
        try:
            with engine.begin() as connection:
                known = sa.inspect(connection).has_table("events")
                yield connection if known else None
        except (OperationalError, ProgrammingError) as error:
            raise StoreError(f"The engine's tracker store refuses: {error.orig}") from error
        finally:
            engine.dispose()


def _erase_well(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA secure_delete=ON").close()
