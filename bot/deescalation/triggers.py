"""Escalation triggers: the reasons to hand a conversation to a person, or to offer one.

A trigger is a function of the conversation that answers yes or no. To add one:

1. write it below under ``@trigger(group, act, reason code)``; the first line of its docstring is
   the reason that agents read; its keyword-only arguments are its thresholds;
2. switch it on in ``config.yml``, with those thresholds (unit and source in a comment);
3. add its rows to ``tests/deescalation/test_triggers.py``: one that fires, and its calm twin.

Triggers never read the customer's text, only what the understanding made of it. They run in the
order safety, request, legal, issue, emotion, count; inside a group in the order of this file.
An intent only counts from a ``confidence`` on.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from bot.deescalation.conversation import ConversationState
from bot.deescalation.facts import count_in
from bot.deescalation.firing import (
    TRIGGERS,
    Count,
    Enabled,
    Firing,
    Level,
    Names,
    Share,
    UnknownTrigger,
    enabled,
    fired,
    trigger,
)
from bot.deescalation.topics import SMALL_TALK, TOPICS
from bot.deescalation.turn import at_least

__all__ = ["TRIGGERS", "Enabled", "Firing", "UnknownTrigger", "enabled", "fired"]


_safety = partial(trigger, "safety", "handoff", priority="urgent", team="safety", risk="safety")
_legal = partial(trigger, "legal", "handoff", priority="high", team="managers")
_beyond = partial(trigger, "issue", "handoff", priority="high", team="managers")


def _said(state: ConversationState, intent: str, confidence: float) -> bool:
    return state.intent == intent and state.confidence >= confidence


def _failure(state: ConversationState, *kinds: str) -> str:
    found = [one for one in state.failures if one.kind in kinds]
    return f"{found[-1].kind}: {found[-1].detail}".rstrip(": ") if found else ""


@_safety("safety_self_harm", response="utter_safety_self_harm")
def self_harm(state: ConversationState, *, confidence: Share) -> bool:
    """The customer speaks of harming themselves."""
    return _said(state, "self_harm", confidence)


@_safety("safety_violence", response="utter_safety_violence")
def violence_threat(state: ConversationState, *, confidence: Share) -> bool:
    """The customer threatens violence, or is threatened."""
    return _said(state, "violence_threat", confidence)


@_safety("safety_emergency", response="utter_safety_violence")
def emergency(state: ConversationState, *, confidence: Share) -> bool:
    """Somebody is in danger now: an accident, a fire, an attack, ill health."""
    return _said(state, "emergency", confidence)


@trigger("request", "handoff", "asked_for_person")
def explicit_request(state: ConversationState, *, confidence: Share) -> bool:
    """The customer asked to talk to a person."""
    return _said(state, "ask_human", confidence)


@trigger("request", "handoff", "accepted_person")
def accepted_person(state: ConversationState) -> bool:
    """The customer said yes to being passed to a person."""
    return state.person == "accepted"


@trigger("request", "handoff", "unsupported_language")
def unsupported_language(state: ConversationState, *, languages: Names, words: Count) -> bool:
    """The customer writes in a language that the bot does not answer in.

    Args:
        state: The conversation so far.
        languages: ISO codes of the languages that are answered.
        words: Words that a message needs before its language is believed.
    """
    foreign = bool(state.spoken) and state.spoken not in (*languages, "und")
    return foreign and not state.choice and len(state.text.split()) >= words


@_legal("legal_threat", risk="legal", response="utter_handoff_legal")
def legal_threat(state: ConversationState, *, confidence: Share) -> bool:
    """The customer speaks of a lawyer, a court, the police or a consumer authority."""
    return _said(state, "legal_threat", confidence)


@_legal("press_threat", risk="press", response="utter_handoff_legal")
def press_threat(state: ConversationState, *, confidence: Share) -> bool:
    """The customer speaks of going to the press, the networks or the public reviews."""
    return _said(state, "press_threat", confidence)


@_legal("formal_complaint", risk="regulator", response="utter_handoff_complaint")
def formal_complaint(state: ConversationState, *, confidence: Share) -> bool:
    """The customer wants to file a formal complaint."""
    return _said(state, "formal_complaint", confidence)


@_legal("data_rights", risk="regulator", response="utter_handoff_data_rights")
def data_rights(state: ConversationState, *, confidence: Share) -> bool:
    """The customer asks for their data, or to have it deleted."""
    return _said(state, "data_rights", confidence)


@trigger("issue", "handoff", "account_fraud", priority="high", team="billing")
def account_fraud(state: ConversationState, *, cues: Names, confidence: Share) -> bool:
    """The customer reports that someone uses their account or their card.

    Args:
        state: The conversation so far.
        cues: Names of the cues that mean it, whatever the intent.
        confidence: Lowest confidence of the intent that means it.
    """
    said = _said(state, "account_fraud", confidence)
    return said or any(cue in cues for cue in state.cues)


@_beyond("out_of_authority", response="utter_handoff_authority")
def out_of_authority(state: ConversationState) -> str:
    """What the customer needs is more than the bot may give."""
    return _failure(state, "out_of_authority")


@trigger("issue", "handoff", "system_failure", priority="high")
def system_failed(state: ConversationState) -> str:
    """An operation of ours failed: engine, action or back office."""
    kinds = ("action_failed", "action_timeout", "back_office", "engine", "no_reply", "exception")
    return _failure(state, *kinds)


@trigger("issue", "handoff", "identity_not_proved", response="utter_handoff_unproven")
def identity_failed(state: ConversationState, *, times: Count) -> str:
    """The customer could not prove whose order it is.

    Args:
        state: The conversation so far.
        times: Failed tries.
    """
    tries = [one for one in state.failures if one.kind == "identity_failed"]
    return f"{len(tries)} x identity_failed" if len(tries) >= times else ""


@trigger("issue", "offer", "churn_threat", priority="high", risk="churn")
def churn_threat(state: ConversationState, *, confidence: Share) -> bool:
    """The customer says they will leave."""
    return _said(state, "churn_threat", confidence)


@trigger("issue", "offer", "repeated_contact", priority="high")
def repeated_contact(state: ConversationState, *, confidence: Share) -> bool:
    """The customer has contacted us about this before."""
    return _said(state, "repeated_contact", confidence)


@trigger("issue", "flag", "many_contacts", priority="high")
def many_contacts(state: ConversationState, *, times: Count) -> str:
    """The customer counts several contacts before this one.

    Args:
        state: The conversation so far.
        times: Contacts that are too many.
    """
    fact = state.facts.get("contacts")
    return fact.value if fact and (count_in(fact.value) or 0) >= times else ""


@trigger("emotion", "handoff", "abuse", priority="high", team="managers", risk="abuse")
def abuse_after_boundary(state: ConversationState, *, confidence: Share) -> bool:
    """The customer insults on after one calm boundary."""
    return state.boundary and _said(state, "abuse", confidence)


@trigger("emotion", "handoff", "anger_not_lower", priority="high")
def anger_not_lower(state: ConversationState, *, attempts: Count, drop: Share) -> bool:
    """The customer is as angry as before, after the attempts to calm them.

    Args:
        state: The conversation so far.
        attempts: Attempts made, one in answer to each of as many turns.
        drop: By how much the score must have fallen since the first attempt to count as lower.
    """
    tried = state.earlier_attempts >= attempts and at_least(state.level, "frustrated")
    return tried and state.calmest > state.first_attempt - drop


@trigger("emotion", "offer", "attempts_spent", priority="high")
def attempts_spent(state: ConversationState, *, attempts: Count) -> bool:
    """The customer is still frustrated after the attempts to calm them.

    Args:
        state: The conversation so far.
        attempts: Attempts made.
    """
    return state.earlier_attempts >= attempts and at_least(state.level, "frustrated")


@trigger("emotion", "offer", "falling_mood")
def falling_mood(state: ConversationState, *, turns: Count, rise: Share) -> str:
    """The customer's mood has fallen turn after turn.

    Args:
        state: The conversation so far.
        turns: Turns with a mood in them, each more frustrated than the one before.
        rise: How much higher the last score must be than the first.
    """
    recent = state.moods[-turns:]
    falling = len(recent) == turns and all(later > earlier for earlier, later in pairwise(recent))
    fresh = bool(recent) and state.score == recent[-1]
    if not (falling and fresh and recent[-1] - recent[0] >= rise):
        return ""
    return " → ".join(f"{score:.2f}" for score in recent)


@trigger("emotion", "flag", "very_angry", priority="high")
def very_angry(state: ConversationState, *, level: Level) -> bool:
    """The customer is very angry: whoever takes over should not let them wait.

    Args:
        state: The conversation so far.
        level: Lowest level that counts.
    """
    return at_least(state.level, level)


@trigger("emotion", "deescalate", "abuse_boundary", risk="abuse", response="utter_boundary")
def first_abuse(state: ConversationState, *, confidence: Share) -> bool:
    """The customer insults for the first time: one calm boundary."""
    return not state.boundary and _said(state, "abuse", confidence)


@trigger("count", "handoff", "repeats_itself", response="utter_handoff_repeats")
def about_to_repeat(state: ConversationState, *, times: Count) -> str:
    """The bot has nothing left to say that it has not said already.

    Args:
        state: The conversation so far.
        times: The same question in a row, without a new fact in between.
    """
    failure = _failure(state, "repeats_itself")
    recent = [key for key in state.responses if key != "utter_acknowledge"][-times:]
    loop = len(recent) == times and len(set(recent)) == 1 and not state.new_facts
    idle = not state.choice and state.turns - state.progress >= times
    elsewhere = state.intent in TOPICS and state.intent not in state.intents[-times - 1 : -1]
    stuck = loop and idle and state.intent not in SMALL_TALK and not elsewhere
    return failure or (f"{times} x {recent[-1]}" if stuck else "")


@trigger("count", "handoff", "not_understood")
def not_understood(state: ConversationState, *, times: Count) -> bool:
    """The bot did not understand the customer several times in a row."""
    return state.misunderstood >= times


@trigger("count", "offer", "not_understood_twice")
def not_understood_twice(state: ConversationState, *, times: Count) -> bool:
    """The bot did not understand the customer again."""
    return state.misunderstood >= times


@trigger("count", "offer", "repeated_complaint")
def repeated_complaint(state: ConversationState, *, times: Count, similarity: Share) -> bool:
    """The customer had to say the same again.

    Args:
        state: The conversation so far.
        times: How often it was said in all.
        similarity: Share of words in common with an earlier message that makes it the same.
    """
    alike = state.similarity >= similarity and not state.new_facts
    return (state.repeated or alike) and max(state.repeats, int(alike)) + 1 >= times


@trigger("count", "offer", "no_progress")
def no_progress(state: ConversationState, *, turns: Count) -> str:
    """The conversation has not come forward for a while.

    Args:
        state: The conversation so far.
        turns: Customer turns since the last new fact, offer or step forward.
    """
    idle = state.turns - state.progress
    return f"{idle} turns without progress" if idle >= turns else ""
