"""Who a simulated customer is.

A persona is a file::

    name: late_coffee_maker
    language: es              # es or en
    region: ES                # ES, MX, AR, CO, CL or EN: words that only they use
    customer: C-1001          # in the demo shop
    signed_in: false          # whether the site knows who they are
    topic: late_delivery      # for the report
    wants: [resend, refund]   # what they ask for, the first one by name
    goal:                     # when the matter is settled without a person, one of
      booked: [resend, refund]     # any of these is in the shop's ledger for the customer
      told: ["factura"]            # a reply, as plain text, matches one of these expressions
    due: authority            # why a person is due, fixed beforehand; left out when none is:
                              # asked, authority, safety, legal, complaint, abuse, patience
    facts: {order: ["48213"], wait: [21 días, tres semanas], product: [cafetera]}
    temper: 0.85              # mood at the start, in [0, 1]
    patience: 7               # replies without progress until they ask for a person
    calms: 1.0                # how much what lowers a mood lowers theirs, from 0 (nothing calms)
    heats: 1.0                # how much what raises it does
    insults: 0.0              # chance of an insult instead of an answer, in [0, 1]
    style: [shouts, typos]    # shouts, typos, terse, rambles, polite, sarcastic
    open: [...]               # at least four openings, with {facts}
    more: [...]               # at least four ways to say it again
    lines: {vent: [...]}      # own words for other needs; left out, those of everybody

The first of a fact's values is the one that data confirm; any of them may be written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError

DUE = ("asked", "authority", "safety", "legal", "complaint", "abuse", "patience")
STYLES = ("shouts", "typos", "terse", "rambles", "polite", "sarcastic")
REGIONS = ("ES", "MX", "AR", "CO", "CL", "EN")
LEAST = 4  # variations of whatever is said
HELPS = {  # kinds of steps that serve a wish
    "remedy": ("resend", "refund"),
    "charge": ("refund",),
    "complaint": (),
    "exception": (),
    "answer": ("resend", "refund"),
    "status": (),
}


class PersonaError(ConfigError):
    """A file of a persona says something that no customer can be."""


@dataclass(frozen=True)
class Persona:
    """One kind of customer; the fields are those of its file."""

    name: str
    language: str
    region: str
    customer: str
    topic: str
    wants: tuple[str, ...]
    goal: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, tuple[str, ...]]
    temper: float
    patience: float
    open: tuple[str, ...]
    more: tuple[str, ...]
    due: str | None = None
    signed_in: bool = False
    calms: float = 1.0
    heats: float = 1.0
    insults: float = 0.0
    style: tuple[str, ...] = field(default=())
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The kinds of steps that would help."""
        kinds: dict[str, None] = {}
        for wish in self.wants:
            kinds.update(dict.fromkeys(HELPS.get(wish, (wish,))))
        return tuple(kinds)


def read(path: Path) -> Persona:
    """Return the persona of a file.

    Raises:
        PersonaError: a field is missing, unknown or out of its range.
    """
    return made(yaml.safe_load(path.read_text(encoding="utf-8")), path)


def made(data: dict[str, Any], path: Path) -> Persona:
    """Return the persona of a file's content.

    Args:
        data: The fields.
        path: The file, for errors and because its name is the persona's.

    Raises:
        PersonaError: a field is missing, unknown or out of its range.
    """
    lists: dict[str, Any] = {
        name: tuple(data.get(name) or ()) for name in ("wants", "open", "more", "style")
    }
    for name in ("goal", "lines"):
        lists[name] = {key: tuple(values) for key, values in (data.get(name) or {}).items()}
    lists["facts"] = {
        name: tuple(str(one) for one in values)
        for name, values in (data.get("facts") or {}).items()
    }
    try:
        persona = Persona(**{**data, **lists})
    except TypeError as error:
        raise PersonaError(f"{path.name}: {error}") from None
    _check(persona, path)
    return persona


def read_all(folder: Path) -> dict[str, Persona]:
    """Return all personas by name, in the order of their names."""
    found = [read(path) for path in sorted(folder.glob("*.yml"))]
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}


def _check(persona: Persona, path: Path) -> None:
    wrong = {
        "name": persona.name != path.stem,
        "language": persona.language not in ("es", "en"),
        "region": persona.region not in REGIONS,
        "due": persona.due is not None and persona.due not in DUE,
        "style": not set(persona.style) <= set(STYLES),
        "temper": not 0 <= persona.temper <= 1,
        "insults": not 0 <= persona.insults <= 1,
        "goal": not set(persona.goal) or not set(persona.goal) <= {"booked", "told"},
        "open": len(persona.open) < LEAST,
        "more": len(persona.more) < LEAST,
        "wants": not persona.wants,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise PersonaError(f"{path.name}: '{name}' is {getattr(persona, name)!r}.")
