"""What the plain bot's actions share: who the customer is, and an order's facts as it says them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from rasa_sdk import Tracker

from actions import context as systems
from actions.words import Words, words
from bot.backoffice import BackOffice, Order


def shop() -> BackOffice:
    """Return the company's systems, those that our own actions use."""
    return systems.shop()


def vouched(tracker: Tracker) -> Mapping[str, Any]:
    """Return what the gateway says of the newest message: identity, language, time, turn."""
    found: Mapping[str, Any] = (tracker.latest_message or {}).get("turn") or {}
    return found


def customer_id(tracker: Tracker) -> str | None:
    """Return the id of a customer who is logged in; None for anybody else."""
    identity = vouched(tracker).get("identity") or {}
    return identity.get("customer_id") if identity.get("status") == "verified" else None


def today(tracker: Tracker) -> date:
    """Return the customer's day."""
    now = vouched(tracker).get("now")
    return datetime.fromisoformat(now.replace("Z", "+00:00")).date() if now else date.today()


def language(tracker: Tracker) -> str:
    """Return the language of the conversation, es or en."""
    return str(tracker.get_slot("language") or "es")


def word_book(tracker: Tracker) -> Words:
    """Return how money and dates are written in the conversation's language."""
    return words(language(tracker))


def key(tracker: Tracker, operation: str) -> str:
    """Return the idempotency key of a write in this turn."""
    return f"{tracker.sender_id}:{vouched(tracker).get('id')}:{operation}"


def facts(order: Order, tracker: Tracker) -> dict[str, str]:
    """Return an order's facts for the responses."""
    book = word_book(tracker)
    return {
        "order": order.number,
        "product": order.product,
        "carrier": order.carrier,
        "status": book.status(order.status) or order.status,
        "promised": book.date(order.promised_on),
        "amount": book.money(order.total_cents),
        "invoice": order.invoice,
    }
