"""Vectors that outlive the process: ``models/encoder/<hash>/vectors.npz``, 1.5 kB a text.

Training reads 60,000 texts, of which a trainer changes a few: those are what has to be computed
again. The file holds exactly what was computed, so a model learnt from it is the same to the bit.
It may be deleted at any time. It holds no text, only its hash.
"""

from __future__ import annotations

import hashlib
import logging
import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.encoder import shelf

Encode = Callable[[Sequence[str]], NDArray[Any]]

MOST = 100_000  # vectors of a file, 150 MB; the oldest go first
CANARIES = (
    "hola",
    "¿Dónde está mi pedido? Llevo tres semanas esperándolo.",
    "I want my money back!",
)
"""Texts whose vectors tell whether this machine computes what the file holds: another processor or
version of onnxruntime rounds otherwise."""

log = logging.getLogger(__name__)


def place(models: Path, name: str) -> Path:
    """Return the file of the encoder with hash ``name``."""
    return shelf.shelf(models) / name / "vectors.npz"


def key(text: str) -> str:
    """Return what a text's vector is kept under."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def read(file: Path, encode: Encode) -> dict[str, NDArray[Any]]:
    """Return vectors by key, float32; none when the file is not whole, or of another machine.

    Args:
        file: Need not be there.
        encode: Returns the vectors of texts as they are computed now.
    """
    try:
        with np.load(file, allow_pickle=False) as found:
            if np.array_equal(found["canaries"], encode(CANARIES)):
                return dict(zip(found["keys"].tolist(), found["vectors"], strict=True))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        pass
    return {}  # computed again


def write(file: Path, vectors: Mapping[str, NDArray[Any]], encode: Encode) -> None:
    """Add vectors by key to a file; where that fails, a line says so, and nothing else is lost.

    Args:
        file: Others may have written to it since it was read: what is there stays.
        vectors: At least one; the one used last is the last one.
        encode: As in :func:`read`.
    """
    there = read(file, encode)
    every = {name: row for name, row in there.items() if name not in vectors} | dict(vectors)
    latest = dict(list(every.items())[-MOST:])
    fresh = file.with_name(f".{os.getpid()}.{file.name}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(
            fresh,
            keys=np.array(list(latest)),
            vectors=np.stack(list(latest.values())),
            canaries=encode(CANARIES),
        )
        os.replace(fresh, file)
    except OSError as error:
        log.warning("The vectors of the examples are not kept: %s", error)
    finally:  # an interruption too leaves no half of a file
        with suppress(OSError):
            fresh.unlink()


def forget_others(models: Path, name: str) -> None:
    """Delete what was kept of all encoders but the one with hash ``name``."""
    for file in shelf.shelf(models).glob(f"*/{place(models, name).name}"):
        if file != place(models, name):
            with suppress(OSError):
                file.unlink()
