"""Handing over to a person, and taking the conversation back."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Context, LoggedAction, shop, state_slot
from actions.limits import limits
from actions.matters import leave_form
from actions.meant import only_order
from bot.deescalation import records
from bot.deescalation.firing import Firing
from bot.deescalation.request import handoff_request
from bot.deescalation.state import ConversationState, handed_back
from bot.deescalation.steps import firing_of
from bot.errors import BackOfficeError

# What is said before the gateway's own notice, by trigger and, for rules, by intent.
SAID = {
    "formal_complaint": "utter_handoff_complaint",
    "legal_threat": "utter_handoff_legal",
    "press_threat": "utter_handoff_legal",
    "data_rights": "utter_handoff_data_rights",
    "out_of_authority": "utter_handoff_authority",
    "identity_failed": "utter_handoff_unproven",
    "about_to_repeat": "utter_handoff_repeats",
    "always_person": "utter_handoff_decides",
    "opt_out": "utter_handoff_opt_out",
}
USUAL = "utter_handoff"


class ActionHandoff(LoggedAction):
    """Asks the gateway for a person, with everything that is known."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Say that a person takes over, send the request, leave any form."""
        firing = firing_of(context.state) or asked_by_rule(context)
        key = firing.response or SAID.get(firing.trigger) or SAID.get(context.intent) or USUAL
        if firing.trigger == "always_person" and context.state.issue == "policy":
            key = "utter_handoff_policy"
        dispatcher.utter_message(response=key)
        return hand_over(dispatcher, context, firing)


class ActionSafety(LoggedAction):
    """Says the fixed safety text with the country's line, and asks for a person at once."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Say the text, send the request, leave any form."""
        firing = firing_of(context.state) or asked_by_rule(context)
        key = firing.response or f"utter_safety_{context.intent}"
        dispatcher.utter_message(response=key, line=limits().line, emergency=limits().emergency)
        return hand_over(dispatcher, context, firing)


class ActionResume(LoggedAction):
    """Speaks first after an agent gave the conversation back; asks nothing again."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Say what was agreed and start afresh from it."""
        note = dict(context.data.get("note") or {})
        state = handed_back(context.state, note)
        facts = _agreed(note, context)
        key = "utter_resume" if facts.get("agreed") else "utter_resume_plain"
        dispatcher.utter_message(response=key, **facts)
        empty = ("action_failure", "awaiting", "resolution", "requested_slot")
        return [
            ActiveLoop(None),
            *(SlotSet(name, None) for name in empty),
            *_known_order(note),
            state_slot(records.answered(state)),
        ]


def hand_over(
    dispatcher: CollectingDispatcher, context: Context, firing: Firing
) -> list[EventType]:
    """Send the request for a person; the gateway opens the ticket and tells the customer."""
    payload = handoff_request(context.state, firing, known_facts(context))
    dispatcher.utter_message(json_message={"handoff": payload})
    state = records.handed_off(context.state)
    return [*leave_form(), SlotSet("awaiting", None), state_slot(state)]


def asked_by_rule(context: Context) -> Firing:
    """Return the reason of a handoff that a rule or a story asked for."""
    state: ConversationState = context.state
    return Firing(
        trigger=context.intent or "rule",
        rule=f"rule: {context.intent}",
        evidence=state.text,
        reason_code=context.intent or "rule",
    )


def known_facts(context: Context) -> dict[str, str]:
    """Return what the slots know beside the state."""
    number = context.slots.get("proven_order") or context.slots.get("order_number")
    slots = {"order": number or _only_order(context)}
    slots["email"] = context.slots.get("email")
    return {name: str(value) for name, value in slots.items() if value}


def _only_order(context: Context) -> str | None:
    """Return the order of a verified customer that the conversation can only be about."""
    if not context.state.issue:
        return None
    try:
        order = only_order(context, shop())
    except BackOfficeError:  # the handoff does not wait for a system that does not answer
        return None
    return order.number if order else None


def _agreed(note: dict[str, Any], context: Context) -> dict[str, str]:
    promises = [
        " ".join(part for part in (str(one.get("text") or ""), str(one.get("due") or "")) if part)
        for one in note.get("promised") or ()
    ]
    facts = {"agreed": note.get("agreed"), "agent": note.get("agent")}
    facts["promises"] = context.words.listed([one for one in promises if one])
    return {name: str(value) for name, value in facts.items() if value}


def _known_order(note: dict[str, Any]) -> list[EventType]:
    order = (note.get("facts") or {}).get("order")
    return [SlotSet("order_number", str(order))] if order else []
