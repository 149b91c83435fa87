"""How the state grows: a customer's turn, an agent's note.

Both functions are pure: they return a new state. What the bot itself did is recorded by
:mod:`bot.deescalation.records`; the state itself is described in
:mod:`bot.deescalation.conversation`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.deescalation.conversation import (
    MAX_LIST,
    MAX_OFFERS,
    MAX_TEXTS,
    MAX_WORDS,
    ConversationState,
    Failure,
    Matter,
    Note,
    Offer,
)
from bot.deescalation.facts import MAX_VALUE, Fact, clip, from_entities, merged
from bot.deescalation.matters import in_its_place, matters, with_its_matter
from bot.deescalation.reading import asked_which_first
from bot.deescalation.topics import (
    FALLBACK,
    INTERNAL,
    MOODLESS,
    REPEATABLE,
    issue_of,
    solves,
)
from bot.deescalation.turn import LEVELS, CustomerTurn, History, at_least

__all__ = [
    "ConversationState",
    "CustomerTurn",
    "Failure",
    "History",
    "Matter",
    "Note",
    "Offer",
    "advance",
    "handed_back",
]

_WORD = re.compile(r"\w+")


def last(values: Sequence[Any], new: Any, limit: int = MAX_LIST) -> tuple[Any, ...]:
    """Return the newest ``limit`` of ``values`` and ``new``."""
    return (*values, new)[-limit:]


def advance(state: ConversationState, turn: CustomerTurn) -> ConversationState:
    """Return the state after one more customer turn; the same turn id is counted once."""
    turn = _tidy(turn)
    if turn.intent in INTERNAL or (turn.id and turn.id in state.seen):
        return state
    turn = in_its_place(state, turn)
    number = state.turns + 1
    language = _language(state, turn)
    given = {}
    if not turn.choice:
        given = from_entities(turn.entities, turn=number, language=language, text=turn.text)
    new_facts = any(_is_new(state, name, fact) for name, fact in given.items())
    state = replace(
        state,
        turn=turn.id,
        turns=number,
        seen=last(state.seen, turn.id, 6),
        texts=last(state.texts, clip(turn.text, MAX_WORDS), MAX_TEXTS),
        confidence=turn.confidence,
        also=tuple((name, round(sure, 3)) for name, sure in turn.also)[:3],
        clock=last(state.clock, int(turn.at)),
        choice=turn.choice,
        known=turn.known,
        cues=tuple(turn.cues)[:MAX_LIST],
        spoken=turn.language,
        language=language,
        register=_register(state.register, turn.register),
        facts=merged(state.facts, given),
        new_facts=new_facts,
        progress=number if new_facts else state.progress,
    )
    state = _known_before(state, turn.history) if turn.history else state
    return matters(_subject(_answers(_mood(state, turn), turn), with_its_matter(turn)), turn)


def _tidy(turn: CustomerTurn) -> CustomerTurn:
    score = turn.score if 0.0 <= turn.score <= 1.0 else float(turn.score > 1.0)
    return replace(
        turn,
        id=clip(turn.id, 40),
        intent=clip(turn.intent, 24),
        score=round(score, 3),
        level=turn.level if turn.level in LEVELS else LEVELS[0],
        cues=tuple(clip(cue, 24) for cue in turn.cues),
        language=clip(turn.language, 8),
        register=turn.register if turn.register in ("tu", "usted", "vos") else None,
    )


def _known_before(state: ConversationState, history: History) -> ConversationState:
    contacts = tuple((int(days), clip(str(issue), 24)) for days, issue in history.contacts)
    care = tuple(dict.fromkeys((*state.care, *(clip(one, 16) for one in history.care))))
    return replace(
        state,
        contacts=contacts[:MAX_LIST],
        open_cases=min(max(int(history.open_cases), 0), 99),
        care=care[:4],
    )


def _language(state: ConversationState, turn: CustomerTurn) -> str:
    """Follow the customer's language, but not on the strength of a word or two."""
    known = turn.language in ("es", "en")
    clear = not state.turns or len(turn.text.split()) >= 3
    return turn.language if known and clear and not turn.choice else state.language


def _register(before: str | None, now: str | None) -> str | None:
    """Follow the customer's register; a vos stays, whose other words are those of a tú."""
    return before if before == "vos" and now == "tu" else now or before


def _is_new(state: ConversationState, name: str, fact: Fact) -> bool:
    return name not in state.facts or state.facts[name].value != fact.value


def _mood(state: ConversationState, turn: CustomerTurn) -> ConversationState:
    # A bare answer has no level of its own: what it gets from the turns before was acted on then.
    bare = turn.choice or (turn.intent in MOODLESS and not turn.cues)
    carried = "annoyed" if state.heated else "calm"
    state = replace(
        state,
        frustration=last(state.frustration, turn.score),
        levels=last(state.levels, carried if bare else turn.level),
        intents=last(state.intents, turn.intent),
        peak=max(state.peak, turn.score),
        complaining=0.0 if bare else round(turn.complaint, 2),
    )
    if bare:
        return state
    cooled = turn.level == "calm"
    return replace(
        state,
        moods=last(state.moods, turn.score),
        calmest=min(state.calmest, turn.score) if state.attempts else 1.0,
        heated=at_least(turn.level, "frustrated") or (state.heated and not cooled),
    )


def _answers(state: ConversationState, turn: CustomerTurn) -> ConversationState:
    """Settle the offers that waited for an answer, and count what was not understood."""
    lost = turn.intent == FALLBACK and not turn.choice and not turn.entities
    grasp = 0.0 if lost else 1.0 if turn.choice or turn.entities else turn.confidence
    status = _reply(turn.intent, state.pending)
    settled = tuple(
        replace(offer, status=status)
        if status and offer.name in state.pending and offer.status == "made"
        else offer
        for offer in state.offers
    )
    return replace(
        state,
        misunderstood=state.misunderstood + 1 if lost else 0,
        grasp=last(state.grasp, round(grasp, 2)),
        offers=settled,
        person=status if "person" in state.pending else "",
        progress=state.turns if status == "accepted" else state.progress,
        pending=() if status or turn.intent != FALLBACK else state.pending,
    )


def _reply(intent: str, pending: Sequence[str]) -> str:
    if intent == "ask_human" and "person" in pending:
        return "accepted"
    if intent in ("deny", "not_solved", "reject_suggestion"):
        return "refused" if pending else ""
    return "accepted" if intent == "affirm" and len(pending) == 1 else ""


def _subject(state: ConversationState, turn: CustomerTurn) -> ConversationState:
    """Keep what the conversation is about, what the customer wants, and what came up again."""
    before = state.intents[:-1]
    settled = len(state.seen) > 1 and state.seen[-2] == state.closed  # it was just answered
    again = turn.intent in REPEATABLE and turn.intent in before and not settled
    tested = turn.intent == "not_solved" and state.fixes > 0  # it answers "does it work now?"
    chosen = turn.choice or asked_which_first(state)  # "the charge first"
    repeated = again and not state.new_facts and not chosen and not tested
    stated = issue_of(turn.intent) is not None and not turn.choice
    wants = state.wants
    if turn.intent.startswith("request_") and turn.intent not in wants:
        wants = last(wants, turn.intent, 4)
    return replace(
        state,
        issue=_issue(state, turn),
        complaint=state.complaint or (clip(turn.text, MAX_WORDS) if stated else ""),
        wants=wants,
        repeats=state.repeats + repeated,
        repeated=repeated,
        similarity=0.0 if chosen or settled else _similarity(state.texts),
        abuse=state.abuse + (turn.intent == "abuse"),
        formal_complaint=state.formal_complaint or turn.intent == "formal_complaint",
    )


def _issue(state: ConversationState, turn: CustomerTurn) -> str | None:
    """Return the issue; sending back what came broken is about that, no return of its own."""
    if turn.intent == "return_item" and solves("request_refund", state.matter):
        return state.issue
    return issue_of(turn.intent) or state.issue


def _similarity(texts: Sequence[str]) -> float:
    """Return the share of words that the last text has in common with the nearest earlier one."""
    newest, *earlier = [set(_WORD.findall(text.lower())) for text in reversed(texts)]
    if len(newest) < 3:
        return 0.0
    shares = [len(newest & other) / len(newest | other) for other in earlier]
    return round(max(shares, default=0.0), 2)


def handed_back(state: ConversationState, note: Mapping[str, Any]) -> ConversationState:
    """Return the state after an agent gave the conversation back to the bot.

    Counts that led to the handoff start again; what was said, told and used stays, so that the
    bot repeats nothing.

    Args:
        state: The conversation as the bot left it.
        note: ``agreed``, ``promised`` (list of ``{"text", "due"}``), ``offers_refused``, ``agent``
            and ``facts``; all optional.
    """
    given = {
        clip(str(name), 24): Fact(clip(str(value), MAX_VALUE), state.turns, source="agent")
        for name, value in dict(note.get("facts") or {}).items()
        if value
    }
    refused = tuple(
        Offer(clip(str(text), 80), "refused") for text in (note.get("offers_refused") or ())
    )
    promised = tuple(
        (clip(str(one.get("text", "")), 100), clip(str(one.get("due", "")), 40))
        for one in (note.get("promised") or ())
    )
    return replace(
        state,
        step="confirm",
        handed_off=False,
        note=Note(
            clip(str(note.get("agent") or ""), 40),
            clip(str(note.get("agreed") or ""), 200),
            promised[:3],
        ),
        facts=merged(state.facts, given),
        offers=(*state.offers, *refused)[-MAX_OFFERS:],
        pending=(),
        person="",
        attempts=0,
        first_attempt=0.0,
        calmest=1.0,
        heated=False,
        moods=(),
        misunderstood=0,
        abuse=0,
        boundary=False,
        repeats=0,
        failures=(),
        firing={},
        priority="",
        matter="",
        agenda=(),
        grasp=(),
        fixes=0,
        progress=state.turns,
        formal_complaint=False,
    )
