"""What an agent says of themselves: online, busy or away, and ready again after a heated chat."""

from __future__ import annotations

from typing import Any

from bot.errors import Conflict, DeskError, did_you_mean
from bot.handoff import staff
from bot.handoff.front import FrontDesk
from bot.handoff.instants import iso
from bot.handoff.records import Agent, Json
from bot.handoff.routing import SERVING, Candidate


class Availability:
    """Presence as agents choose it and as it follows from their work.

    Args:
        desk: Whose database, clock and rules.
    """

    def __init__(self, desk: FrontDesk) -> None:
        self._desk = desk

    def of(self, agent: Agent) -> Json:
        """Return what an agent is now.

        Returns:
            {"presence": online, busy, away, wrap_up or offline, "chosen": online, busy or away,
            "wrap_up_until", "cool_until": instants still to come or null, "load", "capacity"}.
        """
        with self._desk.store.database.read() as connection:
            return self._told(connection, agent)

    def choose(self, agent: Agent, presence: str) -> Json:
        """Be online, busy or away from now on; see :meth:`of`.

        Raises:
            DeskError: nobody can choose to be that.
        """
        if presence not in staff.CHOSEN:
            hint = did_you_mean(presence, staff.CHOSEN)
            accepted = ", ".join(staff.CHOSEN)
            raise DeskError(f"Unknown '{presence}'.{hint}", "presence", accepted=accepted)
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            values = {"presence": presence, "presence_since": at}
            staff.update(connection, agent.username, **values)
            return self._told(connection, agent)

    def ready(self, agent: Agent) -> Json:
        """End a wrap-up before its time; the cool-down stays. See :meth:`of`."""
        with self._desk.store.database.write() as connection:
            staff.update(connection, agent.username, wrap_up_until=None)
            return self._told(connection, agent)

    def everybody(self) -> dict[str, Json]:
        """Return {"presence", "load", "capacity"} of all who serve customers, by user name."""
        with self._desk.store.database.read() as connection:
            return {
                one.agent.username: {
                    "presence": one.presence,
                    "load": one.load,
                    "capacity": one.capacity,
                }
                for one in self._all(connection)
            }

    def _all(self, connection: Any) -> list[Candidate]:
        desk = self._desk
        return staff.candidates(connection, desk.rules.assignment, desk.clock())

    def _told(self, connection: Any, agent: Agent) -> Json:
        if agent.role not in SERVING:
            raise Conflict(f"The role '{agent.role}' takes no tickets.", "no_presence")
        at = self._desk.clock()
        rules = self._desk.rules.assignment
        (one,) = [
            each
            for each in staff.candidates(connection, rules, at)
            if each.agent.username == agent.username
        ]
        wrap_up, cool = one.agent.wrap_up_until, one.agent.cool_until
        return {
            "presence": one.presence,
            "chosen": one.agent.presence,
            "wrap_up_until": iso(wrap_up) if wrap_up and wrap_up > at else None,
            "cool_until": iso(cool) if cool and cool > at else None,
            "load": one.load,
            "capacity": one.capacity,
        }
