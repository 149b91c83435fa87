"""The report on simulated customers: records of both bots become tables, curves and transcripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from bot.simulation import mood as moods
from bot.simulation.persona import Persona
from bot.simulation.talk import Record, written
from evaluation import simulate_measures as measures
from evaluation.systems import OURS

PLAIN = "plain bot"
FACTORS = (0.5, 1.5)  # of each rule of moods
WORST = 12  # transcripts kept of each kind of failure
LONGEST = 9  # replies of the curve of moods


@dataclass(frozen=True)
class Played:
    """Records of all conversations.

    Args:
        bots: By bot.
        switched: Of our bot, by the mechanism that was switched off.
        stubborn: By factor of how many do not answer what was asked, by bot.
    """

    bots: Mapping[str, Sequence[Record]]
    switched: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    stubborn: Mapping[float, Mapping[str, Sequence[Record]]] = field(default_factory=dict)

    @property
    def part(self) -> int:
        """How many conversations each switched-off mechanism was played with."""
        return max((len(records) for records in self.switched.values()), default=0)


def report(
    played_: Played,
    personas: Mapping[str, Persona],
    *,
    model: str,
    seed: int,
    seconds: float,
) -> dict[str, Any]:
    """Return the report of played conversations, ready for JSON.

    Args:
        played_: The records.
        personas: By name.
        model: What was played, for people.
        seed: Of the conversations.
        seconds: That playing took.
    """
    bots, switched = played_.bots, played_.switched
    ours = bots[OURS]
    return {
        "made": datetime.now(timezone.utc).isoformat(timespec="minutes"),
        "model": model,
        "seed": seed,
        "conversations": len(bots[OURS]),
        "seconds": round(seconds, 1),
        "about": measures.ABOUT,
        "bots": {name: measures.measure(records, personas) for name, records in bots.items()},
        "groups": {name: _groups(records, personas) for name, records in bots.items()},
        "personas": {name: _by_persona(records, personas) for name, records in bots.items()},
        "wording": {name: _wording(records) for name, records in bots.items()},
        "sensitivity": _sensitivity(bots, personas) + _stubborn(played_.stubborn),
        "without": {
            name: measures.measure(records, personas) for name, records in switched.items()
        },
        "with": measures.measure(ours[: played_.part], personas) if switched else None,
        "curves": {name: _curve(records) for name, records in bots.items()},
        "triggers": {name: _triggers(records) for name, records in bots.items()},
        "worst": _worst(ours),
        "transcripts": {name: [written(one) for one in records] for name, records in bots.items()},
        "seconds_each": {
            name: round(sum(one["seconds"] for one in records) / max(len(records), 1), 3)
            for name, records in bots.items()
        },
    }


def _groups(records: Sequence[Record], personas: Mapping[str, Persona]) -> dict[str, Any]:
    parts = {
        "Spanish": [one for one in records if personas[one["persona"]].language == "es"],
        "English": [one for one in records if personas[one["persona"]].language == "en"],
    }
    return {name: measures.measure(part, personas) for name, part in parts.items() if part}


def _by_persona(records: Sequence[Record], personas: Mapping[str, Persona]) -> list[dict[str, Any]]:
    rows = []
    for name in dict.fromkeys(one["persona"] for one in records):
        mine = [one for one in records if one["persona"] == name]
        numbers = measures.measure(mine, personas)
        row: dict[str, Any] = {"persona": name, "due": personas[name].due, "of": len(mine)}
        row["start"] = round(sum(one["start"] for one in mine) / len(mine), 2)
        row["end"] = round(sum(one["end"] for one in mine) / len(mine), 2)
        handed = sum(one["over"] == "handed_over" for one in mine)
        row["handed_over"] = round(handed / len(mine), 3)
        for key in ("resolved_all", "first_reply_fact", "left", "replies"):
            row[key] = numbers[key]["value"]
        rows.append(row)
    return rows


def _wording(records: Sequence[Record]) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for record in records:
        for turn in record["turns"]:
            for one in turn["wording"]:
                found.setdefault(one.split(":")[0], []).append(
                    f"{one} <- {' / '.join(turn['texts'])}"
                )
    touched = sum(any(turn["wording"] for turn in one["turns"]) for one in records)
    rules = {name: {"times": len(ones), "first": ones[0]} for name, ones in found.items()}
    return {"conversations": touched, "rules": rules}


def _sensitivity(
    bots: Mapping[str, Sequence[Record]], personas: Mapping[str, Persona]
) -> list[dict[str, Any]]:
    """Return share calmed and change of mood with each move halved and raised by half.

    The recorded words stay; only the moods are counted again.
    """
    book, rows = moods.rules(), []
    variants = [(move, factor) for move in book.moves for factor in FACTORS]
    for move, factor in [("as it is", 1.0), *variants]:
        scaled = book if factor == 1.0 else book.scaled(move, factor)
        again = {
            name: [measures.replayed(one, personas[one["persona"]], scaled) for one in records]
            for name, records in bots.items()
        }
        rows.append(_compared(move, factor, again))
    return rows


def _stubborn(played_: Mapping[float, Mapping[str, Sequence[Record]]]) -> list[dict[str, Any]]:
    """Return the same for conversations that were played again: other words were said."""
    return [_compared("not answering", factor, bots) for factor, bots in played_.items()]


def _compared(move: str, factor: float, bots: Mapping[str, Sequence[Record]]) -> dict[str, Any]:
    levels = moods.rules().levels
    row: dict[str, Any] = {"move": move, "factor": factor}
    for name, records in bots.items():
        angry = [one for one in records if one["start"] >= levels["angry_from"]]
        calm = sum(one["end"] < levels["calm_below"] for one in angry)
        change = sum(one["end"] - one["start"] for one in records) / max(len(records), 1)
        row[name] = {"calmed": round(calm / max(len(angry), 1), 4), "mood_change": round(change, 4)}
    row["order_holds"] = row[OURS]["mood_change"] < row[PLAIN]["mood_change"]
    return row


def _curve(records: Sequence[Record]) -> list[float]:
    """Return the mean mood of the customers who came angry, by turn; the last one lasts."""
    angry = [one for one in records if one["start"] >= moods.rules().levels["angry_from"]]
    curves = [[one["start"], *(turn["mood"] for turn in one["turns"])] for one in angry]
    longest = min(LONGEST, max((len(one) for one in curves), default=0))
    return [
        round(sum(one[min(turn, len(one) - 1)] for one in curves) / len(curves), 4)
        for turn in range(longest)
    ]


def _triggers(records: Sequence[Record]) -> list[dict[str, Any]]:
    found: dict[tuple[str, bool], int] = {}
    for one in records:
        if one["over"] == "handed_over":
            key = (str(one["turns"][-1]["trigger"]), one["due"] is not None)
            found[key] = found.get(key, 0) + 1
    rows = [{"trigger": k[0], "due": k[1], "times": n} for k, n in found.items()]
    return sorted(rows, key=lambda row: -row["times"])


def _worst(records: Sequence[Record]) -> dict[str, list[str]]:
    levels = moods.rules().levels
    kinds: dict[str, Callable[[Record], bool]] = {
        "handed over though nobody needed it": lambda one: (
            one["over"] == "handed_over" and one["due"] is None
        ),
        "a person was due and did not come": lambda one: (
            one["over"] != "handed_over" and one["due"] is not None
        ),
        "came angry, left angry": lambda one: (
            one["start"] >= levels["angry_from"] and one["end"] >= levels["angry_from"]
        ),
        "not solved, nobody due": lambda one: (
            one["due"] is None and not one["resolved"] and one["over"] != "handed_over"
        ),
        "said the same twice": lambda one: any(turn["repeats"] for turn in one["turns"]),
        "failed inside": lambda one: any(turn["error"] for turn in one["turns"]),
    }
    return {
        name: [written(one) for one in records if holds(one)][:WORST]
        for name, holds in kinds.items()
    }
