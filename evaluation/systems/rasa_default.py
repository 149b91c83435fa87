"""What Rasa recommends for Spanish (DIET), trained once on the same examples."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from bot.errors import ConfigError
from bot.settings import Settings
from evaluation import benchmark
from evaluation.systems.graph import Graph

EPOCHS = 100  # as Rasa recommends them


class RasaDefault(Graph):
    """Intents only: Rasa has nothing that judges frustration."""

    frustration = False
    levels = False

    def __init__(self, settings: Settings, epochs: int = EPOCHS) -> None:
        """Train it, or take the one that is kept for the present data; 15 minutes or more.

        Args:
            settings: The installation.
            epochs: Fewer than 100 only to try the road; the report says so.

        Raises:
            ConfigError: training failed.
        """
        about = "Rasa's default pipeline for Spanish (DIET), evaluation/baselines/default."
        if epochs != EPOCHS:
            about += f" Only {epochs} of {EPOCHS} epochs: not a fair rival."
        super().__init__("Rasa's default pipeline", about, _trained(settings, epochs), settings)


def _trained(settings: Settings, epochs: int) -> Path:
    with tempfile.TemporaryDirectory() as folder:
        config = benchmark.DEFAULT
        if epochs != EPOCHS:
            config = benchmark.shortened(config, epochs, Path(folder))
        try:
            return benchmark.train(settings, config, "default")[0]
        except subprocess.CalledProcessError as error:
            said = "\n".join((error.stderr or b"").decode(errors="replace").splitlines()[-15:])
            raise ConfigError(f"Training Rasa's default pipeline failed:\n{said}") from error
