"""What Rasa models have in common here: each is read through its own NLU graph by the worker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.errors import ConfigError
from bot.settings import ROOT, Settings
from evaluation.held_out import Text
from evaluation.systems import Reading
from evaluation.systems.worker import WARM

FALLBACK = "nlu_fallback"
TAIL = 15  # lines of the worker's output shown when it fails


def environment(models: Path) -> dict[str, str]:
    """Return the environment of a quiet Rasa process that uses a folder of models."""
    return {
        **os.environ,
        "REMANSO_MODELS": str(models),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TQDM_DISABLE": "1",
    }


def run(command: Sequence[str], models: Path, what: str) -> None:
    """Run a Python process of ours.

    Raises:
        ConfigError: it failed; the text ends with what it said.
    """
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(models),
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-TAIL:])
        raise ConfigError(f"{what} failed (code {done.returncode}). It said:\n{said}")


class Graph:
    """A trained model, read through its own graph; base of the systems that are one."""

    intents = "all"
    frustration = True
    levels = True
    calibrated = True
    lexicon = True  # whether the word list has a say

    def __init__(self, name: str, about: str, model: Path, settings: Settings) -> None:
        self.name = name
        self.about = about
        self.model = model
        self._settings = settings

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Return what it makes of each text, in order."""
        return [_reading(parsed) for parsed in self._work(texts)]

    def latency(self, texts: Sequence[Text]) -> list[float]:
        """Return the milliseconds of reading each text but the first few alone, warm."""
        return [float(one["ms"]) for one in self._work([*texts[:WARM], *texts], "--each")]

    def megabytes(self) -> float:
        """Return the size of the archive in MB."""
        return self.model.stat().st_size / 1e6

    def _work(self, texts: Sequence[Text], *options: str) -> list[dict[str, Any]]:
        with tempfile.TemporaryDirectory() as folder:
            given, made = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
            lines = [json.dumps({"text": one.text, "context": one.context}) for one in texts]
            given.write_text("\n".join(lines) + "\n", encoding="utf-8")
            command = ["-m", "evaluation.systems.worker", str(self.model), str(given), str(made)]
            command += [*options, *([] if self.lexicon else ["--no-lexicon"])]
            run(command, self._settings.models, f"Reading texts with {self.model.name}")
            return [json.loads(line) for line in made.read_text(encoding="utf-8").splitlines()]


def _reading(parsed: dict[str, Any]) -> Reading:
    intent = parsed.get("intent") or {}
    ranking = [one for one in parsed.get("intent_ranking") or [] if one["name"] != FALLBACK]
    first: dict[str, Any] = ranking[0] if ranking else {"name": "", "confidence": 0.0}
    heard = parsed.get("frustration") or {}
    return Reading(
        intent=str(intent.get("name") or ""),
        guess=str(first["name"]),
        confidence=float(first["confidence"]),
        probability=float(heard.get("probability", heard.get("score", 0.0))),
        complaint=float(heard.get("complaint", 0.0)),
        level=str(heard.get("level", "calm")),
        cues=tuple(str(one["name"]) for one in heard.get("cues") or ()),
    )
