"""Rasa's events as customer turns: what was said, understood, done and answered.

A message that the bot acknowledged is in the store twice (it was taken back and put in again, see
``actions/deescalation.py``); here it is one turn. An event is Rasa's own JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.training.masking import Masked, mask

Event = dict[str, Any]

FALLBACK = "nlu_fallback"
HAND_BACK = "hand_back"
LISTEN = "action_listen"
HANDOFFS = ("action_handoff", "action_safety")
INTERNAL = (LISTEN, "action_session_start", "action_extract_slots")


@dataclass(frozen=True)
class Turn:
    """One message of the customer and all that followed until the next.

    Args:
        number: Place in the conversation, from 1.
        events: The message's event first, then what followed.
    """

    number: int
    events: tuple[Event, ...]

    @property
    def parsed(self) -> dict[str, Any]:
        """How the message was understood: Rasa's parse data."""
        return self.events[0].get("parse_data") or {}

    @property
    def at(self) -> float:
        """Seconds since 1970."""
        return float(self.events[0].get("timestamp") or 0.0)

    @property
    def text(self) -> str:
        """The customer's words, or the title of the quick reply."""
        return str(self.events[0].get("text") or "")

    @property
    def intent(self) -> str:
        """Name of the intent that the bot acted on."""
        return str((self.parsed.get("intent") or {}).get("name") or "")

    @property
    def guess(self) -> tuple[str, float]:
        """Likeliest intent and its confidence in [0, 1], of a message not understood as well."""
        return guess(self.parsed)

    @property
    def frustration(self) -> float:
        """Score in [0, 1]."""
        return float((self.parsed.get("frustration") or {}).get("score") or 0.0)

    @property
    def level(self) -> str:
        """Frustration level; calm where none was measured."""
        return str((self.parsed.get("frustration") or {}).get("level") or "calm")

    @property
    def language(self) -> str:
        """The customer's language, es or en; Spanish where it is neither."""
        code = str((self.parsed.get("language") or {}).get("code") or "")
        return "en" if code == "en" else "es"

    @property
    def masked(self) -> Masked:
        """The customer's words on one line, personal data replaced."""
        return mask(" ".join(self.text.split()), language=self.language)

    @property
    def choice(self) -> bool:
        """Whether a quick reply was pressed: nothing had to be understood."""
        return bool((self.parsed.get("turn") or {}).get("choice"))

    @property
    def handed_back(self) -> bool:
        """Whether this is no message: an agent gave the conversation back."""
        return self.intent == HAND_BACK

    @property
    def acts(self) -> list[Event]:
        """The actions that ran, without waiting and the like."""
        return [one for one in self.of("action") if one.get("name") not in INTERNAL]

    @property
    def actions(self) -> list[str]:
        """Names of the actions that ran."""
        return [str(one.get("name")) for one in self.acts]

    @property
    def responses(self) -> list[str]:
        """Names of the responses that were said, in order."""
        names = ((one.get("metadata") or {}).get("utter_action") for one in self.of("bot"))
        return [str(name) for name in names if name]

    @property
    def trigger(self) -> str:
        """Why the bot handed over in this turn; empty when it did not."""
        for event in self.of("bot"):
            handoff = ((event.get("data") or {}).get("custom") or {}).get("handoff")
            if handoff:
                return str(handoff.get("trigger") or "handoff")
        return "handoff" if any(name in HANDOFFS for name in self.actions) else ""

    def of(self, kind: str) -> list[Event]:
        """Return the events of one kind."""
        return [one for one in self.events if one.get("event") == kind]


def guess(parsed: dict[str, Any]) -> tuple[str, float]:
    """Return the likeliest intent of parse data and its confidence in [0, 1].

    For what was not understood that is the intent that was not believed: the fallback's own
    confidence says nothing.
    """
    best = parsed.get("intent") or {}
    ranking = parsed.get("intent_ranking") or []
    if best.get("name") == FALLBACK:
        best = next((one for one in ranking if one.get("name") != FALLBACK), best)
    return str(best.get("name") or ""), float(best.get("confidence") or 0.0)


def turns_of(events: Iterable[Event]) -> list[Turn]:
    """Return the customer's turns; what was before the first message is left out."""
    groups: list[list[Event]] = []
    for event in events:
        kind = event.get("event")
        if kind == "user" and not (groups and _same(groups[-1][0], event)):
            groups.append([event])
        elif groups:
            groups[-1].append(event)
    return [Turn(number, tuple(group)) for number, group in enumerate(groups, start=1)]


def _same(one: Event, other: Event) -> bool:
    """Return whether two messages are one that was taken back and put in again."""
    names = [(event.get("parse_data") or {}).get("turn") or {} for event in (one, other)]
    first, second = (
        turn.get("id") or event.get("message_id")
        for turn, event in zip(names, (one, other), strict=True)
    )
    return bool(first) and first == second
