"""The case in hand: a proven order, its facts as they are told, and what is promised for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Context, shop, state_slot
from actions.dates import working_day
from bot.backoffice import Booking, Customer, Order
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


def known_customer(context: Context) -> Customer | None:
    """Return whose account it is: the verified customer, or the owner of the proven order."""
    customer = context.customer_id
    if customer is None and context.slots.get("proven_order"):
        customer = proven_order(context).customer_id
    return shop().customer(customer) if customer else None


def needs_order(context: Context, resolution: str) -> list[EventType] | None:
    """Return the events that ask which order it is; None when there is nothing to go by.

    A customer whom nobody knows and who named no order is not asked for one at once: a general
    answer is of more use to them.
    """
    if not (context.customer_id or context.slots.get("order_number")):
        return None
    return [SlotSet("resolution", resolution), FollowupAction("order_form")]


def masked(email: str) -> str:
    """Return an address as it may be said to somebody who proved an order: ``l***@ejemplo.es``."""
    name, _, place = email.partition("@")
    return f"{name[:1]}***@{place}"


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
    done = (one for one in shop().ledger(order.number) if one.operation == operation)
    return next((one for one in done if one.subject == subject), None)


def kept(state: ConversationState, *, awaiting: str | None = None, **slots: Any) -> list[EventType]:
    """Return the events that keep the state and what now waits for a yes or a no."""
    events = [SlotSet(name, value) for name, value in slots.items()]
    return [*events, SlotSet("awaiting", awaiting), state_slot(state)]


def needs_person(context: Context, why: str, **facts: str) -> list[EventType]:
    """Record that this is beyond the bot's authority: the policy hands over next."""
    state = records.learned(context.state, facts) if facts else context.state
    return kept(records.failed(state, "out_of_authority", why))


def person_decides(
    context: Context, why: str, facts: Mapping[str, str] | None = None
) -> list[EventType]:
    """Record that a person decides this, with all they need: the policy hands over next."""
    state = records.learned(context.state, facts or {})
    return kept(records.failed(state, "person_decides", why))


def promise(
    dispatcher: CollectingDispatcher,
    context: Context,
    state: ConversationState,
    name: str,
    *,
    days: int,
    owner: str = "bot",
    **facts: str,
) -> ConversationState:
    """Promise something: the desk keeps it and raises the alarm when it is not kept in time.

    Args:
        dispatcher: Sends it to the gateway beside the texts.
        context: The call.
        state: The conversation.
        name: What is promised, as in ``data/facts`` (promises).
        days: Working days until it is due.
        owner: ``bot``, or the team that sees to it.
        facts: What its text names.
    """
    due = working_day(context.today, days).isoformat()
    text = context.words.promise(name, facts)
    key = f"{name}:{facts.get('order') or facts.get('reference') or ''}".rstrip(":")
    made = {"name": key, "text": text, "due": due, "owner": owner}
    dispatcher.utter_message(json_message={"promise": made})
    return records.promised(state, key, text, due, owner=owner)


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
