"""Whose turn it is: one conversation's messages are answered one at a time and in order.

Each conversation that has something to answer has a lane, a task that takes its unfinished turns
one after another. Before a turn begins, the lane waits a quiet moment for the rest of the burst.
Everything a lane works on is stored already: after a crash :meth:`TurnRunner.recover` goes on.
"""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import datetime, timedelta, timezone
from typing import Protocol

from starlette.concurrency import run_in_threadpool as io

from bot.errors import StoreError
from bot.handoff.records import Message, Turn
from bot.handoff.store import Store
from bot.web.urgent import Urgent

logger = logging.getLogger("remanso.web")

TYPING_SECONDS = 6.0
"""Seconds a sign of typing is good for."""
GATHER_WINDOWS = 8
"""A burst, or a customer who goes on typing, is gathered for at most so many quiet windows."""
TRIES = 5
"""Times a turn is tried while the database refuses, a second apart."""


class Answers(Protocol):
    """What brings a turn to its end (:class:`bot.web.answering.Answerer`)."""

    async def answer(self, turn: Turn) -> None:
        """Run a turn to its end."""


class Lane:
    """What one conversation waits for."""

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self.stirred = asyncio.Event()  # something arrived or the customer types
        self.pending = False  # look again before leaving
        self.urgent = False  # answer at once
        self.first: float | None = None  # when the burst began (monotonic seconds)
        self.last = 0.0  # when its last message came
        self.typing_until = 0.0


class TurnRunner:
    """Runs the turns of all conversations.

    Args:
        store: Where the turns are.
        answers: Brings one turn to its end.
        urgent: Spots messages that are answered at once.
        quiet: Seconds of quiet that end a burst; 0 answers every message at once.
    """

    def __init__(self, store: Store, answers: Answers, urgent: Urgent, quiet: float) -> None:
        self._store = store
        self._answers = answers
        self._urgent = urgent
        self._quiet = quiet
        self._lanes: dict[str, Lane] = {}
        self._waiting: dict[str, list[tuple[int, asyncio.Future[None]]]] = {}
        self._stopped = False

    def arrived(self, message: Message) -> None:
        """Take note of a message that was just stored in a turn."""
        now = time.monotonic()
        lane = self._lanes.setdefault(message.conversation, Lane())
        lane.last = now
        lane.first = now if lane.first is None else lane.first
        lane.typing_until = 0.0  # sent what they were typing
        lane.urgent = lane.urgent or bool(message.choice) or self._urgent(message.text)
        if message.turn:
            self._release(message.turn, before=message.id)
        self.wake(message.conversation)

    def typing(self, conversation: str, on: bool) -> None:
        """Take note that the customer types, or stopped: the burst may not be over."""
        lane = self._lanes.get(conversation)
        if lane is not None:
            lane.typing_until = time.monotonic() + TYPING_SECONDS if on else 0.0
            lane.stirred.set()

    def wake(self, conversation: str) -> None:
        """Run what the conversation has unfinished, such as a hand-back."""
        lane = self._lanes.setdefault(conversation, Lane())
        lane.pending = True
        lane.stirred.set()
        if lane.task is None and not self._stopped:
            lane.task = asyncio.create_task(self._work(conversation, lane))

    async def finished(self, message: Message, seconds: float) -> None:
        """Wait until the turn of a message is finished, or a later message joined it."""
        if message.turn is None:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(message.turn, []).append((message.id, done))
        try:
            turn = await io(self._store.turn, message.turn)
            written = await io(self._store.turn_messages, message.turn)
            if turn.status in ("open", "running") and written[-1].id == message.id:
                await asyncio.wait({done}, timeout=seconds)
        finally:
            self._forget(message.turn, done)

    async def recover(self, age: float = 0.0) -> int:
        """Go on with every turn that nobody works on; return how many.

        Args:
            age: Seconds a turn must be old; 0 takes all that a former process left.
        """
        newest = datetime.now(timezone.utc) - timedelta(seconds=age)
        turns = [
            turn
            for turn in await io(self._store.unfinished_turns)
            if turn.conversation not in self._lanes and turn.created_at <= newest
        ]
        for turn in turns:
            self._lanes.setdefault(turn.conversation, Lane()).urgent = True
            self.wake(turn.conversation)
        return len(turns)

    async def stop(self) -> None:
        """Stop all lanes. What they had begun is unfinished and stored."""
        self._stopped = True
        tasks = [lane.task for lane in self._lanes.values() if lane.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, conversation: str, lane: Lane) -> None:
        tries = 0
        try:
            while lane.pending and not self._stopped:
                lane.pending = False
                try:
                    await self._drain(conversation, lane)
                except StoreError as error:
                    tries += 1
                    logger.error("database: %s", error)
                    lane.pending = tries < TRIES
                    await asyncio.sleep(1.0)
        except Exception as error:  # a lane that dies must say so and free the rest
            logger.error("a lane failed", exc_info=error)
        finally:
            self._lanes.pop(conversation, None)

    async def _drain(self, conversation: str, lane: Lane) -> None:
        while (turn := await io(self._next, conversation)) is not None:
            if turn.status == "open" and turn.kind == "message":
                await self._gather(lane)
            lane.first, lane.urgent = None, False
            try:
                await self._answers.answer(turn)
            finally:
                self._release(turn.id)

    def _next(self, conversation: str) -> Turn | None:
        """The oldest unfinished turn of a conversation."""
        turns = self._store.unfinished_turns(conversation)
        return turns[0] if turns else None

    async def _gather(self, lane: Lane) -> None:
        """Wait until the burst is over."""
        while not lane.urgent and lane.first is not None:
            lane.stirred.clear()
            now = time.monotonic()
            quiet = max(lane.last + self._quiet, lane.typing_until)
            rest = min(quiet, lane.first + GATHER_WINDOWS * self._quiet) - now
            if rest <= 0:
                return
            try:
                await asyncio.wait_for(lane.stirred.wait(), rest)
            except asyncio.TimeoutError:
                continue

    def _release(self, turn: str, before: int | None = None) -> None:
        """Let those go who wait for a turn, or for an earlier message of it."""
        for message, done in self._waiting.get(turn, ()):
            if not done.done() and (before is None or message < before):
                done.set_result(None)

    def _forget(self, turn: str, done: asyncio.Future[None]) -> None:
        rest = [each for each in self._waiting.get(turn, ()) if each[1] is not done]
        if rest:
            self._waiting[turn] = rest
        else:
            self._waiting.pop(turn, None)
