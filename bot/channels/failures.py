"""Failures inside a turn, and the action endpoint that notices them.

Stock Rasa swallows a failing action and goes on with the story, which then tells the customer of a
success that never was. Here a failed call becomes a well-formed answer whose one event sets the
slot ``action_failure``; the policy stops at it and the channel hands the conversation over.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

SLOT = "action_failure"
KINDS = ("action_failed", "action_timeout", "repeats_itself", "no_reply", "exception")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failure:
    """What went wrong in a turn.

    Args:
        turn: Id of the customer turn.
        kind: One of :data:`KINDS`.
        action: The action or response concerned; may be empty.
        detail: For the log and the agent, never for the customer.
    """

    turn: str
    kind: str
    action: str = ""
    detail: str = ""

    def to_slot(self) -> str:
        """Return the value of the slot ``action_failure``."""
        return "|".join((self.turn, self.kind, self.action, self.detail[:200]))

    @classmethod
    def from_slot(cls, value: str | None) -> Failure | None:
        """Return the failure that :meth:`to_slot` wrote; None for an empty or foreign value."""
        parts = (value or "").split("|", 3)
        return cls(*parts) if len(parts) == 4 else None


class GuardedEndpoint(EndpointConfig):
    """The action server, with a time limit, one kept-alive connection, and failures as events."""

    def __init__(self, url: str, *, seconds: float, **kwargs: Any) -> None:
        """Talk to ``url``; a call that takes longer than ``seconds`` has failed."""
        super().__init__(url, **kwargs)
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    async def request(self, method: str = "post", *_: Any, **kwargs: Any) -> Any:
        """Run one action.

        Raises:
            ClientResponseError: status 400, with which a form says that it takes nothing from the
                message; Rasa understands it.
        """
        body = kwargs.get("json") or {}
        try:
            answer = await asyncio.wait_for(self._post(body), self._seconds)
        except ClientResponseError as error:
            if error.status == 400:
                raise
            return _failed(body, "action_failed", f"status {error.status}")
        except asyncio.TimeoutError:
            return _failed(body, "action_timeout", f"no answer in {self._seconds:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _failed(body, "action_failed", type(error).__name__)
        if not _well_formed(answer):
            return _failed(body, "action_failed", "an answer without events and responses")
        return answer

    async def _post(self, body: dict[str, Any]) -> Any:
        if self._session is None or self._session.closed or not self._same_loop():
            self._session = aiohttp.ClientSession()
        async with self._session.post(self.url, json=body) as response:
            text = await response.text()
            if response.status >= 400:
                raise ClientResponseError(response.status, response.reason or "", text)
            return json.loads(text)

    def _same_loop(self) -> bool:
        # Tests run several event loops; a session belongs to the loop that made it.
        return self._session is not None and self._session._loop is asyncio.get_running_loop()


def _well_formed(answer: Any) -> bool:
    return (
        isinstance(answer, dict)
        and isinstance(answer.get("events", []), list)
        and isinstance(answer.get("responses", []), list)
    )


def _failed(body: dict[str, Any], kind: str, detail: str) -> dict[str, Any]:
    action = str(body.get("next_action", ""))
    latest = (body.get("tracker") or {}).get("latest_message") or {}
    turn = str((latest.get("turn") or {}).get("id", ""))
    failure = Failure(turn, kind, action, detail)
    logger.error("%s: %s (%s)", action, kind, detail)
    slot = {"event": "slot", "name": SLOT, "value": failure.to_slot(), "timestamp": None}
    return {"events": [slot], "responses": []}
