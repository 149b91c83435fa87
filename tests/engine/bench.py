"""A test bench for the dialogue engine: stock Rasa and our channel in this process, fakes outside.

``Talk`` is one conversation; ``say`` tells the engine what was understood and returns the channel's
answer. The action server is real code called in-process, unless a test breaks it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from bot.channels import turns
from bot.channels.answer import answer
from evaluation.in_process import InProcessActions, load_agent

__all__ = ["InProcessActions", "Talk", "load_agent"]

LETTERS = "bcdfghkmnp"  # of words that mean nothing; digits might be taken for a postcode
SCORES = {"calm": 0.05, "annoyed": 0.4, "frustrated": 0.65, "angry": 0.9}
SHOUT = [{"name": "shouting", "text": "", "start": 0, "end": 0}]
CUES = {"calm": [], "annoyed": [], "frustrated": SHOUT, "angry": SHOUT}
VERIFIED = {"status": "verified", "customer_id": "C-1001", "name": "Lucía Ferrer Ortega"}
TODAY = "2026-11-21T12:00:00Z"


@dataclass(frozen=True)
class ScriptedTurn(turns.Turn):
    nlu: dict = field(default_factory=dict)

    def metadata(self):
        return {**super().metadata(), "nlu": self.nlu}


def _span(text, value):
    start = text.find(value)
    return {"start": start, "end": start + len(value)} if start >= 0 else {"start": 0, "end": 0}


class Talk:
    """One conversation."""

    def __init__(self, agent, loop, *, identity=None, language="es"):
        self.agent, self.loop = agent, loop
        self.id = "c_" + secrets.token_urlsafe(16)
        self.context = {"identity": identity, "language": language, "now": TODAY}
        self.texts: list[str] = []
        self.last: dict = {}
        self.language = language

    def say(
        self,
        intent,
        text=None,
        *,
        level="calm",
        confidence=0.95,
        choice=None,
        turn=None,
        note=None,
        also=(),
        guess=None,
        **entities,
    ):
        words = (
            text
            if text is not None
            else f"({intent} {''.join(secrets.choice(LETTERS) for _ in range(5))})"
        )
        nlu = {
            "intent": {"name": intent, "confidence": confidence},
            "intent_ranking": [
                {"name": intent, "confidence": confidence},
                {"name": guess or "late_delivery", "confidence": 0.4 if guess else 0.1},
                {"name": "double_charge", "confidence": 0.05},
            ],
            "entities": [
                {"entity": name, "value": value, **_span(words, value)}
                for name, value in entities.items()
            ],
            "frustration": {"score": SCORES[level], "level": level, "cues": CUES[level]},
            "language": {"code": self.language, "confidence": 0.9},
            "register": None,
            "also": [{"name": name, "confidence": 0.9} for name in also],
        }
        self.turn = turn or "t_" + secrets.token_urlsafe(12)
        return self._ask(
            ScriptedTurn(
                self.id, self.turn, words, context=self.context, choice=choice, note=note, nlu=nlu
            )
        )

    def type(self, text):
        """Type a message; the real understanding reads it."""
        self.turn = "t_" + secrets.token_urlsafe(12)
        return self._ask(turns.Turn(self.id, self.turn, text, context=self.context))

    def _ask(self, asked):
        events, replayed = self.loop.run_until_complete(turns.run(self.agent, asked))
        self.events = events
        self.last = answer(self.turn, events, replayed=replayed)
        if not replayed:
            self.texts += [message["text"] for message in self.last["messages"]]
        return self.last

    def press(self, payload):
        from bot.channels.gateway import read_choice

        choice = read_choice(payload)
        return self.say(choice["intent"], "(button)", choice=choice)

    @property
    def responses(self):
        """What was answered; ``heard`` is the sentence before it that says the problem back."""
        return [key for key in self.keys if key != "utter_note_fact"]

    @property
    def heard(self):
        return "utter_note_fact" in self.keys

    @property
    def keys(self):
        return [message["response"] for message in self.last["messages"]]

    @property
    def trigger(self):
        return (self.last["handoff"] or {}).get("trigger")

    def slot(self, name):
        tracker = self.loop.run_until_complete(self.agent.tracker_store.retrieve(self.id))
        return tracker.get_slot(name)
