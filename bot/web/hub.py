"""Who is watching what: wakes the sockets of customers and of the agents' console.

The database is the truth and this is only the bell. A customer's socket that is woken reads what
it has not seen yet; the console gets the event itself. One process, one event loop: every method
must be called from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

DESK = "desk"
"""The topic that consoles watch. A customer's topic is the conversation's id."""

BACKLOG = 500
"""Events a slow socket may be behind before it is told to come back."""


class Watcher:
    """One socket's queue of events."""

    def __init__(self) -> None:
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue(BACKLOG)
        self.lagging = False  # True once an event was dropped: the socket should reconnect
        self.looking = True  # False: its page is in the background, and nobody reads what comes

    def push(self, event: dict[str, Any]) -> None:
        """Queue an event, or mark the watcher as lagging when its queue is full."""
        try:
            self._events.put_nowait(event)
        except asyncio.QueueFull:
            self.lagging = True

    async def next(self) -> dict[str, Any]:
        """Return the next event, waiting for one."""
        return await self._events.get()


class Hub:
    """Brings what changed to the sockets that watch it."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[Watcher]] = {}
        self.left: Callable[[str], None] = lambda topic: None  # told when nobody looks any more

    @contextmanager
    def watch(self, topic: str, *, looking: bool = True) -> Iterator[Watcher]:
        """Watch a topic for as long as the block runs; ``looking`` as :meth:`look` has it."""
        watcher = Watcher()
        watcher.looking = looking
        self._watchers.setdefault(topic, set()).add(watcher)
        try:
            yield watcher
        finally:
            self.look(topic, watcher, False)
            watchers = self._watchers.get(topic, set())
            watchers.discard(watcher)
            if not watchers:
                self._watchers.pop(topic, None)

    def look(self, topic: str, watcher: Watcher, on: bool) -> None:
        """Note whether somebody sees what a watcher of the topic is brought."""
        before = self.looked_at(topic)
        watcher.looking = on
        if before and not self.looked_at(topic):
            self.left(topic)

    def watched(self, topic: str) -> bool:
        """Whether anybody watches the topic."""
        return topic in self._watchers

    def looked_at(self, topic: str) -> bool:
        """Whether a page that watches the topic is in sight."""
        return any(watcher.looking for watcher in self._watchers.get(topic, ()))

    def publish(self, topic: str, event: dict[str, Any], *, but: Watcher | None = None) -> None:
        """Give an event to all who watch the topic, except ``but``."""
        for watcher in tuple(self._watchers.get(topic, ())):
            if watcher is not but:
                watcher.push(event)

    def messages(self, conversation: str, messages: Sequence[Any]) -> None:
        """Tell that messages were stored (or scored): the customer's tabs and the console.

        The console's event is ``{"type": "message", "conversation", "message": <stored message>}``.
        """
        self.publish(conversation, {"type": "news"})
        for message in messages:
            event = {"type": "message", "conversation": conversation, "message": message}
            self.publish(DESK, event)

    def changed(self, conversation: str) -> None:
        """Tell the customer's tabs that owner, queue or status changed: they send it anew."""
        self.publish(conversation, {"type": "changed"})

    def ticket(self, ref: str, *, by: str = "") -> None:
        """Tell the console that a ticket is new or changed: ``{"type": "ticket", "ref"}``.

        Args:
            ref: Which.
            by: User name of the agent at whose console it was done; then the event has it too.
        """
        self.publish(DESK, {"type": "ticket", "ref": ref, **({"by": by} if by else {})})

    def typing(
        self, conversation: str, who: str, on: bool, *, name: str = "", but: Watcher | None = None
    ) -> None:
        """Tell that somebody types; ``who`` is ``customer``, ``bot`` or ``agent``.

        A customer's typing goes to the console, the others' to the customer's tabs.
        """
        event: dict[str, Any] = {"type": "typing", "who": who, "on": on}
        if name:
            event["name"] = name
        if who == "customer":
            event["conversation"] = conversation
        self.publish(DESK if who == "customer" else conversation, event, but=but)
