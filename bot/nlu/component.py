"""What our graph components have in common: persisting arrays and texts, and fingerprints.

A component that reads anything but NLU data and its configuration returns the hash of that from
``fingerprint_addon``; else Rasa reuses what it learnt before. The same holds for code outside the
component's own class: Rasa hashes only the class.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

from bot.errors import ConfigError
from bot.settings import ROOT


class Component(GraphComponent):
    """A graph component that learns nothing."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """Build it; ``resource`` is where it keeps what it has learnt."""
        self.config = {**self.get_default_config(), **config}
        self._storage = storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Component:
        """Create a component that has learnt nothing yet."""
        return cls(config, model_storage, resource)

    def save(self, texts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        """Persist what was learnt: JSON and arrays, never pickles."""
        with self._storage.write_to(self._resource) as folder:
            text = json.dumps(texts, ensure_ascii=False, indent=1)
            (folder / "texts.json").write_text(text, encoding="utf-8")
            np.savez(folder / "arrays.npz", **arrays)

    @staticmethod
    def saved(storage: ModelStorage, resource: Resource) -> tuple[Any, dict[str, NDArray[Any]]]:
        """Return what ``save`` persisted."""
        with storage.read_from(resource) as folder:
            texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
            with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
                return texts, dict(arrays)


def in_checkout(path: str) -> Path:
    """Return a path of ``config.yml``: relative ones start at the checkout.

    Raises:
        ConfigError: there is nothing.
    """
    found = ROOT / path
    if not found.exists():
        raise ConfigError(f"config.yml names '{path}', but {found} does not exist.")
    return found


def fingerprint(
    *, files: Iterable[Path] = (), code: Iterable[ModuleType] = (), extra: str = ""
) -> str:
    """Return the hash of files, modules' source and a text."""
    digest = hashlib.sha256(extra.encode())
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for module in code:
        digest.update(inspect.getsource(module).encode())
    return digest.hexdigest()[:16]


def metadata(message: Any) -> dict[str, Any]:
    """Return what the channel sent with a message; no customer can forge it."""
    found = message.get("metadata")
    return found if isinstance(found, dict) else {}


def choice(message: Any) -> dict[str, Any] | None:
    """Return intent and entities of the quick reply that was pressed, if one was."""
    found = metadata(message).get("choice")
    return found if isinstance(found, dict) and found.get("intent") else None


def text_of(message: Any) -> str:
    """Return a message's text; the empty text when it has none."""
    return str(message.get("text") or "")
