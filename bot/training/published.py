"""Which model is served, and the fingerprint of what a model learns from.

``models/published.json`` holds ``{"model": archive name, "at": time, "earlier": [names]}``.
It is replaced in one step, so a reader never sees half of it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.errors import ConfigError
from bot.settings import ROOT, Settings

LEARNT_FROM = ("config.yml", "domain.yml", "data", "bot/nlu", "bot/policies")
LEARNT_ALSO = (
    "bot/deescalation/frustration.py",
    "bot/deescalation/cues.py",
    "bot/deescalation/ordinal.py",
)
KEPT = 10  # earlier models remembered for a roll-back


def fingerprint(settings: Settings, *, root: Path = ROOT) -> str:
    """Return the hash (12 hex digits) of everything that a model is made of.

    Data, configuration, the code of its components, and the encoder that is current.
    """
    digest = hashlib.sha256()
    for path in sorted(_files(root)):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    current = settings.models / "encoder" / "current"
    digest.update(current.read_bytes() if current.exists() else b"no encoder")
    return digest.hexdigest()[:12]


def _files(root: Path) -> Iterator[Path]:
    for name in (*LEARNT_FROM, *LEARNT_ALSO):
        path = root / name
        if path.is_file():
            yield path
        else:
            kept = (".yml", ".py")
            yield from (file for file in path.rglob("*") if file.suffix in kept)


def archive(settings: Settings, mark: str) -> Path:
    """Return where the model with a fingerprint is kept."""
    return settings.models / f"remanso-{mark}.tar.gz"


def read(settings: Settings) -> dict[str, Any]:
    """Return what ``published.json`` says; empty when nothing was published.

    Raises:
        ConfigError: the file is damaged.
    """
    path = settings.models / "published.json"
    if not path.exists():
        return {}
    try:
        published = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError(
            f"{path} is damaged ({error}). Write it again: remanso publish <archive>."
        ) from error
    return dict(published)


def published_model(settings: Settings) -> Path:
    """Return the archive that is to be served.

    Raises:
        ConfigError: nothing was published, or the archive is gone.
    """
    name = read(settings).get("model")
    if not name:
        raise ConfigError("No model is published yet. Make one: remanso train.")
    path = settings.models / str(name)
    if not path.is_file():
        raise ConfigError(
            f"The published model {path} is missing. Train it again (remanso train), or publish "
            f"another (remanso publish <archive>)."
        )
    return path.resolve()


def publish(settings: Settings, model: Path) -> None:
    """Make an archive in ``models/`` the one that is served.

    Raises:
        ConfigError: it is not a readable file in the models folder.
    """
    if not model.is_file() or model.resolve().parent != settings.models.resolve():
        raise ConfigError(f"{model} is not an archive in {settings.models}. See: remanso publish.")
    before = read(settings)
    earlier = [name for name in before.get("earlier", []) if name != model.name]
    if before.get("model") not in (None, model.name):
        earlier = [before["model"], *[name for name in earlier if name != before["model"]]]
    _write(settings, {"model": model.name, "earlier": earlier[:KEPT]})


def roll_back(settings: Settings) -> Path:
    """Publish the model that was served before the present one.

    Raises:
        ConfigError: there is none, or its archive is gone.
    """
    before = read(settings)
    for name in before.get("earlier", []):
        path: Path = settings.models / name
        if path.is_file():
            rest = [other for other in before["earlier"] if other != name]
            _write(settings, {"model": name, "earlier": rest})
            return path
    raise ConfigError("No earlier model is left to roll back to.")


def _write(settings: Settings, content: dict[str, Any]) -> None:
    content["at"] = datetime.now(timezone.utc).isoformat(timespec="seconds")
    path = settings.models / "published.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)
