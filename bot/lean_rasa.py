"""Starts Rasa without TensorFlow and torch when the model does not need them.

``python -m bot.lean_rasa run --model M …`` is ``rasa run --model M …``. Rasa imports TensorFlow
whatever the pipeline is, and spaCy imports torch where it is installed. Without both a start takes
12 s of processor time instead of 21, and 0.7 GB of memory instead of 1.5 (measured on 2 cores). So
torch is hidden, and TensorFlow's modules are replaced by placeholders on which Rasa's neural
components can be defined but not run. A model that has one of those, or any other command than
``run``, gets the real thing.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import itertools
import sys
import tarfile
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

REPLACED = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text"})
REPLACED |= {"keras", "jax"}
HIDDEN = ("torch",)
RECIPE = "rasa.engine.recipes.default_recipe"
NEURAL = ("DIET", "TEDPolicy", "ResponseSelector", "UnexpecTED", "ConveRT", "LanguageModel")


def needs_tensorflow(model: Path) -> bool:
    """Return whether a model archive holds a component that computes with TensorFlow.

    An archive that cannot be read counts as one: Rasa itself shall say what is wrong with it.
    """
    try:
        with tarfile.open(model) as archive:
            file = archive.extractfile("metadata.json")
            text = file.read().decode() if file else ""
    except (OSError, KeyError, tarfile.TarError, UnicodeDecodeError):
        return True
    return not text or any(name in text for name in NEURAL)


class _Placeholders(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every module of :data:`REPLACED` and fills it with placeholder classes."""

    def __init__(self, also: frozenset[str] = frozenset()) -> None:
        self.also = also  # single modules, besides

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".")[0] not in REPLACED and fullname not in self.also:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        module.__path__ = []


class _Module(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = _placeholder(f"{self.__name__}.{name}")
        setattr(self, name, found)
        return found


class _Class(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{cls.__name__}.{name}")

    def __or__(cls, other: Any) -> Any:
        return cls

    __ror__ = __or__


def _placeholder(name: str) -> _Class:
    """Return a class that can be a base, a decorator or an annotation, and nothing more."""
    body = {
        "__init__": lambda self, *args, **kwargs: None,
        "__call__": lambda self, decorated=None, *args, **kwargs: decorated,
        "__class_getitem__": classmethod(lambda cls, item: cls),
    }
    return _Class(name, (object,), body)


def _model(arguments: Sequence[str]) -> Path | None:
    """Return the model that ``rasa run`` is told to serve; None when it shall find one itself."""
    if not arguments or arguments[0] != "run":
        return None
    for option, value in itertools.pairwise(arguments):
        if option in ("-m", "--model"):
            return Path(value)
    return None


def leave_out_all_but_the_graph() -> None:
    """Put placeholders in the place of what only dialogue and training need, too.

    For a process that runs the understanding and nothing else, before Rasa is imported: components
    register themselves with the recipe, which imports all of Rasa's own.
    """
    leave_out_tensorflow()
    if RECIPE not in sys.modules:
        sys.meta_path.insert(0, _Placeholders(frozenset({RECIPE})))


def leave_out_tensorflow() -> None:
    """Put the placeholders in TensorFlow's place, before Rasa is imported.

    Where TensorFlow is already imported nothing is changed.
    """
    there = any(isinstance(finder, _Placeholders) for finder in sys.meta_path)
    if not there and "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _Placeholders())


def main() -> None:
    """Start Rasa with the arguments of the command line."""
    model = _model(sys.argv[1:])
    if model is not None and model.is_file() and not needs_tensorflow(model):
        leave_out_tensorflow()
        for name in HIDDEN:
            sys.modules[name] = None  # type: ignore[assignment]  # an import of it fails
    from rasa.__main__ import main as rasa

    sys.argv[0] = "rasa"
    rasa()


if __name__ == "__main__":
    main()
