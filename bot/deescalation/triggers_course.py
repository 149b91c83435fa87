"""The triggers that watch how a conversation goes: emotions, and what is counted.

How a trigger is written is told in :mod:`bot.deescalation.triggers`, which registers these as well.
"""

from __future__ import annotations

from itertools import pairwise, takewhile

from bot.deescalation.conversation import ConversationState
from bot.deescalation.firing import Count, Level, Names, Share, trigger
from bot.deescalation.reading import failure, said, takes_up
from bot.deescalation.topics import COMPLAINTS, MATTERS, SMALL_TALK, TOPICS, is_matter
from bot.deescalation.turn import at_least

HEARD = ("utter_acknowledge", "utter_note_fact")
"""Responses that only say that the customer was heard: the answer follows them."""

CONTENT = frozenset({"affirm", "thanks"})
"""Intents that take what was said or done: no anger that stays, however the words sound."""

IDLE_TURNS = 3
"""Turns without progress below which the clock alone means nothing: people are interrupted."""


@trigger("emotion", "handoff", "abuse", priority="high", team="managers", risk="abuse")
def abuse_after_boundary(state: ConversationState, *, confidence: Share) -> bool:
    """The customer insults on after one calm boundary."""
    return state.boundary and said(state, "abuse", confidence)


@trigger("emotion", "handoff", "anger_not_lower", priority="high")
def anger_not_lower(state: ConversationState, *, attempts: Count, drop: Share) -> bool:
    """The customer is as angry as before, after the attempts to calm them.

    Args:
        state: The conversation so far.
        attempts: Attempts made, one in answer to each of as many turns.
        drop: By how much the score must have fallen since the first attempt to count as lower.
    """
    if state.intent in CONTENT or takes_up(state):
        return False  # "done, it opens now", "then send it again": whatever was heard before
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
def falling_mood(state: ConversationState, *, turns: Count, rise: Share, reaches: Share) -> str:
    """The customer's mood has fallen turn after turn.

    Args:
        state: The conversation so far.
        turns: Turns with a mood in them, each more frustrated than the one before.
        rise: How much higher the last score must be than the first.
        reaches: What the last score must be: questions that sound a little less calm one after
            the other are no reason to offer a person.
    """
    recent = state.moods[-turns:]
    falling = len(recent) == turns and all(later > earlier for earlier, later in pairwise(recent))
    fresh = bool(recent) and state.score == recent[-1]
    if not (falling and fresh and recent[-1] - recent[0] >= rise and recent[-1] >= reaches):
        return ""
    return " → ".join(f"{score:.2f}" for score in recent)


@trigger("emotion", "deescalate", "abuse_boundary", risk="abuse", response="utter_boundary")
def first_abuse(state: ConversationState, *, confidence: Share) -> bool:
    """The customer insults for the first time, and says nothing else: one calm boundary."""
    about = any(intent in MATTERS for intent, _ in state.also)
    return not state.boundary and not about and said(state, "abuse", confidence)


@trigger("emotion", "deescalate", "strong_emotion")
def strong_emotion(state: ConversationState, *, level: Level, cues: Names) -> bool:
    """The customer is upset: they are heard before anything else.

    Args:
        state: The conversation so far.
        level: Lowest level that counts.
        cues: Names of cues with which an annoyed turn counts as well.
    """
    why = any(cue in cues for cue in state.cues)
    return at_least(state.level, level) or (why and at_least(state.level, "annoyed"))


@trigger("emotion", "deescalate", "tone_change")
def tone_change(state: ConversationState, *, turns: Count) -> str:
    """The customer's tone has changed for the worse, against what it was.

    Args:
        state: The conversation so far.
        turns: Calm turns before it that make it a change.
    """
    before = state.levels[-turns - 1 : -1]
    calm = len(before) == turns and all(level == "calm" for level in before)
    changed = calm and at_least(state.level, "annoyed") and not state.misunderstood
    return f"{' → '.join((*before, state.level))}" if changed else ""


@trigger("emotion", "deescalate", "problem_stated")
def stated_problem(
    state: ConversationState, *, complaint: Level, wish: Level, complaining: Share
) -> bool:
    """The customer says for the first time what is wrong, or what they want: it is said back.

    Args:
        state: The conversation so far.
        complaint: Lowest level that counts when a problem is stated.
        wish: Lowest level that counts when something else is asked for, with a new fact in it; a
            time waited or contacts counted make it a problem, and so does
        complaining: this probability that they tell of something wrong, in the calmest voice.
    """
    before = state.intents[:-1]
    stated = state.matter in COMPLAINTS and state.matter not in before
    asked = state.new_facts and is_matter(state.intent) and state.intent not in before
    # these are a problem by themselves
    waited = any(_newest(state, fact) for fact in ("wait", "contacts"))
    waited = waited or state.complaining >= complaining
    return (stated and at_least(state.level, complaint) and state.intent not in SMALL_TALK) or (
        asked and at_least(state.level, complaint if waited else wish)
    )


def _newest(state: ConversationState, name: str) -> bool:
    """Return whether the newest turn told a fact."""
    fact = state.facts.get(name)
    return fact is not None and fact.turn == state.turns


@trigger("emotion", "flag", "very_angry", priority="high")
def very_angry(state: ConversationState, *, level: Level) -> bool:
    """The customer is very angry: whoever takes over should not let them wait.

    Args:
        state: The conversation so far.
        level: Lowest level that counts.
    """
    return at_least(state.level, level)


@trigger("count", "handoff", "repeats_itself", response="utter_handoff_repeats")
def about_to_repeat(state: ConversationState, *, times: Count) -> str:
    """The bot has nothing left to say that it has not said already.

    Args:
        state: The conversation so far.
        times: The same question in a row, without a new fact in between.
    """
    out_of_words = failure(state, "repeats_itself")
    recent = [key for key in state.responses if key not in HEARD][-times:]
    loop = len(recent) == times and len(set(recent)) == 1 and not state.new_facts
    idle = not state.choice and state.turns - state.progress >= times
    elsewhere = state.intent in TOPICS and state.intent not in state.intents[-times - 1 : -1]
    small = state.intent in SMALL_TALK and recent[-1:] != ["utter_form_stuck"]
    stuck = loop and idle and not small and not elsewhere
    return out_of_words or (f"{times} x {recent[-1]}" if stuck else "")


@trigger("count", "handoff", "not_understood")
def not_understood(state: ConversationState, *, times: Count) -> bool:
    """The bot did not understand the customer several times in a row."""
    return state.misunderstood >= times


@trigger("count", "offer", "not_understood_twice")
def not_understood_twice(state: ConversationState, *, times: Count) -> bool:
    """The bot did not understand the customer again."""
    return state.misunderstood >= times


@trigger("count", "offer", "half_understood")
def half_understood(state: ConversationState, *, times: Count, below: Share) -> str:
    """The bot has been unsure of the customer's words turn after turn.

    Args:
        state: The conversation so far.
        times: Turns in a row; one that was half understood counts half.
        below: Confidence below which a turn was only half understood.
    """
    unsure = 0.0
    for grasp in takewhile(lambda one: one < below, reversed(state.grasp)):
        unsure += 0.5 if grasp else 1.0
    return f"{unsure:g} turns unsure" if unsure >= times else ""


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
def no_progress(state: ConversationState, *, turns: Count, minutes: Count) -> str:
    """The conversation has not come forward for a while.

    Args:
        state: The conversation so far.
        turns: Customer turns since the last new fact, offer or step forward.
        minutes: Minutes since then, in which the customer wrote at least :data:`IDLE_TURNS` times.
    """
    idle = state.turns - state.progress
    if idle >= turns:
        return f"{idle} turns without progress"
    since = next(iter(state.clock[-idle - 1 :]), 0)
    if idle < IDLE_TURNS or not since:
        return ""
    waited = (state.clock[-1] - since) // 60
    return f"{waited} minutes without progress" if waited >= minutes else ""
