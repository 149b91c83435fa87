"""Getting one turn through to the engine: it may be late, restarting, or gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from bot.engine import TurnReply
from bot.errors import EngineDown, EngineLate

PAUSE_SECONDS = 0.5
"""Between two tries to reach an engine that is away."""


class Attempt:
    """One turn's way to the engine. The turn id makes it safe to send the turn again.

    Args:
        send: Sends the turn once.
        timeout: Seconds one try may take.
        patience: Seconds an engine that is away is waited for.
        while_away: Told before every further try how many seconds the engine has been away; may
            raise :class:`bot.errors.Taken`.
        late: Given the request that took too long: its reply may still come.
    """

    def __init__(
        self,
        send: Callable[[], Awaitable[TurnReply]],
        *,
        timeout: float,
        patience: float,
        while_away: Callable[[float], Awaitable[None]],
        late: Callable[[asyncio.Future[TurnReply]], None],
    ) -> None:
        self._send = send
        self._timeout = timeout
        self._patience = patience
        self._while_away = while_away
        self._late = late
        self.tries = 0

    async def reply(self) -> TurnReply:
        """Return the engine's answer.

        Raises:
            EngineDown: it was away longer than ``patience``.
            EngineLate: it took longer than ``timeout`` for one try.
            EngineError: it refused, or answered something else than agreed.
            Taken: a person took the conversation meanwhile.
        """
        away_since: float | None = None
        while True:
            self.tries += 1
            try:
                return await self._once()
            except EngineDown:
                now = time.monotonic()
                away_since = now if away_since is None else away_since
                if now - away_since >= self._patience:
                    raise
            await asyncio.sleep(PAUSE_SECONDS)
            await self._while_away(time.monotonic() - away_since)  # right before the next try

    async def _once(self) -> TurnReply:
        request = asyncio.ensure_future(self._send())
        try:
            done, _ = await asyncio.wait({request}, timeout=self._timeout)
        except asyncio.CancelledError:
            request.cancel()
            raise
        if not done:
            self._late(request)
            raise EngineLate(f"No answer within {self._timeout:g} s.")
        return request.result()
