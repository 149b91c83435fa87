"""Views of the queue that an agent keeps under a name; each agent's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bot.errors import DeskError, NotFound, did_you_mean
from bot.handoff.desk import Desk
from bot.handoff.records import Agent, Json
from bot.handoff.search import Filters
from bot.handoff.tables_desk import saved_views

MOST = 30
"""Views an agent may keep."""
LONGEST = 60
"""Characters of a name."""


class SavedViews:
    """Keeps agents' filters of the queue.

    Args:
        desk: Where they work.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def listing(self, agent: Agent) -> list[Json]:
        """Return an agent's views, [{"id", "name", "query"}], by name."""
        mine = sa.select(saved_views).where(saved_views.c.agent == agent.username)
        with self._desk.store.database.read() as connection:
            rows = connection.execute(mine.order_by(saved_views.c.name, saved_views.c.id))
            return [_view(row) for row in rows]

    def save(self, agent: Agent, name: str, query: Mapping[str, str]) -> Json:
        """Keep filters under a name; a view that has it already is changed.

        Args:
            agent: Whose.
            name: At most 60 characters.
            query: Fields of :class:`bot.handoff.search.Filters`; empty ones are dropped.

        Raises:
            DeskError: name or filters make no sense, or there are too many views.
        """
        name = " ".join(name.split())
        if not name or len(name) > LONGEST or not name.isprintable():
            text = f"A view's name has 1 to {LONGEST} characters."
            raise DeskError(text, "view_name", limit=LONGEST)
        kept = _checked(query, self._desk.rules.teams)
        mine = saved_views.c.agent == agent.username
        this = sa.and_(mine, saved_views.c.name == name)
        with self._desk.store.database.write() as connection:
            known = connection.execute(sa.select(saved_views.c.id).where(this)).scalar_one_or_none()
            if known is None:
                count = sa.select(sa.func.count()).select_from(saved_views).where(mine)
                if connection.execute(count).scalar_one() >= MOST:
                    text = f"There are {MOST} views already: delete one first."
                    raise DeskError(text, "views_full", limit=MOST)
                row = {"agent": agent.username, "name": name, "query": kept}
                connection.execute(sa.insert(saved_views).values(**row))
            else:
                connection.execute(sa.update(saved_views).where(this).values(query=kept))
            return _view(connection.execute(sa.select(saved_views).where(this)).one())

    def delete(self, agent: Agent, number: int) -> None:
        """Forget a view.

        Raises:
            NotFound: the agent has none with this number.
        """
        this = sa.and_(saved_views.c.id == number, saved_views.c.agent == agent.username)
        with self._desk.store.database.write() as connection:
            if not connection.execute(sa.delete(saved_views).where(this)).rowcount:
                raise NotFound(f"There is no view {number}.")


def _checked(query: Mapping[str, str], teams: Any) -> dict[str, str]:
    names = Filters.names()
    for name in query:
        if name not in names:
            text = f"Unknown filter '{name}'.{did_you_mean(name, names)}"
            raise DeskError(text, "filter_name", filter=name, accepted=", ".join(names))
    kept = {name: value for name, value in query.items() if value}
    Filters(**kept).check(teams)
    return kept


def _view(row: Any) -> Json:
    return {"id": row.id, "name": row.name, "query": row.query}
