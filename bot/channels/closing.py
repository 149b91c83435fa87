"""The end of a turn: what the bot said goes into the state, and a turn that failed to a person.

Everything is written as events before the tracker is saved, so a repeated turn finds it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels.answer import STATE_SLOT, custom, failure_in, spoken
from bot.channels.failures import SLOT, Failure
from bot.deescalation import records
from bot.deescalation.phrasing import Phrase
from bot.deescalation.request import handoff_request
from bot.deescalation.state import ConversationState
from bot.deescalation.triggers import TRIGGERS


def close(tracker: DialogueStateTracker, turn: str, *, since: int, domain: Domain) -> None:
    """Finish a turn on its tracker.

    Args:
        tracker: The conversation, with the turn's events.
        turn: Id of the turn.
        since: Number of the turn's first event.
        domain: The model's domain.
    """
    events = list(tracker.events)[since:]
    failure = failure_in(events, turn) or _unnoticed(tracker, events, turn)
    state = with_said(_state(tracker), spoken(events, turn))
    last: list[Event] = []
    if failure is not None:
        last += _handed_over(tracker, state, failure)
        state = records.handed_off(_failed(state, failure))
    elif custom(events, "handoff") is None:
        last.append(SlotSet(SLOT, None))
    if custom(events, "handoff") is not None or failure is not None:
        last += [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]
    last.append(SlotSet(STATE_SLOT, state.to_dict()))
    if tracker.latest_action_name != ACTION_LISTEN_NAME:
        last.append(ActionExecuted(ACTION_LISTEN_NAME))
    tracker.update_with_events(_changes(tracker, last), domain)


def with_said(state: ConversationState, messages: Sequence[BotUttered]) -> ConversationState:
    """Return the state with the texts, techniques and facts of ``messages`` recorded."""
    for message in messages:
        told = (message.metadata or {}).get("phrase")
        if told:
            phrase = Phrase(**{**told, "text": message.text, "buttons": ()})
            state = records.said(state, phrase)
    return state


def _state(tracker: DialogueStateTracker) -> ConversationState:
    return ConversationState.from_dict(tracker.get_slot(STATE_SLOT))


def _unnoticed(tracker: DialogueStateTracker, events: Sequence[Event], turn: str) -> Failure | None:
    """Return a failure that no action call reported."""
    exhausted = custom(events, "exhausted")
    if exhausted:
        return Failure(turn, "repeats_itself", str(exhausted))
    broken = custom(events, "broken")
    if broken:
        return Failure(turn, "exception", str(broken.get("response")), str(broken.get("error")))
    if tracker.latest_action_name != ACTION_LISTEN_NAME:
        return Failure(turn, "exception", tracker.latest_action_name or "", "too many actions")
    if not spoken(events, turn) and custom(events, "handoff") is None:
        return Failure(turn, "no_reply")
    return None


def _failed(state: ConversationState, failure: Failure) -> ConversationState:
    return records.failed(state, failure.kind, f"{failure.action} {failure.detail}".strip())


def _handed_over(
    tracker: DialogueStateTracker, state: ConversationState, failure: Failure
) -> list[Event]:
    name = "about_to_repeat" if failure.kind == "repeats_itself" else "system_failed"
    evidence = f"{failure.kind}: {failure.action} {failure.detail}".strip()
    firing = replace(TRIGGERS[name].firing, rule=f"{name}({failure.kind})", evidence=evidence)
    facts = {fact: one.value for fact, one in state.facts.items()}
    number = tracker.get_slot("proven_order") or tracker.get_slot("order_number")
    facts |= {"order": str(number)} if number else {}
    payload = handoff_request(_failed(state, failure), firing, facts)
    message = BotUttered(text=None, data={"custom": {"handoff": payload}})
    return [SlotSet(SLOT, failure.to_slot()), message]


def _changes(tracker: DialogueStateTracker, events: Sequence[Event]) -> list[Event]:
    """Leave out what would change nothing, so that a session stays short."""
    return [event for event in events if not _is_idle(tracker, event)]


def _is_idle(tracker: DialogueStateTracker, event: Any) -> bool:
    if isinstance(event, SlotSet):
        return bool(tracker.get_slot(event.key) == event.value)
    return isinstance(event, ActiveLoop) and tracker.active_loop_name is None
