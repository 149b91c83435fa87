"""Records of conversations as numbers with 95 % intervals: bootstrap over conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from bot.simulation import mood as moods
from bot.simulation.persona import Persona
from bot.simulation.plain_text import named
from bot.simulation.talk import Record
from evaluation.metrics import resampled

COVERAGE = 0.95
RESAMPLES = 1000
ABOUT = {
    "calmed": "of those who came angry, share whose mood ended below calm",
    "resolved": "of those for whom no person was due, share settled without a person",
    "resolved_all": "of all conversations, share settled without a person",
    "handoff_recall": "of those for whom a person was due or who asked, share handed over",
    "handoff_precision": "of those handed over, share for whom a person was due or who asked",
    "first_reply_fact": "of those who came angry with a fact and were not handed over at once, "
    "share whose first reply acknowledges it with one",
    "first_reply_fact_furious": "the same of those who came furious",
    "repeated": "share of conversations with a text said twice",
    "crashed": "share of conversations with a failure inside",
    "left": "share of customers who left with nothing",
    "mood_change": "mean mood at the end less mood at the start",
    "turns_to_acknowledgement": "mean replies until the first acknowledgement, where there is one",
    "turns_to_step": "mean replies until the first step that helps, where there is one",
    "turns_to_person": "mean replies until a person, where one was due and came",
    "replies": "mean replies of a conversation",
}
SHARES = tuple(ABOUT)[:10]


def measure(
    records: Sequence[Record], personas: Mapping[str, Persona], book: moods.Rules | None = None
) -> dict[str, dict[str, float | int | None]]:
    """Return every measure with its interval.

    Args:
        records: Of one bot.
        personas: By name.
        book: The rules of moods that levels are read from.
    """
    levels = (book or moods.rules()).levels
    rows = [_row(one, personas[one["persona"]], levels) for one in records]
    return {name: _interval([row[name] for row in rows]) for name in ABOUT}


def _row(record: Record, persona: Persona, levels: Mapping[str, float]) -> dict[str, float | None]:
    turns = record["turns"]
    handed = record["over"] == "handed_over"
    due = record["due"] is not None
    angry = record["start"] >= levels["angry_from"]
    stated = named(turns[0]["said"], persona.facts) if turns else ()
    first = bool(turns) and turns[0]["acknowledges"] and bool(turns[0]["facts"])
    owed = bool(stated) and not turns[0]["handed_over"]
    helps = {"step_offered", "step_done"}
    return {
        "calmed": float(record["end"] < levels["calm_below"]) if angry else None,
        "resolved": float(record["resolved"]) if persona.due is None else None,
        "resolved_all": float(record["resolved"]),
        "handoff_recall": float(handed) if due else None,
        "handoff_precision": float(due) if handed else None,
        "first_reply_fact": float(first) if angry and owed else None,
        "first_reply_fact_furious": float(first)
        if record["start"] >= levels["furious_from"] and owed
        else None,
        "repeated": float(any(turn["repeats"] for turn in turns)),
        "crashed": float(any(turn.get("error") for turn in turns)),
        "left": float(record["over"] == "left" and not record["resolved"]),
        "mood_change": record["end"] - record["start"],
        "turns_to_acknowledgement": _first(turns, lambda turn: turn["acknowledges"]),
        "turns_to_step": _first(turns, lambda turn: bool(helps & set(turn["signals"]))),
        "turns_to_person": _first(turns, lambda turn: turn["handed_over"]) if due else None,
        "replies": float(len(turns)),
    }


def _first(turns: Iterable[Record], holds: Callable[[Record], bool]) -> float | None:
    return next((float(n) for n, turn in enumerate(turns, start=1) if holds(turn)), None)


def _interval(values: Sequence[float | None]) -> dict[str, float | int | None]:
    known = np.array([np.nan if one is None else one for one in values], dtype=np.float64)
    there = np.isfinite(known)
    if not there.any():
        return {"value": None, "low": None, "high": None, "of": 0}
    filled = np.where(there, known, 0.0)
    weights = resampled(len(known), resamples=RESAMPLES)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (weights @ filled) / (weights @ there.astype(np.float64))
    means = means[np.isfinite(means)]
    low, high = np.quantile(means, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    numbers = {"value": known[there].mean(), "low": low, "high": high}
    return {**{k: round(float(v), 4) for k, v in numbers.items()}, "of": int(there.sum())}


def replayed(record: Record, persona: Persona, book: moods.Rules) -> Record:
    """Return a record as it would have ended with other rules of moods, the words being the same.

    What the customer says is not chosen anew: only the mood is.
    """
    mood, counts = record["start"], Counter[str]()
    turns = []
    for turn in record["turns"]:
        mood = moods.move(
            mood,
            turn["signals"],
            book,
            calms=persona.calms,
            heats=persona.heats,
            earlier=counts,
        )
        counts.update(turn["signals"])
        turns.append({**turn, "mood": mood})
    return {**record, "turns": turns, "end": mood}
