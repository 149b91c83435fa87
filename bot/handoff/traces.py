"""Looking for an erased customer in files that people write: examples, stories, tests.

What trainers took over was masked when they did, so nothing says whose it was; but the origin of a
story names its conversation, and a sentence may be there as it was written. These places are told,
not changed: whether an example is still somebody's, a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".yml", ".yaml", ".md", ".json", ".jsonl", ".txt")
LEAST = 4
"""Words a sentence must have to be somebody's own."""


@dataclass(frozen=True)
class Trace:
    """A line in which something of the customer is left, and what: conversation, name, sentence."""

    file: str
    line: int
    what: str


def traces(
    folders: Iterable[Path], conversations: Sequence[str], said: Sequence[str], named: Sequence[str]
) -> list[Trace]:
    """Return the lines that name one of the conversations, the customer, or quote a sentence."""
    sought = [(name.lower(), "conversation") for name in conversations]
    sought += [(name.lower(), "name") for name in named if len(name) > 3]
    sought += [
        (" ".join(text.lower().split()), "sentence") for text in said if len(text.split()) >= LEAST
    ]
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                found += _in_file(path, folder, sought)
    return found


def _in_file(path: Path, folder: Path, sought: Sequence[tuple[str, str]]) -> list[Trace]:
    found = []
    name = str(path.relative_to(folder.parent))
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1):
        plain = " ".join(line.lower().split())
        what = next((kind for text, kind in sought if text in plain), None)
        if what:
            found.append(Trace(name, number, what))
    return found
