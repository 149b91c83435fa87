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
class CustomerTurn:
    """One customer turn as understood by the NLU.

    Args:
        id: The turn's id; the same id is never counted twice. Empty: always a new turn.
        text: What the customer wrote, or the title of the quick reply they chose.
        intent: Name of the intent; ``nlu_fallback`` when nothing was understood.
        confidence: Of the intent, in [0, 1].
        score: Frustration, in [0, 1].
        level: One of :data:`LEVELS`.
        cues: Names of the frustration cues seen.
        entities: Entity name to the customer's own words (one string, or several).
        language: ISO 639-1 code; empty when it could not be told.
        register: ``tu``, ``usted`` or ``vos``; None when the message does not show it.
        choice: Whether a quick reply was pressed (the words are then ours, not theirs).
    """

    id: str = ""
    text: str = ""
    intent: str = ""
    confidence: float = 1.0
    score: float = 0.0
    level: str = "calm"
    cues: Sequence[str] = ()
    entities: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    language: str = ""
    register: str | None = None
    choice: bool = False
