"""Who works at the desk, and how busy they are."""

from __future__ import annotations

from bot.handoff import people, staff
from bot.handoff.desk import Desk
from bot.handoff.records import Json


class Colleagues:
    """Lists accounts for those who invite, mention and transfer.

    Args:
        desk: Whose agents.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def listing(self) -> list[Json]:
        """Return all who may work, by user name.

        Returns:
            [{"username", "name", "teams", "role", "presence", "load", "capacity"}]; ``load`` is
            chats in hand, ``presence`` is online, busy, away, wrap_up or offline.
        """
        at, rules = self._desk.clock(), self._desk.rules.assignment
        with self._desk.store.database.read() as connection:
            serving = {
                each.agent.username: each for each in staff.candidates(connection, rules, at)
            }
            found = []
            for agent in people.active(connection):
                known = serving.get(agent.username)
                load = known.load if known else 0
                capacity = staff.capacity_of(agent, rules)
                presence = staff.presence_of(agent, load, capacity, at)
                row = {"presence": presence, "load": load, "capacity": capacity}
                found.append({**agent.as_dict(), **row})
            return found
