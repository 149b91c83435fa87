"""What is known of a customer from before: their contacts, open cases, and how to treat them.

It comes from the desk's own tickets and from the back office, once per conversation, within a
second. A back office that is down or slow leaves its part out, says so in the log and is left
alone for a while: no answer waits for it twice.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import anyio

from bot.backoffice import BackOffice
from bot.errors import BackOfficeError, StoreError
from bot.handoff.desk import Desk
from bot.handoff.records import Conversation, Json

logger = logging.getLogger("remanso.web")

FRESH_SECONDS = 600.0
"""Seconds a history is good for."""
LIMIT_SECONDS = 1.0
"""Seconds the back office has; then the answer goes on without it."""
REST_SECONDS = 30.0
"""Seconds a back office that failed is not asked."""
DAYS = 30
"""How far back contacts are told."""
KEPT = 5000
"""Histories remembered at once."""
THREADS = 4
"""Questions to the back office at the same time: a stuck one must not take all threads."""


def nothing() -> Json:
    """Return the history of somebody nothing is known of."""
    return {"contacts": [], "open": [], "vip": False, "vulnerable": False}


@dataclass(frozen=True)
class Known:
    """A history and when it was read."""

    customer: str
    history: Json
    until: float  # monotonic seconds


class Histories:
    """Reads customers' histories and remembers them.

    Args:
        desk: Knows the tickets.
        back_office: Opens the company's systems; called in a thread, when first needed.
        clock: Seconds that only grow.
        limit: Seconds the back office has.
    """

    def __init__(
        self,
        desk: Desk,
        back_office: Callable[[], BackOffice],
        clock: Callable[[], float] = time.monotonic,
        *,
        limit: float = LIMIT_SECONDS,
    ) -> None:
        self._desk = desk
        self._back_office = back_office
        self._clock = clock
        self._limit = limit
        self._known: dict[str, Known] = {}
        self._rests_until = 0.0
        self._limiter: anyio.CapacityLimiter | None = None

    async def of(self, conversation: Conversation) -> Json:
        """Return the history of a conversation's customer; empty unless they proved who they are.

        Returns:
            {"contacts": [{"at": ISO date, "issue", "channel"}] oldest first,
            "open": [{"ref", "issue"}], "vip": bool, "vulnerable": bool}
        """
        customer = conversation.customer_id
        if conversation.identity_status != "verified" or not customer:
            return nothing()
        known = self._known.get(conversation.id)
        if known and known.customer == customer and known.until > self._clock():
            return known.history
        history, whole = await self._read(conversation, customer)
        seconds = FRESH_SECONDS if whole else REST_SECONDS
        self._remember(conversation.id, Known(customer, history, self._clock() + seconds))
        return history

    def known(self, conversation: str) -> Json:
        """Return what was read last of a conversation's customer, at once; empty if nothing was."""
        known = self._known.get(conversation)
        return known.history if known else {}

    async def _read(self, conversation: Conversation, customer: str) -> tuple[Json, bool]:
        """Return a history, and whether all of it could be read."""
        history, whole = nothing(), True
        try:
            history |= await anyio.to_thread.run_sync(self._desk.contacts, conversation.id)
        except StoreError as error:
            logger.warning("history: %s", error)
            whole = False
        more = await self._ask(customer, conversation.created_at.date())
        if more is None:
            return history, False
        history["contacts"] = sorted(
            history["contacts"] + more["contacts"], key=lambda contact: str(contact["at"])
        )
        history["open"] += more["open"]
        return {**history, "vip": more["vip"], "vulnerable": more["vulnerable"]}, whole

    async def _ask(self, customer: str, begun: date) -> Json | None:
        """Ask the back office, for a second at most; None if it does not answer."""
        if self._clock() < self._rests_until:
            return None
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(THREADS)
        try:
            return await asyncio.wait_for(
                anyio.to_thread.run_sync(
                    self._from_back_office,
                    customer,
                    begun,
                    abandon_on_cancel=True,
                    limiter=self._limiter,
                ),
                self._limit,
            )
        except asyncio.TimeoutError:
            logger.warning("history: the back office took more than %g s", self._limit)
        except BackOfficeError as error:
            logger.warning("history: %s: %s", type(error).__name__, error)
        except Exception as error:  # whatever it is, the customer is answered
            logger.error("history: the back office failed", exc_info=error)
        self._rests_until = self._clock() + REST_SECONDS
        return None

    def _from_back_office(self, customer: str, begun: date) -> Json:
        """Read what the company knows; cases of chats since ``begun`` may be this very chat's."""
        office = self._back_office()
        person = office.customer(customer)
        since = date.today() - timedelta(days=DAYS)
        cases = [
            case
            for case in office.cases(customer)
            if case.channel != "chat" or case.opened_on < begun
        ]
        return {
            "contacts": [_contact(case) for case in cases if case.opened_on >= since],
            "open": [
                {"ref": str(case.id), "issue": str(case.issue)}
                for case in cases
                if case.status == "open"
            ],
            "vip": bool(getattr(person, "vip", False)),
            "vulnerable": bool(getattr(person, "vulnerable", False)),
        }

    def _remember(self, conversation: str, known: Known) -> None:
        if len(self._known) >= KEPT:
            now = self._clock()
            self._known = {name: each for name, each in self._known.items() if each.until > now}
            while len(self._known) >= KEPT:
                self._known.pop(next(iter(self._known)))
        self._known[conversation] = known


def _contact(case: Any) -> Json:
    return {
        "at": case.opened_on.isoformat(),
        "issue": str(case.issue),
        "channel": str(case.channel),
    }
