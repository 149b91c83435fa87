"""One message of the customer, understood: what the engine's NLU hands to the steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

LEVELS = ("calm", "annoyed", "frustrated", "angry")
"""Levels of frustration, lowest first."""


def at_least(level: str, floor: str) -> bool:
    """Return whether ``level`` is ``floor`` or higher; an unknown level counts as calm."""
    return level in LEVELS and LEVELS.index(level) >= LEVELS.index(floor)


@dataclass(frozen=True)
class History:
    """What is known of a customer before their first message.

    Args:
        contacts: Earlier contacts: (days ago, issue), newest first.
        open_cases: Cases of theirs that nobody has closed.
        care: Why they get special care: ``vip``, ``vulnerable``.
    """

    contacts: Sequence[tuple[int, str]] = ()
    open_cases: int = 0
    care: Sequence[str] = ()


@dataclass(frozen=True)
class CustomerTurn:
    """One customer turn as understood by the NLU.

    Args:
        id: The turn's id; the same id is never counted twice. Empty: always a new turn.
        text: What the customer wrote, or the title of the quick reply they chose.
        intent: Name of the intent; ``nlu_fallback`` when nothing was understood.
        confidence: Of the intent, in [0, 1].
        score: Frustration, in [0, 1].
        level: One of :data:`LEVELS`.
        complaint: Probability, in [0, 1], that they tell of something wrong, however calmly.
        cues: Names of the frustration cues seen.
        entities: Entity name to the customer's own words (one string, or several).
        language: ISO 639-1 code; empty when it could not be told.
        register: ``tu``, ``usted`` or ``vos``; None when the message does not show it.
        choice: Whether a quick reply was pressed (the words are then ours, not theirs).
        also: What else the message says, beside ``intent``: (intent, confidence), surest first.
        history: What is known of the customer before they wrote.
        at: When it was written, in seconds since 1970; 0 when that is not known.
        known: Whether the site vouches for who the customer is.
    """

    id: str = ""
    text: str = ""
    intent: str = ""
    confidence: float = 1.0
    score: float = 0.0
    level: str = "calm"
    complaint: float = 0.0
    cues: Sequence[str] = ()
    entities: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    language: str = ""
    register: str | None = None
    choice: bool = False
    also: Sequence[tuple[str, float]] = ()
    history: History | None = None
    at: float = 0.0
    known: bool = False
