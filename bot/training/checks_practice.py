"""What can be wrong in ``data/practice``: the situations that agents practise with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

import yaml

from bot.errors import did_you_mean
from bot.simulation import situation
from bot.simulation.persona import LEAST, PersonaError
from bot.simulation.situation import Situation
from bot.simulation.writing import words
from bot.training.finding import Finding

FOLDER = Path("data", "practice")
_GAP = re.compile(r"{(\w+)}")


def practice(root: Path) -> Iterator[Finding]:
    """Check every situation of the checkout ``root``; drafts are only mentioned."""
    issues, teams = _desk(root / "desk.yml")
    for path in sorted((root / FOLDER).glob("*.yml")):
        place = f"{FOLDER.as_posix()}/{path.name}"
        try:
            if situation.is_draft(path):
                fix = "Look it over, complete it, and take 'draft' out."
                yield Finding(place, "It is still a draft, and not shown.", fix, warning=True)
                continue
            found = situation.read(path)
        except PersonaError as error:
            where, _, fault = str(error).partition(": ")
            line = where.partition(":")[2]
            fix = "The format is in bot/simulation/situation.py."
            yield Finding(f"{place}:{line}" if line else place, _sentence(fault), fix)
            continue
        for name, fault in _faults(found, issues, teams):
            yield Finding(f"{place}:{_line(path, name)}", fault)


def _faults(
    found: Situation, issues: Collection[str], teams: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield the field to look at, and what is wrong with it."""
    if issues and found.issue not in issues:
        yield "issue", f"Unknown issue '{found.issue}'.{did_you_mean(found.issue, issues)}"
    if teams and found.team and found.team not in teams:
        yield "team", f"Unknown team '{found.team}'.{did_you_mean(found.team, teams)}"
    for deed in found.deeds:
        if deed not in {**found.may, **(found.supervisor or {})}:
            yield "good", f"'{deed}' would be a good end, and nobody may do it."
    yield from _words(found)


def _words(found: Situation) -> Iterator[tuple[str, str]]:
    persona, known = found.persona, words(found.persona.language, True)
    own = {"open": persona.open, "more": persona.more, **persona.lines}
    if f"want_{persona.wants[0]}" not in {*known, *own}:
        yield "wants", f"There are no words for wanting '{persona.wants[0]}'."
    for need, texts in own.items():
        if need not in ("open", "more", "insult", *known):
            yield need, f"Nobody ever needs '{need}'. Known: {', '.join(sorted(known))}."
        if len(set(texts)) < LEAST:
            yield need, f"'{need}' has {len(set(texts))} variations, {LEAST} are needed."
        unknown = {gap for text in texts for gap in _GAP.findall(text)} - set(persona.facts)
        for gap in sorted(unknown):
            yield need, f"'{need}' names {{{gap}}}, which is none of the facts."


def _desk(path: Path) -> tuple[Collection[str], Collection[str]]:
    """Return the issues and teams of ``desk.yml``; none of a file that its own check refuses."""
    try:
        rules = yaml.safe_load(path.read_text(encoding="utf-8"))
        return set(rules["routing"]["issues"]), set(rules["teams"])
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        return (), ()


def _line(path: Path, name: str) -> int:
    """Return the line of a field, whatever holds it; 1 when it is not found."""
    lines = path.read_text(encoding="utf-8").splitlines()
    field = re.compile(rf"(^|[\s{{]){re.escape(name)}:")
    return next((n for n, line in enumerate(lines, start=1) if field.search(line)), 1)


def _sentence(fault: str) -> str:
    return fault if fault.endswith(".") else f"{fault}."
