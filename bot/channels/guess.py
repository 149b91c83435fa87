"""What a message means in its place, where the understanding alone was not sure.

Six things are certain without it: an answer that begins with yes or no answers what the bot asked,
and a few words with the postcode that it asked for are that answer; of two matters the one that is
named comes first; while a remedy is tried, "what do I do now?" asks for the next one and "done, it
opens" says that it worked; of another one or the money, "can you change it?" chooses the first; and
a message that names a product or an order is about one. Nothing else is guessed.
"""

from __future__ import annotations

from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.deescalation.conversation import ConversationState
from bot.deescalation.facts import answer_in, asks_exchange
from bot.deescalation.reading import asked_which_first
from bot.deescalation.topics import FALLBACK, MATTERS, issue_of, same_matter

LIKELY = 0.25
"""Share of the ranking from which an intent may be the message's, where its place allows it."""
FAINT = 0.05
"""Share from which an intent is not excluded where the words themselves speak for it."""
OBJECTS = frozenset({"product", "order_number"})
UNCLEAR = frozenset({FALLBACK, "return_item", "request_refund", "out_of_scope"})
"""Intents that a plain yes or no may have been taken for: "SÍ, devolvedlo YA"."""
PROOF = frozenset({"order_number", "email", "postcode"})
"""What the form for an order asks for; slots and entities have the same names."""
DATA = frozenset({"order_status", "change_address"})
"""Intents that such a detail alone may have been taken for: "postcode 28013, what else?"."""
FEW = 6
"""Words of a message that holds a detail and hardly more."""
OF_REMEDY = {
    "affirm": "affirm",
    "thanks": "affirm",
    "deny": "not_solved",
    "not_solved": "not_solved",
    "reject_suggestion": "not_solved",
    "ask_capabilities": "not_solved",
}
"""What a likely intent says of a remedy that is being tried; what it is taken for."""
SWAPS = frozenset({FALLBACK, "return_item", "order_status", "change_address"})
"""Intents that "can you change it for another?" may have been taken for."""
PROBLEMS = ("wrong_item", "damaged_product")
"""Matters that a return may be the wish of; the problem leaves more ways to settle it."""


def settle(parsed: dict[str, Any], tracker: DialogueStateTracker) -> dict[str, Any]:
    """Return the message as understood, with its intent settled where its place settles it.

    Args:
        parsed: Rasa's parse data.
        tracker: The conversation before the message.
    """
    name = str((parsed.get("intent") or {}).get("name"))
    text = str(parsed.get("text") or "")
    awaiting = tracker.get_slot("awaiting")
    found = answer_in(text) if name in UNCLEAR and awaiting else ""
    if name in DATA and tracker.get_slot("requested_slot") in PROOF and len(text.split()) <= FEW:
        found = "inform" if PROOF & _entities(parsed) else ""
    found = found or _chosen_matter(parsed, tracker)
    if not found and awaiting == "fix" and name in (FALLBACK, "ask_capabilities"):
        found = next((OF_REMEDY[one] for one in _likely(parsed) if one in OF_REMEDY), "")
    if not found and name in SWAPS and _offers_another(tracker) and asks_exchange(text):
        found = "request_resend" if "request_resend" in _likely(parsed, FAINT) else ""
    if not found and name == FALLBACK and OBJECTS & _entities(parsed):
        found = _likeliest_matter(parsed)
    return {**parsed, "intent": {"name": found, "confidence": 1.0}} if found else parsed


def _chosen_matter(parsed: dict[str, Any], tracker: DialogueStateTracker) -> str:
    """Return the matter that the customer takes first, if they were asked that; else nothing."""
    state = ConversationState.from_dict(tracker.get_slot("conversation_state"))
    if not asked_which_first(state):
        return ""
    best = next((name for name in _likely(parsed) if name != FALLBACK), "")
    return next((one.intent for one in state.agenda if same_matter(one.intent, best)), "")


def _offers_another(tracker: DialogueStateTracker) -> bool:
    """Return whether another one was offered for what came broken or wrong, and not answered."""
    state = tracker.get_slot("conversation_state") or {}
    offers = state.get("offers") or ()
    waiting = any(one.get("name") == "resend" and one.get("status") == "made" for one in offers)
    return waiting and issue_of(str(state.get("matter") or "")) == "quality"


def _entities(parsed: dict[str, Any]) -> set[str]:
    return {str(one.get("entity")) for one in parsed.get("entities") or ()}


def _likeliest_matter(parsed: dict[str, Any]) -> str:
    matters = [name for name in _likely(parsed) if name in MATTERS]
    if matters[:1] == ["return_item"]:
        return next((name for name in matters if name in PROBLEMS), "return_item")
    return next(iter(matters), "")


def _likely(parsed: dict[str, Any], share: float = LIKELY) -> list[str]:
    """Return the intents that have such a share of the ranking, the likeliest first."""
    ranking = parsed.get("intent_ranking") or ()
    return [str(one.get("name")) for one in ranking if float(one.get("confidence") or 0) >= share]
