"""What is read of a conversation, by triggers and by what understands an answer."""

from __future__ import annotations

from bot.deescalation.conversation import ConversationState
from bot.deescalation.topics import FALLBACK

FOREIGN = 0.95
"""Confidence that a reading of a language needs that the understanding was not taught."""


BESIDE = 0.95
"""Confidence that a clause needs to fire a trigger beside what the message is about."""


def said(state: ConversationState, intent: str, confidence: float) -> bool:
    """Return whether the newest turn says it, with its main point or beside it.

    Where the whole was not understood, what it may say is all there is: the trigger's own
    confidence is enough.
    """
    if state.spoken == "other":  # a language that was never learnt is read by chance
        confidence = max(confidence, FOREIGN)
    main = state.intent == intent and state.confidence >= confidence
    beside = confidence if state.intent == FALLBACK else max(confidence, BESIDE)
    return main or any(name == intent and sure >= beside for name, sure in state.also)


def failure(state: ConversationState, *kinds: str) -> str:
    """Return the newest failure of some kinds, as evidence; empty when there was none."""
    found = [one for one in state.failures if one.kind in kinds]
    return f"{found[-1].kind}: {found[-1].detail}".rstrip(": ") if found else ""


def takes_up(state: ConversationState) -> bool:
    """Return whether the customer asks for what was offered: a person must not come in between."""
    made = {f"request_{offer.name}" for offer in state.offers if offer.status == "made"}
    if "request_refund" in made:
        made.add("return_item")  # "take it back", said of what was to be paid back
    given = {f"request_{one.name}" for one in state.offers if one.status == "accepted"}
    taken = state.intent in given or (state.intent == "affirm" and bool(given))
    return state.intent in made or (taken and state.progress == state.turns)


def asked_which_first(state: ConversationState) -> bool:
    """Return whether the bot has just asked which of several matters comes first."""
    return state.responses[-1:] == ("utter_choose_matter",)
