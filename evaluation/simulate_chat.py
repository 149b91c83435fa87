"""One simulated conversation with a real bot; run in the workers.

The customer gets what the screen shows. Beside it goes what only the report may see: triggers,
errors, and what the product's own check of wording finds.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.simulation import mood as moods
from bot.simulation.acts import Act, Screen
from bot.simulation.persona import Persona
from bot.simulation.talk import Record, talk
from evaluation import play
from evaluation.people import read_all

PLAIN_ACTIONS = "evaluation.baselines.plain.actions"


@dataclass(frozen=True)
class Task:
    """One conversation to be played; picklable."""

    persona: str
    seed: str
    stubborn: float = 1.0  # times as many who do not answer what was asked


@dataclass
class Chat:
    """A bot's side of one conversation, as the customer's screen shows it."""

    conversation: play.Conversation
    language: str
    texts: list[str] = field(default_factory=list)

    def act(self, act: Act) -> Screen:
        """Write or press; return what the page then shows."""
        reply = self.conversation.press(act.text) if act.press else self.conversation.say(act.text)
        choices = [choice.title for choice in reply.choices]
        texts = tuple(message.text for message in reply.messages)
        return Screen(texts, tuple(dict.fromkeys(choices)), reply.handoff is not None)

    def notes(self) -> dict[str, Any]:
        """Return what the report alone may see of the newest turn."""
        reply = self.conversation.replies[-1]
        texts = [message.text for message in reply.messages]
        level = str((reply.parse.get("frustration") or {}).get("level") or "calm")
        language = str(reply.state.get("language") or self.language)
        found = [
            f"{one.rule}: {one.text}"
            for index, text in enumerate(texts)
            for one in _check(text, language, level, [*self.texts, *texts[:index]])
        ]
        self.texts += texts
        handoff, intent = reply.handoff or {}, reply.parse.get("intent") or {}
        return {
            "keys": [message.response for message in reply.messages],
            "trigger": handoff.get("trigger"),
            "evidence": handoff.get("evidence"),
            "error": dict(reply.error) if reply.error else None,
            "intent": intent.get("name"),
            "level": level,
            "wording": found,
        }

    def ledger(self) -> list[str]:
        """Return the operations booked in this conversation's shop."""
        return [booking.operation for booking in self.conversation.shop.ledger()]


def _check(text: str, language: str, level: str, previous: Sequence[str]) -> list[Any]:
    from bot.deescalation import wording

    return wording.check(text, language=language, level=level, previous=previous)


def converse(bot: play.Bot, task: Task) -> Record:
    """Play one conversation; run in a worker."""
    import numpy as np

    random.seed(task.seed)  # Rasa's own choice of a wording goes by the global chance
    np.random.seed(abs(hash_of(task.seed)) % 2**32)
    persona = read_all()[task.persona]

    def open_chat(who: Persona) -> Chat:
        conversation = bot.conversation(
            language=who.language,
            identity=who.customer if who.signed_in else None,
            name=f"{who.name}:{task.seed}",
        )
        return Chat(conversation, who.language)

    began = time.monotonic()
    record = talk(persona, task.seed, open_chat, moods.rules().stubborn(task.stubborn))
    return {**record, "seconds": round(time.monotonic() - began, 3)}


def hash_of(text: str) -> int:
    """Return a number of a text, the same in every process."""
    return int.from_bytes(text.encode()[-8:].rjust(8, b"\0"), "big")


def load_plain(model: Path) -> play.Bot:
    """Load the plain bot: its own actions, Rasa's own choice of words."""
    return play.Bot.load(model, actions=PLAIN_ACTIONS, nlg=None)
