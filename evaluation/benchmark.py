"""Speed of our pipeline beside Rasa's default one for Spanish, in one run on one machine.

Both answer the same ten-turn scripts through the same door (``bot/channels/gateway.py``), with the
same domain, stories, actions and store; only pipeline and policies differ. Reported: milliseconds
per message (p50, p95, p99) with 1, 8 and 32 clients, calls of the action server, seconds until the
door answers, memory of the engine (MB, resident), seconds of training, and the ratios ours to
default.

Run: ``python -m evaluation.benchmark``. It trains the default pipeline once, several minutes, and
keeps it under the fingerprint of the data. Not part of the tests: machines are shared and noisy.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT, Settings, load
from bot.supervisor import Child, answers, children
from bot.training import published

CLIENTS = (1, 8, 32)
HERE = Path(__file__).parent
DEFAULT = HERE / "baselines" / "default" / "config.yml"


@dataclass(frozen=True)
class Load:
    """Latency of one number of clients, in milliseconds per message."""

    clients: int
    messages: int
    p50: float
    p95: float
    p99: float
    per_second: float


@dataclass(frozen=True)
class Result:
    """Everything measured of one pipeline."""

    name: str
    training_seconds: float
    start_seconds: float
    memory_mb: float
    action_calls: int
    loads: list[Load]


def shortened(config: Path, epochs: int, folder: Path) -> Path:
    """Return the configuration with fewer epochs, written into ``folder``."""
    text = re.sub(r"epochs: \d+", f"epochs: {epochs}", config.read_text(encoding="utf-8"))
    path = folder / f"{config.parent.name}-{epochs}.yml"
    path.write_text(text, encoding="utf-8")
    return path


def train(settings: Settings, config: Path, name: str) -> tuple[Path, float]:
    """Train one pipeline, unless a model of the same data is kept; return it and the seconds."""
    mark = hashlib.sha256(config.read_bytes() + published.fingerprint(settings).encode())
    model = settings.models / f"benchmark-{name}-{mark.hexdigest()[:12]}.tar.gz"
    note = model.with_suffix(".json")
    if not (model.is_file() and note.is_file()):
        command = [sys.executable, "-m", "rasa", "train", "--config", str(config)]
        command += ["--out", str(model.parent), "--force"]
        command += ["--fixed-model-name", model.name.removesuffix(".tar.gz")]
        environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TQDM_DISABLE": "1"}
        environment |= {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)}
        start = time.monotonic()
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        note.write_text(json.dumps({"seconds": time.monotonic() - start}), encoding="utf-8")
    return model, float(json.loads(note.read_text(encoding="utf-8"))["seconds"])


@contextmanager
def running(settings: Settings, model: Path) -> Iterator[tuple[Child, float]]:
    """Start engine and actions; yield the engine and the seconds until its door answered."""
    wanted = [child for child in children(settings, model, demo=False) if child.name != "web"]
    log = settings.home / "log"
    log.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    try:
        for child in wanted:
            with (log / f"{child.name}.log").open("ab") as output:
                child.process = subprocess.Popen(
                    child.command,
                    cwd=ROOT,
                    env={**child.environment, "REMANSO_HOME": str(settings.home)},
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
        while not _healthy(settings):
            if time.monotonic() - start > 300:
                raise SystemExit(f"The engine does not start; see {log}.")
            time.sleep(0.1)
        seconds = time.monotonic() - start
        yield next(child for child in wanted if child.name == "engine"), seconds
    finally:
        for child in wanted:
            if child.process is not None:
                child.process.terminate()
                child.process.wait(30)


def _healthy(settings: Settings) -> bool:
    url = f"{settings.engine()}/webhooks/gateway/health"
    request = urllib.request.Request(url, headers=_headers(settings))  # noqa: S310 - our own URL
    try:
        with urllib.request.urlopen(request, timeout=2) as response:  # noqa: S310
            return bool(response.status == 200) and answers(
                f"http://127.0.0.1:{settings.actions_port}/health"
            )
    except OSError:
        return False


def _headers(settings: Settings) -> dict[str, str]:
    secret = f"Bearer {settings.engine_secret()}"
    return {"Authorization": secret, "Content-Type": "application/json"}


def converse(settings: Settings, turns: list[str]) -> list[float]:
    """Play one conversation; return the milliseconds of each turn."""
    conversation = f"c_{secrets.token_urlsafe(8)}"
    times = []
    for text in turns:
        identity = {"status": "verified", "customer_id": "C-1001", "name": "Lucía"}
        body = {
            "conversation": conversation,
            "turn": f"t_{secrets.token_urlsafe(8)}",
            "text": text,
            "choice": None,
            "context": {"identity": identity, "language": "es", "now": "2026-01-01T10:00:00Z"},
        }
        request = urllib.request.Request(  # noqa: S310 - our own URL
            f"{settings.engine()}/webhooks/gateway/message",
            data=json.dumps(body).encode(),
            headers=_headers(settings),
        )
        start = time.perf_counter()
        with urllib.request.urlopen(request, timeout=120) as response:  # noqa: S310
            response.read()
        times.append((time.perf_counter() - start) * 1000)
    return times


def load_test(settings: Settings, turns: list[str], clients: int, rounds: int) -> Load:
    """Play ``clients * rounds`` conversations, ``clients`` at a time."""
    start = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        jobs = [pool.submit(converse, settings, turns) for _ in range(clients * rounds)]
        times = [ms for job in jobs for ms in job.result()]
    seconds = time.perf_counter() - start
    cuts = statistics.quantiles(times, n=100)
    return Load(clients, len(times), cuts[49], cuts[94], cuts[98], len(times) / seconds)


def memory_mb(process: subprocess.Popen[bytes]) -> float:
    """Return the resident memory of a process in MB (Linux)."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found.group(1)) / 1024 if found else 0.0


def action_calls(settings: Settings) -> int:
    """Return how many actions the action server logged so far."""
    path = settings.home / "log" / "actions.log"
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return sum('"action"' in line for line in lines)


def measure(settings: Settings, config: Path, name: str, turns: list[str], rounds: int) -> Result:
    """Train, start and load one pipeline."""
    model, seconds = train(settings, config, name)
    with tempfile.TemporaryDirectory() as home:
        settings = replace(settings, home=Path(home))
        with running(settings, model) as (engine, start):
            converse(settings, turns)  # the first conversation warms caches up
            before = action_calls(settings)
            converse(settings, turns)
            calls = action_calls(settings) - before
            loads = [load_test(settings, turns, clients, rounds) for clients in CLIENTS]
            if engine.process is None:
                raise SystemExit("The engine ended during the run.")
            return Result(name, seconds, start, memory_mb(engine.process), calls, loads)


def ratios(ours: Result, default: Result) -> dict[str, Any]:
    """Return ours / default for every number; below 1 is faster, smaller or shorter."""
    table: dict[str, Any] = {
        key: getattr(ours, key) / getattr(default, key)
        for key in ("training_seconds", "start_seconds", "memory_mb")
    }
    for one, other in zip(ours.loads, default.loads, strict=True):
        for key in ("p50", "p95", "p99"):
            table[f"{key} with {one.clients}"] = getattr(one, key) / getattr(other, key)
    return table


def main() -> None:
    """Measure both and write ``evaluation/reports/benchmark.json``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="conversations per client")
    parser.add_argument(
        "--epochs",
        type=int,
        default=100,
        help="of the default pipeline; fewer give the same speed and a wrong training time",
    )
    options = parser.parse_args()
    rounds = options.rounds
    settings = replace(load(), engine_port=5405, actions_port=5455)
    turns = yaml.safe_load((HERE / "scripts" / "calm.yml").read_text(encoding="utf-8"))["turns"]
    with tempfile.TemporaryDirectory() as folder:
        rival = DEFAULT
        if options.epochs != 100:
            rival = shortened(DEFAULT, options.epochs, Path(folder))
        configs = {"default": rival, "ours": ROOT / "config.yml"}
        results = {
            name: measure(settings, config, name, turns, rounds) for name, config in configs.items()
        }
    report: dict[str, Any] = {name: asdict(result) for name, result in results.items()}
    report["epochs of the default pipeline"] = options.epochs
    report["ratios ours/default"] = ratios(results["ours"], results["default"])
    text = json.dumps(report, indent=2)
    (HERE / "reports" / "benchmark.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
