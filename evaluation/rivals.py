"""The two systems of the speed benchmark: trained on the same sample, started, told apart.

*ours* is the product: ``config.yml``, started as ``remanso serve`` starts it. *default* is what
``rasa init`` recommends for Spanish, started as stock Rasa (``rasa run``) with Rasa's own SQL
tracker store. Domain, rules, stories, texts, actions, the door and the machine are the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.encoder import kept, shelf
from bot.nlu import labelled
from bot.nlu.labelled import Labelled
from bot.settings import ROOT, Settings
from bot.supervisor import Child, children
from bot.training import published

HERE = Path(__file__).parent
DEFAULT = HERE / "baselines" / "default" / "config.yml"
NAMES = ("default", "ours")


@dataclass(frozen=True)
class Trained:
    """A trained model and what it cost."""

    model: Path
    seconds: float  # on the clock
    cpu_seconds: float  # of all cores: does not depend on who else used the machine
    megabytes: float  # of the archive


def shortened(config: Path, epochs: int, folder: Path) -> Path:
    """Return the configuration with fewer epochs, written into ``folder``."""
    text = re.sub(r"epochs: \d+", f"epochs: {epochs}", config.read_text(encoding="utf-8"))
    path = folder / f"{config.parent.name}-{epochs}.yml"
    path.write_text(text, encoding="utf-8")
    return path


def sample(examples: Sequence[Labelled], each: int) -> list[Labelled]:
    """Return ``each`` examples of every intent and language, the same ones every time.

    Those whose text has the smallest hash: in data that grow by a tenth, about nine of ten stay, so
    a day's figures can be set beside those of another day.

    Args:
        examples: All of them, in any order.
        each: At least 1; where there are fewer, all are taken.
    """
    groups: dict[tuple[str, str], list[Labelled]] = defaultdict(list)
    for one in examples:
        groups[one.intent, one.language].append(one)
    return [
        one
        for _, group in sorted(groups.items())
        for one in sorted(group, key=lambda one: hashlib.sha256(one.text.encode()).digest())[:each]
    ]


def lay_out(folder: Path, each: int) -> Path:
    """Write a folder of training data whose examples are a sample; return it."""
    for name in ("rules", "stories", "responses"):
        shutil.copytree(ROOT / "data" / name, folder / name)
    intents: dict[str, list[str]] = defaultdict(list)
    for one in sample(labelled.read(ROOT / "data" / "nlu"), each):
        intents[one.intent].append(one.text)
    blocks = [
        {"intent": name, "examples": "".join(f"- {text}\n" for text in texts)}
        for name, texts in sorted(intents.items())
    ]
    text = yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, width=10_000)
    (folder / "nlu.yml").write_text(text, encoding="utf-8")
    return folder


def train(
    settings: Settings, config: Path, name: str, *, data: Path | None = None
) -> tuple[Path, float]:
    """Train one pipeline as :func:`trained` does; return the model and the seconds."""
    made = trained(settings, config, name, data=data)
    return made.model, made.seconds


def trained(settings: Settings, config: Path, name: str, *, data: Path | None = None) -> Trained:
    """Train one pipeline, unless a model of the same data is kept; of ours, of the same code too.

    Args:
        settings: The installation.
        config: Pipeline and policies.
        name: Part of the model's name.
        data: Folder of the training data; all of ``data/`` by default.
    """
    folder = data or ROOT / "data"
    mark = hashlib.sha256(config.read_bytes())
    if name == "ours":
        mark.update(published.fingerprint(settings).encode())
    for file in (ROOT / "domain.yml", *sorted(folder.rglob("*.yml"))):
        mark.update(file.read_bytes())
    model = settings.models / f"benchmark-{name}-{mark.hexdigest()[:12]}.tar.gz"
    note = model.with_name(f"{model.name.removesuffix('.tar.gz')}.cost.json")
    if not (model.is_file() and note.is_file()):
        with tempfile.TemporaryDirectory() as place:
            models = anew(settings.models, Path(place))
            note.write_text(json.dumps(_train(model, config, folder, models)), encoding="utf-8")
    cost = json.loads(note.read_text(encoding="utf-8"))
    return Trained(model, cost["seconds"], cost["cpu_seconds"], model.stat().st_size / 2**20)


def anew(models: Path, folder: Path) -> Path:
    """Lay out in ``folder`` the encoder of ``models`` without the vectors that it has kept.

    So that a training costs what it costs on a machine that has never trained.
    """
    name = shelf.current(models)
    place = shelf.shelf(folder) / name
    place.mkdir(parents=True)
    for file in (shelf.shelf(models) / name).iterdir():
        if file != kept.place(models, name):
            (place / file.name).symlink_to(file.resolve())
    shelf.set_current(folder, name)
    return folder


def _train(model: Path, config: Path, data: Path, models: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "rasa", "train", "--config", str(config), "--force"]
    command += ["--data", str(data), "--out", str(model.parent)]
    command += ["--fixed-model-name", model.name.removesuffix(".tar.gz")]
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TQDM_DISABLE": "1"}
    environment |= {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)}
    environment["REMANSO_MODELS"] = str(models)
    before, start = _children_cpu(), time.monotonic()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return {"seconds": time.monotonic() - start, "cpu_seconds": _children_cpu() - before}


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def processes(settings: Settings, model: Path, name: str) -> list[Child]:
    """Return engine and action server of a system, not started yet."""
    wanted = [child for child in children(settings, model, demo=False) if child.name != "web"]
    for child in wanted:
        child.environment["REMANSO_HOME"] = str(settings.home)
        if child.name == "engine" and name == "default":
            stock = {
                "bot.lean_rasa": "rasa",
                "endpoints.yml": str(DEFAULT.with_name("endpoints.yml")),
            }
            child.command = [stock.get(word, word) for word in child.command]
            child.environment["BENCHMARK_TRACKER"] = str(settings.home / "stock.db")
    return wanted
