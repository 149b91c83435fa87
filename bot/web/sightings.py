"""Whether a customer is on the page, or was since an instant: then no e-mail is needed.

A socket is a page that is open; a page without one asks again and again. Either says when it is in
the background: nobody reads there. Kept in memory only: after a restart nobody was seen, and a mail
more goes out rather than one less.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.handoff.instants import utc_now
from bot.web.hub import DESK, Hub

ASKS = timedelta(seconds=60)
"""A page that asked so long ago is still in sight."""
MOST = 50_000
"""Conversations remembered; past it, those seen longest ago are forgotten."""


class Sightings:
    """Remembers when each customer was last on the page.

    Args:
        hub: Knows the sockets in sight, and says when the last one of a conversation is not.
        clock: Returns this instant in UTC.
    """

    def __init__(self, hub: Hub, clock: Callable[[], datetime] = utc_now) -> None:
        self._hub = hub
        self._clock = clock
        self._asked: dict[str, datetime] = {}
        self._left: dict[str, datetime] = {}
        hub.left = self._gone

    def asked(self, conversation: str) -> None:
        """Take note of a request of the customer's page, which is in sight."""
        self._remember(self._asked, conversation)

    def present(self, conversation: str) -> bool:
        """Whether a page of the customer's is in sight now."""
        asked = self._asked.get(conversation)
        recently = asked is not None and self._clock() - asked <= ASKS
        return recently or self._hub.looked_at(conversation)

    def since(self, conversation: str, at: datetime) -> bool:
        """Whether the customer was on the page at an instant or after it."""
        if self._hub.looked_at(conversation):
            return True
        seen = (self._asked.get(conversation), self._left.get(conversation))
        return any(each is not None and each >= at for each in seen)

    def _gone(self, topic: str) -> None:
        if topic != DESK:
            self._remember(self._left, topic)

    def _remember(self, seen: dict[str, datetime], conversation: str) -> None:
        seen.pop(conversation, None)
        seen[conversation] = self._clock()
        while len(seen) > MOST:
            seen.pop(next(iter(seen)))
