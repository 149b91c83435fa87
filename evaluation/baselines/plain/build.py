"""Makes the plain bot's archive: its own dialogue, the published model's understanding.

Only rules and stories are trained, in seconds; the components that understand messages are those of
the published archive, so both bots read every message exactly alike.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT
from evaluation.fresh import fresh

FOLDER = Path(__file__).parent


def build(published: Path, archive: Path) -> Path:
    """Train the plain bot's dialogue and put the published model's understanding below it.

    Args:
        published: Archive of our model.
        archive: Where the plain bot's is written.

    Raises:
        ConfigError: Rasa could not train its rules and stories.
    """
    with tempfile.TemporaryDirectory() as name:
        project = Path(name)
        shutil.copytree(FOLDER / "data", project / "data")
        config, ours = _read(FOLDER / "config.yml"), _read(ROOT / "config.yml")
        _write(project / "config.yml", {**config, "pipeline": ours["pipeline"]})
        domain = _read(FOLDER / "domain.yml")
        domain["intents"] = _read(ROOT / "domain.yml")["intents"]
        _write(project / "domain.yml", domain)
        return fresh(published, archive, project=project)


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


def _write(path: Path, data: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
