"""Money back and vouchers, within the bot's authority, and never twice."""

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
from actions.delivery import is_due, is_faulty
from actions.limits import limits
from bot.backoffice import Booking, Charge, Order
from bot.deescalation import records
from bot.deescalation.state import ConversationState
from bot.errors import BackOfficeDown


class ActionOfferRefund(LoggedAction):
    """Asks whether the whole order shall be paid back, if the bot may do that."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Ask for a yes, or say what else there is."""
        return offer_refund(dispatcher, context)


class ActionVoucher(LoggedAction):
    """Gives a small voucher for a late order, once."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Give it, or say why not."""
        return give_voucher(dispatcher, context)


class ActionReviewCharges(LoggedAction):
    """Looks at an order's charges and pays a repeated one back."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Say what is charged; pay back what was charged twice, or leave it to a person."""
        return review_charges(dispatcher, context)


def review_charges(dispatcher: CollectingDispatcher, context: Context) -> list[EventType]:
    """Say what is charged; pay back what was charged twice, or leave it to a person."""
    order = proven_order(context)
    charges = shop().charges(order.number)
    repeated = shop().duplicate_charges(order.number)
    facts = {**order_facts(order, context), **_charge_facts(charges, repeated, context)}
    state = told(context, facts)
    if not repeated:
        dispatcher.utter_message(response=_unrepeated(order, context), **facts)
        return kept(records.stepped(state, "resolve"))
    open_ones = [one for one in repeated if not one.refunded or _paid_now(one, context)]
    if not open_ones:
        dispatcher.utter_message(response="utter_already_done", **facts)
        return kept(state)
    if sum(charge.amount_cents for charge in open_ones) > limits().refund_cents:
        known = {name: facts[name] for name in ("order", "amount", "charges")}
        known["limit"] = context.words.money(limits().refund_cents)
        return needs_person(context, f"double charge of {facts['amount']}", **known)
    bookings, problem = _pay_back(open_ones, context)
    if problem is not None:
        return _half_done(dispatcher, context, state, bookings, problem)
    dispatcher.utter_message(response="utter_charges_double", **facts)
    facts["reference"] = bookings[0].id
    dispatcher.utter_message(response="utter_refund_done", **facts)
    state = records.settled(offer(context, state, "refund", **facts), "refund", "accepted")
    return kept(records.closed(_refund_promised(dispatcher, context, state, facts)))


def offer_refund(dispatcher: CollectingDispatcher, context: Context) -> list[EventType]:
    """Ask for a yes, or say what else there is; asking again for what was offered is a yes."""
    order = proven_order(context)
    if context.slots.get("awaiting") == "refund":
        return refund_order(dispatcher, context)
    facts = order_facts(order, context)
    if booked(order, "refund"):
        dispatcher.utter_message(response="utter_already_done", **facts)
        return kept(told(context, facts))
    twice = any(not one.refunded for one in shop().duplicate_charges(order.number))
    if twice and not is_due(order, context):
        return review_charges(dispatcher, context)
    if order.status == "delivered" and not is_faulty(context):
        if "utter_refund_delivered" in context.state.responses:
            return person_decides(context, f"refund of {order.number}, delivered", facts)
        dispatcher.utter_message(response="utter_refund_delivered", **facts)
        return kept(told(context, facts))
    refusal = _beyond(order, context)
    if refusal:
        return needs_person(context, refusal, **_refused(order, facts, context))
    dispatcher.utter_message(response="utter_refund_confirm", **facts)
    state = offer(context, told(context, facts), "refund", **facts)
    return kept(state, awaiting="refund")


def _unrepeated(order: Order, context: Context) -> str:
    """Return what to say of an order that was charged once."""
    if context.slots.get("resolution") != "double_charge":
        return "utter_charges_reported"
    held = any(one.state == "pending" for one in shop().payments(order.number))
    return "utter_charges_held" if held else "utter_charges_single"


def refund_order(dispatcher: CollectingDispatcher, context: Context) -> list[EventType]:
    """Pay the whole order back, after the customer's yes."""
    order = proven_order(context)
    facts = order_facts(order, context)
    refusal = _beyond(order, context)
    if refusal:
        return needs_person(context, refusal, **_refused(order, facts, context))
    booking = shop().refund(
        f"order:{order.number}",
        order.total_cents,
        key=context.key("refund"),
        reason=context.state.issue or "other",
        limit_cents=limits().refund_cents,
    )
    if not booking.new and booking.key != context.key("refund"):
        dispatcher.utter_message(response="utter_already_done", **facts)
        return kept(told(context, facts))
    facts["reference"] = booking.id
    dispatcher.utter_message(response="utter_refund_done", **facts)
    state = records.settled(told(context, facts, step="confirm"), "refund", "accepted")
    return kept(records.closed(_refund_promised(dispatcher, context, state, facts)))


def give_voucher(dispatcher: CollectingDispatcher, context: Context) -> list[EventType]:
    """Give the voucher that makes up for a wait, once for each order."""
    order = proven_order(context)
    facts = order_facts(order, context)
    if not is_due(order, context):
        dispatcher.utter_message(response="utter_voucher_not_possible", **facts)
        return kept(told(context, facts))
    booking = shop().voucher(
        order.customer_id,
        limits().voucher_cents,
        key=context.key("voucher"),
        reason=f"late:{order.number}",
        limit_cents=limits().voucher_cents,
    )
    if not booking.new and booking.key != context.key("voucher"):
        dispatcher.utter_message(response="utter_already_done", **facts)
        return kept(told(context, facts))
    voucher = context.words.money(booking.amount_cents)
    facts |= {"voucher": voucher, "reason": booking.id}
    dispatcher.utter_message(response="utter_voucher_done", **facts)
    state = records.settled(told(context, facts, step="confirm"), "voucher", "accepted")
    return kept(records.closed(state))


def _beyond(order: Order, context: Context) -> str:
    """Return why a person must decide about a refund; empty when the bot may."""
    if booked(order, "resend"):
        return f"refund of {order.number}, which was sent again"
    if order.total_cents > limits().refund_cents:
        return f"refund of {context.words.money(order.total_cents)}"
    if not is_due(order, context):
        return f"refund of {order.number}, which is not late"
    return ""


def _refused(order: Order, facts: dict[str, str], context: Context) -> dict[str, str]:
    """Return what a text may say about a refund that is beyond us; the limit only if it is why."""
    known = {"order": order.number, "amount": facts["amount"]}
    if order.total_cents > limits().refund_cents:
        known["limit"] = context.words.money(limits().refund_cents)
    return known


def _paid_now(charge: Charge, context: Context) -> bool:
    """Return whether this very turn paid it back before the engine was cut short."""
    key = context.key(f"refund:{charge.id}")
    return any(booking.key == key for booking in shop().ledger(charge.order_number))


def _pay_back(
    charges: list[Charge], context: Context
) -> tuple[list[Booking], BackOfficeDown | None]:
    """Pay charges back one by one; return what was booked, and what stopped the rest.

    Raises:
        BackOfficeDown: nothing was booked.
    """
    bookings: list[Booking] = []
    for charge in charges:
        try:
            booking = shop().refund(
                charge.id,
                charge.amount_cents,
                key=context.key(f"refund:{charge.id}"),
                reason="double_charge",
                limit_cents=limits().refund_cents,
            )
        except BackOfficeDown as problem:
            if not bookings:
                raise
            return bookings, problem
        bookings.append(booking)
    return bookings, None


def _half_done(
    dispatcher: CollectingDispatcher,
    context: Context,
    state: ConversationState,
    bookings: list[Booking],
    problem: BackOfficeDown,
) -> list[EventType]:
    """Say what was paid back and what was not: the policy hands the rest to a person."""
    done = context.words.money(sum(one.amount_cents for one in bookings))
    dispatcher.utter_message(response="utter_refund_partial", amount=done, reference=bookings[0].id)
    detail = f"refunded {done} ({bookings[0].id}), the rest failed: {type(problem).__name__}"
    return kept(records.failed(state, "back_office", detail))


def _refund_promised(
    dispatcher: CollectingDispatcher,
    context: Context,
    state: ConversationState,
    facts: dict[str, str],
) -> ConversationState:
    known = {name: facts[name] for name in ("order", "amount", "reference")}
    return promise(dispatcher, context, state, "refund", days=5, owner="billing", **known)


def _charge_facts(
    charges: list[Charge], repeated: list[Charge], context: Context
) -> dict[str, str]:
    words = context.words
    lines = [f"{words.money(one.amount_cents)} ({words.date(one.charged_on)})" for one in charges]
    due = sum(one.amount_cents for one in repeated if not one.refunded)
    back = due or sum(one.amount_cents for one in repeated or charges)
    return {"charges": words.listed(lines), "amount": words.money(back)}
