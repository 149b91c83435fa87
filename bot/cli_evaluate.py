"""``remanso evaluate``: how well messages are understood, beside other systems."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli_serve import say
from bot.cli_text import errors_as_text
from bot.settings import load


def evaluate(
    split: Annotated[str, typer.Option(help="test, or dev while you still choose.")] = "test",
    real: Annotated[Path | None, typer.Option(help="Folder of real texts, JSON lines.")] = None,
    default: Annotated[
        bool, typer.Option(help="Compare with Rasa's default pipeline, 15+ minutes the first time.")
    ] = True,
    epochs: Annotated[
        int, typer.Option(min=1, help="Of that pipeline; fewer only to try it.")
    ] = 100,
    reduced: Annotated[
        bool, typer.Option(help="For CI: no default pipeline, latency or real texts.")
    ] = False,
    fail_under: Annotated[
        list[str] | None, typer.Option(help="METRIC=FLOOR: exit 1 below it; repeatable.")
    ] = None,
    floors: Annotated[
        bool, typer.Option("--floors", help="Exit 1 below a floor of evaluation/floors.yml.")
    ] = False,
    model: Annotated[Path | None, typer.Option(help="An archive; else the published one.")] = None,
    output: Annotated[
        Path | None, typer.Option(file_okay=False, help="Else evaluation/reports.")
    ] = None,
    scenarios: Annotated[
        bool, typer.Option("--scenarios", help="Play evaluation/scenarios instead.")
    ] = False,
    only: Annotated[
        list[str] | None, typer.Option(help="Of them: a name, group or tag; repeatable.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that play.")] = 2,
    present: Annotated[
        bool, typer.Option("--present", help="Play the checkout's dialogue, trained first.")
    ] = False,
    personas: Annotated[
        bool, typer.Option("--personas", help="Play simulated customers instead, with both bots.")
    ] = False,
    conversations: Annotated[int, typer.Option(min=1, help="Of them with each bot.")] = 500,
    seed: Annotated[int | None, typer.Option(help="Of the simulated customers.")] = None,
    ablations: Annotated[
        int, typer.Option(min=0, help="With each mechanism switched off; 0: none.")
    ] = 150,
) -> None:
    """Measure intents and frustration on held-out texts, beside other systems; write a report.

    Example: remanso evaluate --reduced --fail-under intent_f1_es=0.85
    """
    if scenarios:
        from bot.cli_scenarios import play_scenarios

        play_scenarios(only or [], workers=workers, model=model, present=present, output=output)
        return
    if personas:
        from bot.cli_personas import play_personas

        play_personas(
            only or [],
            conversations=conversations,
            seed=seed,
            ablations=ablations,
            workers=workers,
            model=model,
            present=present,
            output=output,
        )
        return
    with errors_as_text():
        from evaluation import evaluate as evaluation
        from evaluation import floors as floor_file
        from evaluation import terminal

        wanted = floor_file.read() if floors else {}
        wanted |= floor_file.parse(fail_under or [])
        options = evaluation.Options(split, real, default, epochs, reduced, model)
        report = evaluation.evaluate(load(), options, say=say)
        data, page = evaluation.write(report, output or evaluation.REPORTS)
        terminal.show(report)
        say(f"Written: {page} (for people), {data} (for programs).")
        missed = floor_file.below(report["headline"], wanted)
    for sentence in missed:
        typer.secho(sentence, fg="red", err=True)
    if missed:
        raise typer.Exit(1)
