"""Which of their orders a customer means: by what it holds, and by what can be done for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date

from actions.context import Context
from bot.backoffice import BackOffice, Order

LETTERS = 4  # of a word that names a product: "de", "con" and "150" name none
DAYS_FRESH = 60  # since its delivery, of an order that may be damaged or sent back

_WORD = re.compile(r"[a-z]+")


def likely(owned: Sequence[Order], context: Context, systems: BackOffice) -> list[Order]:
    """Return the orders that the conversation is likely about, newest first.

    What the customer named wins, in the newest message first; then what fits the matter. All of
    them when nothing tells them apart.
    """
    for text in _said(context):
        named = [order for order in owned if order.number in text or holds(order, text)]
        if named:
            return _fitting(named, context, systems) or named
    return _fitting(owned, context, systems) or list(owned)


def only_order(context: Context, systems: BackOffice) -> Order | None:
    """Return the one order of a verified customer that this can be about; None for none or more."""
    if not context.customer_id:
        return None
    meant = likely(systems.orders_of(context.customer_id), context, systems)
    return meant[0] if len(meant) == 1 else None


def holds(order: Order, text: str) -> bool:
    """Return whether a text names what an order holds: "la cafetera", "the headphones"."""
    return bool(_words([order.product]) & _words([text]))


def _said(context: Context) -> list[str]:
    """Return the customer's words, the newest first."""
    state = context.state
    product = state.facts.get("product")
    theirs = product.value if product and product.source == "customer" else ""
    texts = (context.text, *reversed(state.texts), state.complaint, theirs)
    return [one for one in texts if one]


def _words(texts: Iterable[str]) -> set[str]:
    """Return the words of some texts without accents and plural."""
    found = set()
    for text in texts:
        plain = unicodedata.normalize("NFD", text.lower())
        plain = "".join(char for char in plain if not unicodedata.combining(char))
        found |= {_single(word) for word in _WORD.findall(plain) if len(word) >= LETTERS}
    return found


def _single(word: str) -> str:
    """Return a word without its plural ending, the same way in both languages."""
    for ending in ("es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= LETTERS - 1:
            return word.removesuffix(ending).rstrip("e")
    return word.rstrip("e")


def _fitting(owned: Sequence[Order], context: Context, systems: BackOffice) -> list[Order]:
    """Return the orders for which something can be done in the matter in hand."""
    goal, today = context.slots.get("resolution"), context.today
    if goal == "double_charge":
        return [order for order in owned if systems.duplicate_charges(order.number)]
    if goal in ("locate", "resend", "voucher"):
        waiting = [order for order in owned if order.status not in ("delivered", "cancelled")]
        late = [order for order in waiting if order.days_late(today)]
        return late if late and (goal != "locate" or context.intent == "late_delivery") else waiting
    if goal in ("cancel", "address"):
        return [order for order in owned if order.status == "processing"]
    if goal in ("remedy", "return"):
        return [order for order in owned if _is_fresh(order, today)]
    return []


def _is_fresh(order: Order, today: date) -> bool:
    since = order.delivered_on
    return order.status == "delivered" and since is not None and (today - since).days <= DAYS_FRESH
