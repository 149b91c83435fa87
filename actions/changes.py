"""Changing one's mind: cancelling an order, another address, sending a product back."""

from __future__ import annotations

from collections.abc import Mapping

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.case import (
    kept,
    known_customer,
    masked,
    needs_order,
    offer,
    order_facts,
    person_decides,
    promise,
    proven_order,
    told,
)
from actions.context import Context, LoggedAction, shop
from actions.knowledge import explain
from actions.limits import limits
from actions.matters import leave_form
from actions.meant import only_order
from actions.money import offer_refund
from bot.backoffice import RETURN_DAYS, Order
from bot.deescalation import records
from bot.errors import NotPossible

GONE = ("cancelled", "returning")


class ActionCancelOrder(LoggedAction):
    """Asks whether the order shall be cancelled, or says what can be done when it has left."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Ask for a yes while it is in the warehouse."""
        order = proven_order(context)
        facts = order_facts(order, context)
        state = told(context, facts)
        if order.status in GONE:
            dispatcher.utter_message(response="utter_already_done", **facts)
            return kept(records.closed(state))
        if order.status != "processing":
            dispatcher.utter_message(response="utter_cancel_shipped", **facts)
            return kept(offer(context, state, "return", **facts))
        if _charged(order) > limits().refund_cents:
            why = f"cancel {order.number}: {facts['amount']}"
            return person_decides(context, why, _named(facts))
        facts["amount"] = context.words.money(_charged(order))
        dispatcher.utter_message(response="utter_cancel_confirm", **facts)
        return kept(offer(context, state, "cancel", **facts), awaiting="cancel")


def cancel_order(dispatcher: CollectingDispatcher, context: Context) -> list[EventType]:
    """Cancel the order and pay back what was charged, after the customer's yes."""
    order = proven_order(context)
    facts = order_facts(order, context)
    if order.status not in ("processing", *GONE):  # it left the warehouse meanwhile
        dispatcher.utter_message(response="utter_cancel_shipped", **facts)
        return kept(offer(context, told(context, facts), "return", **facts))
    if _charged(order) > limits().refund_cents:
        why = f"cancel {order.number}: {facts['amount']}"
        return person_decides(context, why, _named(facts))
    booking = shop().cancel(order.number, key=context.key("cancel"))
    facts |= {"amount": context.words.money(booking.amount_cents), "reference": booking.id}
    dispatcher.utter_message(response="utter_cancel_done", **facts)
    state = records.settled(told(context, facts, step="confirm"), "cancel", "accepted")
    known = {name: facts[name] for name in ("order", "amount", "reference")}
    state = promise(dispatcher, context, state, "refund", days=5, owner="billing", **known)
    return kept(records.closed(state))


class ActionChangeAddress(LoggedAction):
    """Asks for the new address, or says what can be done when the order has left."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Start the form of the address while that is of use."""
        order = proven_order(context)
        facts = order_facts(order, context)
        state = told(context, facts)
        if order.status != "processing":
            key = "utter_already_done" if order.status in GONE else "utter_address_shipped"
            dispatcher.utter_message(response=key, **facts)
            return kept(state)
        return [*kept(state, new_address=None), FollowupAction("address_form")]


class ActionSaveAddress(LoggedAction):
    """Sends the order to the address that was given."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Save it and say so."""
        order = proven_order(context)
        facts = order_facts(order, context)
        address = str(context.slots.get("new_address") or "")
        try:
            shop().change_address(order.number, address, key=context.key("address"))
        except NotPossible:
            dispatcher.utter_message(response="utter_address_shipped", **facts)
            return kept(told(context, facts), new_address=None)
        dispatcher.utter_message(response="utter_address_done", address=address, **facts)
        return kept(records.closed(told(context, facts, step="confirm")), new_address=None)


class ActionReturnItem(LoggedAction):
    """Sends the label for a return; without an order to go by, says how returns work."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Do it for a known order, ask for the order, or explain; of a complaint, pay it back."""
        if context.state.matter != "return_item" and context.slots.get("proven_order"):
            return offer_refund(dispatcher, context)
        if not context.slots.get("proven_order"):
            ask = needs_order(context, "return")
            if ask is not None:
                return ask
            return explain(dispatcher, tracker, context, "utter_return_item")
        return return_order(dispatcher, context)


def return_order(dispatcher: CollectingDispatcher, context: Context) -> list[EventType]:
    """Send the label, once for each order and day."""
    order = proven_order(context)
    facts = order_facts(order, context)
    state = told(context, facts)
    if order.status == "cancelled":
        dispatcher.utter_message(response="utter_already_done", **facts)
        return kept(records.closed(state))
    if order.status not in ("delivered", "returning"):
        dispatcher.utter_message(response="utter_return_not_delivered", **facts)
        return kept(state)
    try:
        booking = shop().return_label(order.number, key=context.key("label"))
    except NotPossible:
        facts["limit"] = context.words.days(RETURN_DAYS)
        dispatcher.utter_message(response="utter_return_too_late", **facts)
        return kept(state)
    customer = known_customer(context)
    facts |= {"reference": booking.id, "email": masked(customer.email) if customer else ""}
    dispatcher.utter_message(response="utter_return_label", **facts)
    state = records.settled(offer(context, state, "return", **facts), "return", "accepted")
    return kept(records.closed(state))


def _named(facts: Mapping[str, str]) -> dict[str, str]:
    return {name: facts[name] for name in ("order", "amount")}


def _charged(order: Order) -> int:
    """Return the cents that a cancellation would pay back."""
    return sum(one.amount_cents for one in shop().charges(order.number) if not one.refunded)


class ActionPrepareException(LoggedAction):
    """Prepares what the customer asks for beyond the terms, for the person who decides it."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Put the order's facts beside the request; nothing is asked for it."""
        order = _meant(context)
        said = "" if context.state.choice else context.state.text
        facts = {"request": said or context.state.complaint}
        if order is not None:
            facts |= order_facts(order, context)
            if order.delivered_on:
                facts["delivered"] = context.words.date(order.delivered_on)
        why = f"exception for {order.number}" if order else "exception"
        return [*leave_form(), *person_decides(context, why, facts)]


def _meant(context: Context) -> Order | None:
    """Return the order that the customer means, if it is theirs; the only one they have if none."""
    proven = context.slots.get("proven_order")
    if proven:
        return shop().order(str(proven))
    number = context.slots.get("order_number")
    owned = shop().orders_of(context.customer_id) if context.customer_id and number else []
    named = next((order for order in owned if order.number == number), None)
    return named or only_order(context, shop())
