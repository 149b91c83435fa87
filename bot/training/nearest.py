"""Whether a new example sounds like another class than its own, by the sentence encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.encoder import kept
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
    encoder: Encodes, texts: Sequence[str], *, models: Path, say: Callable[[str], None]
) -> NDArray[Any]:
    """Return the vectors of texts, those that a training or an earlier call has kept from a file.

    Args:
        encoder: The sentence encoder.
        texts: As they were written.
        models: The folder of all models, where vectors are kept (:mod:`bot.encoder.kept`).
        say: Told when it takes a while.
    """
    file = kept.place(models, encoder.hash)
    read = [normalise(text) for text in texts]
    names = [kept.key(text) for text in read]
    known = kept.read(file, encoder.encode)
    missing = {name: text for name, text in zip(names, read, strict=True) if name not in known}
    if missing:
        if len(missing) > MANY:
            say(f"Encoding {len(missing)} examples, this once ...")
        made = encoder.encode(list(missing.values()), threads=2)
        known |= dict(zip(missing, made, strict=True))
        kept.write(file, known, encoder.encode)
    return np.stack([known[name] for name in names])


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
