"""Starts Rasa without TensorFlow and torch when the model does not need them.

``python -m bot.lean_rasa run --model M …`` is ``rasa run --model M …``. Rasa imports TensorFlow
whatever the pipeline is, the clients of a dozen other channels, and what draws and learns; spaCy
imports torch where it is installed. Without all that, and with :mod:`bot.channels.swift`, a start
takes 5 s of processor time instead of 21, and 0.4 GB of memory instead of 1.5 (measured on 2
cores). So torch is hidden, and the modules of the others are replaced by placeholders on which
Rasa's classes can be defined but not run. A model that has a component that computes with one of
them, or any other command than ``run``, gets the real thing.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import itertools
import sys
import tarfile
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

REPLACED = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text"})
REPLACED |= {"keras", "jax"}
HIDDEN = ("torch",)
RECIPE = "rasa.engine.recipes.default_recipe"
# What only dialogue, training or a terminal needs of what the understanding imports ...
UNUSED = frozenset({RECIPE, "packaging.requirements", "packaging.tags", "spacy.cli"})
UNUSED |= {"spacy.cli.info", "scipy", "jsonschema"}
# Of what a server imports, only other channels, training and drawing need these.
UNSERVED = frozenset({"aiogram", "boto3", "fbmessenger", "matplotlib", "mattermostwrapper"})
UNSERVED |= {"prompt_toolkit", "questionary", "rocketchat_API", "sklearn", "slack_sdk"}
UNSERVED |= {"socketio", "spacy.cli", "spacy.cli.info", "twilio", "webexteamssdk"}
OPTIONAL = ("h5py", "redis", "rich")  # ... and what is done without where it is not installed
LEARNING = ("Sklearn", "LogisticRegression", "CRFEntity")  # components that compute with sklearn
NEURAL = ("DIET", "TEDPolicy", "ResponseSelector", "UnexpecTED", "ConveRT", "LanguageModel")


def needs_tensorflow(model: Path, *, also: Sequence[str] = ()) -> bool:
    """Return whether a model archive holds a component that computes with TensorFlow.

    Args:
        model: The archive.
        also: Parts of the names of other components that are looked for.

    An archive that cannot be read counts as one: Rasa itself shall say what is wrong with it.
    """
    try:
        with tarfile.open(model) as archive:
            file = archive.extractfile("metadata.json")
            text = file.read().decode() if file else ""
    except (OSError, KeyError, tarfile.TarError, UnicodeDecodeError):
        return True
    return not text or any(name in text for name in (*NEURAL, *also))


class _Placeholders(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every module of :data:`REPLACED` and fills it with placeholder classes."""

    def __init__(self, also: frozenset[str] = frozenset()) -> None:
        self.also = also  # packages and single modules, besides

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        names = {fullname, fullname.split(".")[0]}
        if not names & (REPLACED | self.also):
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


@contextmanager
def all_but_the_graph_left_out() -> Iterator[None]:
    """Put placeholders in the place of what only dialogue and training need, too, for a while.

    For a process that loads the understanding and nothing else, before Rasa is imported: components
    register themselves with the recipe, which imports all of Rasa's own. Takes 1 s off 2. The
    recipe stays a placeholder; whoever imports one of the others afterwards gets the real one.
    """
    leave_out_tensorflow()
    if RECIPE in sys.modules:
        yield
        return
    hidden = [name for name in OPTIONAL if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: not importable
    finder = _Placeholders(UNUSED)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        finder.also = frozenset({RECIPE})
        for name in (*hidden, *_placeholders(UNUSED - {RECIPE})):
            parent, _, last = name.rpartition(".")
            vars(sys.modules.get(parent, finder)).pop(last, None)
            del sys.modules[name]


def _placeholders(names: frozenset[str]) -> list[str]:
    """Return the modules of these packages that are placeholders."""
    return [
        name
        for name, module in sys.modules.items()
        if isinstance(module, _Module) and {name, name.split(".")[0]} & names
    ]


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
    if model is not None and model.is_file() and not needs_tensorflow(model, also=LEARNING):
        sys.meta_path.insert(0, _Placeholders(UNSERVED))
        for name in HIDDEN:
            sys.modules[name] = None  # type: ignore[assignment]  # an import of it fails
        from bot.channels import swift

        swift.install()
    from rasa.__main__ import main as rasa

    sys.argv[0] = "rasa"
    rasa()


if __name__ == "__main__":
    main()
