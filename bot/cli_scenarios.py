"""``remanso evaluate --scenarios``: the scripted conversations, played and checked."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import typer

from bot.cli_serve import say
from bot.cli_text import errors_as_text
from bot.settings import load


def play_scenarios(
    only: Sequence[str], *, workers: int, model: Path | None, present: bool, output: Path | None
) -> None:
    """Play scenarios, print and write the report; exit 1 if one fails.

    Args:
        only: Names, groups or tags; none means all.
        workers: Processes.
        model: An archive; None for the published one.
        present: Whether the present dialogue is put on that model's understanding first.
        output: Folder of the report.
    """
    with errors_as_text(), tempfile.TemporaryDirectory() as folder:
        from bot.training import published
        from evaluation import scenario_files, scenario_report, scenarios
        from evaluation.evaluate import REPORTS

        chosen = scenario_files.selected(scenario_files.read(), only)
        archive = model or published.published_model(load())
        if present:
            from evaluation.fresh import fresh

            say("Training the present dialogue on the model's understanding ...")
            archive = fresh(archive, Path(folder) / archive.name)
        say(f"Playing {len(chosen)} scenarios with {archive.name} in {workers} processes ...")
        began = time.monotonic()
        results = scenarios.play_all(chosen, archive, workers=workers)
        seconds = time.monotonic() - began
        scenario_report.show(results)
        name = f"{archive.name}{' with the present dialogue' if present else ''}"
        written = scenario_report.write(results, output or REPORTS, model=name, seconds=seconds)
        failed = [one.name for one in results if not one.passed]
        say(f"{len(results)} scenarios in {seconds:.0f} s. Written: {written}.")
    if failed:
        typer.secho(f"{len(failed)} failed: {', '.join(failed)}.", fg="red", err=True)
        raise typer.Exit(1)
