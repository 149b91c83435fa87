"""The sentence encoder: restored, exported, and run by onnxruntime."""

from __future__ import annotations

from collections.abc import Callable

from bot.encoder import shelf
from bot.settings import Settings


def build(settings: Settings, *, progress: Callable[[str], None]) -> str:
    """Build the encoder that the settings ask for, unless it is there; see ``export.build``."""
    from bot.encoder import export  # heavy only when something must be built

    return export.build(settings, progress=progress)


def check(settings: Settings) -> str:
    """Read every byte of the current encoder and return its hash.

    Raises:
        EncoderError: it is missing or damaged; the text names the command that builds it.
    """
    return shelf.check(settings.models, shelf.current(settings.models)).hash
