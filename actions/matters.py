"""Several matters in one conversation: which comes first, and what is taken up afterwards."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Context, LoggedAction, said_again, state_slot
from bot.deescalation import records
from bot.deescalation.reading import asked_which_first
from bot.deescalation.topics import MATTERS
from bot.deescalation.turn import at_least

RESOLUTION = {
    "late_delivery": "locate",
    "order_status": "locate",
    "double_charge": "double_charge",
    "wrong_charge": "wrong_charge",
    "damaged_product": "remedy",
    "wrong_item": "remedy",
    "cancel_order": "cancel",
    "change_address": "address",
    "return_item": "return",
    "invoice_request": "invoice",
}
"""What is to be done once the order is known, by matter; as ``domain.yml`` maps the intents."""


class ActionChooseMatter(LoggedAction):
    """Names the matters of a message and asks which comes first; the others wait."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter the question, wait."""
        state = records.put_off(context.state)
        topics = [(one.intent, context.words.topic(one.intent)) for one in state.agenda]
        shown = [(intent, str(topic)) for intent, topic in topics if topic][:2]
        buttons = [
            {"title": f"{topic[:1].upper()}{topic[1:]}", "payload": f"/{intent}"}
            for intent, topic in shown
        ]
        person = {"title": context.words.title("person"), "payload": "/ask_human"}
        facts = dict(zip(("a", "b"), (topic for _, topic in shown), strict=False))
        dispatcher.utter_message(
            response="utter_choose_matter", buttons=[*buttons, person], **facts
        )
        if at_least(state.level, "frustrated"):
            state = records.answered(records.attempted(state))
        return [state_slot(state)]


class ActionTakeUp(LoggedAction):
    """Goes on with the matter in hand, or with the next that waits: as if it were said now."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Say so, and put the matter in as the customer's message."""
        before = context.state
        state = before if before.matter else records.taken_up(before)
        key = "utter_go_on" if before.matter else "utter_take_up"
        if asked_which_first(before) and context.intent not in MATTERS:  # and told "either"
            key = "utter_begin_with"
        dispatcher.utter_message(response=key, a=context.words.topic(state.matter))
        return [
            *leave_form(),
            SlotSet("awaiting", None),
            SlotSet("resolution", RESOLUTION.get(state.matter)),
            *_order_of(context),
            ActionExecuted("action_listen"),
            said_again(tracker, state.matter, text="" if before.matter else state.complaint),
            state_slot(records.acknowledged(state)),
        ]


class ActionSwitchMatter(LoggedAction):
    """In the middle of a question about one matter, another: it comes first, the first waits."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Say so; the form asks again for what the new one needs as well."""
        wish = context.intent.startswith("request_")
        key = "utter_noted_wish" if wish else "utter_switch_matter"
        dispatcher.utter_message(response=key, a=context.words.topic(context.intent))
        form = (tracker.active_loop or {}).get("name")
        return [FollowupAction(form)] if form else []


def leave_form() -> list[EventType]:
    """Return the events that end a form: what comes now asks for nothing of it."""
    return [ActiveLoop(None), SlotSet("requested_slot", None)]


def _order_of(context: Context) -> list[EventType]:
    """Return the events that set the order of what is taken up.

    It is the one it was left with; else, for a customer who may have several, none yet.
    """
    if context.state.matter or not context.state.agenda:
        return []
    number = context.state.agenda[0].order or None
    if number is None and not context.customer_id:
        return []
    proven = context.slots.get("proven_order")
    kept = proven if number == proven else None
    return [SlotSet("order_number", number), SlotSet("proven_order", kept)]
