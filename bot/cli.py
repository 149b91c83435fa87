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
from bot.cli_customer import app as customer_app
from bot.cli_evaluate import evaluate
from bot.cli_hook import app as hook_app
from bot.cli_models import app as models_app
from bot.cli_practice import app as practice_app
from bot.cli_serve import become, desk_rules, say, supervise
from bot.cli_stories import conversations_app, story_app
from bot.cli_teach import examples_app, frustration_app
from bot.cli_text import errors_as_text
from bot.cli_tune import app as tune_app
from bot.settings import ROOT, load

app = typer.Typer(
    help="A chatbot that takes an angry customer to a solution, or to a person who knows all.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
app.add_typer(agent_app, name="agent")
app.add_typer(customer_app, name="customer")
app.add_typer(hook_app, name="hook")
app.add_typer(conversations_app, name="conversations")
app.add_typer(story_app, name="story")
app.add_typer(practice_app, name="practice")
app.add_typer(models_app)
app.add_typer(tune_app)
app.command()(evaluate)
app.add_typer(examples_app, name="examples")
app.add_typer(frustration_app, name="frustration")


@app.command()
def run() -> None:
    """Build and train what is missing, then start everything with the demo shop.

    Example: remanso run
    """
    with errors_as_text():
        from bot.training.train import ensure_model
        from bot.training.tune import ensure

        settings = load()
        ensure(settings, say=say)
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

        say("Checking examples, texts, triggers and desk rules, then stories with Rasa (40 s) ...")
        found = findings(ROOT)
        problems = [*desk_rules(), *(str(one) for one in found if not one.warning)]
        for warning in (one for one in found if one.warning):
            typer.secho(str(warning), fg="yellow", err=True)
        for problem in problems:
            typer.secho(problem, fg="red", err=True)
        if problems:
            raise typer.Exit(1)
        say("No errors found in data, responses, wording, config.yml and desk.yml.")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(
    context: typer.Context,
    beyond_units: Annotated[
        bool, typer.Option("--beyond-units", help="Leave out the units: make check has run them.")
    ] = False,
) -> None:
    """Run the test suite; what follows goes to pytest.

    Example: remanso test -k widget
    """
    with errors_as_text():
        from bot.training.test_suite import parts, prepare

        prepare(load(), say=say)
    codes = [
        subprocess.run([sys.executable, "-m", "pytest", *part], cwd=ROOT, check=False).returncode
        for part in parts(context.args, beyond_units=beyond_units)
    ]
    raise typer.Exit(max(codes))


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
