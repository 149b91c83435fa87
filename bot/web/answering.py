"""Answers one turn: asks the engine, stores what it says, or hands the chat to a person.

Whatever happens, a turn ends in exactly one of these, in one transaction each: the bot's replies,
a ticket with them, or (a person has the chat by now) nothing for the customer.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import time
from collections.abc import Coroutine
from typing import Any

from starlette.concurrency import run_in_threadpool as io

from bot.engine import Engine, TurnReply
from bot.errors import EngineError, StoreError, Taken
from bot.handoff.desk import Desk
from bot.handoff.records import Message, Turn
from bot.handoff.store import Store
from bot.settings import Settings
from bot.web import exchange, logs
from bot.web.attempt import Attempt
from bot.web.history import Histories
from bot.web.hub import Hub

logger = logging.getLogger("remanso.web")

LATE_SECONDS = 180.0
"""Seconds a reply may be late and still be kept for the agent."""
NOTICE_SECONDS = 1.5
"""Seconds the engine is away before the customer is told: a blink is not worth a word."""
RESTARTING = "utter_notice_engine_restart"
FAILURE = "engine_failure"
"""The trigger of a ticket that the engine's failure opened."""


class Answerer:
    """Brings turns to their end.

    Args:
        store: Where conversations live.
        desk: Where tickets are opened.
        engine: The dialogue engine.
        hub: Tells the sockets.
        settings: Patience and timeouts.
        histories: What is known of customers from before.
    """

    def __init__(
        self,
        store: Store,
        desk: Desk,
        engine: Engine,
        hub: Hub,
        settings: Settings,
        histories: Histories,
    ) -> None:
        self._store = store
        self._desk = desk
        self._engine = engine
        self._hub = hub
        self._settings = settings
        self._histories = histories
        self._background: set[asyncio.Task[None]] = set()

    async def answer(self, turn: Turn) -> None:
        """Run a turn to its end.

        Raises:
            StoreError: the database refuses; the turn is unfinished and may be run again.
        """
        began = time.monotonic()
        started = await io(self._store.start_turn, turn.id)
        if started is None:
            await self._score_turn(turn.id)
            return
        attempt = self._attempt(started)
        self._hub.typing(turn.conversation, "bot", True)
        try:
            conversation = await io(self._store.conversation, turn.conversation)
            await self._histories.of(conversation)  # read now, off the engine's time
            outcome = await self._finish(started, attempt)
        finally:
            self._hub.typing(turn.conversation, "bot", False)
        owner = (await io(self._store.conversation, turn.conversation)).owner
        ms = round((time.monotonic() - began) * 1000)
        tries = attempt.tries
        logs.turn(turn.conversation, turn.id, ms=ms, owner=owner, outcome=outcome, tries=tries)

    async def score(self, message: Message) -> None:
        """Have a message understood that the bot does not answer, for the agent to see."""
        try:
            parse = await self._engine.score(message.conversation, message.text)
        except EngineError as error:
            logger.info("not scored: %s", type(error).__name__)
            return
        await io(self._store.set_parse, message.id, parse)
        self._hub.messages(message.conversation, [dataclasses.replace(message, parse=parse)])
        self._hub.changed(message.conversation)  # its mood may have

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside the turns; its failure is logged and harms nothing."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._done)

    async def stop(self) -> None:
        """Give up what runs in the background."""
        tasks = tuple(self._background)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _attempt(self, turn: Turn) -> Attempt:
        async def while_away(seconds: float) -> None:
            await self._while_away(turn, seconds)

        return Attempt(
            lambda: self._send(turn),
            timeout=self._settings.engine_timeout,
            patience=self._settings.engine_patience,
            while_away=while_away,
            late=lambda request: self.background(self._keep_late(turn, request)),
        )

    async def _finish(self, turn: Turn, attempt: Attempt) -> str:
        try:
            reply = await attempt.reply()
            if reply.handoff or reply.error or not reply.messages:
                return await self._hand_over(turn, reply)
            return await self._keep(turn, reply)
        except Taken:
            await self._score_turn(turn.id)
            return "taken"
        except EngineError as error:
            logger.warning("engine: %s", error, extra={"fields": {"turn": turn.id}})
            return await self._give_up(turn, type(error).__name__)
        except StoreError:
            raise
        except Exception as error:  # our own mistake must not silence the bot
            logger.error("a turn failed", exc_info=error, extra={"fields": {"turn": turn.id}})
            return await self._give_up(turn, type(error).__name__)

    async def _send(self, turn: Turn) -> TurnReply:
        """Send a turn to the engine once."""
        conversation = await io(self._store.conversation, turn.conversation)
        context = exchange.context(conversation, await self._histories.of(conversation))
        if turn.kind == "handback":
            return await self._engine.handback(
                conversation.id,
                turn.id,
                note=turn.note or {},
                context=context,
                timeout=LATE_SECONDS,
            )
        written = await io(self._store.turn_messages, turn.id)
        choices = [message.choice["payload"] for message in written if message.choice]
        return await self._engine.message(
            conversation.id,
            turn.id,
            "\n".join(message.text for message in written),
            choice=choices[-1] if choices else None,
            context=context,
            timeout=LATE_SECONDS,
        )

    async def _while_away(self, turn: Turn, seconds: float) -> None:
        """Tell the customer once that the engine restarts.

        Raises:
            Taken: a person has the conversation by now.
        """
        conversation = await io(self._store.conversation, turn.conversation)
        if conversation.owner != "bot":
            raise Taken
        if seconds < NOTICE_SECONDS or await io(self._told, turn):
            return
        notice = await io(self._desk.notice, turn.conversation, RESTARTING, repeat=False)
        if notice is not None:
            self._hub.messages(turn.conversation, [notice])

    def _told(self, turn: Turn) -> bool:
        """Whether the customer knows already that the engine restarts, since this turn began."""
        return any(
            message.response == RESTARTING and message.created_at >= turn.created_at
            for message in self._store.messages(turn.conversation)
        )

    async def _keep(self, turn: Turn, reply: TurnReply, *, late: bool = False) -> str:
        handback = turn.kind == "handback"
        stored = await io(
            self._desk.take_up if handback else self._store.finish_turn,
            turn.id,
            replies=exchange.replies(reply),
            state=reply.state or None,
            parse=reply.parse,
            identity=exchange.identity(reply),
            vows=exchange.vows(reply, self._desk.rules.zone),
            kept=reply.promises_kept,
            late=late,
        )
        self._hub.messages(turn.conversation, stored)
        self._hub.changed(turn.conversation)
        return "late" if any(message.late for message in stored) else "answered"

    async def _keep_late(self, turn: Turn, request: asyncio.Future[TurnReply]) -> None:
        """Wait for a reply that is late already, and keep it for the agent only."""
        try:
            reply = await request
        except EngineError:
            return
        await self._keep(turn, reply, late=True)

    async def _hand_over(self, turn: Turn, reply: TurnReply) -> str:
        """Open the ticket the engine asks for, or the one its failure asks for."""
        trigger = reply.handoff["trigger"] if reply.handoff else FAILURE
        await self._open_ticket(
            turn,
            reply.handoff,
            trigger=trigger,
            replies=exchange.replies(reply),
            state=reply.state or None,
            parse=reply.parse,
            identity=exchange.identity(reply),
            vows=exchange.vows(reply, self._desk.rules.zone),
            kept=reply.promises_kept,
        )
        return f"handoff: {trigger}"

    async def _give_up(self, turn: Turn, why: str) -> str:
        """Hand over a turn that the engine did not answer; what it still says is late."""
        await self._open_ticket(turn, None, trigger=FAILURE, error=why)
        await self._score_turn(turn.id)
        return f"handoff: {FAILURE} ({why})"

    async def _open_ticket(
        self, turn: Turn, payload: dict[str, Any] | None, *, trigger: str, **ending: Any
    ) -> None:
        written = await io(self._store.messages, turn.conversation, late=True)
        ticket, _ = await io(
            self._desk.open_ticket,
            turn.conversation,
            payload,
            trigger=trigger,
            turn=turn.id,
            **ending,
        )
        last = written[-1].id if written else 0
        new = await io(self._store.messages, turn.conversation, last, late=True)
        self._hub.messages(turn.conversation, new)
        self._hub.changed(turn.conversation)
        self._hub.ticket(ticket.ref)
        for message in await io(self._store.messages, turn.conversation):
            waited = message.author == "customer" and message.turn != turn.id
            if waited and message.parse is None and message.created_at >= turn.created_at:
                self.background(self.score(message))  # written while the bot was busy

    async def _score_turn(self, turn: str) -> None:
        """Have the customer's messages of a turn understood that nobody will answer."""
        for message in await io(self._store.turn_messages, turn):
            if message.parse is None:
                self.background(self.score(message))

    def _done(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("background work failed", exc_info=task.exception())
