"""The tables of a played installation: made older between blocks, and counted by themselves.

The count is written apart from :mod:`bot.handoff.measures`, which reads the log: both must agree.
It knows how the conversations were played: months pass between blocks and minutes within one, so
what was not done within :data:`DAYS` was late, whatever the deadline was, and a customer who has
written within them is on the page.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.handoff.store import Store
from bot.handoff.tables import UtcDateTime, metadata
from bot.settings import Settings

DAYS = timedelta(days=25)
CLOCKS = {
    "first_response": "first_response_at",
    "resolution": "resolved_at",
    "answer": "resolved_at",
}
"""Clocks, and the column that ends each."""
NEWS = "utter_notice_update"
REOPENED = "utter_notice_reopened"
_DAY = re.compile(r'(?<=["@])\d{4}-\d\d-\d\d(?=T\d\d:)')


def age(database: Path, by: timedelta) -> None:
    """Make everything stored older by whole days, the instants inside the log and jobs too."""
    shift = f"-{by.days} days"

    def older(found: re.Match[str]) -> str:
        return (date.fromisoformat(found[0]) - by).isoformat()

    with closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        for table in metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, UtcDateTime) and not column.primary_key:
                    name = f'"{column.name}"'  # only the day moves: the time stays exact
                    moved = f"date(substr({name}, 1, 10), ?) || substr({name}, 11)"
                    connection.execute(
                        f'UPDATE "{table.name}" SET {name} = {moved} WHERE {name} IS NOT NULL',  # noqa: S608
                        (shift,),
                    )
        for name, column in (("ticket_events", "data"), ("jobs", "data"), ("jobs", "key")):
            rows = connection.execute(f"SELECT id, {column} FROM {name}").fetchall()  # noqa: S608
            changed = [(_DAY.sub(older, text), number) for number, text in rows]
            connection.executemany(f"UPDATE {name} SET {column} = ? WHERE id = ?", changed)  # noqa: S608


def counted(settings: Settings) -> dict[str, Any]:
    """Count straight from the tables what the measures say from the log."""
    store = Store(settings.database())
    with store.database.read() as connection:
        rows = {
            name: connection.execute(sa.select(metadata.tables[name])).all()
            for name in ("tickets", "surveys", "promises", "messages", "conversations")
        }
    store.close()
    tickets, messages = rows["tickets"], rows["messages"]
    wrote = {m.conversation for m in messages if m.author == "customer"}
    scores = [s.score for s in rows["surveys"] if s.score is not None]
    homes = defaultdict(list)
    for ticket in sorted(tickets, key=lambda t: t.created_at):
        homes[ticket.conversation].append(ticket)
    news = [_news(ticket, messages) for ticket in tickets]
    closed = [t for t in tickets if t.resolved_at]
    waits = [_seconds(t.created_at, t.first_response_at) for t in tickets if t.first_response_at]
    return {
        "cases": len(tickets),
        "conversations": len(wrote),
        "to_escalation": _mean(_reported(own, messages) for own in homes.values()),
        "to_person": _spread(waits),
        "to_person_by": _by(tickets, "first_response_at"),
        "within": _of(sum(wait <= 180 for wait in waits), len(tickets)),
        "resolution": _spread(_seconds(t.created_at, t.resolved_at) for t in closed),
        "resolution_by": _by(closed, "resolved_at"),
        "satisfaction": _mean([scores]),
        **_first_contact(homes, wrote),
        "escalation": _of(len(homes), len(wrote)),
        "issues": _issues(homes, rows["conversations"], wrote),
        "causes": dict(Counter(t.cause for t in tickets if t.cause)),
        "transfers": _mean([[t.transfers for t in closed]]),
        "sla": _in_time(tickets, [bad for _, bad in news]),
        "updates": (sum(good for good, _ in news), sum(bad for _, bad in news)),
        "promises": (
            sum(p.made_by == "agent" and p.kept_at is not None for p in rows["promises"]),
            sum(p.alarmed_at is not None for p in rows["promises"]),
        ),
    }


def _reported(own: Sequence[Any], messages: Sequence[Any]) -> list[float]:
    """Seconds from a conversation's first message, or the first since a case, to each of them."""
    found, since = [], datetime.min.replace(tzinfo=timezone.utc)
    for ticket in own:
        said = [
            m.created_at
            for m in messages
            if m.conversation == ticket.conversation
            and m.author == "customer"
            and since < m.created_at <= ticket.created_at
        ]
        found.append(_seconds(min(said, default=ticket.created_at), ticket.created_at))
        since = ticket.resolved_at or since
    return found


def _first_contact(homes: dict[str, list[Any]], wrote: set[str]) -> dict[str, Any]:
    alone = len(wrote - set(homes))
    ended = [own for own in homes.values() if all(t.resolved_at for t in own)]
    at_once = sum(len(own) == 1 and own[0].transfers + own[0].reopened == 0 for own in ended)
    return {
        "without_person": _of(alone, len(wrote)),
        "by_first_person": _of(at_once, len(ended)),
        "first_contact": _of(alone + at_once, alone + len(ended)),
    }


def _issues(
    homes: dict[str, list[Any]], conversations: Sequence[Any], wrote: set[str]
) -> dict[str, tuple[int, int]]:
    """How many conversations about each issue reached a person, and of how many."""
    reached, had = Counter[str](), Counter[str]()
    for chat in conversations:
        if chat.id in homes:
            reached.update({t.issue or "other" for t in homes[chat.id]})
        elif chat.id in wrote:
            had.update([(chat.state or {}).get("issue") or "other"])
    return {name: (reached[name], reached[name] + had[name]) for name in reached | had}


def _news(ticket: Any, messages: Sequence[Any]) -> tuple[int, int]:
    """How often a customer had news in time while the case was open, and how often not."""
    last = ticket.resolved_at or datetime.now(timezone.utc)
    own = [m for m in messages if m.conversation == ticket.conversation and m.created_at <= last]
    wrote = [m.created_at for m in own if m.author == "customer"]
    good = bad = 0
    since, heard = ticket.created_at, False
    for message in own:
        at = message.created_at
        there = any(at - DAYS < each <= at for each in wrote)
        if at < ticket.created_at:
            continue
        if message.response == REOPENED:
            since, heard = at, False
        elif there and (message.author == "agent" or (message.response or "").startswith(NEWS)):
            late = at - since > DAYS
            bad += late
            good += not late and not heard
            since, heard = at, True
    return good, bad + (last - since > DAYS)


def _in_time(tickets: Sequence[Any], late: Sequence[int]) -> dict[str, float | None]:
    """The share of cases in time, of those with such a deadline, by clock."""
    now = datetime.now(timezone.utc)
    shares = {"update": _of(sum(not bad for bad in late), len(tickets))}
    for clock, ends in CLOCKS.items():
        has = [t for t in tickets if getattr(t, f"due_{clock}")]
        met = [getattr(t, f"due_{clock}") > (getattr(t, ends) or t.resolved_at or now) for t in has]
        shares[clock] = _of(sum(met), len(has))
    return shares


def _by(tickets: Sequence[Any], ends: str) -> dict[str, tuple[float | None, ...]]:
    """Mean, median and 90 % of the seconds until something, by priority."""
    return {
        priority: _spread(
            _seconds(t.created_at, getattr(t, ends))
            for t in tickets
            if t.priority == priority and getattr(t, ends)
        )
        for priority in {t.priority for t in tickets}
    }


def _spread(values: Iterable[float]) -> tuple[float | None, ...]:
    known = sorted(values)
    if not known:
        return (None, None, None)
    size = len(known)
    middle = (known[(size - 1) // 2] + known[size // 2]) / 2
    return (sum(known) / size, middle, known[size * 9 // 10])


def _mean(groups: Iterable[Sequence[float]]) -> float | None:
    values = [value for group in groups for value in group]
    return sum(values) / len(values) if values else None


def _of(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()


def same(told: dict[str, Any], count: dict[str, Any]) -> list[str]:
    """Return in which figures the measures and the count from the tables differ."""
    response, resolution = told["response"], told["resolution"]
    contact, rate = told["first_contact"], told["escalation"]
    said = {
        "cases": told["cases"],
        "conversations": told["conversations"],
        "to_escalation": response["to_escalation"]["mean"],
        "to_person": _three(response["to_person"]),
        "to_person_by": {name: _three(one) for name, one in response["by_priority"].items()},
        "within": response["within"]["share"],
        "resolution": _three(resolution["all"]),
        "resolution_by": {name: _three(one) for name, one in resolution["by_priority"].items()},
        "satisfaction": told["satisfaction"]["mean"],
        "without_person": contact["without_person"],
        "by_first_person": contact["by_first_person"],
        "first_contact": contact["rate"],
        "escalation": rate["rate"],
        "issues": {
            name: (one["escalated"], one["conversations"]) for name, one in rate["issues"].items()
        },
        "causes": contact["causes"],
        "transfers": told["transfers"]["mean"],
        "sla": told["sla"],
        "updates": (told["updates"]["good"], told["updates"]["bad"]),
        "promises": (told["promises"]["good"], told["promises"]["bad"]),
    }
    return [
        f"{name}: {one} by the measures, {count[name]} by the tables"
        for name, one in said.items()
        if not _equal(one, count[name])
    ]


def _three(told: dict[str, Any]) -> tuple[float | None, ...]:
    return (told["mean"], told["median"], told["p90"])


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return set(one) == set(other) and all(_equal(one[name], other[name]) for name in one)
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, float) and isinstance(other, (int, float)):
        return abs(one - other) <= max(0.001, 1e-4 * abs(other))
    return bool(one == other)
