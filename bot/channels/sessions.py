"""Short sessions: what a message costs grows with the events of its Rasa session.

A new session starts at a quiet point; it carries every filled slot over in one event each. (Rasa's
own ``action_session_start`` copies every slot event ever made.) What decisions look back on is in
the slot ``conversation_state``, so nothing is decided differently.
"""

from __future__ import annotations

from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    REQUESTED_SLOT,
    SESSION_START_METADATA_SLOT,
)
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

LONG = 40  # customer turns after which a new session starts
UNCARRIED = (REQUESTED_SLOT, SESSION_START_METADATA_SLOT)


def is_due(tracker: DialogueStateTracker, *, long: int = LONG) -> bool:
    """Return whether a new session should start before the next customer turn."""
    if tracker.active_loop_name or tracker.latest_action_name != ACTION_LISTEN_NAME:
        return False
    return customer_turns(tracker) >= long


def customer_turns(tracker: DialogueStateTracker) -> int:
    """Return the customer messages in this session, those said twice to the policies too."""
    return sum(isinstance(event, UserUttered) for event in tracker.events)


def is_cut(tracker: DialogueStateTracker) -> bool:
    """Return whether this session goes on from an earlier one.

    Such a session begins with the slots that were carried over; one that Rasa starts, for a new
    conversation, begins with listening.
    """
    start = next((n for n, e in enumerate(tracker.events) if isinstance(e, SessionStarted)), None)
    following = list(tracker.events)[start + 1 : start + 2] if start is not None else []
    return bool(following) and isinstance(following[0], SlotSet)


def new_session(tracker: DialogueStateTracker) -> list[Event]:
    """Return the events that start a new session with the same slots."""
    filled = [
        SlotSet(slot.name, slot.value)
        for slot in tracker.slots.values()
        if slot.name not in UNCARRIED and slot.value != slot.initial_value
    ]
    start: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    return [*start, *filled, ActionExecuted(ACTION_LISTEN_NAME)]
