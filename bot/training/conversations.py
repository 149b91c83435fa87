"""What customers and the bot said, for trainers: read from the engine's tracker store.

Rasa keeps every event as JSON in the table ``events``. It is read as it is, without Rasa and
without TensorFlow; nothing is ever written. What a person's agent said is not in this store.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from bot.errors import ConfigError, NotFound, StoreError, did_you_mean
from bot.settings import Settings
from bot.training.turns import FALLBACK, HANDOFFS, Turn, turns_of

FILTERS = ("low-confidence", "fallback", "escalated", "low-csat", "moments")
MARGIN = 0.15  # above the fallback's threshold a guess is still worth a trainer's look
BATCH = 200  # conversations read at once
LEVELS = ("calm", "annoyed", "frustrated", "angry")

_EVENTS = sa.table(
    "events",
    *(sa.column(name) for name in ("id", "sender_id", "type_name", "timestamp", "action_name")),
    sa.column("data", sa.Text),
)


@dataclass(frozen=True)
class Conversation:
    """One conversation.

    Args:
        id: Its id, as in the logs and in the agents' console.
        started: Seconds since 1970 of the customer's first message.
        turns: The customer's turns, oldest first.
    """

    id: str
    started: float
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Summary:
    """One line of the list.

    Args:
        id: Id of the conversation.
        started: Seconds since 1970 of the first message.
        turns: The customer's turns.
        intent: Intent of the last turn.
        lowest: Lowest confidence of an intent, in [0, 1]; quick replies and a bare handoff aside.
        fallbacks: Turns that were not understood.
        level: Highest frustration level.
        trigger: Why the bot handed over; empty when it did not.
        first: The first turn.
    """

    id: str
    started: float
    turns: int
    intent: str
    lowest: float
    fallbacks: int
    level: str
    trigger: str
    first: Turn

    @property
    def words(self) -> str:
        """The first message, personal data masked."""
        return self.first.masked.text

    def chosen(self, filter_: str | None, below: float) -> bool:
        """Return whether a filter lets it through; ``below`` is a confidence in [0, 1]."""
        kept = {
            "low-confidence": self.lowest < below,
            "fallback": self.fallbacks > 0,
            "escalated": bool(self.trigger),
        }
        return filter_ is None or kept.get(filter_, True)


def read(settings: Settings, conversation: str) -> Conversation:
    """Return a whole conversation.

    Raises:
        NotFound: there is none with this id, or the customer said nothing in it.
        StoreError: the store cannot be read.
    """
    query = sa.select(_EVENTS.c.data).where(_EVENTS.c.sender_id == conversation)
    with _connection(settings) as connection:
        rows = connection.execute(query.order_by(_EVENTS.c.id)).scalars().all()
    if not rows:
        raise NotFound(
            f"There is no conversation '{conversation}'. See what there is: remanso conversations."
        )
    turns = turns_of(json.loads(row) for row in rows)
    if not any(turn.text or turn.choice for turn in turns):
        raise NotFound(f"In conversation '{conversation}' the customer said nothing.")
    return Conversation(conversation, turns[0].at, tuple(turns))


def summaries(
    settings: Settings,
    *,
    filter_: str | None = None,
    since: float = 0.0,
    limit: int = 20,
    below: float = 1.0,
    among: Collection[str] | None = None,
) -> list[Summary]:
    """Return the newest conversations.

    Args:
        settings: The installation.
        filter_: One of :data:`FILTERS`; None lets every conversation through. Of ``low-csat`` and
            ``moments`` the caller knows which they are and says so in ``among``.
        since: Seconds since 1970; earlier conversations are left out.
        limit: How many at most, at least 1.
        below: Confidence in [0, 1] that counts as low.
        among: Only these conversations, by id; None for all.

    Raises:
        ConfigError: there is no such filter.
        StoreError: the store cannot be read.
    """
    if filter_ not in (None, *FILTERS):
        raise ConfigError(f"Unknown filter '{filter_}'.{did_you_mean(str(filter_), FILTERS)}")
    with _connection(settings) as connection:
        found = (
            one
            for one in _all(connection, since)
            if one.chosen(filter_, below) and (among is None or one.id in among)
        )
        return list(islice(found, limit))


def low_confidence(config: Path, margin: float = MARGIN) -> float:
    """Return the confidence below which a guess counts as low.

    Args:
        config: The ``config.yml`` whose FallbackClassifier has the threshold.
        margin: What is added to the threshold, in [0, 1].

    Raises:
        ConfigError: the file has no such component.
    """
    try:
        pipeline = yaml.safe_load(config.read_text(encoding="utf-8"))["pipeline"]
        of_fallback = (one for one in pipeline if one["name"].endswith("FallbackClassifier"))
        threshold = next(of_fallback)["threshold"]
        return float(threshold) + margin
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, StopIteration) as error:
        raise ConfigError(
            f"{config}: no threshold of FallbackClassifier under 'pipeline' ({error!r})."
        ) from error


def _all(connection: sa.engine.Connection, since: float) -> Iterator[Summary]:
    """Yield the conversations, newest first; only what is asked for is read."""
    first = sa.func.min(_EVENTS.c.timestamp)
    query = (
        sa.select(_EVENTS.c.sender_id)
        .where(_EVENTS.c.type_name == "user")
        .group_by(_EVENTS.c.sender_id)
        .having(first >= since)
        .order_by(first.desc())
    )
    ids = iter(connection.execute(query).scalars().all())
    while batch := list(islice(ids, BATCH)):
        yield from _batch(connection, batch)


def _batch(connection: sa.engine.Connection, ids: list[str]) -> Iterator[Summary]:
    of_bot = (_EVENTS.c.type_name == "bot") & _EVENTS.c.data.like('%"handoff"%')
    by_hand = (_EVENTS.c.type_name == "action") & _EVENTS.c.action_name.in_(HANDOFFS)
    query = (
        sa.select(_EVENTS.c.sender_id, _EVENTS.c.data)
        .where(_EVENTS.c.sender_id.in_(ids))
        .where((_EVENTS.c.type_name == "user") | of_bot | by_hand)
        .order_by(_EVENTS.c.id)
    )
    events: dict[str, list[dict[str, Any]]] = {one: [] for one in ids}
    for sender, data in connection.execute(query):
        events[sender].append(json.loads(data))
    for sender in ids:
        turns = [turn for turn in turns_of(events[sender]) if not turn.handed_back]
        if turns:
            yield _summary(sender, turns)


def _summary(conversation: str, turns: list[Turn]) -> Summary:
    guesses = [turn.guess[1] for turn in turns if not turn.choice]
    return Summary(
        id=conversation,
        started=turns[0].at,
        turns=len(turns),
        intent=turns[-1].intent,
        lowest=min(guesses, default=1.0),
        fallbacks=sum(turn.intent == FALLBACK for turn in turns),
        level=highest(turn.level for turn in turns),
        trigger=next((turn.trigger for turn in turns if turn.trigger), ""),
        first=turns[0],
    )


def highest(levels: Iterable[str]) -> str:
    """Return the highest of some frustration levels; calm without any."""
    order: Mapping[str, int] = {level: place for place, level in enumerate(LEVELS)}
    return max(levels, key=lambda level: order.get(level, -1), default=LEVELS[0])


@contextmanager
def _connection(settings: Settings) -> Iterator[sa.engine.Connection]:
    url = sa.engine.make_url(settings.tracker_database())
    file = url.database if url.get_backend_name() == "sqlite" else None
    shown = url.render_as_string(hide_password=True)
    if file and not Path(file).is_file():
        raise StoreError(f"There are no conversations yet: {shown} is made by remanso serve.")
    engine = sa.create_engine(url, future=True)
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("events"):
                raise StoreError(f"There are no conversations yet: {shown} has no table 'events'.")
            yield connection
    except sa.exc.SQLAlchemyError as error:
        raise StoreError(f"{shown} cannot be read: {error}. See REMANSO_TRACKER_URL.") from error
    finally:
        engine.dispose()
