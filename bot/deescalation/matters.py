"""Which matter is in hand, and which wait: one at a time, none forgotten."""

from __future__ import annotations

from dataclasses import replace

from bot.deescalation.conversation import MAX_MATTERS, ConversationState, Matter
from bot.deescalation.facts import clip
from bot.deescalation.topics import ANGER, MATTERS, same_matter, solves
from bot.deescalation.turn import CustomerTurn

SURE = 0.6  # confidence from which one matter takes the place of another, as half_understood's


def in_its_place(state: ConversationState, turn: CustomerTurn) -> CustomerTurn:
    """Return the turn; half understood, it goes on about the matter in hand and begins no other.

    "I know it has been 45 days, but I was in hospital" is no late parcel in the middle of a return.
    """
    begins = turn.intent in MATTERS - {"policy_exception"} and not turn.choice
    other = state.matter and not same_matter(state.matter, turn.intent)
    if begins and other and turn.confidence < SURE and "order_number" not in turn.entities:
        return replace(turn, intent="inform")
    return turn


def matters(state: ConversationState, turn: CustomerTurn) -> ConversationState:
    """Keep one matter in hand; what else was asked for, or is left for another, waits."""
    turn = with_its_matter(turn)
    if turn.intent == "return_item" and solves("request_refund", state.matter):
        return state  # the money for the complaint in hand, not a new matter
    if turn.intent.startswith("request_"):
        return _wished(state, turn.intent)
    if turn.intent not in MATTERS:
        return replace(state, matter="") if _content(state, turn) else state
    words = clip(turn.text, 60) if not turn.choice else ""
    agenda = [one for one in state.agenda if not same_matter(one.intent, turn.intent)]
    left = state.matter and not same_matter(state.matter, turn.intent)
    if left and turn.intent != "policy_exception":  # an exception is about what is in hand
        agenda.append(in_hand(state))
    known = [turn.intent, *(one.intent for one in agenda)]
    for intent, _ in turn.also if turn.intent != "policy_exception" else ():
        if intent in MATTERS and not any(same_matter(intent, one) for one in known):
            agenda.append(Matter(intent, words))
            known.append(intent)
    fresh = not same_matter(state.matter, turn.intent)
    return replace(
        state,
        matter=turn.intent,
        agenda=tuple(agenda)[-MAX_MATTERS:],
        fixes=0 if fresh else state.fixes,
        step="clarify" if fresh and state.step in ("resolve", "confirm") else state.step,
    )


def with_its_matter(turn: CustomerTurn) -> CustomerTurn:
    """Return the turn by the matter that is in its anger, if there is one."""
    if turn.intent not in ANGER:
        return turn
    named = next((intent for intent, _ in turn.also if intent in MATTERS), None)
    return replace(turn, intent=named) if named else turn


def _wished(state: ConversationState, wish: str) -> ConversationState:
    """Take up the matter that waits and that the wish is about, if it is not the one in hand."""
    if solves(wish, state.matter):
        return state
    about = next((one for one in state.agenda if solves(wish, one.intent)), None)
    if about is None:
        return state
    rest = [one for one in state.agenda if one != about]
    if state.matter and state.step != "resolve":  # not even answered: it waits
        rest.append(in_hand(state))
    return replace(state, matter=about.intent, agenda=tuple(rest))


def in_hand(state: ConversationState) -> Matter:
    """Return the matter in hand, as it waits for another."""
    order = state.facts.get("order")
    number = order.value if order is not None and state.step == "resolve" else ""
    return Matter(state.matter, clip(state.complaint, 60), clip(number, 16))


def _content(state: ConversationState, turn: CustomerTurn) -> bool:
    """Return whether the customer takes the answer as it is: nothing of it is left to do."""
    agreed = turn.intent == "affirm" and not state.person and not state.fixes
    taken = turn.intent in ("thanks", "bye") or agreed
    waiting = any(one.status == "made" and one.name != "person" for one in state.offers)
    return taken and state.step == "resolve" and not waiting and state.progress < state.turns
