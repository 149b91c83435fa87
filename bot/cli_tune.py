"""``remanso tune`` and ``remanso find-threshold``: what is fitted besides a model's heads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli_serve import say
from bot.cli_text import errors_as_text
from bot.settings import ROOT, load

app = typer.Typer()


@app.command()
def tune() -> None:
    """Fine-tune the sentence encoder on the present examples; keep it if it wins.

    Example: remanso tune && remanso train
    """
    with errors_as_text():
        from bot import encoder
        from bot.training import tune as tuning

        settings = load()
        encoder.build(settings, progress=say)
        say(f"The current encoder is {tuning.tune(settings, say=say)}. Next: remanso train.")


@app.command("find-threshold")
def find_threshold(
    model: Annotated[
        Path | None, typer.Argument(help="An archive; else the published one.")
    ] = None,
    write: Annotated[bool, typer.Option(help="Put them into config.yml.")] = True,
) -> None:
    """Fit levels of frustration and the fallback on the development texts.

    Example: remanso find-threshold --no-write
    """
    with errors_as_text():
        from bot.training import thresholds
        from bot.training.published import published_model

        settings = load()
        chosen = model or published_model(settings)
        say("Scoring the development texts ...")
        found = thresholds.of_model(chosen, settings)
        for line in thresholds.told(found, thresholds.present(ROOT / "config.yml")):
            say(line)
        if write:
            thresholds.write(ROOT / "config.yml", found, chosen.name.removesuffix(".tar.gz"))
            say("Written to config.yml. They take effect with the next training: remanso train.")
