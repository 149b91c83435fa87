"""Vectors that outlive the process: ``models/encoder/<hash>/vectors.npz``, 1.5 kB a text.

Training reads 60,000 texts, of which a trainer changes a few: those are what has to be computed
again. The file holds exactly what was computed, so a model learnt from it is the same to the bit.
It may be deleted at any time.
"""

from __future__ import annotations

import json
import logging
import os
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.encoder import shelf

log = logging.getLogger(__name__)


def place(models: Path, name: str) -> Path:
    """Return the file of the encoder with hash ``name``; it goes when the encoder goes."""
    return shelf.shelf(models) / name / "vectors.npz"


def read(file: Path) -> dict[str, NDArray[Any]]:
    """Return vectors by text, float32; none when the file is not there, or not whole."""
    try:
        with np.load(file, allow_pickle=False) as found:
            texts = json.loads(found["texts"].tobytes())
            return dict(zip(texts, found["vectors"], strict=True))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return {}  # computed again


def write(file: Path, vectors: Mapping[str, NDArray[Any]]) -> None:
    """Write vectors by text; where that fails, they will be computed again, and a line says so."""
    fresh = file.with_name(f".{os.getpid()}.{file.name}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        texts = np.frombuffer(json.dumps(list(vectors)).encode(), dtype=np.uint8)
        np.savez(fresh, texts=texts, vectors=np.stack(list(vectors.values())))
        os.replace(fresh, file)
    except OSError as error:
        log.warning("The vectors of the examples are not kept: %s", error)
        with suppress(OSError):
            fresh.unlink()
