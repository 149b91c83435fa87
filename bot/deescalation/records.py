"""What the bot did, written into the state. Every function returns a new state.

Actions call these after they acted; the policy calls :func:`bot.deescalation.steps.decided`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.deescalation.conversation import (
    MAX_LIST,
    MAX_MATTERS,
    MAX_OFFERS,
    ConversationState,
    Failure,
    Offer,
    Promise,
)
from bot.deescalation.facts import MAX_VALUE, Fact, clip, merged
from bot.deescalation.matters import in_hand
from bot.deescalation.phrasing import Phrase, mark
from bot.deescalation.state import last
from bot.deescalation.topics import issue_of

MAX_SAID = 120  # marks of texts, 8 characters each

STEPS = ("listen", "validate", "clarify", "resolve", "confirm", "handoff")

FAILURES = (
    "action_failed",
    "action_timeout",
    "back_office",
    "engine",
    "no_reply",
    "exception",
    "repeats_itself",
    "out_of_authority",
    "person_decides",
    "identity_failed",
)
"""Kinds of :func:`failed`. The first six are our own failures; the rest are limits reached."""


def said(state: ConversationState, phrase: Phrase, *, key: str = "") -> ConversationState:
    """Record a text that the customer read, so that it is never said again.

    A technique that the text applies and the facts that it names are recorded with it.
    """
    state = told(_with_technique(state, phrase.technique), phrase.facts)
    return replace(
        state,
        said=last(state.said, mark(phrase.id), MAX_SAID),
        responses=last(state.responses, clip(key or phrase.key, 40)),
        apologised=state.apologised or phrase.apology,
    )


def _with_technique(state: ConversationState, technique: str | None) -> ConversationState:
    name = clip(technique or "", 24)
    if not name or name in state.techniques:
        return state
    return replace(state, techniques=last(state.techniques, name, 16))


def attempted(state: ConversationState, technique: str | None = None) -> ConversationState:
    """Record one attempt to calm the customer, made in answer to the newest turn."""
    first = state.score if not state.attempts else state.first_attempt
    calmest = state.score if not state.attempts else state.calmest
    return replace(
        _with_technique(state, technique),
        attempts=state.attempts + 1,
        attempted=state.turns,
        first_attempt=first,
        calmest=calmest,
    )


def acknowledged(state: ConversationState) -> ConversationState:
    """Record that the newest turn was acknowledged; the stories may go on."""
    return replace(state, acknowledged=state.turn or str(state.turns))


def answered(state: ConversationState) -> ConversationState:
    """Record that the newest turn is answered: nothing more is said until the customer writes."""
    mine = state.turn or str(state.turns)
    return replace(state, acknowledged=mine, answered=mine)


def offered(state: ConversationState, text: str, *, name: str) -> ConversationState:
    """Record an offer that waits for an answer; ``name`` ``person`` is a person.

    An offer of the same name and text that was made before is not listed twice. A person is
    offered alone: the customer's next yes is to that, whatever waited before.
    """
    offer = Offer(clip(text, 80), "made", clip(name, 20))
    kept = tuple(one for one in state.offers if (one.name, one.text) != (offer.name, offer.text))
    waiting = () if name == "person" else state.pending
    return replace(
        state,
        offers=(*kept, offer)[-MAX_OFFERS:],
        pending=tuple(dict.fromkeys((*waiting, offer.name)))[-4:],
        person_offered=state.turns if name == "person" else state.person_offered,
        progress=state.progress if name == "person" else state.turns,
    )


def settled(state: ConversationState, name: str, status: str) -> ConversationState:
    """Record the answer to the offers called ``name``: accepted or refused."""
    offers = tuple(
        replace(one, status=status) if one.name == name and one.status == "made" else one
        for one in state.offers
    )
    return replace(
        state,
        offers=offers,
        pending=tuple(one for one in state.pending if one != name),
        progress=state.turns if status == "accepted" else state.progress,
    )


def closed(state: ConversationState) -> ConversationState:
    """Record that the matter in hand is settled: what waits may be taken up."""
    mine = state.turn or str(state.turns)
    return replace(state, step="confirm", matter="", closed=mine, progress=state.turns)


def put_off(state: ConversationState) -> ConversationState:
    """Record that the customer was asked which of several matters comes first."""
    agenda = state.agenda
    if state.matter:
        agenda = (in_hand(state), *agenda)
    return replace(answered(state), matter="", agenda=agenda[:MAX_MATTERS])


def taken_up(state: ConversationState) -> ConversationState:
    """Record that the first matter that waits is in hand now; nothing changes without one."""
    if not state.agenda:
        return state
    first, *rest = state.agenda
    return replace(
        state,
        matter=first.intent,
        agenda=tuple(rest),
        issue=issue_of(first.intent) or state.issue,
        complaint=first.text or state.complaint,
        fixes=0,
        step="clarify",
        progress=state.turns,
    )


def tried_fix(state: ConversationState) -> ConversationState:
    """Record that a remedy for a fault was given to try."""
    return replace(state, fixes=state.fixes + 1, progress=state.turns)


def promised(
    state: ConversationState, name: str, text: str, due: str, *, owner: str = "bot"
) -> ConversationState:
    """Record what the bot said will happen; the same ``name`` again replaces the earlier one.

    Args:
        state: The conversation.
        name: What it is for the program, e.g. ``resend:48213``.
        text: What was promised, for people.
        due: By when, ISO 8601.
        owner: ``bot``, or the team that sees to it.
    """
    promise = Promise(clip(name, 40), clip(text, 80), clip(due, 32), clip(owner, 20))
    kept = tuple(one for one in state.promises if one.name != promise.name)
    return replace(state, promises=(*kept, promise)[-4:])


def failed(state: ConversationState, kind: str, detail: str = "") -> ConversationState:
    """Record that something did not work; ``kind`` is one of :data:`FAILURES`."""
    failure = Failure(clip(kind, 24), clip(detail, 60))
    return replace(state, failures=last(state.failures, failure, 6))


def learned(
    state: ConversationState, facts: Mapping[str, str], *, source: str = "shop"
) -> ConversationState:
    """Record facts that the back office or an agent knows. The customer's own words stay."""
    new = {
        clip(name, 24): Fact(clip(value, MAX_VALUE), state.turns, source=source)
        for name, value in facts.items()
        if value and not _is_customers(state, name)
    }
    return replace(state, facts=merged(state.facts, new), progress=state.turns)


def _is_customers(state: ConversationState, name: str) -> bool:
    return name in state.facts and state.facts[name].source == "customer"


def told(state: ConversationState, names: Iterable[str]) -> ConversationState:
    """Record facts that were said back to the customer."""
    both = dict.fromkeys((*state.told, *(clip(name, 24) for name in names)))
    return replace(state, told=tuple(both)[-MAX_LIST:])


def stepped(state: ConversationState, step: str) -> ConversationState:
    """Record the step that the conversation has reached, e.g. ``resolve`` when options are out."""
    forward = step in ("resolve", "confirm") and step != state.step
    return replace(state, step=step, progress=state.turns if forward else state.progress)


def bounded_abuse(state: ConversationState) -> ConversationState:
    """Record that the one calm boundary against insults was said."""
    return replace(state, boundary=True)


def handed_off(state: ConversationState) -> ConversationState:
    """Record that the conversation went to a person."""
    return replace(answered(state), step="handoff", handed_off=True, pending=())
