"""Rasa without TensorFlow, for models that never use it.

Rasa imports TensorFlow whatever the pipeline: 7 seconds of processor and 500 MB for nothing, as
none of our components uses it. ``without_tensorflow`` puts an empty stand-in in its place before
Rasa is imported, so that class definitions and annotations which mention it still work. It must
not be done for a model with DIET, TED or another component that computes with TensorFlow:
``needs_tensorflow`` tells.

As a program it is ``rasa`` without TensorFlow: ``python -m bot.training.lean run -m model.tar.gz``.
"""

from __future__ import annotations

import json
import sys
import tarfile
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGES = frozenset({
    "jax", "keras", "tensorboard", "tensorflow", "tensorflow_addons", "tensorflow_hub",
    "tensorflow_text",
})  # fmt: skip
"""Packages that the stand-in replaces."""

USERS = ("convert_featurizer", "diet_classifier", "lm_featurizer", "response_selector",
         "ted_policy", "unexpected_intent_policy")  # fmt: skip
"""Modules of Rasa whose components compute with TensorFlow."""

OURS_AND_RASAS = ("bot.", "rasa.")


def needs_tensorflow(model: Path) -> bool:
    """Return whether any component of a model may compute with TensorFlow.

    Components that are neither ours nor Rasa's are taken to do so, and so is a model that cannot
    be read: whoever loads it next says what is wrong with it.
    """
    try:
        with tarfile.open(model) as archive:
            content = archive.extractfile("metadata.json")
            metadata = json.load(content) if content else {}
        nodes = [node for name in ("train_schema", "predict_schema") for node in
                 metadata[name]["nodes"].values()]  # fmt: skip
        return any(_computes(str(node["uses"])) for node in nodes)
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError, AttributeError):
        return True


def _computes(uses: str) -> bool:
    return not uses.startswith(OURS_AND_RASAS) or any(f".{name}." in uses for name in USERS)


def without_tensorflow() -> bool:
    """Put the stand-in in place, unless TensorFlow is already imported.

    Returns:
        Whether the stand-in is in place.
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return True
    if "tensorflow" in sys.modules:
        return False
    sys.meta_path.insert(0, _Finder())
    return True


class _AbsentType(type):
    """Makes every attribute of :class:`_Absent`, and every call of it, absent too."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent

    def __getitem__(cls, key: Any) -> Any:
        return cls

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is not _Absent:
            raise RuntimeError(f"{cls.__name__} computes with TensorFlow, which was left out.")
        return args[0] if len(args) == 1 and callable(args[0]) and not kwargs else _Absent


class _Absent(metaclass=_AbsentType):
    """Something of TensorFlow: a base class, a decorator, an annotation; never a computation."""


class _Module(ModuleType):
    """A module of TensorFlow in which every name is there and absent."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent


class _Finder(MetaPathFinder, Loader):
    """Finds the stand-in for every module of the replaced packages."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a module made of nothing, for names that start with a replaced package."""
        if fullname.partition(".")[0] not in PACKAGES:
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the empty module."""
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: it is empty."""


def main() -> None:
    """Run Rasa's command line without TensorFlow."""
    without_tensorflow()
    from rasa.__main__ import main as rasa

    sys.argv[0] = "rasa"
    rasa()


if __name__ == "__main__":
    main()
