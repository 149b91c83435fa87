"""What is inside the archive of a trained model, read without loading Rasa."""

from __future__ import annotations

import gzip
import importlib.metadata
import json
import tarfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.encoder import shelf
from bot.errors import ConfigError, EncoderError
from bot.settings import Settings

SUFFIX = ".tar.gz"
REQUIRED = (
    "bot.nlu.encoder_featurizer.EncoderFeaturizer",
    "bot.nlu.frustration_classifier.FrustrationClassifier",
    "bot.policies.deescalation_policy.DeescalationPolicy",
)
"""Without these a model cannot de-escalate, and the engine would be refused by the gateway."""

BLOCK = 1 << 20  # bytes read at once
UNREADABLE = (OSError, EOFError, zlib.error, tarfile.TarError, ValueError)


@dataclass(frozen=True)
class Archive:
    """A model archive that could be read to its end."""

    path: Path
    rasa: str  # version of Rasa that made it
    trained_at: str  # ISO 8601, UTC
    components: frozenset[str]  # dotted names of the classes of its graph
    encoder: str  # hash of the encoder that it was trained with; empty: none


def read(path: Path) -> Archive:
    """Read an archive to its last byte.

    Raises:
        ConfigError: it is missing, truncated, no archive, or no model.
    """
    if not path.is_file():
        raise ConfigError(f"There is no model {path}. See what there is: remanso models.")
    try:
        with gzip.open(path) as whole:  # a file cut short is noticed at its end only
            while whole.read(BLOCK):
                pass
        with tarfile.open(path) as archive:
            metadata = _json(archive, "metadata.json")
            encoder = _encoder(archive)
    except UNREADABLE as error:
        raise ConfigError(
            f"{path.name} is damaged or no archive ({error}). Train it again: remanso train."
        ) from error
    if not isinstance(metadata, dict):
        raise ConfigError(
            f"{path.name} is an archive without metadata.json, so it is no trained model. "
            "Make one: remanso train."
        )
    nodes = (metadata.get("predict_schema") or {}).get("nodes") or {}
    return Archive(
        path=path,
        rasa=str(metadata.get("rasa_open_source_version", "unknown")),
        trained_at=str(metadata.get("trained_at", "")),
        components=frozenset(str(node.get("uses")) for node in nodes.values()),
        encoder=encoder,
    )


def check(settings: Settings, path: Path) -> Archive:
    """Read an archive and make sure that the engine of this installation can serve it.

    Raises:
        ConfigError: it is missing or damaged, of another Rasa, or of another pipeline.
        EncoderError: the encoder that it was trained with is missing or damaged.
    """
    found = read(path)
    missing = [name for name in REQUIRED if name not in found.components]
    if missing:
        raise ConfigError(
            f"{path.name} was not trained with the pipeline of config.yml: it has no "
            f"{', '.join(name.rsplit('.', 1)[-1] for name in missing)}. Train one: remanso train."
        )
    here = importlib.metadata.version("rasa")
    if found.rasa != here:
        raise ConfigError(
            f"{path.name} was trained with Rasa {found.rasa}; here is Rasa {here}. "
            "Train it again: remanso train."
        )
    try:
        shelf.manifest(settings.models, found.encoder or "unknown")
    except EncoderError as error:
        raise EncoderError(
            f"{path.name} was trained with the sentence encoder {found.encoder or 'unknown'}, "
            f"which cannot be used. {error} Or train a model with the present encoder: "
            "remanso train."
        ) from error
    return found


def stem(path: Path) -> str:
    """Return an archive's name without its ending."""
    return path.name.removesuffix(SUFFIX)


def _json(archive: tarfile.TarFile, name: str) -> Any:
    try:
        file = archive.extractfile(name)
    except KeyError:
        return None
    return json.load(file) if file else None


def _encoder(archive: tarfile.TarFile) -> str:
    for name in archive.getnames():
        if "EncoderFeaturizer" in name and name.endswith("texts.json"):
            noted = _json(archive, name)
            return str(noted.get("encoder", "")) if isinstance(noted, dict) else ""
    return ""
