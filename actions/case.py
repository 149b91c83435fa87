"""The case in hand: a proven order, and its facts as they are told to the customer."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import EventType, SlotSet

from actions.context import Context, shop, state_slot
from bot.backoffice import Booking, Order
from bot.deescalation import records
from bot.deescalation.state import ConversationState
from bot.errors import BackOfficeError


class Unproven(BackOfficeError):
    """An action needs an order that nobody has proven; the rules ask for it first."""


def proven_order(context: Context) -> Order:
    """Return the order that this conversation may speak about.

    Raises:
        Unproven: there is none.
    """
    number = context.slots.get("proven_order")
    order = shop().order(str(number)) if number else None
    if order is None:
        raise Unproven("No order was proven in this conversation.")
    return order


def order_facts(order: Order, context: Context) -> dict[str, str]:
    """Return what a text may say about an order."""
    words = context.words
    late = order.days_late(context.today)
    last = order.events[-1] if order.events else None
    facts = {
        "order": order.number,
        "product": order.product,
        "carrier": order.carrier,
        "status": words.status(order.status),
        "promised": words.date(order.promised_on),
        "amount": words.money(order.total_cents),
        "wait": words.days(late) if late else "",
        "place": last.place if last else "",
        "date": words.date(last.at) if last else "",
    }
    return {name: value for name, value in facts.items() if value}


def booked(order: Order, operation: str) -> Booking | None:
    """Return what was already done for an order: a resend, or a refund of the whole of it."""
    subject = f"order:{order.number}"
    done = (one for one in shop().ledger() if one.operation == operation)
    return next((one for one in done if one.subject == subject), None)


def kept(state: ConversationState, *, awaiting: str | None = None, **slots: Any) -> list[EventType]:
    """Return the events that keep the state and what now waits for a yes or a no."""
    events = [SlotSet(name, value) for name, value in slots.items()]
    return [*events, SlotSet("awaiting", awaiting), state_slot(state)]


def needs_person(context: Context, why: str, **facts: str) -> list[EventType]:
    """Record that this is beyond the bot's authority: the policy hands over next."""
    state = records.learned(context.state, facts) if facts else context.state
    return kept(records.failed(state, "out_of_authority", why))


def told(context: Context, facts: dict[str, str], *, step: str = "resolve") -> ConversationState:
    """Return the state that knows the facts and has reached the step."""
    names = ("order", "product", "carrier")
    return records.stepped(
        records.learned(context.state, {name: facts[name] for name in names if name in facts}),
        step,
    )


def offer(context: Context, state: ConversationState, name: str, **facts: str) -> ConversationState:
    """Return the state with an offer that waits for an answer."""
    return records.offered(state, context.words.offer(name, facts), name=name)
