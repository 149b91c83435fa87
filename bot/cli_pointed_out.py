"""Which conversations people pointed out: agents by moments, customers by low scores."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from bot.handoff.instants import iso
from bot.handoff.rules import DeskRules
from bot.handoff.store import Store
from bot.handoff.tables import agents
from bot.handoff.tables_desk import moments, surveys
from bot.settings import Settings, load

FILTERS = ("low-csat", "moments")


def pointed_out(settings: Settings, filter_: str) -> Mapping[str, list[str]]:
    """Return conversations with what was said of them, oldest first.

    Args:
        settings: The installation.
        filter_: ``moments``, what agents say the bot should have done and no trainer has seen to,
            or ``low-csat``, customers' low scores with their comments.

    Raises:
        StoreError: the desk's database cannot be read.
    """
    store = Store(settings.database())
    try:
        with store.database.read() as connection:
            rows = connection.execute(_moments() if filter_ == "moments" else _scores(_low())).all()
    finally:
        store.close()
    found: dict[str, list[str]] = {}
    for conversation, at, who, text in rows:
        told = f"{(iso(at) or '')[:10]} {who}: {text or '–'}"
        found.setdefault(conversation, []).append(told)
    return found


def _moments() -> sa.sql.Select:
    return (
        sa.select(moments.c.conversation, moments.c.at, agents.c.name, moments.c.text)
        .join(agents, agents.c.username == moments.c.by)
        .where(moments.c.done_at.is_(None))
        .order_by(moments.c.id)
    )


def _scores(low: int) -> sa.sql.Select:
    score = sa.cast(surveys.c.score, sa.String) + "/5"
    return (
        sa.select(surveys.c.conversation, surveys.c.answered_at, score, surveys.c.comment)
        .where(surveys.c.score.is_not(None), surveys.c.score <= low)
        .order_by(surveys.c.id)
    )


def _low() -> int:
    """The score up to which a case is looked at, of ``desk.yml``."""
    return DeskRules.from_file(load().desk).survey.low
