"""What a short answer means depends on what was offered: yes, no, "still not", thanks."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.case import kept
from actions.changes import cancel_order
from actions.context import Context, LoggedAction, state_slot
from actions.delivery import ActionOfferRemedy
from actions.knowledge import NAME as ARTICLE
from actions.matters import RESOLUTION
from actions.money import give_voucher, refund_order
from actions.technical import fixed, next_remedy
from bot.deescalation import records

WISHES = {"request_resend": "resend", "request_refund": "refund", "request_voucher": "voucher"}
"""What a yes or a "no" may ask for beside it, to the resolution of it."""

NEAR = 0.1  # confidence from which a wish beside a yes or a "no" is meant

BESIDE_ARTICLE = {"account_access": "utter_account_access"}
"""What else is said of a matter when its help article did not help."""

NO_ORDER = ("account", "technical", "policy")
"""Issues that neither a parcel nor money solves."""


class ActionAccept(LoggedAction):
    """The customer said yes: does what was offered."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Do it; a yes to nothing asks what to go on with."""
        does = {
            "refund": refund_order,
            "voucher": give_voucher,
            "cancel": cancel_order,
            "fix": fixed,
        }
        offered = does.get(str(context.slots.get("awaiting")))
        if offered is not None:
            return offered(dispatcher, context)
        if context.state.issue == "quality" and context.state.matter:  # yes to which of two?
            chosen = _instead(tracker, context)
            if chosen is not None:  # "the right one, please"
                return [SlotSet("resolution", chosen), FollowupAction("order_form")]
            return ActionOfferRemedy().act(dispatcher, tracker, context)
        dispatcher.utter_message(response="utter_anything_else")
        return [state_slot(records.answered(context.state))]


class ActionDecline(LoggedAction):
    """The customer said no: nothing is forced, what is left stays open."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter what is left; a remedy that did not help is followed by the next."""
        name = context.slots.get("awaiting")
        if name == "fix":
            return next_remedy(dispatcher, context)
        instead = _instead(tracker, context)
        if instead is not None:  # "no, rather send it again"
            return [SlotSet("resolution", instead), FollowupAction("order_form")]
        state = records.settled(context.state, str(name), "refused") if name else context.state
        dispatcher.utter_message(response=_declined(context, name) if name else _left(context))
        return kept(records.answered(state))


class ActionNotSolved(LoggedAction):
    """It is still not solved: the next option, one of which is a person."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter the next option; after a refund or a resend only a person has one."""
        state = context.state
        if state.matter == "technical_problem" and context.slots.get("service"):
            return next_remedy(dispatcher, context)
        if _solved(context) or state.issue in NO_ORDER:
            dispatcher.utter_message(response="utter_offer_person")
            state = records.offered(state, context.words.offer("person", {}), name="person")
        elif state.issue or context.slots.get("proven_order"):
            dispatcher.utter_message(response="utter_not_solved")
        else:
            dispatcher.utter_message(response="utter_anything_else")
        return [SlotSet("awaiting", None), state_slot(records.answered(state))]


class ActionGoOn(LoggedAction):
    """The customer gave a detail: goes on with the matter in hand if that is what it lacked."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Go on with the order that was named, or ask what it is for."""
        resolution = RESOLUTION.get(context.state.matter or "order_status")
        if resolution and context.slots.get("order_number"):
            return [SlotSet("resolution", resolution), FollowupAction("order_form")]
        if context.state.matter == "technical_problem" and context.slots.get("service"):
            return next_remedy(dispatcher, context)
        dispatcher.utter_message(response="utter_ask_topic")
        return [state_slot(records.answered(context.state))]


class ActionThanks(LoggedAction):
    """The customer says thanks: confirms what was done, or just answers."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter; which of two remedies it shall be is asked again where it is still open."""
        key = "utter_solved" if _solved(context) else "utter_thanks"
        state = context.state
        waiting = {one.name for one in state.offers if one.status == "made"}
        if state.matter and {"resend", "refund"} <= waiting:
            key = "utter_still_to_choose"
        dispatcher.utter_message(response=key)
        return [state_slot(records.answered(state))]


def _instead(tracker: Tracker, context: Context) -> str | None:
    """Return the resolution that a yes or a no asks for beside it: "no, rather send it again"."""
    ranking = (tracker.latest_message or {}).get("intent_ranking") or ()
    near = [str(one.get("name")) for one in ranking if float(one.get("confidence") or 0) >= NEAR]
    named = [*(name for name, _ in context.state.also), *near]
    return next((WISHES[name] for name in named if name in WISHES), None)


def _solved(context: Context) -> bool:
    """Return whether something was done for the customer: sent again, paid back, a voucher."""
    return any(one.status == "accepted" and one.name != "person" for one in context.state.offers)


def _left(context: Context) -> str:
    """Return what answers a no to nothing that was to be done; an article is not all there is."""
    last = context.state.offers[-1:]
    other = BESIDE_ARTICLE.get(context.state.matter, "")
    if last and last[0].name == ARTICLE and other and other not in context.state.responses:
        return other
    return _declined(context, None)


def _declined(context: Context, offered: object) -> str:
    """Return what answers a no: after a solution it ends the matter, it does not refuse it."""
    if not _solved(context) or context.state.person == "refused":
        return "utter_offer_declined"
    return "utter_solved" if offered else "utter_bye"
