"""The report as tables in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from evaluation.systems import OURS

INTENTS = {
    "intent_accuracy": "accuracy",
    "intent_f1": "macro F1",
    "intent_guess_accuracy": "accuracy of first guess",
    "intent_answered": "answered, not asked back",
    "ask_human_recall": "ask_human recall",
    "ask_human_precision_hard": "precision, look-alikes too",
    "safety_recall": "safety recall",
    "safety_quiet": "quiet on look-alikes",
    "out_of_scope_f1": "out of scope F1",
    "out_of_scope_f1_asking": "the same, asking back too",
    "intent_ece": "ECE",
}
FRUSTRATION = {
    "frustration_precision": "precision",
    "frustration_recall": "recall",
    "frustration_f1": "F1",
    "frustration_auc": "ROC AUC",
    "complaint_f1": "complaint, F1",
    "complaint_auc": "complaint, ROC AUC",
    "lookalikes_quiet": "quiet on calm look-alikes",
    "level_accuracy": "level right",
    "level_within_one": "within one",
    "frustration_ece": "ECE",
}
REAL = dict(list(FRUSTRATION.items())[:6])


def show(report: Mapping[str, Any], console: Console | None = None) -> None:
    """Print the report.

    Args:
        report: As ``evaluation.evaluate`` returns it.
        console: Where to; the terminal by default.
    """
    console = console or Console()
    console.print(f"\n{report['model']['about']} Split: {report['split']}.")
    for code, part in report["intents"]["languages"].items():
        title = f"Intents, {code}: {part['texts']} texts (± half of the 95 % interval)"
        console.print(_compared(title, part["systems"], INTENTS))
        for name, test in part["mcnemar"].items():
            console.print(
                f"  {OURS} against {name} on {test['on']}: only ours right {test['only_ours']}, "
                f"only theirs {test['only_theirs']}, McNemar p {test['p']:.2g}"
            )
    for code, part in report["frustration"]["languages"].items():
        title = (
            f"Frustration, {code}: {part['texts']} texts, {part['positive']} frustrated or angry"
        )
        console.print(_compared(title, part["systems"], FRUSTRATION))
    for name, part in report["real"].items():
        title = f"{name}: {part['texts']} real texts, {part['positive']} positive"
        console.print(_compared(title, part["systems"], REAL))
    console.print(_sizes(report["systems"]))
    for sentence in report["overlap"]:
        console.print(f"Careful: {sentence}", style="red", highlight=False)
    for sentence in report["left_out"]:
        console.print(f"Left out: {sentence}", style="dim", highlight=False)
    console.print(f"Measured in {report['seconds']:.0f} s.")


def written(value: Mapping[str, Any] | None) -> str:
    """Return a value with its interval, e.g. ``0.912 [0.893, 0.930]``; a dash for none."""
    if not value or value["value"] is None:
        return "–"
    if value["low"] is None:
        return f"{value['value']:.3f}"
    return f"{value['value']:.3f} [{value['low']:.3f}, {value['high']:.3f}]"


def short(value: Mapping[str, Any] | None) -> str:
    """Return a value with half of its interval's width, e.g. ``0.912 ±0.019``."""
    if not value or value["value"] is None or value["low"] is None:
        return written(value)
    return f"{value['value']:.3f} ±{(value['high'] - value['low']) / 2:.3f}"


def _compared(title: str, systems: Mapping[str, Any], metrics: Mapping[str, str]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("", no_wrap=True)
    for name in systems:
        table.add_column(name, style="bold" if name == OURS else "", min_width=12)
    for metric, label in metrics.items():
        cells = [short(numbers.get(metric)) for numbers in systems.values()]
        if any(cell != "–" for cell in cells):
            table.add_row(label, *cells)
    return table


def _sizes(systems: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title="Size, and latency of one text", title_justify="left")
    for name in ("", "MB", "p50 ms", "p95 ms", "p99 ms"):
        table.add_column(name, justify="left" if not name else "right")
    for one in systems:
        if one["megabytes"] is not None:
            times = one["latency"] or {}
            cells = [f"{times[key]:.1f}" if times else "–" for key in ("p50", "p95", "p99")]
            table.add_row(one["name"], f"{one['megabytes']:.2f}", *cells)
    return table
