"""The next step: listen → validate → clarify → resolve → confirm, or handoff.

:func:`decide` looks at the state only, never at text, and holds no threshold of its own: they
come from ``config.yml`` through :class:`StepConfig` and the triggers.

* A turn with an emotion (the triggers that only deescalate) is acknowledged, once; then the
  stories go on.
* A turn that only vents is listened to: no menu, no form.
* At most ``max_attempts`` such attempts; an explicit request gets none.
* A person who was offered is not offered again for ``offer_pause`` turns.
* Of several matters in one message the customer chooses the first; the others are taken up
  afterwards, unasked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from bot.deescalation.conversation import ConversationState
from bot.deescalation.firing import Count, Firing, Names, higher, read_value
from bot.deescalation.reading import takes_up
from bot.deescalation.records import stepped
from bot.deescalation.topics import AGAIN, ANGER, FALLBACK, MATTERS, RESTING, same_matter
from bot.deescalation.triggers import Enabled, enabled, fired
from bot.deescalation.turn import at_least
from bot.errors import ConfigError, did_you_mean

HANDOFF = "action_handoff"
SAFETY = "action_safety"
ACKNOWLEDGE = "action_acknowledge"
DEESCALATE = "action_deescalate"
OFFER = "action_offer_person"
REASK = "action_reask"
CHOOSE = "action_choose_matter"
TAKE_UP = "action_take_up"
LISTEN = "action_listen"

_KINDS = {
    "max_attempts": Count,
    "offer_pause": Count,
    "quiet": Names,
}


@dataclass(frozen=True)
class StepConfig:
    """How the steps are taken; every value comes from ``config.yml``.

    Args:
        max_attempts: De-escalation attempts in a conversation, at least 1.
        offer_pause: Customer turns before a person is offered again, at least 1.
        quiet: Intents that are never acknowledged.
        triggers: The enabled triggers.
    """

    max_attempts: int = 2
    offer_pause: int = 4
    quiet: tuple[str, ...] = ("hand_back", "bye", "thanks")
    triggers: tuple[Enabled, ...] = field(default=())

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> StepConfig:
        """Read the block of ``DeescalationPolicy``: the keys above and ``triggers``.

        Keys that belong to Rasa (name, priority and the like) must be left out.

        Raises:
            ConfigError: an unknown key, a wrong type, or a value out of its range.
            UnknownTrigger: a trigger that no code defines.
        """
        accepted = [f.name for f in fields(cls)]
        values: dict[str, Any] = {}
        for name, value in config.items():
            if name not in accepted:
                raise ConfigError(
                    f"Unknown key '{name}' in config.yml (policies > DeescalationPolicy)."
                    f"{did_you_mean(name, accepted)}"
                )
            values[name] = (
                enabled(value or {})
                if name == "triggers"
                else read_value(name, value, _KINDS[name])
            )
        return cls(**values)


@dataclass(frozen=True)
class Decision:
    """What to do now.

    Args:
        step: The step the conversation is in.
        action: Rasa action to run; None lets stories, rules and forms go on.
        firing: The trigger behind it; None when it is just the next step.
        response: Key of the text that the action says; None leaves it to the action.
        risks: Risk flags of every trigger that fired.
        priority: The highest priority among them; empty when none fired.
    """

    step: str
    action: str | None = None
    firing: Firing | None = None
    response: str | None = None
    risks: tuple[str, ...] = ()
    priority: str = ""


def decide(state: ConversationState, config: StepConfig) -> Decision:
    """Return the next step for the newest customer turn.

    May be asked again after each action of the same turn: what was done already is in the state.
    """
    if state.handed_off:
        return Decision("handoff", LISTEN)
    if _is_now(state, state.answered):
        return Decision(state.step, LISTEN)
    firings = fired(state, config.triggers)
    risks = tuple(dict.fromkeys(one.risk for one in firings if one.risk))
    firing = _strongest(state, firings, config)
    spoken = firing is not None and (firing.act != "deescalate" or firing.response)
    decision = _obey(state, firing) if firing and spoken else _next(state, config, firing)
    return replace(decision, risks=risks, priority=higher(*(one.priority for one in firings)))


def decided(state: ConversationState, decision: Decision) -> ConversationState:
    """Return the state with the decision in it: step, risks, and the firing for the action.

    Waiting for the customer decides nothing and leaves the state as it is.
    """
    if decision.action == LISTEN:
        return state
    firing = decision.firing.to_dict() if decision.firing else {}
    risks = tuple(dict.fromkeys((*state.risks, *decision.risks)))
    step = state.step if decision.step == "handoff" else decision.step
    priority = higher(state.priority, decision.priority)
    return replace(stepped(state, step), firing=firing, risks=risks, priority=priority)


def firing_of(state: ConversationState) -> Firing | None:
    """Return the firing that :func:`decided` left in the state, for the action to read."""
    return Firing.from_dict(state.firing) if state.firing else None


def _is_now(state: ConversationState, turn: str) -> bool:
    return bool(state.turns) and turn == (state.turn or str(state.turns))


def _strongest(
    state: ConversationState, firings: list[Firing], config: StepConfig
) -> Firing | None:
    """Return the firing to obey: handoff before offer before attempt, each in rule order."""
    acts = ["handoff"]
    if not _is_now(state, state.acknowledged):
        settled = _is_now(state, state.closed)  # nothing is left for a person to do
        quiet = _paused(state, config) or takes_up(state) or settled
        acts += ["deescalate"] if quiet else ["offer", "deescalate"]
    for act in acts:
        for firing in firings:
            if firing.act == act:
                return firing
    return None


def _paused(state: ConversationState, config: StepConfig) -> bool:
    since = state.turns - state.person_offered
    return bool(state.person_offered) and since < config.offer_pause


def _obey(state: ConversationState, firing: Firing) -> Decision:
    if firing.act == "offer":
        return Decision(step_of(state), OFFER, firing, firing.response or "utter_offer_person")
    if firing.act == "deescalate":
        return Decision("listen", DEESCALATE, firing, firing.response or "utter_deescalate")
    if firing.risk == "safety":
        return Decision("handoff", SAFETY, firing, firing.response)
    return Decision("handoff", HANDOFF, firing, firing.response or "utter_handoff")


def _next(state: ConversationState, config: StepConfig, emotion: Firing | None) -> Decision:
    """Return the step when no trigger has words of its own.

    Args:
        state: The conversation so far.
        config: How the steps are taken.
        emotion: The trigger that found an emotion in the newest turn, if one did.
    """
    step = step_of(state)
    if state.agenda and _rests(state):
        return Decision(step, TAKE_UP, None, "utter_take_up")
    if _is_now(state, state.acknowledged):
        return Decision(step)
    if _several(state):
        return Decision("clarify", CHOOSE, emotion, "utter_choose_matter")
    if state.intent in config.quiet:
        return Decision(step)
    return _heard(state, config, emotion, step)


def _heard(
    state: ConversationState, config: StepConfig, emotion: Firing | None, step: str
) -> Decision:
    """Return the step for a turn that may need to be heard before anything is done."""
    left = state.attempts < config.max_attempts
    about = state.intent in ANGER and any(intent in MATTERS for intent, _ in state.also)
    told = bool(emotion) and state.new_facts  # there is something of theirs to say back
    lost = state.intent == FALLBACK and (bool(state.cues) or told)  # angry, whatever it means
    unsaid = lost or (state.intent in AGAIN and state.issue is None and not _counted(state))
    venting = state.intent in ANGER or bool(emotion and unsaid)
    if about and left:
        return Decision("validate", ACKNOWLEDGE, emotion, acknowledgement(state))
    if venting and left:
        return Decision("listen", DEESCALATE, emotion, "utter_deescalate")
    if venting or state.misunderstood:
        return Decision("clarify", REASK, None, "utter_reask")
    if state.person == "refused":
        return _without_person(state, step)
    if emotion and left and not _counted(state):
        return Decision("validate", ACKNOWLEDGE, emotion, acknowledgement(state))
    return Decision(step)


def _counted(state: ConversationState) -> bool:
    """Return whether the newest turn counts its contacts: its own answer says the number back."""
    contacts = state.facts.get("contacts")
    newest = contacts is not None and contacts.turn == state.turns
    return state.intent == "repeated_contact" and newest


def acknowledgement(state: ConversationState) -> str:
    """Return the response that acknowledges the newest turn.

    Somebody who is calm or only annoyed hears the fact back, and nothing of feelings.
    """
    annoyed = at_least(state.level, "annoyed")
    plain = not at_least(state.level, "frustrated") and not (annoyed and state.cues)
    return "utter_note_fact" if plain else "utter_acknowledge"


def _without_person(state: ConversationState, step: str) -> Decision:
    """Return how to go on after a no to a person: with what the offer came in between of."""
    if state.issue is None:
        return Decision("clarify", REASK, None, "utter_reask")
    if state.matter and state.step in ("listen", "validate", "clarify"):
        return Decision("clarify", TAKE_UP, None, "utter_go_on")
    return Decision(step)


def _several(state: ConversationState) -> bool:
    """Return whether the newest turn brings several matters at once."""
    other = any(
        intent in MATTERS and not same_matter(intent, state.intent) for intent, _ in state.also
    )
    exception = state.intent == "policy_exception"  # it is about what stands beside it
    several = other and state.intent in MATTERS and bool(state.agenda)
    return several and not exception and not state.choice


def _rests(state: ConversationState) -> bool:
    """Return whether nothing is in hand, so that a matter that waits may be taken up."""
    if state.matter or any(name != "person" for name in state.pending):
        return False
    agreed = (
        state.intent == "affirm" and state.progress == state.turns
    )  # to an offer: it comes first
    return _is_now(state, state.closed) or (state.intent in RESTING and not agreed)


def step_of(state: ConversationState) -> str:
    """Return the step that the conversation is in by what is known of it."""
    if state.handed_off:
        return "handoff"
    if state.heated and at_least(state.level, "frustrated"):
        return "validate" if state.issue else "listen"
    if state.step == "confirm" and not state.heated:
        return "confirm"
    if state.step == "resolve" or any(name != "person" for name in state.pending):
        return "resolve"
    return "clarify" if state.issue else "listen"
