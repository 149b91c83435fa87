"""Speed of our pipeline beside Rasa's default one for Spanish, in one run on one machine.

Both learn from the same sample of the examples, answer the same ten-turn conversations through the
same door (``bot/channels/gateway.py``) with the same domain, stories, texts and actions, and call
the action server equally often: every turn of the script has some wordings, and the first is taken
that both answer alike; the run stops when there is none. What the two systems are is said in
:mod:`evaluation.rivals`. Their blocks take turns, so that both meet the same disturbances.
Reported, with the ratios ours to default:

* milliseconds per message (p50, p95, p99) and messages per second with 1, 8 and 32 clients;
* processor time per message (engine and actions), and the share of messages answered alike;
* seconds until the door answers, and memory of the engine (MB; what it shares counted in part);
* seconds of training, also of processor time, which others on the machine do not change; MB of the
  model.

Run: ``python -m evaluation.benchmark --examples 25``. It trains both once, some minutes each, and
keeps them while their data stay the same. Not part of the tests: machines are shared and noisy.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.settings import ROOT, Settings, load
from bot.supervisor import Child
from evaluation import clients, rivals
from evaluation.clients import Door, Script
from evaluation.rivals import DEFAULT, NAMES, Trained, shortened, train

__all__ = ["DEFAULT", "main", "shortened", "train"]

CLIENTS = (1, 8, 32)
SCRIPT = Path(__file__).parent / "scripts" / "calm.yml"
REPORT = Path(__file__).parent / "reports" / "benchmark.json"
SEED = 1  # of the script's names
COMPARED = 5  # conversations in which both must do the same
PATIENCE = 300.0  # seconds an engine has to start
TICKS = os.sysconf("SC_CLK_TCK")  # of processor time, per second


@dataclass
class Load:
    """What was measured with one number of clients."""

    ms: list[float] = field(default_factory=list)  # per message
    seconds: float = 0.0
    cpu_seconds: float = 0.0  # of engine and action server
    alike: int = 0  # messages answered as in the comparison before

    def numbers(self) -> dict[str, float]:
        """Return what is reported of it."""
        cuts = statistics.quantiles(self.ms, n=100)
        return {
            "messages": len(self.ms),
            "p50": cuts[49],
            "p95": cuts[94],
            "p99": cuts[98],
            "per_second": len(self.ms) / self.seconds,
            "cpu_ms": self.cpu_seconds * 1000 / len(self.ms),
            "alike": self.alike / len(self.ms),
        }


@dataclass
class Running:
    """One system at work.

    Its script goes on through the whole run and is the same for both: hardly a text comes twice, so
    that no vector in memory answers.
    """

    name: str
    settings: Settings
    children: list[Child]
    start_seconds: float
    start_cpu_seconds: float
    script: Script = field(default_factory=lambda: Script(SCRIPT, seed=SEED))
    loads: dict[int, Load] = field(default_factory=lambda: {one: Load() for one in CLIENTS})

    def cpu_seconds(self) -> float:
        """Return the processor time of engine and action server so far."""
        return sum(_cpu(child) for child in self.children)

    def action_calls(self) -> int:
        """Return how many actions the action server logged so far."""
        log = self.settings.home / "log" / "actions.log"
        return log.read_text(encoding="utf-8", errors="replace").count('"action": ')


@contextmanager
def running(settings: Settings, model: Path, name: str) -> Iterator[Running]:
    """Start engine and actions of a system and wait until its door answers.

    Raises:
        SystemExit: the engine does not start; the text names the log.
    """
    wanted = rivals.processes(settings, model, name)
    log = settings.home / "log"
    log.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    try:
        for child in wanted:
            with (log / f"{child.name}.log").open("ab") as output:
                child.process = subprocess.Popen(
                    child.command,
                    cwd=ROOT,
                    env=child.environment,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
        while not Door(settings, timeout=2.0).is_open():
            ended = any(child.process and child.process.poll() is not None for child in wanted)
            if ended or time.monotonic() - start > PATIENCE:
                said = (log / "engine.log").read_text(encoding="utf-8", errors="replace")[-1500:]
                raise SystemExit(f"{name} does not start; see {log}. It said: {said}")
            time.sleep(0.05)
        seconds = time.monotonic() - start
        yield Running(name, settings, wanted, seconds, _cpu(wanted[0]))
    finally:
        for child in wanted:
            if child.process is not None:
                child.process.terminate()
                child.process.wait(30)


def _cpu(child: Child) -> float:
    pid = child.process.pid if child.process else 0
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(child: Child) -> dict[str, float]:
    """Return the memory of a process in MB, what it shares counted in part and whole (Linux)."""
    pid = child.process.pid if child.process else 0
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    sizes = dict(re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE))
    return {"memory_mb": int(sizes["Pss"]) / 1024, "resident_mb": int(sizes["Rss"]) / 1024}


def compare(systems: list[Running]) -> dict[str, Any]:
    """Play the same conversations to both until they do the same, in wordings both understand.

    Raises:
        SystemExit: a turn has no wording that both answer alike, or the actions are called more or
            less often.
    """
    while True:
        found: dict[str, Any] = {}
        for system in systems:
            before = system.action_calls()
            texts = [system.script.conversation() for _ in range(COMPARED)]
            played = [Door(system.settings).converse(one) for one in texts]
            kinds = [[turn.kinds for turn in turns] for turns in played]
            found[system.name] = (kinds, system.action_calls() - before)
        one, other = (found[name] for name in NAMES)
        unlike = _first_unlike(one[0], other[0])
        if unlike is None and one[1] == other[1]:
            same = {"kinds": one[0][0], "wordings": systems[0].script.wordings}
            return {"action_calls": one[1] / COMPARED, **same}
        if unlike is None or not all([each.script.say_otherwise(unlike) for each in systems]):
            raise SystemExit(
                "The two do not do the same, so their speed cannot be compared. Change "
                f"{SCRIPT.name}.\n" + "\n".join(f"{name}: {what}" for name, what in found.items())
            )


def _first_unlike(one: Sequence[Any], other: Sequence[Any]) -> int | None:
    """Return the first turn that any answers in another way, or not at all, counted from 0."""
    by_turn = zip(zip(*one, strict=True), zip(*other, strict=True), strict=True)
    kinds = ((turn, {*ours, *theirs}) for turn, (ours, theirs) in enumerate(by_turn))
    return next((turn for turn, found in kinds if len(found) > 1 or () in found), None)


def block(system: Running, count: int, rounds: int, *, kinds: Sequence[tuple[str, ...]]) -> None:
    """Play one block of conversations and add it to the system's loads.

    Args:
        system: Whose.
        count: Clients at once.
        rounds: Conversations of each.
        kinds: Responses that every turn of the script should get.
    """
    before = system.cpu_seconds()
    played, seconds = clients.play(system.settings, system.script, count, rounds)
    load = system.loads[count]
    load.ms += [turn.ms for turns in played for turn in turns]
    pairs = (pair for turns in played for pair in zip(turns, kinds, strict=True))
    load.alike += sum(turn.kinds == wanted for turn, wanted in pairs)
    load.seconds += seconds
    load.cpu_seconds += system.cpu_seconds() - before


def result(system: Running, trained: Trained) -> dict[str, Any]:
    """Return everything measured of one system."""
    return {
        "training_seconds": trained.seconds,
        "training_cpu_seconds": trained.cpu_seconds,
        "model_mb": trained.megabytes,
        "start_seconds": system.start_seconds,
        "start_cpu_seconds": system.start_cpu_seconds,
        **memory(system.children[0]),
        "loads": [{"clients": n, **load.numbers()} for n, load in system.loads.items()],
    }


def ratios(ours: Mapping[str, Any], default: Mapping[str, Any]) -> dict[str, Any]:
    """Return ours / default of every number; below 1 is faster, smaller or shorter."""
    table: dict[str, Any] = {}
    for key, value in ours.items():
        if key == "loads":
            pairs = zip(value, default[key], strict=True)
            table[key] = [{**ratios(*pair), "clients": pair[0]["clients"]} for pair in pairs]
        elif key not in ("clients", "messages"):
            table[key] = value / default[key]
    return table


def rows(report: Mapping[str, Any]) -> Iterator[str]:
    """Return the report as the lines of a table."""
    columns = [report[name] for name in (*NAMES, "ratios")]
    yield f"{'':34}" + "".join(f"{name:>12}" for name in (*NAMES, "ratio"))
    table = [(key, [one[key] for one in columns]) for key in columns[0] if key != "loads"]
    for loads in zip(*(one["loads"] for one in columns), strict=True):
        for key in ("p50", "p95", "p99", "per_second", "cpu_ms", "alike"):
            table.append((f"{key}, {loads[0]['clients']} clients", [load[key] for load in loads]))
    for key, cells in table:
        yield f"{key:34}" + "".join(f"{cell:12.2f}" for cell in cells)


def measure(settings: Settings, options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Train, start and load both systems."""
    config = DEFAULT if options.epochs == 100 else shortened(DEFAULT, options.epochs, folder)
    data = rivals.lay_out(folder / "data", options.examples)
    configs = {"default": config, "ours": ROOT / "config.yml"}
    models = {name: rivals.trained(settings, configs[name], name, data=data) for name in NAMES}
    if options.realtime:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5))  # the processes inherit it
    homes = {
        name: replace(settings, home=folder / name, engine_port=5405 + n, actions_port=5455 + n)
        for n, name in enumerate(NAMES)
    }
    with (
        running(homes["default"], models["default"].model, "default") as default,
        running(homes["ours"], models["ours"].model, "ours") as ours,
    ):
        systems = [default, ours]
        same = compare(systems)
        for _ in range(options.blocks):
            for count in CLIENTS:
                for system in systems:
                    block(system, count, options.rounds, kinds=same["kinds"])
        report: dict[str, Any] = {one.name: result(one, models[one.name]) for one in systems}
    report["ratios"] = ratios(report["ours"], report["default"])
    setup = {key: vars(options)[key] for key in ("examples", "epochs", "blocks", "rounds")}
    return {"setup": {**setup, "cores": os.cpu_count(), **same}, **report}


def main() -> None:
    """Measure both and write ``evaluation/reports/benchmark.json``."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("--examples", type=int, default=25, help="of every intent and language; both learn these")
    add("--blocks", type=int, default=3, help="the two take turns so often")
    add("--rounds", type=int, default=2, help="conversations per client in a block")
    add("--epochs", type=int, default=100, help="of the default pipeline; 100 as Rasa has them")
    add(
        "--realtime",
        action="store_true",
        help="measure, once trained, before other programs (Linux, root)",
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = measure(load(), options, Path(folder))
    REPORT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(*rows(report), sep="\n")
    print(
        f"Both learnt from {options.examples} examples of every intent and language; "
        f"{report['setup']['action_calls']:g} action calls in each conversation of ten turns."
    )


if __name__ == "__main__":
    main()
