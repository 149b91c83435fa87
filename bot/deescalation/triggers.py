"""Escalation triggers: the reasons to hand a conversation to a person, or to offer one.

A trigger is a function of the conversation that answers yes or no. To add one:

1. write it below under ``@trigger(group, act, reason code)``; the first line of its docstring is
   the reason that agents read; its keyword-only arguments are its thresholds; emotions and counts
   are in :mod:`bot.deescalation.triggers_course`;
2. switch it on in ``config.yml``, with those thresholds (unit and source in a comment);
3. add its rows to ``tests/deescalation/test_triggers.py``: one that fires, and its calm twin.

Triggers never read the customer's text, only what the understanding made of it. They run in the
order safety, request, legal, issue, emotion, count; inside a group in the order of their file.
An intent only counts from a ``confidence`` on.
"""

from __future__ import annotations

from functools import partial

from bot.deescalation import triggers_course  # noqa: F401  # registers its triggers
from bot.deescalation.conversation import ConversationState
from bot.deescalation.facts import count_in
from bot.deescalation.firing import (
    TRIGGERS,
    Count,
    Enabled,
    Firing,
    Names,
    Share,
    UnknownTrigger,
    enabled,
    fired,
    trigger,
)
from bot.deescalation.reading import failure, said

__all__ = ["TRIGGERS", "Enabled", "Firing", "UnknownTrigger", "enabled", "fired"]


_safety = partial(trigger, "safety", "handoff", priority="urgent", team="safety", risk="safety")
_legal = partial(trigger, "legal", "handoff", priority="high", team="managers")
_beyond = partial(trigger, "issue", "handoff", priority="high", team="managers")


@_safety("safety_self_harm", response="utter_safety_self_harm")
def self_harm(state: ConversationState, *, confidence: Share) -> bool:
    """The customer speaks of harming themselves."""
    return said(state, "self_harm", confidence)


@_safety("safety_violence", response="utter_safety_violence")
def violence_threat(state: ConversationState, *, confidence: Share) -> bool:
    """The customer threatens violence, or is threatened."""
    return said(state, "violence_threat", confidence)


@_safety("safety_emergency", response="utter_safety_emergency")
def emergency(state: ConversationState, *, confidence: Share, cues: Names, surely: Share) -> bool:
    """Somebody is in danger now: an accident, a fire, an attack, ill health.

    Args:
        state: The conversation so far.
        confidence: Of the intent.
        cues: Names of cues that sound like it: a shop at a standstill talks as an accident does.
        surely: Confidence that is needed with one of those.
    """
    alike = any(cue in cues for cue in state.cues)
    return said(state, "emergency", surely if alike else confidence)


@trigger("request", "handoff", "asked_for_person")
def explicit_request(state: ConversationState, *, confidence: Share) -> bool:
    """The customer asked to talk to a person."""
    return said(state, "ask_human", confidence)


@trigger("request", "handoff", "accepted_person")
def accepted_person(state: ConversationState) -> bool:
    """The customer said yes to being passed to a person."""
    return state.person == "accepted"


@trigger("request", "handoff", "unsupported_language", priority="high")
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
    return said(state, "legal_threat", confidence)


@_legal("press_threat", risk="press", response="utter_handoff_legal")
def press_threat(state: ConversationState, *, confidence: Share) -> bool:
    """The customer speaks of going to the press, the networks or the public reviews."""
    return said(state, "press_threat", confidence)


@_legal("formal_complaint", risk="regulator", response="utter_handoff_complaint")
def formal_complaint(state: ConversationState, *, confidence: Share) -> bool:
    """The customer wants to file a formal complaint."""
    return said(state, "formal_complaint", confidence)


@_legal("data_rights", risk="regulator", response="utter_handoff_data_rights")
def data_rights(state: ConversationState, *, confidence: Share) -> bool:
    """The customer asks for their data, or to have it deleted."""
    return said(state, "data_rights", confidence)


@trigger("issue", "handoff", "severe_failure", priority="urgent", team="technical")
def severe_failure(state: ConversationState, *, cues: Names) -> bool:
    """Something big is down: the customer, or many of them, cannot go on at all.

    Args:
        state: The conversation so far.
        cues: Names of the cues that mean it, whatever the intent.
    """
    return any(cue in cues for cue in state.cues)


@trigger("issue", "handoff", "account_fraud", priority="high", team="billing")
def account_fraud(state: ConversationState, *, cues: Names, confidence: Share) -> bool:
    """The customer reports that someone uses their account or their card.

    Args:
        state: The conversation so far.
        cues: Names of the cues that mean it, whatever the intent.
        confidence: Lowest confidence of the intent that means it.
    """
    reported = said(state, "account_fraud", confidence)
    return reported or any(cue in cues for cue in state.cues)


@_beyond("out_of_authority", response="utter_handoff_authority")
def out_of_authority(state: ConversationState) -> str:
    """What the customer needs is more than the bot may give."""
    return failure(state, "out_of_authority")


@_beyond("person_decides", response="utter_handoff_decides")
def always_person(state: ConversationState, *, issues: Names) -> str:
    """The matter is one of those that a person always decides; it is prepared for them.

    Args:
        state: The conversation so far.
        issues: Issues that a person decides, whatever the bot could do.
    """
    return failure(state, "person_decides") if state.issue in issues else ""


@trigger("issue", "handoff", "system_failure", priority="high")
def system_failed(state: ConversationState) -> str:
    """An operation of ours failed: engine, action or back office."""
    kinds = ("action_failed", "action_timeout", "back_office", "engine", "no_reply", "exception")
    return failure(state, *kinds)


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
    return said(state, "churn_threat", confidence)


@trigger("issue", "offer", "repeated_contact", priority="high")
def repeated_contact(state: ConversationState, *, confidence: Share) -> bool:
    """The customer has contacted us about this before."""
    return said(state, "repeated_contact", confidence)


@trigger("issue", "flag", "second_contact", priority="high")
def second_contact(state: ConversationState, *, times: Count, days: Count) -> str:
    """The customer had contacted us a few days before, as our own records say.

    Args:
        state: The conversation so far.
        times: Contacts in all, this one included.
        days: Days that are looked back.
    """
    recent = [days_ago for days_ago, _ in state.contacts if days_ago <= days]
    return f"{len(recent) + 1} contacts in {days} days" if len(recent) + 1 >= times else ""


@trigger("issue", "handoff", "frequent_contact", priority="high", response="utter_handoff_frequent")
def frequent_contact(state: ConversationState, *, times: Count, days: Count) -> str:
    """The customer comes again and again about the same, as our own records say.

    Not once a person has had this conversation and given it back: they saw those contacts, and the
    customer would wait for them a second time.

    Args:
        state: The conversation so far.
        times: Contacts in all, this one included.
        days: Days that are looked back.
    """
    return "" if state.note is not None else _contacts(state, times, days)


def _contacts(state: ConversationState, times: int, days: int) -> str:
    """Return the evidence that there were so many contacts about the present issue."""
    if state.issue is None:
        return ""
    kin = {"double_charge": "billing"}
    issue = kin.get(state.issue, state.issue)
    same = [ago for ago, about in state.contacts if ago <= days and kin.get(about, about) == issue]
    return f"{len(same) + 1} contacts in {days} days" if len(same) + 1 >= times else ""


@trigger("issue", "offer", "special_care", priority="high")
def special_care(state: ConversationState, *, care: Names, cues: Names) -> str:
    """The customer gets special care: a person is offered with the first matter.

    Args:
        state: The conversation so far.
        care: Kinds of care that count, as the records name them.
        cues: Names of the cues with which a customer says so.
    """
    found = [*(one for one in state.care if one in care), *(c for c in state.cues if c in cues)]
    return found[0] if found and state.issue and not state.person_offered else ""


@trigger("issue", "flag", "many_contacts", priority="high")
def many_contacts(state: ConversationState, *, times: Count) -> str:
    """The customer counts several contacts before this one.

    Args:
        state: The conversation so far.
        times: Contacts that are too many.
    """
    fact = state.facts.get("contacts")
    return fact.value if fact and (count_in(fact.value) or 0) >= times else ""
