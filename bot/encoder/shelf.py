"""Where encoders are kept: ``models/encoder/<hash>/``, and which of them is the current one.

    models/encoder/current              the hash of the encoder that new models are trained with
    models/encoder/<hash>/encoder.json  the manifest, see :class:`Manifest`
    models/encoder/<hash>/model.onnx    int8, with pooling and normalisation inside
    models/encoder/<hash>/tokenizer.json
    models/encoder/<hash>/sentence-transformers/   the float model, for fine-tuning only
    models/encoder/<hash>/vectors.npz   what training has read, see :mod:`bot.encoder.kept`

The hash is that of what serving reads, so two encoders with one hash give the same vectors.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.errors import EncoderError

MANIFEST = "encoder.json"
GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
TRAINABLE = "sentence-transformers"
REMEDY = "Run `remanso encoder` to build it."


@dataclass(frozen=True)
class Manifest:
    """What an encoder is made of."""

    hash: str  # 16 hex digits of the files below and the settings that change vectors
    source: str  # what it was built from; the same source is not built twice
    dimensions: int  # of a vector
    prefix: str  # put before every text
    max_tokens: int  # longer texts are cut
    files: dict[str, dict[str, str | int]]  # name -> {"size": bytes, "sha256": hex digits}


def shelf(models: Path) -> Path:
    """Return the folder of all encoders."""
    return models / "encoder"


def current(models: Path) -> str:
    """Return the hash of the encoder that new models are trained with.

    Raises:
        EncoderError: none was built yet.
    """
    try:
        return (shelf(models) / "current").read_text(encoding="utf-8").strip()
    except OSError as error:
        raise EncoderError(f"There is no sentence encoder in {shelf(models)}. {REMEDY}") from error


def current_or_none(models: Path) -> str | None:
    """Return the hash of the current encoder, or None where none was built yet."""
    try:
        return current(models)
    except EncoderError:
        return None


def manifest(models: Path, name: str) -> Manifest:
    """Read the manifest of the encoder with hash ``name`` and compare its files' sizes.

    Raises:
        EncoderError: the encoder is missing or damaged.
    """
    folder = shelf(models) / name
    try:
        found = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        wrong = [
            file
            for file, entry in found.files.items()
            if (folder / file).stat().st_size != entry["size"]
        ]
    except FileNotFoundError as error:
        raise EncoderError(f"The sentence encoder {name} is missing: {error}. {REMEDY}") from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise EncoderError(f"The sentence encoder {name} is damaged: {error}. {REMEDY}") from error
    if wrong:
        raise EncoderError(
            f"The sentence encoder {name} is damaged: wrong size of {', '.join(wrong)}. {REMEDY}"
        )
    return found


def check(models: Path, name: str) -> Manifest:
    """Read every byte of an encoder and compare it with its manifest.

    Raises:
        EncoderError: the encoder is missing or damaged.
    """
    found = manifest(models, name)
    for file, entry in found.files.items():
        if sha256(shelf(models) / name / file) != entry["sha256"]:
            raise EncoderError(f"The sentence encoder {name} is damaged: {file} changed. {REMEDY}")
    return found


def find(models: Path, source: str) -> str | None:
    """Return the hash of a whole encoder that was built from ``source``, if there is one."""
    for path in sorted(shelf(models).glob(f"*/{MANIFEST}")):
        try:
            if manifest(models, path.parent.name).source == source:
                return check(models, path.parent.name).hash
        except EncoderError:
            continue  # a damaged one is built again
    return None


def describe(
    folder: Path, *, source: str, dimensions: int, prefix: str, max_tokens: int
) -> Manifest:
    """Write the manifest of the encoder whose files are in ``folder`` and return it."""
    files: dict[str, dict[str, str | int]] = {
        name: {"size": (folder / name).stat().st_size, "sha256": sha256(folder / name)}
        for name in (GRAPH, TOKENIZER)
    }
    parts = [str(files[name]["sha256"]) for name in sorted(files)] + [prefix, str(max_tokens)]
    name = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    made = Manifest(name, source, dimensions, prefix, max_tokens, files)
    text = json.dumps(asdict(made), indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return made


def put(models: Path, folder: Path, made: Manifest) -> None:
    """Move a finished encoder to its place, instead of a damaged one with the same hash."""
    place = shelf(models) / made.hash
    if place.exists():
        shutil.rmtree(place)
    os.replace(folder, place)


def set_current(models: Path, name: str) -> None:
    """Make ``name`` the encoder that new models are trained with."""
    pointer = shelf(models) / "current"
    fresh = pointer.with_name(f".current.{os.getpid()}")
    fresh.write_text(name + "\n", encoding="utf-8")
    os.replace(fresh, pointer)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, as hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
