"""What every action starts from: the conversation, who vouches for the customer, and the shop."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.words import Words, words
from bot import settings
from bot.backoffice import BackOffice, open_back_office
from bot.deescalation.state import ConversationState

STATE_SLOT = "conversation_state"


_replaced: BackOffice | None = None


def shop() -> BackOffice:
    """Return the company's systems, opened once for each process; see ``use``."""
    return _replaced if _replaced is not None else _opened()


def use(back_office: BackOffice | None) -> None:
    """Let every action of this process work with other systems; None: those of the settings.

    For tests and evaluation: ``use(open_shop("sqlite:///...", today=day))``.
    """
    global _replaced
    _replaced = back_office


@cache
def _opened() -> BackOffice:
    return open_back_office(settings.load())


@dataclass(frozen=True)
class Context:
    """One call of an action.

    Args:
        conversation: Id of the conversation.
        turn: Id of the customer turn.
        state: The conversation so far.
        data: What the gateway vouches for: identity, choice, language, time, an agent's note.
        slots: The slots as Rasa has them.
        intent: Intent of the newest message.
        text: Its words.
    """

    conversation: str
    turn: str
    state: ConversationState
    data: Mapping[str, Any]
    slots: Mapping[str, Any]
    intent: str
    text: str = ""

    @classmethod
    def of(cls, tracker: Tracker) -> Context:
        """Read the tracker."""
        latest = tracker.latest_message or {}
        data = latest.get("turn") or {}
        return cls(
            conversation=tracker.sender_id,
            turn=str(data.get("id") or latest.get("message_id") or ""),
            state=ConversationState.from_dict(tracker.get_slot(STATE_SLOT)),
            data=data,
            slots=tracker.slots,
            intent=str((latest.get("intent") or {}).get("name") or ""),
            text=str(latest.get("text") or ""),
        )

    @property
    def customer_id(self) -> str | None:
        """Id of the customer, only if the gateway verified who they are."""
        identity = self.data.get("identity") or {}
        return identity.get("customer_id") if identity.get("status") == "verified" else None

    @property
    def words(self) -> Words:
        """The words of the conversation's language."""
        return words(self.state.language)

    @property
    def today(self) -> date:
        """The customer's day, as the gateway says."""
        now = self.data.get("now")
        if isinstance(now, str) and now:
            return datetime.fromisoformat(now.replace("Z", "+00:00")).date()
        return date.today()

    def key(self, operation: str) -> str:
        """Return the idempotency key of a back-office write in this turn."""
        return f"{self.conversation}:{self.turn}:{operation}"

    def with_state(self, state: ConversationState) -> Context:
        """Return the same call with another state."""
        return replace(self, state=state)


def state_slot(state: ConversationState) -> EventType:
    """Return the event that keeps a state."""
    return SlotSet(STATE_SLOT, state.to_dict())


def said_again(
    tracker: Tracker, intent: str | None = None, *, details: bool = False, text: str = ""
) -> EventType:
    """Return the newest message as an event, with all that was understood of it.

    The SDK's own ``UserUttered`` drops the message's id and its metadata.

    Args:
        tracker: The conversation.
        intent: What it shall mean instead.
        details: Whether the details that it named are kept with another meaning.
        text: What it shall say instead; empty leaves it as it is.
    """
    last = next(event for event in reversed(tracker.events) if event.get("event") == "user")
    kept = ("event", "text", "parse_data", "input_channel", "message_id", "metadata")
    message = {**{name: last.get(name) for name in kept}, "timestamp": None}
    if intent is not None:
        meant: dict[str, Any] = {"intent": {"name": intent, "confidence": 1.0}}
        meant |= {} if details else {"entities": []}
        message["parse_data"] = {**(last.get("parse_data") or {}), **meant}
    if text:
        message["text"] = text
        message["parse_data"] = {**(message["parse_data"] or {}), "text": text}
    return message


class LoggedAction(Action):
    """An action that writes one JSON line per call, without anything that the customer wrote."""

    def name(self) -> str:
        """Return the name in ``domain.yml``: ``ActionOfferPerson`` is action_offer_person."""
        letters = (f"_{one.lower()}" if one.isupper() else one for one in type(self).__name__)
        return "".join(letters).lstrip("_")

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Run the action; an exception is logged and left to the engine, which hands over."""
        del domain
        context = Context.of(tracker)
        start, error = time.monotonic(), None
        try:
            return self.act(dispatcher, tracker, context)
        except Exception as problem:
            error = type(problem).__name__
            raise
        finally:
            line: dict[str, Any] = {"process": "actions", "conversation": context.conversation}
            line |= {"turn": context.turn, "ms": round((time.monotonic() - start) * 1000)}
            line |= {"action": self.name(), "error": error}
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Do it. Every subclass says how."""
        raise NotImplementedError
