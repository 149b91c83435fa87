"""How replies move a mood. Every size is in ``mood.yml`` with its source.

A person can do more right and wrong than a bot: ``mood_person.yml`` has the moves that only a
person's replies make.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.simulation.judge import Verdict

RULES = Path(__file__).with_name("mood.yml")
PERSON = Path(__file__).with_name("mood_person.yml")


@dataclass(frozen=True)
class Rules:
    """The numbers of ``mood.yml``; its comments say what each is."""

    levels: Mapping[str, float]
    moves: Mapping[str, float]
    limits: Mapping[str, int]
    patience: Mapping[str, float]
    cooperation: Mapping[str, float]

    def scaled(self, move: str, factor: float) -> Rules:
        """Return the rules with one move made larger or smaller."""
        return replace(self, moves={**self.moves, move: self.moves[move] * factor})

    def stubborn(self, factor: float) -> Rules:
        """Return the rules with more or fewer who do not answer what was asked."""
        names = ("calm", "angry", "furious")
        chances = {name: 1 - (1 - self.cooperation[name]) * factor for name in names}
        return replace(self, cooperation={**self.cooperation, **chances})


@cache
def rules(by_person: bool = False) -> Rules:
    """Return the rules as they are in the files.

    Args:
        by_person: With the moves that only a person's replies make.
    """
    data: dict[str, Any] = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    if by_person:
        more = yaml.safe_load(PERSON.read_text(encoding="utf-8"))
        data = {part: {**held, **more.get(part, {})} for part, held in data.items()}
    return Rules(**data)


@dataclass(frozen=True)
class Seen:
    """What happened between the customer and the bot with one reply, beside its words.

    Args:
        wanted: Kinds of steps that would help this customer.
        told: The reply holds what the customer came to hear.
        asked_again: It asks for what the customer has said.
        blocked: The customer asked for a person, and none comes.
        handed_over: A person takes over.
        due: A person was due or asked for.
        consulted: Whoever decides was asked for them.
    """

    wanted: tuple[str, ...]
    told: bool = False
    asked_again: bool = False
    blocked: bool = False
    handed_over: bool = False
    due: bool = False
    consulted: bool = False


def cooperates(mood: float, book: Rules) -> float:
    """Return the chance that somebody in a mood answers what was asked."""
    if mood >= book.levels["furious_from"]:
        return book.cooperation["furious"]
    return book.cooperation["angry" if mood >= book.levels["angry_from"] else "calm"]


def signals(verdict: Verdict, seen: Seen, book: Rules) -> list[str]:
    """Return the moves that a reply may make; some count only from a mood on."""
    helps = set(verdict.offers) & set(seen.wanted)
    done = seen.told or bool(set(verdict.done) & {*seen.wanted, "other"})
    flags = {
        "acknowledged_with_fact": verdict.acknowledges and bool(verdict.facts),
        "acknowledged_generic": verdict.generic,
        "repeated_text": verdict.repeats,
        "asked_again": seen.asked_again,
        "blocked_from_person": seen.blocked,
        "step_offered": bool(helps) and not done,
        "step_done": done,
        "cheer_when_angry": verdict.cheer,
        "told_to_calm_down": verdict.calm_down,
        "long_when_furious": verdict.words > book.limits["long_text"],
        "handed_over_when_due": seen.handed_over and seen.due,
        "handed_over_unasked": seen.handed_over and not seen.due,
        "not_understood": verdict.not_understood,
        "brushed_off": verdict.brushes_off,
        "consulted": seen.consulted or verdict.consults,
        "who_and_when": verdict.promise
        and bool(helps or done or seen.consulted or verdict.consults or verdict.transfers),
    }
    found = [name for name, holds in flags.items() if holds and name in book.moves]
    quiet = {"cheer_when_angry", "long_when_furious"}
    if not set(found) - quiet and not set(verdict.asks) & {"order", "proof", "same", "choice"}:
        found.append("nothing_new")
    return found


def move(
    mood: float,
    found: Iterable[str],
    book: Rules,
    *,
    calms: float = 1.0,
    heats: float = 1.0,
    earlier: Mapping[str, int] | None = None,
) -> float:
    """Return the mood after a reply, in [0, 1].

    Args:
        mood: Before it.
        found: The reply's signals.
        book: The rules.
        calms: How strongly this customer takes what calms.
        heats: How strongly they take what heats.
        earlier: How often each signal came before.
    """
    limits = {
        "acknowledged_with_fact": book.limits["acknowledged_times"],
        "acknowledged_generic": book.limits["acknowledged_times"],
        "step_offered": book.limits["offered_times"],
        "who_and_when": book.limits["offered_times"],
        "consulted": book.limits["offered_times"],
    }
    needs = {
        "cheer_when_angry": book.levels["angry_from"],
        "long_when_furious": book.levels["furious_from"],
    }
    change = 0.0
    for name in found:
        spent = (earlier or {}).get(name, 0) >= limits.get(name, 10**6)
        if spent or mood < needs.get(name, 0.0):
            continue
        size = book.moves[name]
        change += size * (calms if size < 0 else heats)
    return min(1.0, max(0.0, mood + change))
