"""The tables of a played installation: made older between blocks, and counted by themselves.

The count is written apart from :mod:`bot.handoff.measures`, which reads the log: both must agree.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.handoff.store import Store
from bot.handoff.tables import UtcDateTime, metadata
from bot.settings import Settings


def age(database: Path, by: timedelta) -> None:
    """Make everything stored older, the instants inside the log's data too."""
    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        shift = f"-{int(by.total_seconds())} seconds"
        for table in metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, UtcDateTime) and not column.primary_key:
                    name = f'"{column.name}"'
                    moved = f"strftime('%Y-%m-%d %H:%M:%f', {name}, ?) || '000'"
                    connection.execute(
                        f'UPDATE "{table.name}" SET {name} = {moved} WHERE {name} IS NOT NULL',  # noqa: S608
                        (shift,),
                    )
        rows = connection.execute("SELECT id, data FROM ticket_events WHERE kind = 'opened'")
        for number, text in rows.fetchall():
            data = json.loads(text)
            if data.get("reported"):
                at = datetime.fromisoformat(data["reported"].replace("Z", "+00:00")) - by
                data["reported"] = at.isoformat()
                values = (json.dumps(data), number)
                connection.execute("UPDATE ticket_events SET data = ? WHERE id = ?", values)


def counted(settings: Settings) -> dict[str, Any]:
    """Count straight from the tables what the measures say from the log."""
    store = Store(settings.database())
    with store.database.read() as connection:
        tickets = connection.execute(sa.select(metadata.tables["tickets"])).all()
        surveys = connection.execute(sa.select(metadata.tables["surveys"])).all()
        wrote = "SELECT count(DISTINCT conversation) FROM messages WHERE author = 'customer'"
        conversations = connection.execute(sa.text(wrote)).scalar_one()
    store.close()
    answered = [t for t in tickets if t.first_response_at]
    waits = [(t.first_response_at - t.created_at).total_seconds() for t in answered]
    took = [(t.resolved_at - t.created_at).total_seconds() for t in tickets if t.resolved_at]
    scores = [s.score for s in surveys if s.score is not None]
    return {
        "cases": len(tickets),
        "conversations": conversations,
        "to_person": sum(waits) / len(waits) if waits else None,
        "within": sum(w <= 180 for w in waits) / len(tickets) if tickets else None,
        "resolution": sum(took) / len(took) if took else None,
        "satisfaction": sum(scores) / len(scores) if scores else None,
        "issues": dict(Counter(t.issue or "other" for t in tickets)),
        "causes": dict(Counter(t.cause for t in tickets if t.cause)),
    }


def same(told: dict[str, Any], count: dict[str, Any]) -> list[str]:
    """Return in which figures the measures and the count from the tables differ."""
    pairs = {
        "cases": (told["cases"], count["cases"]),
        "conversations": (told["conversations"], count["conversations"]),
        "to_person": (told["response"]["to_person"]["mean"], count["to_person"]),
        "within": (told["response"]["within"]["share"], count["within"]),
        "resolution": (told["resolution"]["all"]["mean"], count["resolution"]),
        "satisfaction": (told["satisfaction"]["mean"], count["satisfaction"]),
        "issues": (told["escalation"]["issues"], count["issues"]),
        "causes": (told["first_contact"]["causes"], count["causes"]),
    }
    return [
        f"{name}: {one} by the measures, {other} by the tables"
        for name, (one, other) in pairs.items()
        if not _equal(one, other)
    ]


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, (int, float)):
        return abs(one - other) <= max(0.02, 1e-4 * abs(other))
    return bool(one == other)
