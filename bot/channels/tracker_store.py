"""The engine's memory of conversations: Rasa's SQL tracker store at the address in the settings.

Rasa reads a whole conversation before every turn and counts it before every save. Here the last
conversations stay in memory as they were saved; every save still goes to the database before the
turn is answered. One in memory is used only if the database holds no event that came later, so
several engines may share a database, and a restart begins with nothing in memory. A tracker that
was handed out is taken back when it is saved and not before: what a failed turn left undone is
never seen again.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from bot import settings

KEPT = 200  # conversations in memory, some 100 kB each
NEWEST = sa.text("SELECT id FROM events WHERE sender_id = :sender_id ORDER BY id DESC LIMIT 1")
INSERT = SQLTrackerStore.SQLEvent.__table__.insert()


@dataclass
class _Live:
    """A conversation in memory.

    Attributes:
        tracker: As it is in the database.
        saved: Its events that are in the database.
        last: Id of the newest one; 0 without any.
        domain: The slots of this domain are in the tracker.
        is_out: Whether somebody may be changing it.
    """

    tracker: DialogueStateTracker
    saved: int
    last: int
    domain: Domain
    is_out: bool


class EngineTrackerStore(SQLTrackerStore):
    """Rasa's own store with the last conversations in memory.

    On SQLite with a write-ahead log and one connection that stays open: else the log is written
    back into the database and removed after every save, which costs 27 ms, not 1.
    """

    def __init__(
        self, domain: Domain | None = None, host: str | None = None, **kwargs: Any
    ) -> None:
        """Open the store at ``REMANSO_TRACKER_URL``; ``host`` is not used."""
        del host
        url = settings.load().tracker_database()
        path = sa.engine.make_url(url).database if url.startswith("sqlite") else None
        if path:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        super().__init__(domain=domain, host=url, **kwargs)
        if path:
            self.engine = _kept_open(url)
            self.sessionmaker.configure(bind=self.engine)
        self._live: OrderedDict[str, _Live] = OrderedDict()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the newest session of a conversation, from memory if that is the newest."""
        live = self._live.get(sender_id)
        with self.engine.connect() as connection:
            last = _last(connection, sender_id)
        if live and not live.is_out and live.last == last and live.domain is self.domain:
            live.is_out = True
            self._live.move_to_end(sender_id)
            return live.tracker
        tracker: DialogueStateTracker | None = await super().retrieve(sender_id)
        if tracker is not None:
            self._keep(tracker, last, is_out=True)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the new events of a conversation to the database."""
        await self.stream_events(tracker)
        live = self._live.get(tracker.sender_id)
        with self.engine.begin() as connection:
            last = _last(connection, tracker.sender_id)
            if live and live.tracker is tracker and live.last == last:
                events = list(tracker.events)[live.saved :]
            else:
                with Session(connection) as session:
                    events = list(self._additional_events(session, tracker))
            if events:
                connection.execute(INSERT, [_row(tracker.sender_id, event) for event in events])
                last = _last(connection, tracker.sender_id)
        if any(isinstance(event, SessionStarted) for event in events):
            self._live.pop(tracker.sender_id, None)  # Rasa reads a session from its start event on
        else:
            self._keep(tracker, last, is_out=False)

    def _keep(self, tracker: DialogueStateTracker, last: int, *, is_out: bool) -> None:
        live = _Live(tracker, len(tracker.events), last, self.domain, is_out)
        self._live[tracker.sender_id] = live
        self._live.move_to_end(tracker.sender_id)
        while len(self._live) > KEPT:
            self._live.popitem(last=False)


def _last(connection: sa.engine.Connection, sender_id: str) -> int:
    return int(connection.execute(NEWEST, {"sender_id": sender_id}).scalar() or 0)


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    """Return an event as Rasa's table has it."""
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _kept_open(url: str) -> sa.engine.Engine:
    engine = sa.create_engine(url, poolclass=QueuePool, connect_args={"check_same_thread": False})
    sa.event.listen(engine, "connect", _pragmas)
    return engine


def _pragmas(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA busy_timeout=5000")
