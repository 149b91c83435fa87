"""The results of the scenarios: a table of what was missed, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evaluation.scenarios import Missed, Result, as_json

FILE = "scenarios.json"


def show(results: Sequence[Result], console: Console | None = None) -> None:
    """Print what was missed, with the transcript around it, and how each group did."""
    console = console or Console()
    for result in results:
        if not result.passed:
            console.print(_missed(result))
            for around in dict.fromkeys(one.around for one in result.missed):
                console.print(Text(around + "\n", style="dim"))
    console.print(_groups(results))


def write(results: Sequence[Result], folder: Path, *, model: str, seconds: float) -> Path:
    """Write the report.

    Args:
        results: Of all scenarios that were played.
        folder: Where to.
        model: Name of the model.
        seconds: How long it took.
    """
    about = {
        "made": datetime.now(timezone.utc).isoformat(timespec="minutes"),
        "model": model,
        "seconds": round(seconds, 1),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    text = json.dumps(as_json(results, about), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _missed(result: Result) -> Table:
    table = Table(title=f"{result.group}: {result.name}", title_justify="left", show_lines=True)
    for name in ("step", "customer", "what", "expected", "got"):
        table.add_column(name, overflow="fold")
    for one in result.missed:
        table.add_row(*_row(one))
    return table


def _row(one: Missed) -> list[Text]:
    step = str(one.step) if one.step else "end"
    return [Text(value) for value in (step, one.said, one.what, one.wanted, one.got)]


def _groups(results: Sequence[Result]) -> Table:
    table = Table(title=f"{sum(one.passed for one in results)} of {len(results)} pass")
    table.add_column("group")
    table.add_column("pass", justify="right")
    table.add_column("of", justify="right")
    groups: dict[str, dict[str, Any]] = as_json(results, {})["groups"]
    for name, counts in groups.items():
        table.add_row(name, str(counts["passed"]), str(counts["scenarios"]))
    return table
