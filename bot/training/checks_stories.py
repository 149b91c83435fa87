"""What can be wrong with stories and rules: names used twice, and contradictions.

Two contradict when they begin alike and then act differently. ``rasa data validate`` looks for
that too, but names neither file nor line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from bot.nlu import lines
from bot.training.finding import Finding

KINDS = {"stories": "story", "rules": "rule"}
MOST = 64  # ways to walk through one story's `or` steps that are looked at


@dataclass(frozen=True)
class Tale:
    """One story or rule."""

    kind: str  # story or rule
    name: str
    place: str  # file:line
    steps: tuple[Any, ...]
    condition: str  # of a rule: when it holds, as JSON


def read(root: Path) -> Iterator[Tale]:
    """Return all stories and rules in the checkout ``root``.

    Raises:
        ConfigError: a file is no YAML.
    """
    for path in sorted([*root.glob("data/stories/*.yml"), *root.glob("data/rules/*.yml")]):
        content = lines.load_file(path)
        for block, kind in KINDS.items():
            for entry in (content or {}).get(block) or []:
                place = f"{path.relative_to(root)}:{getattr(entry, 'line', 0)}"
                rest = {k: v for k, v in entry.items() if k not in (kind, "steps")}
                name, steps = str(entry.get(kind, "")), tuple(entry.get("steps") or ())
                yield Tale(kind, name, place, steps, _sign(rest))


def stories(root: Path) -> Iterator[Finding]:
    """Check names and contradictions of stories and rules in the checkout ``root``."""
    tales = list(read(root))
    yield from _names(tales)
    for kind in KINDS.values():
        yield from _contradictions([tale for tale in tales if tale.kind == kind])


def _names(tales: list[Tale]) -> Iterator[Finding]:
    first: dict[tuple[str, str], Tale] = {}
    for tale in tales:
        other = first.setdefault((tale.kind, tale.name), tale)
        if not tale.name or not tale.steps:
            fix = f"Write: - {tale.kind}: what happens, and below it steps: [...]."
            yield Finding(tale.place, f"This {tale.kind} has no name or no steps.", fix)
        elif other is not tale:
            problem = f"There are two of '{tale.name}': the other {tale.kind} is in {other.place}."
            yield Finding(tale.place, problem, "Give one another name.")


def _contradictions(tales: list[Tale]) -> Iterator[Finding]:
    first: dict[tuple[str, ...], tuple[str, Tale, int]] = {}
    told = set()
    for tale in tales:
        for path in _paths(tale):
            for at, (sign, step) in enumerate(path):
                if "action" not in step:
                    continue
                start = (tale.condition, *(one for one, _ in path[:at]))
                known, other, line = first.setdefault(start, (sign, tale, step.line))
                if known != sign and (tale.name, other.name) not in told:
                    told.add((tale.name, other.name))
                    yield _contradiction(tale, step, other, json.loads(known)["action"], line)


def _contradiction(tale: Tale, step: Any, other: Tale, action: str, line: int) -> Finding:
    file, other_file = tale.place.partition(":")[0], other.place.partition(":")[0]
    return Finding(
        f"{file}:{step.line}",
        f"'{tale.name}' goes on with {step['action']}, '{other.name}', which begins alike, with "
        f"{action} ({other_file}:{line}).",
        "Make them act alike, or set a slot that tells them apart before it.",
    )


def _paths(tale: Tale) -> Iterator[list[tuple[str, Any]]]:
    """Return the ways through a tale, one for each choice among the steps of its `or`."""
    choices = [step["or"] if _is_choice(step) else [step] for step in tale.steps]
    for number, path in enumerate(product(*choices)):
        if number == MOST:
            return
        yield [(_sign(step), step) for step in path if isinstance(step, lines.Lined)]


def _is_choice(step: Any) -> bool:
    return isinstance(step, dict) and isinstance(step.get("or"), list)


def _sign(step: Any) -> str:
    """Return what makes a step that step: its content, not its order or its example text."""
    if isinstance(step, dict):
        step = {str(name): value for name, value in step.items() if name != "user"}
    return json.dumps(step, sort_keys=True, default=str)
