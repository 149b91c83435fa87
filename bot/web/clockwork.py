"""The desk's clock: what is due is done, and told to whoever watches.

Once a second: jobs (deadlines, updates, surveys, rules…), agents who stayed away, promises that
are due, and what happened that a rule waits for; once a minute the rules of time. Whatever fails,
the next look comes.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.handoff.alarms import Alarms, short_names, unserved
from bot.handoff.automation import Automation
from bot.handoff.band import Band
from bot.handoff.desk import Desk
from bot.handoff.follow_ups import FollowUps
from bot.handoff.scheduler import Scheduler
from bot.handoff.surveys import Surveys
from bot.handoff.updates import Updates
from bot.web.assigning import told

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

logger = logging.getLogger("remanso.web")

PAUSE = 1.0
"""Seconds between two looks."""
MINUTE = 60.0
"""Seconds between two looks at the rules of time."""


class Clockwork:
    """What the desk does by the clock.

    Args:
        desk: Whose cases.
        scheduler: Does what is planned; handlers of others are registered there too.
    """

    def __init__(self, desk: Desk, scheduler: Scheduler) -> None:
        self._desk = desk
        self.scheduler = scheduler
        self.updates = Updates(desk, scheduler)
        self.alarms = Alarms(desk, scheduler, self.updates)
        self.surveys = Surveys(desk, scheduler)
        self.follow_ups = FollowUps(desk, scheduler)
        self.automation = Automation(desk, scheduler)
        self.band = Band(desk, scheduler)
        self._ruled = float("-inf")

    async def run(self, gateway: Gateway) -> None:
        """Work until cancelled."""
        for begin in (self.automation.begin, self.alarms.adopt, self.band.begin):
            await _look(gateway, begin)
        if short := await gateway.io(short_names, self._desk):
            logger.warning("the law asks for full names, one word only: %s", ", ".join(short))
        if lacking := await gateway.io(unserved, self._desk):
            logger.warning("rules ask for tiers nobody of the team has: %s", ", ".join(lacking))
        pause = min(PAUSE, max(0.1, self._desk.grace / 4))
        while True:
            await self.round(gateway)
            await asyncio.sleep(pause)

    async def round(self, gateway: Gateway) -> None:
        """Look once at everything."""
        looks: list[Callable[[], Any]] = [self._desk.sweep, self._desk.alarm_promises]
        looks.append(self.automation.on_events)
        if time.monotonic() - self._ruled >= MINUTE:
            self._ruled = time.monotonic()
            looks.append(self.automation.on_time)
        looks.append(self.scheduler.run_due)
        for look in looks:
            await _look(gateway, look)


async def _look(gateway: Gateway, look: Callable[[], Any]) -> None:
    try:
        found = await gateway.io(look)
    except Exception as error:
        logger.error("%s failed", look.__qualname__, exc_info=error)
        return
    for each in found if isinstance(found, list) else ():
        told(gateway, each)
