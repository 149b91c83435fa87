"""Once a week: did as many conversations reach a person as ``desk.yml`` > ``measures`` wants?

What the last whole week was stays with the job until the next look, so that supervisors who were
not there read it when they come. Too few is told like too many.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from bot.handoff import jobs, measures
from bot.handoff.agents import ALL_TEAMS
from bot.handoff.front import FrontDesk
from bot.handoff.instants import iso
from bot.handoff.jobs import Job
from bot.handoff.measuring import read_cases, read_talks
from bot.handoff.records import Agent, Json
from bot.handoff.scheduler import Frame, Outcome, Scheduler

JOB = "escalation_band"
"""Kind and key of the one job."""
MORNING = time(9)
"""On Mondays, in the desk's time zone."""
OUTSIDE = ("low", "high")


class Band:
    """Looks at the escalation rate of each week that is over.

    Args:
        desk: Whose conversations and rules.
        scheduler: Keeps the time.
    """

    def __init__(self, desk: FrontDesk, scheduler: Scheduler) -> None:
        self._desk = desk
        scheduler.on(JOB, self._look)

    def begin(self) -> None:
        """Plan the first look, if none is planned."""
        with self._desk.store.database.write() as connection:
            job = jobs.find(connection, JOB, JOB)
            if job is None or job.done_at is not None:
                jobs.put(connection, JOB, JOB, self._next())

    def last(self, agent: Agent) -> Json | None:
        """Return the week looked at last if its rate was outside the band, to who leads.

        Returns:
            {"from", "to" (not in it), "rate", "low", "high", "where": low or high}.
        """
        if agent.role not in ALL_TEAMS:
            return None
        with self._desk.store.database.read() as connection:
            job = jobs.find(connection, JOB, JOB)
        return job.data if job is not None and job.data.get("where") in OUTSIDE else None

    def _look(self, connection: Any, job: Job) -> Outcome | None:
        first, last = self._monday(-1), self._monday()
        talks = read_talks(connection, first, last)
        found = read_cases(connection, first, last, kinds=("opened",))
        rules = self._desk.rules.measures
        told = measures.escalation(found, talks, rules.band())
        where = told["where"] if len(talks) >= rules.least else None
        data = {"from": iso(first), "to": iso(last), "where": where}
        data |= {name: told[name] for name in ("rate", "low", "high")}
        jobs.put(connection, JOB, JOB, self._next(), data=data)
        frame = Frame({"type": "band"}, roles=ALL_TEAMS)
        return Outcome(frames=(frame,)) if where in OUTSIDE else None

    def _next(self) -> datetime:
        at = self._monday(hour=MORNING)
        return at if at > self._desk.clock() else self._monday(1, MORNING)

    def _monday(self, weeks: int = 0, hour: time = time()) -> datetime:
        """Return the Monday of this week, or of one before or after it."""
        zone = self._desk.rules.zone
        today = self._desk.clock().astimezone(zone).date()
        monday = today + timedelta(weeks=weeks, days=-today.weekday())
        return datetime.combine(monday, hour, tzinfo=zone)
