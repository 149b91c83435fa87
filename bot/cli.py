"""The ``remanso`` command. Thin: every command calls one function of the project.

Heavy parts are imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli_agent import app as agent_app
from bot.cli_serve import become, desk_rules, say, supervise
from bot.cli_text import errors_as_text
from bot.errors import ConfigError
from bot.settings import ROOT, Settings, load

app = typer.Typer(
    help="A chatbot that takes an angry customer to a solution, or to a person who knows all.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
app.add_typer(agent_app, name="agent")


@app.command()
def run() -> None:
    """Build and train what is missing, then start everything with the demo shop.

    Example: remanso run
    """
    with errors_as_text():
        from bot.encoder import build
        from bot.training.train import ensure_model

        settings = load()
        build(settings, progress=say)
        say("Checking the model ...")
        model = ensure_model(settings, say=say)
        supervise(settings, model, demo=True)


@app.command()
def serve(
    demo: Annotated[bool, typer.Option(help="Also serve the demo shop page.")] = False,
    only: Annotated[
        str, typer.Option(help="One process of a larger installation: web, engine or actions.")
    ] = "",
) -> None:
    """Start web, engine and actions with the published model, and watch them.

    Example: REMANSO_PORT=9000 remanso serve
    """
    with errors_as_text():
        from bot.training.published import published_model

        settings = load()
        model = published_model(settings) if only in ("", "engine") else Path("-")
        if only:
            become(settings, model, only)
        supervise(settings, model, demo=demo)


@app.command()
def train(
    publish: Annotated[bool, typer.Option(help="Serve the new model from now on.")] = True,
) -> None:
    """Train a model on the data in the checkout.

    Example: remanso train --no-publish
    """
    with errors_as_text():
        from bot.encoder import build
        from bot.training import train as training

        settings = load()
        build(settings, progress=say)
        model = training.train(settings, say=say, publish=publish)
        say(f"Trained {model}." + (" Published." if publish else ""))


@app.command()
def publish(
    model: Annotated[Path | None, typer.Argument(help="An archive in models/.")] = None,
    rollback: Annotated[bool, typer.Option(help="Serve the model before this one.")] = False,
) -> None:
    """Choose the model that is served, and have a running engine load it.

    Examples: remanso publish models/remanso-1a2b3c4d5e6f.tar.gz; remanso publish --rollback
    """
    with errors_as_text():
        from bot.training import published

        settings = load()
        if rollback:
            chosen = published.roll_back(settings)
        elif model is not None:
            published.publish(settings, model)
            chosen = model
        else:
            raise ConfigError("Name an archive in models/, or use --rollback.")
        say(f"Published {chosen.name}. {_swap(settings, chosen)}")


def _swap(settings: Settings, model: Path) -> str:
    import asyncio

    from bot.engine import Engine
    from bot.errors import EngineDown

    async def load_model() -> str:
        engine = Engine(settings.engine(), settings.engine_secret())
        try:
            return await engine.load(str(model.resolve()))
        finally:
            await engine.close()

    try:
        return f"The running engine answers with model {asyncio.run(load_model())}."
    except EngineDown:
        return "No engine is running: the next start loads it."


@app.command()
def encoder(
    check: Annotated[bool, typer.Option(help="Only check the files that are there.")] = False,
) -> None:
    """Build the sentence encoder, or check that it is whole.

    Example: remanso encoder
    """
    with errors_as_text():
        from bot import encoder as package

        settings = load()
        mark = package.check(settings) if check else package.build(settings, progress=say)
        say(f"The encoder {mark} is ready in {settings.models / 'encoder' / mark}.")


@app.command()
def parse(
    input: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="JSON lines with text.")],
    output: Annotated[Path, typer.Option(dir_okay=False, help="Where the scored lines go.")],
    model: Annotated[Path | None, typer.Option(help="An archive; else the published one.")] = None,
    lexicon: Annotated[bool, typer.Option(help="Use the word list's cues.")] = True,
) -> None:
    """Score a file of texts: intent, entities, frustration, level, cues, language.

    Each line is {"text": "...", "context": ["previous turns", ...]}; context may be left out.

    Example: remanso parse --input in.jsonl --output out.jsonl
    """
    with errors_as_text():
        from bot.training.parse import parse_file
        from bot.training.published import published_model

        settings = load()
        report = parse_file(
            input, output, model or published_model(settings), settings=settings, lexicon=lexicon
        )
        say(report.text())
        if report.unreadable:
            raise typer.Exit(1)


@app.command()
def validate() -> None:
    """Check data, responses and configuration as trainers change them.

    Example: remanso validate && remanso train
    """
    with errors_as_text():
        from bot.training.validate import findings

        say("Checking texts, triggers and desk rules, then stories against rules (about 30 s) ...")
        problems = [*desk_rules(), *findings(ROOT)]
        for problem in problems:
            typer.secho(problem, fg="red", err=True)
        if problems:
            raise typer.Exit(1)
        say("No problems found in data, responses, wording, config.yml and desk.yml.")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Run the test suite; what follows goes to pytest.

    Example: remanso test -k widget
    """
    with errors_as_text():
        from bot.training.test_suite import prepare

        prepare(load(), say=say)
    command = [sys.executable, "-m", "pytest", *context.args]
    raise typer.Exit(subprocess.run(command, cwd=ROOT, check=False).returncode)


@app.command()
def backup(target: Annotated[Path, typer.Argument(help="The .tar.gz to write.")]) -> None:
    """Save conversations, tickets and settings of the desk while everything runs.

    Example: remanso backup /backups/remanso-monday.tar.gz
    """
    with errors_as_text():
        from bot.handoff import backup as backups

        say(f"Saved {backups.backup(load(), target)}.")


@app.command()
def restore(source: Annotated[Path, typer.Argument(exists=True, help="A backup.")]) -> None:
    """Put a backup in place; what was there is kept aside. Stop everything first.

    Example: remanso restore /backups/remanso-monday.tar.gz
    """
    with errors_as_text():
        from bot.handoff import backup as backups

        say(f"Restored. What was there is in {backups.restore(load(), source)}.")


if __name__ == "__main__":
    app()
