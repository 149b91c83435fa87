"""What is compared, one file a system: all answer the same question about the same texts.

To add one: a class with the members of :class:`System` in a file of its own, and a line in
``evaluation/evaluate.py`` (``systems``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from evaluation.held_out import Text

OURS = "Remanso"


@dataclass(frozen=True)
class Reading:
    """What a system makes of one text.

    Args:
        intent: As it is acted on; empty or ``nlu_fallback`` when the system does not answer.
        guess: The likeliest intent, however unsure; empty when there is none.
        confidence: Of the guess, in [0, 1].
        probability: Of frustrated or angry, in [0, 1]; a mere ranking unless ``calibrated``.
        level: One of the four levels; frustrated and angry count as frustrated.
        cues: Names of what it points at.
        complaint: That something is wrong for the writer, in [0, 1]; its decision is from 0.5 on.
    """

    intent: str = ""
    guess: str = ""
    confidence: float = 0.0
    probability: float = 0.0
    level: str = "calm"
    cues: tuple[str, ...] = ()
    complaint: float = 0.0


class System(Protocol):
    """One system.

    Attributes:
        name: As the report shows it.
        about: One sentence on what it is.
        intents: ``all``, ``ask_human`` when it knows only that one, or ``none``.
        frustration: Whether it judges frustration.
        levels: Whether it tells four levels apart.
        calibrated: Whether its probability claims to be one.
    """

    name: str
    about: str
    intents: str
    frustration: bool
    levels: bool
    calibrated: bool

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Return what it makes of each text, in order."""

    def latency(self, texts: Sequence[Text]) -> list[float]:
        """Return the milliseconds of reading each text alone, warm."""

    def megabytes(self) -> float:
        """Return the size of what it needs on disk, in MB (10^6 bytes)."""
