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

from bot.errors import ConfigError, EncoderError, did_you_mean
from bot.settings import ROOT, Settings
from bot.training import archives

LEARNT_FROM = ("config.yml", "domain.yml", "data", "evaluation/nlu", "bot/nlu", "bot/policies")
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
            f"{path} is damaged ({error}). Write it again: remanso publish <model>."
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
            f"another (remanso publish <model>)."
        )
    return path.resolve()


def all_models(settings: Settings) -> list[Path]:
    """Return all archives of an installation, the newest first."""
    found = settings.models.glob(f"*{archives.SUFFIX}")
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def find(settings: Settings, name: str) -> Path:
    """Return the archive that somebody means: a path, a name in ``models/``, or ``published``.

    Raises:
        ConfigError: there is no such archive, or nothing is published.
    """
    if name == "published":
        return published_model(settings)
    for path in (Path(name), settings.models / name, settings.models / f"{name}{archives.SUFFIX}"):
        if path.is_file():
            return path.absolute()
    known = [archives.stem(path) for path in all_models(settings)]
    if not known:
        raise ConfigError(f"There is no model '{name}', nor any other. Make one: remanso train.")
    raise ConfigError(f"There is no model '{name}'.{did_you_mean(name, known)}")


def check(settings: Settings, model: Path) -> None:
    """Make sure that an archive can be published.

    Raises:
        ConfigError: it is not in the models folder, damaged, of another Rasa or another pipeline.
        EncoderError: its encoder is missing.
    """
    if model.resolve().parent != settings.models.resolve():
        raise ConfigError(
            f"{model} is not in {settings.models}. Copy it there, its card (.json) too, and "
            "publish it by its name."
        )
    archives.check(settings, model)


def publish(settings: Settings, model: Path) -> None:
    """Make an archive in ``models/`` the one that is served.

    Raises:
        ConfigError: it cannot be published, see :func:`check`.
        EncoderError: its encoder is missing.
    """
    check(settings, model)
    before = read(settings)
    earlier = [name for name in before.get("earlier", []) if name != model.name]
    if before.get("model") not in (None, model.name):
        earlier = [before["model"], *[name for name in earlier if name != before["model"]]]
    _write(settings, {"model": model.name, "earlier": earlier[:KEPT]})


def previous(settings: Settings) -> tuple[Path, list[str]]:
    """Return the model that was served before the present one, and why others were passed over.

    Raises:
        ConfigError: none is left that can be served.
    """
    passed: list[str] = []
    for name in read(settings).get("earlier", []):
        try:
            return archives.check(settings, settings.models / name).path, passed
        except (ConfigError, EncoderError) as error:
            passed.append(str(error))
    raise ConfigError(" ".join(["No earlier model is left to roll back to.", *passed]))


def roll_back(settings: Settings) -> Path:
    """Publish the model that was served before the present one.

    Raises:
        ConfigError: none is left that can be served.
    """
    path, _ = previous(settings)
    earlier = read(settings)["earlier"]
    _write(settings, {"model": path.name, "earlier": earlier[earlier.index(path.name) + 1 :]})
    return path


def _write(settings: Settings, content: dict[str, Any]) -> None:
    content["at"] = datetime.now(timezone.utc).isoformat(timespec="seconds")
    path = settings.models / "published.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)
