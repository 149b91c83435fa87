"""How a model answers the turns of a recorded conversation, each after what really happened.

As in Rasa's own test stories nothing is run: the model understands the recorded message anew and is
asked for the next action; where that is another one than was recorded, the rest of the turn is what
nobody can know, and the record goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tarfile import TarError
from typing import Any

from bot.errors import ConfigError
from bot.training.quiet_rasa import quiet_rasa
from bot.training.turns import LISTEN, Event, Turn, guess

MARK = "\uff0f"  # in place of a leading "/", which Rasa reads as a command


@dataclass
class Answer:
    """What a model makes of one turn.

    Args:
        intent: The intent it acts on.
        guess: The likeliest intent, of a message not understood as well.
        confidence: Of the likeliest intent, in [0, 1].
        actions: The next actions, up to the first that was not recorded.
        same: Whether all were as recorded.
    """

    intent: str
    guess: str
    confidence: float
    actions: list[str] = field(default_factory=list)
    same: bool = True


def answers(model: Path, turns: Sequence[Turn], wanted: Sequence[Turn]) -> list[Answer]:
    """Return how a model answers turns.

    Args:
        model: Archive of a trained model.
        turns: All turns of the conversation up to the last that is wanted.
        wanted: The turns whose answers are returned, in order.

    Raises:
        ConfigError: the model cannot be loaded by the present code.
    """
    numbers = {turn.number for turn in wanted}
    with quiet_rasa():
        loop = asyncio.new_event_loop()  # the caller's own loop stays as it is
        try:
            told = loop.run_until_complete(_Replay(model).all(turns))
        finally:
            loop.close()
    return [answer for turn, answer in zip(turns, told, strict=True) if turn.number in numbers]


class _Replay:
    """A model, and the conversation as it went so far."""

    def __init__(self, model: Path) -> None:
        from rasa.core.agent import Agent
        from rasa.engine.exceptions import GraphComponentException
        from rasa.shared.core.trackers import DialogueStateTracker
        from rasa.shared.exceptions import RasaException

        try:
            agent = Agent.load(str(model))
        except (GraphComponentException, RasaException, TarError, OSError) as error:
            cause = error.__cause__ or error
            raise ConfigError(
                f"{model.name} cannot be loaded by the present code ({cause!r}). "
                "Train one: remanso train."
            ) from error
        self._processor: Any = agent.processor
        domain = self._processor.domain
        self._tracker = DialogueStateTracker("replay", domain.slots)
        self._put({"event": "action", "name": LISTEN})

    async def all(self, turns: Sequence[Turn]) -> list[Answer]:
        """Return the answers to turns that follow each other."""
        return [await self.turn(turn) for turn in turns]

    async def turn(self, turn: Turn) -> Answer:
        """Understand the message of a turn anew, and ask for every action that was recorded."""
        parsed = await self._understand(turn)
        name, confidence = guess(parsed)
        answer = Answer(str(parsed["intent"]["name"]), name, confidence)
        for event in turn.events:
            kind = event.get("event")
            if kind == "user":
                self._put({**event, "parse_data": parsed})
                continue
            decided = kind == "action" and event.get("policy")  # not put in by code
            if decided and answer.same:
                self._ask(answer, str(event["name"]))
            self._put(event)
        return answer

    async def _understand(self, turn: Turn) -> dict[str, Any]:
        from rasa.core.channels.channel import UserMessage

        first = turn.events[0]
        if turn.choice or turn.handed_back:
            return dict(turn.parsed)
        text = turn.text if not turn.text.startswith("/") else MARK + turn.text[1:]
        message = UserMessage(text, sender_id="replay", metadata=first.get("metadata") or {})
        parsed: dict[str, Any] = await self._processor.parse_message(message, self._tracker)
        return {**parsed, "turn": turn.parsed.get("turn")}

    def _ask(self, answer: Answer, recorded: str) -> None:
        action, _ = self._processor.predict_next_with_tracker_if_should(self._tracker)
        name = str(action.name())
        if name != LISTEN:
            answer.actions.append(name)
        answer.same = name == recorded

    def _put(self, event: Event) -> None:
        from rasa.shared.core.events import Event as RasaEvent

        known = RasaEvent.from_parameters(dict(event))
        if known is not None:
            self._tracker.update(known, self._processor.domain)
