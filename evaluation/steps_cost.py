"""What deciding the next step costs, and that it does not grow with the conversation.

``python -m evaluation.steps_cost`` plays one angry customer for 500 turns and times, at 10, 100 and
500 turns, what the policy does for a turn: read the state, count the turn, decide, write the state.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from bot.deescalation import records
from bot.deescalation.state import ConversationState, CustomerTurn, advance
from bot.deescalation.steps import StepConfig, decide, decided
from bot.settings import ROOT

AT = (10, 100, 500)  # customer turns
SAMPLES = 200  # timings at each of them
INTENTS = ("late_delivery", "vent", "inform", "double_charge", "not_solved", "deny")
LEVELS = ("angry", "annoyed", "calm", "frustrated")


def step_config() -> StepConfig:
    """Return the steps of ``config.yml``."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    block = next(one for one in config["policies"] if one["name"].endswith("DeescalationPolicy"))
    known = ("max_attempts", "offer_pause", "quiet", "triggers")
    return StepConfig.from_config({name: block[name] for name in known if name in block})


def turn(number: int) -> CustomerTurn:
    """Return the ``number``-th turn of a long, changing conversation."""
    return CustomerTurn(
        id=f"t{number}",
        text=f"llevo {number} días esperando y nadie me contesta, esto no puede ser",
        intent=INTENTS[number % len(INTENTS)],
        confidence=0.9,
        score=(number * 37 % 100) / 100,
        level=LEVELS[number % len(LEVELS)],
        entities={"duration": f"{number} días"},
        language="es",
        also=(("request_refund", 0.8),),
        at=1_700_000_000.0 + 20 * number,
    )


def one_turn(stored: str, number: int, config: StepConfig) -> str:
    """Do what the policy does for one turn; return the state as the tracker keeps it."""
    state = ConversationState.from_dict(json.loads(stored))
    state = advance(state, turn(number))
    state = decided(state, decide(state, config))
    return json.dumps(state.to_dict())


def measure() -> dict[int, dict[str, float]]:
    """Return, by number of turns, the median and 95th percentile in ms and the state in bytes."""
    config = step_config()
    stored, found = json.dumps(ConversationState().to_dict()), {}
    for number in range(1, max(AT) + 1):
        if number in AT:
            took = []
            for _ in range(SAMPLES):
                start = time.perf_counter()
                one_turn(stored, number, config)
                took.append(1000 * (time.perf_counter() - start))
            quantiles = statistics.quantiles(took, n=20)
            found[number] = {
                "median_ms": statistics.median(took),
                "p95_ms": quantiles[-1],
                "bytes": float(len(stored)),
            }
        stored = one_turn(stored, number, config)
        state = ConversationState.from_dict(json.loads(stored))
        state = records.offered(state, f"una opción {number}", name="refund")
        stored = json.dumps(records.attempted(state).to_dict())
    return found


def main(console: Any = None) -> None:
    """Print the measurements."""
    table = Table("turns", "median ms", "p95 ms", "state, bytes")
    for number, values in measure().items():
        table.add_row(
            str(number),
            f"{values['median_ms']:.2f}",
            f"{values['p95_ms']:.2f}",
            f"{values['bytes']:.0f}",
        )
    (console or Console()).print(table)


if __name__ == "__main__":
    main()
