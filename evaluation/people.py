"""The simulated customers of the evaluation; those that agents practise with are others."""

from __future__ import annotations

from pathlib import Path

from bot.simulation import persona
from bot.simulation.persona import Persona

FOLDER = Path(__file__).with_name("personas")


def read_all() -> dict[str, Persona]:
    """Return the evaluation's personas by name, in the order of their names."""
    return persona.read_all(FOLDER)
