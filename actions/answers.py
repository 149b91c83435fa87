"""What a short answer means depends on what was offered: yes, no, "still not", thanks."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.case import kept
from actions.context import Context, LoggedAction, state_slot
from actions.money import give_voucher, refund_order
from bot.deescalation import records


class ActionAccept(LoggedAction):
    """The customer said yes: does what was offered."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Do it; a yes to nothing asks what to go on with."""
        does = {"refund": refund_order, "voucher": give_voucher}
        offered = does.get(str(context.slots.get("awaiting")))
        if offered is not None:
            return offered(dispatcher, context)
        dispatcher.utter_message(response="utter_anything_else")
        return [state_slot(records.answered(context.state))]


class ActionDecline(LoggedAction):
    """The customer said no: nothing is forced, what is left stays open."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter what is left."""
        name = context.slots.get("awaiting")
        state = records.settled(context.state, str(name), "refused") if name else context.state
        dispatcher.utter_message(response="utter_offer_declined")
        return kept(records.answered(state))


class ActionNotSolved(LoggedAction):
    """It is still not solved: the next option, one of which is a person."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter the next option."""
        dispatcher.utter_message(response="utter_not_solved")
        return [SlotSet("awaiting", None), state_slot(records.answered(context.state))]


class ActionThanks(LoggedAction):
    """The customer says thanks: confirms what was done, or just answers."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter."""
        solved = any(
            offer.status == "accepted" and offer.name != "person" for offer in context.state.offers
        )
        dispatcher.utter_message(response="utter_solved" if solved else "utter_thanks")
        return [state_slot(records.answered(context.state))]
