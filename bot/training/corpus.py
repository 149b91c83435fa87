"""All texts with a class, of training and held out, each with its place: ``file:line``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ConfigError
from bot.nlu import graded, labelled, lines
from bot.training.alike import Index, bare

INTENT, FRUSTRATION = "intent", "frustration"  # the two kinds of classes
NLU, GRADED, HELD_OUT = Path("data/nlu"), Path("data/frustration"), Path("evaluation/nlu")
SHORT = 25  # letters below which a reply with other messages before it is another example


@dataclass(frozen=True)
class Example:
    """A text with its class."""

    text: str
    label: str  # intent, level, or the name of a list of look-alikes
    language: str  # es or en
    place: str  # file:line below the checkout
    context: tuple[str, ...] = ()  # the same person's messages just before, oldest first


Group = tuple[str, str]  # language and label


def intents(root: Path) -> list[Example]:
    """Return the examples of all intents in the checkout ``root``.

    Raises:
        ConfigError: a file is wrong.
    """
    return _labelled(sorted((root / NLU).glob("*.yml")), NLU)


def frustration(root: Path) -> list[Example]:
    """Return all graded examples in the checkout ``root``.

    Raises:
        ConfigError: a file is wrong.
    """
    return _graded(sorted((root / GRADED).glob("e[sn]_*.yml")), GRADED)


def held_out(root: Path, kind: str, part: str = "*") -> list[Example]:
    """Return the texts that nothing may be trained on, of one kind; files not there are skipped.

    Args:
        root: The checkout.
        kind: INTENT (the lists of look-alikes too) or FRUSTRATION.
        part: test, dev, lookalikes (of intents only), or ``*`` for all.

    Raises:
        ConfigError: a file is wrong.
    """
    folder = root / HELD_OUT
    if kind == FRUSTRATION:
        return _graded(sorted(folder.glob(f"frustration_{part}_e[sn].yml")), HELD_OUT)
    parts = ("test", "dev", "lookalikes") if part == "*" else (part,)
    paths = [path for one in parts for path in sorted(folder.glob(f"{one}_e[sn].yml"))]
    lists = [path for path in paths if path.name.startswith("lookalikes")]
    found = _labelled([path for path in paths if path not in lists], HELD_OUT)
    return [*found, *(one for path in lists for one in _listed(path))]


def _labelled(paths: list[Path], folder: Path) -> list[Example]:
    return [
        Example(one.text, one.intent, one.language, f"{folder}/{one.file}:{one.line}")
        for one in labelled.read(*paths)
    ]


def _graded(paths: list[Path], folder: Path) -> list[Example]:
    return [
        Example(
            one.text, one.level, language_of(path), f"{folder}/{one.file}:{one.line}", one.context
        )
        for path in paths
        for one in graded.read_file(path)
    ]


def _listed(path: Path) -> Iterator[Example]:
    content = lines.load_file(path)
    if not isinstance(content, dict) or not all(isinstance(v, list) for v in content.values()):
        raise ConfigError(f"{path}: expected lists of texts, by name: not_ask_human: [...].")
    for label, texts in content.items():
        for text in texts:
            place = f"{HELD_OUT}/{path.name}:{getattr(text, 'line', 0)}"
            yield Example(str(text), str(label), language_of(path), place)


def language_of(path: Path) -> str:
    """Return es or en: the file's name begins or ends with it."""
    return "en" if path.stem.startswith("en_") or path.stem.endswith("_en") else "es"


def groups(examples: Iterable[Example]) -> dict[Group, list[Example]]:
    """Return examples by language and class."""
    found: dict[Group, list[Example]] = defaultdict(list)
    for one in examples:
        found[one.language, one.label].append(one)
    return dict(found)


def index(examples: Iterable[Example]) -> Index[Example]:
    """Return an index of examples by their text."""
    return Index((one.text, one) for one in examples)


def copies(example: Example, others: Index[Example]) -> list[tuple[Example, bool]]:
    """Return the equal or nearly equal texts, and whether they are equal.

    A short reply («no», «otra vez lo mismo») after other messages is another example.
    """
    near = others.near(example.text)
    if len(bare(example.text)) >= SHORT:
        return near
    before = _before(example)
    return [(other, same) for other, same in near if _before(other) == before]


def _before(example: Example) -> tuple[str, ...]:
    return tuple(bare(one) for one in example.context)
