"""Which order, and what is done for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.limits import limits
from bot.backoffice import Order
from evaluation.baselines.plain.actions.common import (
    customer_id,
    facts,
    key,
    shop,
    today,
    vouched,
    word_book,
)
from evaluation.baselines.plain.actions.conversation import hand_over

Domain = dict[str, Any]
DIGITS = re.compile(r"\d{4,}")
Work = Callable[[CollectingDispatcher, Tracker, Order], list[EventType]]


class ValidateWhichOrderForm(FormValidationAction):
    """Checks the number and its proof; asks no proof of a customer who is logged in."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "validate_which_order_form"

    async def required_slots(
        self, domain_slots: list[str], dispatcher: Any, tracker: Tracker, domain: Domain
    ) -> list[str]:
        """Return what must be known."""
        return ["order_number"] if customer_id(tracker) else domain_slots

    def validate_order_number(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> dict[str, Any]:
        """Take an order that exists; of a customer who is logged in, only their own."""
        found = DIGITS.search(str(value[-1] if isinstance(value, list) else value))
        asked = tracker.get_slot("requested_slot")
        if asked == "proof" and found:  # five digits after "your postcode?" are a postcode
            before = _earlier_number(tracker, found.group())
            if before:
                return {"order_number": before, "proof": found.group()}
        order = shop().order(found.group()) if found else None
        mine = customer_id(tracker)
        if order is None or (mine and order.customer_id != mine):
            dispatcher.utter_message(response="utter_unknown_order")
            return {"order_number": None}
        return {"order_number": order.number}

    def validate_proof(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> dict[str, Any]:
        """Take the proof that belongs to the order."""
        number = tracker.get_slot("order_number")
        proof = str(value[-1] if isinstance(value, list) else value)
        if not number:
            return {"proof": proof}
        kind = "email" if "@" in proof else "postcode"
        if shop().prove(str(number), **{kind: proof}):
            return {"proof": proof}
        dispatcher.utter_message(response="utter_unknown_order")
        return {"proof": None}

    async def extract_proof(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> dict[str, Any]:
        """Take a bare answer such as "1425" after the question."""
        text = str((tracker.latest_message or {}).get("text") or "")
        found = re.findall(r"\b[A-Za-z]?\d{4,6}[A-Za-z]{0,3}\b", text)
        if tracker.get_slot("requested_slot") == "proof" and "@" not in text and len(found) == 1:
            return {"proof": found[0]}
        return {}


def _earlier_number(tracker: Tracker, newest: str) -> str | None:
    """Return the order number that stood before the newest message."""
    for event in reversed(tracker.events):
        is_slot = event.get("event") == "slot" and event.get("name") == "order_number"
        if is_slot and event.get("value") and newest not in str(event["value"]):
            return str(event["value"])
    return None


class WorkOnOrder(Action):
    """Does what the customer came for, once the order is known."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_work_on_order"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> list[EventType]:
        """Do it."""
        order = shop().order(str(tracker.get_slot("order_number")))
        if order is None or not _proven(order, tracker):
            dispatcher.utter_message(response="utter_unknown_order")
            return []
        return WORK[str(tracker.get_slot("goal") or "status")](dispatcher, tracker, order)


class Yes(Action):
    """The customer says yes to what waits."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_yes"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> list[EventType]:
        """Do what waits."""
        pending = tracker.get_slot("pending")
        order = shop().order(str(tracker.get_slot("order_number")))
        if pending == "person":
            return hand_over(dispatcher, tracker, "accepted_person")
        if pending in DO and order is not None and _proven(order, tracker):
            return DO[pending](dispatcher, tracker, order)
        dispatcher.utter_message(response="utter_what_next")
        return [SlotSet("pending", None)]


class No(Action):
    """The customer says no."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_no"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> list[EventType]:
        """Leave it."""
        dispatcher.utter_message(response="utter_ok_no")
        return [SlotSet("pending", None)]


class AccessLink(Action):
    """A link to get into the account."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_access_link"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> list[EventType]:
        """Send it to a customer who is logged in elsewhere on the site; else say how."""
        mine, send = customer_id(tracker), getattr(shop(), "send_access_link", None)
        if mine and send is not None:
            send(mine, key=key(tracker, "access"))
            dispatcher.utter_message(response="utter_access_link")
        else:
            dispatcher.utter_message(response="utter_access_help")
        return []


def _proven(order: Order, tracker: Tracker) -> bool:
    mine, proof = customer_id(tracker), str(tracker.get_slot("proof") or "")
    if mine:
        return order.customer_id == mine
    kind = "email" if "@" in proof else "postcode"
    return bool(proof) and shop().prove(order.number, **{kind: proof}) is not None


def _status(out: CollectingDispatcher, tracker: Tracker, order: Order) -> list[EventType]:
    late = order.status == "lost" or order.days_late(today(tracker)) > 0
    out.utter_message(response="utter_late" if late else "utter_status", **facts(order, tracker))
    return [SlotSet("pending", "resend" if late and order.in_stock else None)]


def _remedy(out: CollectingDispatcher, tracker: Tracker, order: Order) -> list[EventType]:
    out.utter_message(response="utter_remedy", **facts(order, tracker))
    return [SlotSet("pending", "resend" if order.in_stock else None)]


def _resend(out: CollectingDispatcher, tracker: Tracker, order: Order) -> list[EventType]:
    told = facts(order, tracker)
    if not order.in_stock:
        out.utter_message(response="utter_out_of_stock", **told)
        return [SlotSet("pending", "refund")]
    booking = shop().resend(order.number, key=key(tracker, "resend"))
    said = "utter_resent" if booking.new else "utter_already"
    out.utter_message(response=said, reference=booking.id, **told)
    return [SlotSet("pending", None)]


def _offer_refund(out: CollectingDispatcher, tracker: Tracker, order: Order) -> list[EventType]:
    if order.total_cents > limits().refund_cents:
        return hand_over(out, tracker, "out_of_authority", say="utter_above")
    out.utter_message(response="utter_confirm_refund", **facts(order, tracker))
    return [SlotSet("pending", "refund")]


def _refund(out: CollectingDispatcher, tracker: Tracker, order: Order) -> list[EventType]:
    if order.total_cents > limits().refund_cents:
        return hand_over(out, tracker, "out_of_authority", say="utter_above")
    return _pay(out, tracker, order, f"order:{order.number}", order.total_cents)


def _pay(
    out: CollectingDispatcher, tracker: Tracker, order: Order, subject: str, cents: int
) -> list[EventType]:
    booking = shop().refund(
        subject,
        cents,
        key=key(tracker, f"refund:{subject}"),
        reason=str(tracker.get_slot("goal")),
        limit_cents=limits().refund_cents,
    )
    told = {**facts(order, tracker), "amount": word_book(tracker).money(cents)}
    said = "utter_refunded" if booking.new else "utter_already"
    out.utter_message(response=said, reference=booking.id, **told)
    return [SlotSet("pending", None)]


def _charges(out: CollectingDispatcher, tracker: Tracker, order: Order) -> list[EventType]:
    repeated = [one for one in shop().duplicate_charges(order.number) if not one.refunded]
    if not repeated:
        out.utter_message(response="utter_single_charge", **facts(order, tracker))
        return []
    if repeated[0].amount_cents > limits().refund_cents:
        return hand_over(out, tracker, "out_of_authority", say="utter_above")
    return _pay(out, tracker, order, repeated[0].id, repeated[0].amount_cents)


def _voucher(out: CollectingDispatcher, tracker: Tracker, order: Order) -> list[EventType]:
    told = facts(order, tracker)
    if not order.days_late(today(tracker)):
        out.utter_message(response="utter_no_voucher", **told)
        return []
    booking = shop().voucher(
        order.customer_id,
        limits().voucher_cents,
        key=key(tracker, "voucher"),
        reason=f"late:{order.number}",
        limit_cents=limits().voucher_cents,
    )
    told["amount"] = word_book(tracker).money(booking.amount_cents)
    said = "utter_voucher" if booking.new else "utter_already"
    out.utter_message(response=said, reference=booking.id, **told)
    return []


def _ask_cancel(out: CollectingDispatcher, tracker: Tracker, order: Order) -> list[EventType]:
    told = facts(order, tracker)
    if order.status != "processing":
        out.utter_message(response="utter_not_cancelled", **told)
        return [SlotSet("pending", "person")]
    out.utter_message(response="utter_confirm_cancel", **told)
    return [SlotSet("pending", "cancel")]


def _cancel(out: CollectingDispatcher, tracker: Tracker, order: Order) -> list[EventType]:
    cancel = getattr(shop(), "cancel", None)
    if order.total_cents > limits().refund_cents:
        return hand_over(out, tracker, "out_of_authority", say="utter_above")
    if cancel is None or order.status != "processing":
        return hand_over(out, tracker, "cancel_order")
    booking = cancel(order.number, key=key(tracker, "cancel"))
    out.utter_message(response="utter_cancelled", reference=booking.id, **facts(order, tracker))
    return [SlotSet("pending", None)]


def _address(out: CollectingDispatcher, tracker: Tracker, order: Order) -> list[EventType]:
    return hand_over(out, tracker, "change_address")


def _invoice(out: CollectingDispatcher, tracker: Tracker, order: Order) -> list[EventType]:
    send = getattr(shop(), "send_invoice", None)
    if send is not None:
        send(order.number, key=key(tracker, f"invoice:{vouched(tracker).get('id')}"))
    out.utter_message(response="utter_invoice", **facts(order, tracker))
    return []


def _return(out: CollectingDispatcher, tracker: Tracker, order: Order) -> list[EventType]:
    out.utter_message(response="utter_return", **facts(order, tracker))
    return []


WORK: dict[str, Work] = {
    "status": _status,
    "remedy": _remedy,
    "resend": _resend,
    "refund": _offer_refund,
    "charges": _charges,
    "voucher": _voucher,
    "cancel": _ask_cancel,
    "address": _address,
    "invoice": _invoice,
    "return": _return,
}
DO: dict[str, Work] = {"resend": _resend, "refund": _refund, "cancel": _cancel}
