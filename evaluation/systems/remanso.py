"""The published model, read through its own NLU graph as ``remanso parse`` does."""

from __future__ import annotations

from pathlib import Path

from bot.encoder import shelf
from bot.settings import Settings
from bot.training import published, understanding
from evaluation.systems import OURS
from evaluation.systems.graph import Graph


class Remanso(Graph):
    """The model that customers are answered with."""

    def __init__(self, settings: Settings, model: Path | None = None) -> None:
        """Find it.

        Args:
            settings: The installation.
            model: Another archive than the published one.

        Raises:
            ConfigError: nothing is published.
            EncoderError: the encoder that it was trained with is missing.
        """
        found = model or published.published_model(settings)
        self.encoder = shelf.manifest(settings.models, understanding.encoder_of(found))
        present = published.archive(settings, published.fingerprint(settings)).name == found.name
        age = "of the present data" if present else "NOT of the present data: train again"
        super().__init__(OURS, f"The published model, {found.name}, {age}.", found, settings)

    def megabytes(self) -> float:
        """Return the size of the archive and its encoder in MB."""
        return super().megabytes() + encoder_megabytes(self.encoder)


class WithoutWords(Remanso):
    """The same without the word list: meaning, typing and context only."""

    intents = "none"
    lexicon = False

    def __init__(self, settings: Settings, model: Path | None = None) -> None:
        """Find it; errors as in :class:`Remanso`."""
        super().__init__(settings, model)
        self.name = f"{OURS} without word list"
        self.about = "The same model, the word list's cues left out."


def encoder_megabytes(manifest: shelf.Manifest) -> float:
    """Return the size of what serving reads of an encoder, in MB."""
    return sum(int(entry["size"]) for entry in manifest.files.values()) / 1e6


def base_of(manifest: shelf.Manifest) -> str | None:
    """Return the hash of the encoder that a tuned one was made from; None when it is not tuned."""
    words = manifest.source.split()
    return words[1] if words[:1] == ["tuned"] and len(words) > 1 else None
