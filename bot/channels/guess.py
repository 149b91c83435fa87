"""What a message means in its place, where the understanding alone was not sure.

Two things are certain without it: an answer that begins with yes or no answers what the bot asked,
and a message that names a product or an order is about one. Nothing else is guessed.
"""

from __future__ import annotations

from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.deescalation.facts import answer_in
from bot.deescalation.topics import FALLBACK, MATTERS

LIKELY = 0.25
"""Share of the ranking from which a matter is taken for the message's, if it names an object."""
OBJECTS = frozenset({"product", "order_number"})
UNCLEAR = frozenset({FALLBACK, "return_item", "request_refund", "out_of_scope"})
"""Intents that a plain yes or no may have been taken for: "SÍ, devolvedlo YA"."""


def settle(parsed: dict[str, Any], tracker: DialogueStateTracker) -> dict[str, Any]:
    """Return the message as understood, with its intent settled where its place settles it.

    Args:
        parsed: Rasa's parse data.
        tracker: The conversation before the message.
    """
    name = str((parsed.get("intent") or {}).get("name"))
    found = ""
    if name in UNCLEAR and tracker.get_slot("awaiting"):
        found = answer_in(str(parsed.get("text") or ""))
    if not found and name == FALLBACK and OBJECTS & _entities(parsed):
        found = _likeliest_matter(parsed)
    return {**parsed, "intent": {"name": found, "confidence": 1.0}} if found else parsed


def _entities(parsed: dict[str, Any]) -> set[str]:
    return {str(one.get("entity")) for one in parsed.get("entities") or ()}


def _likeliest_matter(parsed: dict[str, Any]) -> str:
    ranking = parsed.get("intent_ranking") or ()
    likely = (
        str(one.get("name"))
        for one in ranking
        if one.get("name") in MATTERS and float(one.get("confidence") or 0) >= LIKELY
    )
    return next(likely, "")
