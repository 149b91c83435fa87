"""The environment in which Rasa's own commands are private and say only what matters."""

from __future__ import annotations

import os
from pathlib import Path

from bot.settings import ROOT, Settings


def quiet(settings: Settings | None = None, *, root: Path = ROOT) -> dict[str, str]:
    """Return this process's environment, with what keeps Rasa private and quiet.

    Args:
        settings: An installation other than the environment's own, for the child to use.
        root: The checkout whose code the child runs.
    """
    ours = {}
    if settings is not None:
        ours = {"REMANSO_HOME": str(settings.home), "REMANSO_MODELS": str(settings.models)}
    return {
        **os.environ,
        **ours,
        "PYTHONPATH": str(root),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TQDM_DISABLE": "1",
    }
