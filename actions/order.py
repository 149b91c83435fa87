"""Which order, and is it this customer's?

Without proof nothing of an order is said and no money moves. A customer whom the gateway verified
owns their orders; anybody else proves one order with its e-mail or postcode, and only that one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Context, LoggedAction, shop, state_slot
from actions.limits import limits
from actions.matters import leave_form
from actions.meant import holds, likely
from bot.backoffice import BackOffice, Customer, Order
from bot.deescalation import records
from bot.deescalation.facts import names_order

DIGITS = re.compile(r"\d{4,}")
POSTCODE = re.compile(r"(?<!\w)[A-Za-z]?\d{4,7}[A-Za-z]{0,3}(?!\w)")  # of any of our countries
SHORT = 4  # words of a message that holds a postcode and little else
NUMBER, PROOF = "order_number", "email"  # the slots that the form asks for


@dataclass(frozen=True)
class Identified:
    """What is known about the order.

    Args:
        order: The order that may be spoken about; None while it is not proven.
        ask: The slot to ask for next; None when nothing more is needed.
        owner: The customer who has just proven the order.
        wrong: The proof that was given does not hold.
    """

    order: Order | None = None
    ask: str | None = None
    owner: Customer | None = None
    wrong: bool = False
    choices: Sequence[Order] = field(default=())


def number_in(value: Any) -> str | None:
    """Return the digits of an order number as customers write it, e.g. ``RM-48213``."""
    given = value[-1] if isinstance(value, list) and value else value
    found = DIGITS.search(str(given or ""))
    return found.group() if found else (str(given).strip() if given else None)


def identify(context: Context, systems: BackOffice) -> Identified:
    """Return whose order this is, by the slots and what the gateway vouches for."""
    slots = context.slots
    owned = systems.orders_of(context.customer_id) if context.customer_id else []
    number = number_in(slots.get(NUMBER)) or slots.get("proven_order")
    named = [order.number for order in owned if holds(order, context.text)]
    if named and number not in named and str(number) not in context.text:
        number = None  # they speak of another product now
    if not number:
        meant = likely(owned, context, systems)
        if len(meant) == 1:
            return Identified(order=meant[0])
        return Identified(ask=NUMBER, choices=meant)
    mine = next((order for order in owned if order.number == number), None)
    if mine or slots.get("proven_order") == number:
        return Identified(order=mine or systems.order(number))
    email, postcode = slots.get("email"), slots.get("postcode")
    if not email and not postcode:
        return Identified(ask=PROOF)
    owner = systems.prove(number, email=email, postcode=postcode)
    if owner is None:
        return Identified(ask=PROOF, wrong=True)
    return Identified(order=systems.order(number), owner=owner)


class ValidateOrderForm(LoggedAction):
    """Runs whenever the form has heard something: proves the order or says what to ask next."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Return the slots as they hold, and the next one to ask for."""
        slots = read_slots(tracker)
        found = identify(_with_slots(context, slots), shop())
        events = [SlotSet(name, value) for name, value in slots.items() if value is not None]
        if found.wrong:
            return _wrong(context)
        if found.order is None:
            return [*_changed(events, tracker), SlotSet("requested_slot", found.ask)]
        if found.owner is not None:
            proved = _identity(found.owner, found.order.number)
            dispatcher.utter_message(json_message={"identity": proved})
        return [
            SlotSet(NUMBER, found.order.number),
            SlotSet("proven_order", found.order.number),
            SlotSet("requested_slot", None),
        ]


class ActionAskOrderNumber(LoggedAction):
    """Asks which order; a verified customer chooses from their own."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter the question."""
        orders = identify(_with_slots(context, {NUMBER: None}), shop()).choices
        if orders:
            person = {"title": context.words.title("person"), "payload": "/ask_human"}
            dispatcher.utter_message(
                response="utter_which_order",
                number=str(len(orders)),
                buttons=[*(_choice(order) for order in orders[:4]), person],
            )
        else:
            dispatcher.utter_message(response="utter_ask_order_number")
        return []


class ActionAskEmail(LoggedAction):
    """Asks for the proof: e-mail or postcode of the order."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter the question, in other words after a wrong proof."""
        tried = any(one.kind == "identity_failed" for one in context.state.failures)
        tried = tried and not names_order(_text(tracker))  # not with this one
        key = "utter_ask_proof_again" if tried else "utter_ask_proof"
        dispatcher.utter_message(response=key, order=context.slots.get(NUMBER))
        return []


class ActionFormStuck(LoggedAction):
    """The form could use nothing of the message: what is needed, and that a person can help."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter, wait; a no to the question about an address leaves the address as it is."""
        of_address = (tracker.active_loop or {}).get("name") == "address_form"
        state = records.answered(context.state)
        if of_address and context.intent == "deny":
            dispatcher.utter_message(response="utter_offer_declined")
            return [*leave_form(), state_slot(state)]
        key = "utter_ask_new_address" if of_address else "utter_form_stuck"
        dispatcher.utter_message(response=key)
        return [state_slot(state)]


def read_slots(tracker: Tracker) -> dict[str, Any]:
    """Return the form's slots, with five digits read as what was asked for.

    "28013" after "your postcode?" is a postcode, whatever it looks like, and the order number that
    it overwrote stands.
    """
    slots = {name: tracker.get_slot(name) for name in (NUMBER, "email", "postcode")}
    said = {str(one.get("entity")) for one in (tracker.latest_message or {}).get("entities") or ()}
    asked = tracker.get_slot("requested_slot")
    numbered = NUMBER in said and not names_order(_text(tracker))
    if asked == PROOF and numbered and not said & {"email", "postcode"}:
        before = _before_this_turn(tracker, NUMBER)
        if before and number_in(before) != number_in(slots[NUMBER]):
            slots |= {"postcode": number_in(slots[NUMBER]), NUMBER: before}
    if asked == PROOF and not said & {NUMBER, "email", "postcode"}:
        slots["postcode"] = _bare_postcode(tracker) or slots["postcode"]
    if asked == NUMBER and "postcode" in said and NUMBER not in said:
        slots |= {NUMBER: slots["postcode"], "postcode": None}
    slots[NUMBER] = number_in(slots[NUMBER])
    return slots


def _bare_postcode(tracker: Tracker) -> str | None:
    """Return the postcode in an answer such as "1425", which no pattern takes for anything."""
    text = _text(tracker)
    found = POSTCODE.findall(text)
    return found[0] if len(found) == 1 and len(text.split()) <= SHORT else None


def _text(tracker: Tracker) -> str:
    return str((tracker.latest_message or {}).get("text") or "")


def _before_this_turn(tracker: Tracker, slot: str) -> Any:
    heard = False
    for event in reversed(tracker.events):
        heard = heard or event.get("event") == "user"
        if heard and event.get("event") == "slot" and event.get("name") == slot:
            return event.get("value")
    return None


def _with_slots(context: Context, slots: dict[str, Any]) -> Context:
    return replace(context, slots={**context.slots, **slots})


def _changed(events: list[EventType], tracker: Tracker) -> list[EventType]:
    """Leave out what the tracker has: a form that learnt nothing must say so."""
    return [event for event in events if tracker.get_slot(event["name"]) != event["value"]]


def _wrong(context: Context) -> list[EventType]:
    """Forget the wrong proof and ask again; after the last try the policy hands over."""
    state = records.failed(context.state, "identity_failed", "e-mail or postcode")
    tries = sum(one.kind == "identity_failed" for one in state.failures)
    ask = PROOF if tries < limits().proofs else None
    empty = [SlotSet(name, None) for name in ("email", "postcode")]
    return [*empty, state_slot(state), SlotSet("requested_slot", ask)]


def _identity(owner: Customer, order: str) -> dict[str, str]:
    # "claimed": they proved one order, not who they are. Only the site's own signature verifies.
    return {
        "status": "claimed",
        "customer_id": owner.id,
        "name": owner.name,
        "email": owner.email,
        "order": order,
    }


def _choice(order: Order) -> dict[str, str]:
    payload = f'/inform{{"order_number": "{order.number}"}}'
    return {"title": f"{order.number} · {order.product}", "payload": payload}
