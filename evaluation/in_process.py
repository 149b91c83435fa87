"""The engine and its action server without sockets: one process, the real code.

Used by the evaluation (:mod:`evaluation.play`) and by the tests of the engine.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from rasa.core.agent import Agent
from rasa.core.tracker_store import TrackerStore
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.channels.failures import GuardedEndpoint
from evaluation.faults import TooSlow

CHOOSER = "bot.nlg.ResponseChooser"


class InProcessActions(GuardedEndpoint):
    """The action server without a socket.

    Args:
        seconds: Time that a call has.
        package: Python package of the actions.
    """

    def __init__(self, *, seconds: float = 5.0, package: str = "actions") -> None:
        super().__init__("http://in-process", seconds=seconds, enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)
        self.broken: dict[str, BaseException] = {}  # action to what it raises
        self.slow: dict[str, float] = {}  # action to the seconds that it takes
        self.calls: list[str] = []

    async def _post(self, body: dict[str, Any]) -> Any:
        name = body["next_action"]
        self.calls.append(name)
        if name in self.slow:
            await asyncio.sleep(self.slow[name])
        try:
            if name in self.broken:
                raise self.broken[name]
            result = await self._executor.run(json.loads(json.dumps(body)))
        except ActionExecutionRejection as error:
            text = json.dumps({"action_name": error.action_name})
            raise ClientResponseError(400, "", text) from error
        except TooSlow as error:
            raise asyncio.TimeoutError from error
        except Exception as error:
            raise ClientResponseError(500, "", type(error).__name__) from error
        return json.loads(json.dumps(result))


def load_agent(
    model: str,
    actions: EndpointConfig,
    *,
    tracker_store: TrackerStore | None = None,
    nlg: str | None = CHOOSER,
) -> Agent:
    """Return Rasa's agent of a model.

    Args:
        model: Path of the archive.
        actions: Where actions are run.
        tracker_store: Where conversations are kept; Rasa's memory by default.
        nlg: Class that chooses the words; None for Rasa's own.
    """
    return Agent.load(
        model,
        generator=EndpointConfig(type=nlg) if nlg else None,
        action_endpoint=actions,
        tracker_store=tracker_store,
    )
