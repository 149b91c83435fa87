"""Whether a new example sounds like another class than its own, by the sentence encoder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.nlu.text import normalise
from bot.training.corpus import Example

MANY = 200  # texts from which encoding takes long enough to be announced


class Encodes(Protocol):
    """What is needed of :class:`bot.encoder.runtime.Encoder`."""

    hash: str
    dimensions: int

    def encode(self, texts: Sequence[str], *, threads: int = 1) -> NDArray[Any]:
        """Return one vector of length 1 for each text."""
        ...


def vectors(
    encoder: Encodes, texts: Sequence[str], *, cache: Path, say: Callable[[str], None]
) -> NDArray[Any]:
    """Return the vectors of texts, those seen before from a file.

    Args:
        encoder: The sentence encoder.
        texts: As they were written.
        cache: Folder for the file of vectors, 1.5 kB each; it may be deleted at any time.
        say: Told when it takes a while.
    """
    file = cache / f"examples-{encoder.hash}.npz"
    names = [hashlib.sha256(text.encode()).hexdigest()[:24] for text in texts]
    kept = _kept(file)
    missing = {name: text for name, text in zip(names, texts, strict=True) if name not in kept}
    if missing:
        if len(missing) > MANY:
            say(f"Encoding {len(missing)} examples, this once ...")
        made = encoder.encode([normalise(text) for text in missing.values()], threads=2)
        kept |= dict(zip(missing, made, strict=True))
        _keep(file, kept)
    return np.stack([kept[name] for name in names])


def _kept(file: Path) -> dict[str, NDArray[Any]]:
    try:
        with np.load(file, allow_pickle=False) as found:
            return dict(zip(found["names"].tolist(), found["vectors"], strict=True))
    except (OSError, ValueError, KeyError):
        return {}  # not there, or not whole: made again


def _keep(file: Path, kept: dict[str, NDArray[Any]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{os.getpid()}.{file.name}")
    np.savez(fresh, names=np.array(list(kept)), vectors=np.stack(list(kept.values())))
    os.replace(fresh, file)


def doubts(
    example: Example, vector: NDArray[Any], others: Sequence[Example], known: NDArray[Any]
) -> str:
    """Return why an example may belong to another class; empty when it does not seem so.

    Args:
        example: The new one.
        vector: Its vector, of length 1.
        others: The examples that are there.
        known: Their vectors, in the same order.
    """
    labels = np.array([one.label for one in others])
    if example.label not in labels or len(set(labels.tolist())) < 2:
        return ""
    closeness = known @ vector
    own = labels == example.label
    best = int(np.argmax(np.where(own, -np.inf, closeness)))
    told = []
    nearest = others[best]
    if closeness[best] > closeness[own].max():
        told.append(
            f"its nearest example is «{nearest.text}» of '{nearest.label}' ({nearest.place})"
        )
    centre = _nearest_centre(labels, known, vector)
    if centre != example.label:
        told.append(f"on the whole it sounds most like '{centre}'")
        if len(told) == 1:
            same = np.where(labels == centre, closeness, -np.inf)
            close = others[int(np.argmax(same))]
            told.append(f"nearest there: «{close.text}» ({close.place})")
    return "; ".join(told)


def _nearest_centre(labels: NDArray[Any], known: NDArray[Any], vector: NDArray[Any]) -> str:
    names = sorted(set(labels.tolist()))
    centres = np.stack([known[labels == name].mean(axis=0) for name in names])
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    return str(names[int(np.argmax(centres @ vector))])
