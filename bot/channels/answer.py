"""The engine's answer to the gateway, read from the events of one turn and nothing else.

So a turn that is asked for again gets the same answer again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered

from bot.channels.failures import SLOT, Failure
from bot.deescalation.state import ConversationState

STATE_SLOT = "conversation_state"
RANKING = 5  # intents told to the gateway


def answer(turn: str, events: Sequence[Event], *, replayed: bool) -> dict[str, Any]:
    """Return the JSON answer of a turn.

    Args:
        turn: Id of the turn.
        events: Its raw events, the customer's message first.
        replayed: Whether the turn was answered at an earlier time.
    """
    failure = failure_in(events, turn)
    return {
        "turn": turn,
        "replayed": replayed,
        "messages": [_message(event) for event in spoken(events, turn)],
        "state": state_of(events).summary(),
        "parse": parse_of(events),
        "handoff": custom(events, "handoff"),
        "identity": custom(events, "identity"),
        "promises": customs(events, "promise"),
        "error": _error(failure),
    }


def failure_in(events: Sequence[Event], turn: str) -> Failure | None:
    """Return the first failure of the turn."""
    for event in events:
        if isinstance(event, SlotSet) and event.key == SLOT:
            failure = Failure.from_slot(event.value)
            if failure is not None and failure.turn == turn:
                return failure
    return None


def spoken(events: Sequence[Event], turn: str) -> list[BotUttered]:
    """Return what the customer may read: nothing that was said after a failure."""
    said = []
    for event in events:
        if isinstance(event, SlotSet) and event.key == SLOT and event.value:
            failure = Failure.from_slot(event.value)
            if failure is not None and failure.turn == turn:
                break
        if isinstance(event, BotUttered) and event.text:
            said.append(event)
    return said


def custom(events: Sequence[Event], name: str) -> Any:
    """Return the last ``{name: …}`` that an action sent beside its texts; None without one."""
    return next(reversed(customs(events, name)), None)


def customs(events: Sequence[Event], name: str) -> list[Any]:
    """Return all ``{name: …}`` that actions sent beside their texts, in their order."""
    sent = [(event.data or {}).get("custom") or {} for event in events if _is_bots(event)]
    return [one[name] for one in sent if one.get(name) is not None]


def _is_bots(event: Event) -> bool:
    return isinstance(event, BotUttered)


def state_of(events: Sequence[Event]) -> ConversationState:
    """Return the conversation's state after the turn."""
    for event in reversed(events):
        if isinstance(event, SlotSet) and event.key == STATE_SLOT and event.value:
            return ConversationState.from_dict(event.value)
    return ConversationState()


def parse_of(events: Sequence[Event]) -> dict[str, Any]:
    """Return how the customer's message was understood."""
    first = next((event for event in events if isinstance(event, UserUttered)), None)
    return parse((first.parse_data or {}) if first else {}, (first.text or "") if first else "")


def parse(data: Any, text: str) -> dict[str, Any]:
    """Return the part of Rasa's parse data that the gateway gets."""
    entities = data.get("entities") or []
    intent = data.get("intent") or {}
    return {
        "text": text,
        "intent": {"name": intent.get("name"), "confidence": intent.get("confidence", 0.0)},
        "intent_ranking": [
            {"name": one.get("name"), "confidence": one.get("confidence", 0.0)}
            for one in (data.get("intent_ranking") or [])[:RANKING]
        ],
        "entities": [
            {name: one.get(name) for name in ("entity", "value", "start", "end")}
            for one in entities
        ],
        "frustration": data.get("frustration") or {"score": 0.0, "level": "calm", "cues": []},
        "language": data.get("language") or {"code": "es", "confidence": 0.0},
        "register": data.get("register"),
    }


def actions_of(events: Sequence[Event]) -> list[str]:
    """Return the names of the actions that ran, for the log."""
    names = [event.action_name for event in events if isinstance(event, ActionExecuted)]
    return [name for name in names if name and name != "action_listen"]


def _message(event: BotUttered) -> dict[str, Any]:
    data = event.data or {}
    return {
        "text": event.text,
        "choices": [
            {"title": button.get("title"), "payload": button.get("payload")}
            for button in (data.get("buttons") or [])
        ],
        "response": (event.metadata or {}).get("utter_action"),
        "id": (event.metadata or {}).get("id"),
    }


def _error(failure: Failure | None) -> dict[str, Any] | None:
    if failure is None:
        return None
    return {"kind": failure.kind, "action": failure.action, "detail": failure.detail}
