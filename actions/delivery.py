"""A late delivery: where the order is, and sending it again."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.case import (
    booked,
    kept,
    needs_person,
    offer,
    order_facts,
    person_decides,
    promise,
    proven_order,
    told,
)
from actions.context import Context, LoggedAction, shop
from actions.limits import limits
from bot.backoffice import Order
from bot.deescalation import records
from bot.deescalation.state import ConversationState

QUALITY = ("damaged_product", "wrong_item")


class ActionShowDelivery(LoggedAction):
    """Says where the order is and what can be done about it."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter the facts and the options that there are."""
        order = proven_order(context)
        facts = order_facts(order, context)
        state = told(context, facts)
        again = booked(order, "resend") or booked(order, "refund")
        if again is not None:
            dispatcher.utter_message(response="utter_already_done", **facts)
            return kept(state)
        key = delivery_text(order, context)
        if key == "utter_delivery_no_stock" and order.total_cents > limits().refund_cents:
            why = f"{order.number} is lost, none left, refund of {facts['amount']}"
            return person_decides(context, why, facts)
        dispatcher.utter_message(response=key, **facts)
        if key == "utter_delivery_on_time":
            state = records.closed(state)
        return kept(_with_options(context, state, order, key, facts))


class ActionResend(LoggedAction):
    """Sends the order again, once, and offers a small voucher for the wait."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Send it if that is right, or say why not."""
        order = proven_order(context)
        facts = order_facts(order, context)
        state = told(context, facts)
        if booked(order, "refund"):
            return needs_person(context, f"resend of {order.number} after its refund")
        if order.status == "delivered" and not is_faulty(context):
            return needs_person(context, f"{order.number} is delivered, the customer lacks it")
        if not order.in_stock or not is_due(order, context):
            dispatcher.utter_message(response="utter_resend_not_possible", **facts)
            return kept(state)
        booking = shop().resend(order.number, key=context.key("resend"))
        if not booking.new and booking.key != context.key("resend"):
            dispatcher.utter_message(response="utter_already_done", **facts)
            return kept(state)
        dispatcher.utter_message(response="utter_resend_done", **facts)
        state = records.settled(offer(context, state, "resend", **facts), "resend", "accepted")
        state = promise(
            dispatcher, context, state, "resend", days=1, owner="logistics", order=order.number
        )
        return self._with_voucher(dispatcher, context, order, records.closed(state))

    def _with_voucher(
        self,
        dispatcher: CollectingDispatcher,
        context: Context,
        order: Order,
        state: ConversationState,
    ) -> list[EventType]:
        if not order.days_late(context.today):
            return kept(state)
        voucher = context.words.money(limits().voucher_cents)
        dispatcher.utter_message(response="utter_offer_voucher", voucher=voucher)
        return kept(offer(context, state, "voucher", voucher=voucher), awaiting="voucher")


class ActionOfferRemedy(LoggedAction):
    """A damaged or wrong product: another one, the money, or a person."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter the options that the bot can keep; without any a person decides."""
        order = proven_order(context)
        facts = order_facts(order, context)
        done = booked(order, "resend") or booked(order, "refund")
        if done is not None:
            dispatcher.utter_message(response="utter_already_done", **facts)
            return kept(told(context, facts))
        possible = {
            "resend": order.in_stock,
            "refund": order.total_cents <= limits().refund_cents,
        }
        names = [name for name, can in possible.items() if can]
        if not names:
            why = f"remedy for {order.number}: {facts['amount']}, none in stock"
            return person_decides(context, why, {name: facts[name] for name in ("order", "amount")})
        key = "utter_offer_remedy" if len(names) > 1 else f"utter_offer_only_{names[0]}"
        dispatcher.utter_message(response=key, **facts)
        state = told(context, facts)
        for name in names:
            state = offer(context, state, name, **facts)
        return kept(state)


def delivery_text(order: Order, context: Context) -> str:
    """Return the response that fits where the order is."""
    if order.status == "delivered":
        return "utter_delivery_delivered"
    if not is_due(order, context):
        return "utter_delivery_on_time"
    if not order.in_stock:
        return "utter_delivery_no_stock"
    return "utter_delivery_lost" if order.status == "lost" else "utter_delivery_late"


def is_due(order: Order, context: Context) -> bool:
    """Return whether the customer waits in vain: late, lost, or not what was ordered."""
    late = order.status == "lost" or order.days_late(context.today) > 0
    return late or is_faulty(context)


def is_faulty(context: Context) -> bool:
    """Return whether the conversation is about a damaged or wrong product."""
    return context.state.issue == "quality"


def _with_options(
    context: Context, state: ConversationState, order: Order, key: str, facts: dict[str, str]
) -> ConversationState:
    options = {
        "utter_delivery_late": ("resend", "refund"),
        "utter_delivery_lost": ("resend", "refund"),
        "utter_delivery_no_stock": ("refund",),
    }
    for name in options.get(key, ()):
        state = offer(context, state, name, **facts)
    return state
