"""What a conversation has come to: all that the next step may look at, bounded and JSON-safe.

The state is the engine's one untyped slot, ``conversation_state``. It is never changed in place:
:mod:`bot.deescalation.state` adds customer turns and what an agent did,
:mod:`bot.deescalation.records` what the bot did. Written as JSON it stays below
:data:`MAX_BYTES`, however long or strange the conversation is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from bot.deescalation.facts import Fact

MAX_BYTES = 9000
MAX_TURNS = 10  # customer turns looked back on
MAX_TEXTS = 5  # of them with their words
MAX_WORDS = 140  # characters of a text that is kept, as JSON
MAX_OFFERS = 8
MAX_LIST = 10  # entries of any other list
MAX_MATTERS = 3  # that wait


@dataclass(frozen=True)
class Offer:
    """Something the bot offered: ``status`` is made, refused or accepted."""

    text: str
    status: str = "made"
    name: str = ""  # what it is for the program: person, refund, resend, voucher


@dataclass(frozen=True)
class Matter:
    """Something the customer wants seen to: its intent, their words for it, and its order."""

    intent: str
    text: str = ""
    order: str = ""  # its number, once it was looked at


@dataclass(frozen=True)
class Promise:
    """What the bot said will happen, by when (ISO 8601) and who sees to it."""

    name: str
    text: str
    due: str
    owner: str = "bot"


@dataclass(frozen=True)
class Failure:
    """Something that did not work, e.g. ``kind`` back_office, ``detail`` the operation."""

    kind: str
    detail: str = ""


@dataclass(frozen=True)
class Note:
    """What an agent wrote when handing the conversation back."""

    agent: str = ""
    agreed: str = ""
    promised: tuple[tuple[str, str], ...] = ()  # (text, due)


@dataclass(frozen=True)
class ConversationState:
    """The conversation so far. Lists run from the oldest entry to the newest.

    The first block is what the customer said, the second what the bot did, the third what an
    agent did.
    """

    turn: str = ""  # id of the newest customer turn
    turns: int = 0  # customer turns counted
    seen: tuple[str, ...] = ()  # ids of the newest turns, so that none counts twice
    frustration: tuple[float, ...] = ()  # score of each recent turn, in [0, 1]
    levels: tuple[str, ...] = ()  # its level
    intents: tuple[str, ...] = ()  # its intent
    texts: tuple[str, ...] = ()  # its words, shortened
    confidence: float = 1.0  # of the newest intent, in [0, 1]
    also: tuple[tuple[str, float], ...] = ()  # what else the newest turn said: intent, confidence
    clock: tuple[int, ...] = ()  # when the recent turns were written, in seconds since 1970
    choice: bool = False  # the newest turn was a quick reply
    cues: tuple[str, ...] = ()  # frustration cues of the newest turn
    complaining: float = 0.0  # chance, in [0, 1], that the newest turn tells of a wrong
    spoken: str = ""  # language of the newest turn as detected
    moods: tuple[float, ...] = ()  # scores of the recent turns that show a mood
    peak: float = 0.0  # highest score so far
    heated: bool = False  # frustrated or more, and not calm since
    misunderstood: int = 0  # turns in a row that were not understood
    grasp: tuple[float, ...] = ()  # how well the recent turns were understood, in [0, 1]
    abuse: int = 0  # insults aimed at a person or the bot
    repeats: int = 0  # complaints said again with nothing new in them
    repeated: bool = False  # the newest turn was one
    similarity: float = 0.0  # of the newest turn's words to the nearest earlier turn, in [0, 1]
    new_facts: bool = False  # the newest turn told us something
    issue: str | None = None
    complaint: str = ""  # the first words that stated the problem
    wants: tuple[str, ...] = ()  # what they asked for, as intents
    matter: str = ""  # intent of the matter in hand; empty when it is settled
    agenda: tuple[Matter, ...] = ()  # matters that wait for it
    contacts: tuple[tuple[int, str], ...] = ()  # earlier contacts: days before, issue
    open_cases: int = 0  # cases of theirs that were open before
    known: bool = False  # the site vouches for who the customer is
    care: tuple[str, ...] = ()  # special care they get: vip, vulnerable
    facts: Mapping[str, Fact] = field(default_factory=dict)
    language: str = "es"
    register: str | None = None
    formal_complaint: bool = False
    risks: tuple[str, ...] = ()  # legal, regulator, press, churn, safety, abuse

    step: str = "listen"
    attempts: int = 0  # de-escalation attempts
    attempted: int = 0  # number of the turn that the last attempt answered
    first_attempt: float = 0.0  # score that the first attempt answered
    calmest: float = 1.0  # lowest mood since that attempt
    techniques: tuple[str, ...] = ()
    acknowledged: str = ""  # id of the last turn acknowledged
    answered: str = ""  # id of the last turn the bot has nothing more to say to
    apologised: bool = False
    boundary: bool = False  # the boundary against abuse was said
    offers: tuple[Offer, ...] = ()
    pending: tuple[str, ...] = ()  # names of the offers that wait for an answer
    person_offered: int = 0  # number of the turn in which a person was last offered
    person: str = ""  # what became of that offer in the newest turn: accepted, refused
    said: tuple[str, ...] = ()  # marks of the texts said (bot.deescalation.phrasing.mark)
    responses: tuple[str, ...] = ()  # keys of the last responses
    told: tuple[str, ...] = ()  # facts said back to the customer
    progress: int = 0  # number of the turn that last brought the matter forward
    closed: str = ""  # id of the turn in which a matter was last settled
    fixes: int = 0  # remedies for a fault that were tried in this matter
    promises: tuple[Promise, ...] = ()  # what the bot said will happen
    failures: tuple[Failure, ...] = ()
    firing: Mapping[str, Any] = field(default_factory=dict)  # why the last step was taken
    priority: str = ""  # highest of all triggers that fired; empty for none

    handed_off: bool = False
    note: Note | None = None

    @property
    def intent(self) -> str:
        """Intent of the newest customer turn; empty before the first."""
        return self.intents[-1] if self.intents else ""

    @property
    def score(self) -> float:
        """Frustration of the newest customer turn, in [0, 1]."""
        return self.frustration[-1] if self.frustration else 0.0

    @property
    def level(self) -> str:
        """Level of the newest customer turn."""
        return self.levels[-1] if self.levels else "calm"

    @property
    def text(self) -> str:
        """Words of the newest customer turn, shortened."""
        return self.texts[-1] if self.texts else ""

    @property
    def earlier_attempts(self) -> int:
        """De-escalation attempts made before the newest turn, so that it can show their effect."""
        return self.attempts - (self.attempts > 0 and self.attempted == self.turns)

    @property
    def refused(self) -> tuple[str, ...]:
        """The offers that the customer refused."""
        return tuple(offer.text for offer in self.offers if offer.status == "refused")

    def to_dict(self) -> dict[str, Any]:
        """Return the state as JSON values; what has its default value is left out."""
        return {f.name: _plain(getattr(self, f.name)) for f in _FIELDS if _changed(self, f)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any] | None) -> ConversationState:
        """Return the state of :meth:`to_dict`; names it does not know are ignored."""
        known = {f.name: f for f in _FIELDS}
        values = {name: _read(name, value) for name, value in (data or {}).items() if name in known}
        return cls(**values)

    def summary(self) -> dict[str, Any]:
        """Return what the engine's answer tells the gateway about the conversation."""
        names = ("step", "attempts", "misunderstood", "issue", "language", "register")
        return {
            **{name: getattr(self, name) for name in names},
            "techniques": list(self.techniques),
            "offers": [{"text": offer.text, "status": offer.status} for offer in self.offers],
            "refused": list(self.refused),
            "facts": {name: fact.value for name, fact in self.facts.items()},
            "risk": list(self.risks),
            "priority": self.priority,
            "frustration": list(self.frustration),
            "matter": self.matter,
            "waiting": [one.intent for one in self.agenda],
        }


_FIELDS = fields(ConversationState)
_DEFAULT = ConversationState()
_NESTED = {"offers": Offer, "failures": Failure, "agenda": Matter, "promises": Promise}
_PAIRS = ("also", "contacts")


def _changed(state: ConversationState, f: Any) -> bool:
    return bool(getattr(state, f.name) != getattr(_DEFAULT, f.name))


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return _plain({f.name: getattr(value, f.name) for f in fields(value)})
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _read(name: str, value: Any) -> Any:
    if name in _NESTED:
        return tuple(_NESTED[name](**one) for one in value)
    if name in _PAIRS:
        return tuple((first, second) for first, second in value)
    if name == "facts":
        return {fact: Fact(**one) for fact, one in value.items()}
    if name == "note" and value is not None:
        promised = tuple((text, due) for text, due in value.get("promised", ()))
        return Note(value.get("agent", ""), value.get("agreed", ""), promised)
    return tuple(value) if isinstance(value, list) else value


def size(state: ConversationState) -> int:
    """Return the bytes that the state takes as JSON."""
    return len(json.dumps(state.to_dict()))
