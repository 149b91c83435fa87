"""The report on simulated customers as tables in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from evaluation.simulate_measures import SHARES


def show(report: Mapping[str, Any], console: Console | None = None) -> None:
    """Print the report.

    Args:
        report: As ``evaluation.simulate.evaluate`` returns it.
        console: Where to; the terminal by default.
    """
    console = console or Console()
    console.print(_bots(report))
    console.print(_personas(report))
    console.print(_triggers(report))
    for name, found in report["wording"].items():
        rules = (
            ", ".join(f"{rule} {one['times']}" for rule, one in found["rules"].items()) or "none"
        )
        console.print(f"Wording, {name}: in {found['conversations']} conversations ({rules}).")
    turned = [row for row in report["sensitivity"] if not row["order_holds"]]
    console.print(
        f"Mood rules halved and raised by half: the order of the bots holds in "
        f"{len(report['sensitivity']) - len(turned)} of {len(report['sensitivity'])}."
    )
    if report["without"]:
        console.print(_without(report))


def written(found: Mapping[str, Any], *, share: bool) -> str:
    """Return a value with its interval: 0.93 (0.90 to 0.95), or a dash."""
    if found["value"] is None:
        return "–"
    digits = 3 if share else 2
    numbers = (f"{found[name]:.{digits}f}" for name in ("value", "low", "high"))
    return "{} ({} to {})".format(*numbers)


def _bots(report: Mapping[str, Any]) -> Table:
    title = f"{report['conversations']} conversations with each, seed {report['seed']}"
    table = Table("", *report["bots"], "of", title=title)
    for name in report["about"]:
        ones = [numbers[name] for numbers in report["bots"].values()]
        cells = [written(one, share=name in SHARES) for one in ones]
        table.add_row(name.replace("_", " "), *cells, "/".join(str(one["of"]) for one in ones))
    return table


def _personas(report: Mapping[str, Any]) -> Table:
    names = list(report["personas"])
    columns = [f"{what}, {name}" for name in names for what in ("mood", "person", "solved")]
    table = Table("persona", "due", *columns, title="By persona")
    for rows in zip(*report["personas"].values(), strict=True):
        cells = []
        for row in rows:
            cells += [
                f"{row['start']:.2f} → {row['end']:.2f}",
                f"{row['handed_over']:.2f}",
                f"{row['resolved_all']:.2f}",
            ]
        table.add_row(rows[0]["persona"], rows[0]["due"] or "", *cells)
    return table


def _triggers(report: Mapping[str, Any]) -> Table:
    table = Table("bot", "trigger", "due", "times", title="Why a person took over")
    for name, rows in report["triggers"].items():
        for row in rows:
            table.add_row(name, row["trigger"], "yes" if row["due"] else "no", str(row["times"]))
    return table


def _without(report: Mapping[str, Any]) -> Table:
    columns = ("calmed", "resolved", "handoff_recall", "handoff_precision", "mood_change")
    table = Table("without", *(one.replace("_", " ") for one in columns), title="Switched off")
    for name, numbers in {"nothing": report["with"], **report["without"]}.items():
        cells = [written(numbers[one], share=one in SHARES) for one in columns]
        table.add_row(name, *cells)
    return table
