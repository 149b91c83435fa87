"""``remanso train``, ``models``, ``compare``, ``publish``, ``rollback``: the life of a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.cli_serve import say
from bot.cli_text import errors_as_text
from bot.errors import ConfigError, EngineDown, EngineError
from bot.settings import Settings, load

app = typer.Typer()

TWICE = 2  # times --anyway is said
Anyway = Annotated[
    int,
    typer.Option(
        "--anyway",
        count=True,
        help="Publish though texts of safety or ask_human are lost; say it twice, or confirm.",
    ),
]
Model = Annotated[str, typer.Argument(help="A name (remanso models lists them) or a path.")]


@app.command()
def train(
    publish: Annotated[bool, typer.Option(help="Serve the new model from now on.")] = True,
    anyway: Anyway = 0,
) -> None:
    """Train a model on the data in the checkout, measure it, and publish it unless it got worse.

    Example: remanso train --no-publish
    """
    with errors_as_text():
        from bot.training import train as training
        from bot.training.tune import ensure

        settings = load()
        ensure(settings, say=say)
        model = training.train(settings, say=say, publish=False)
        say(f"Trained {model}.")
        if publish:
            _publish(settings, model, anyway=anyway)


@app.command("models")
def list_models() -> None:
    """List the models with the essentials of their cards; * marks the published one.

    Measured on the development texts: accuracy of intents in Spanish and English, how many requests
    for a person and how many safety texts are heard, AUC of frustration.

    Example: remanso models
    """
    with errors_as_text():
        from bot.training import cards

        rows = cards.table(load())
        if len(rows) == 1:
            say("No models yet. Make one: remanso train.")
            return
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            say("  ".join(cells).rstrip())


@app.command()
def compare(
    a: Annotated[str, typer.Argument(help="A model: a name, a path, or 'published'.")],
    b: Annotated[str, typer.Argument(help="The model that might replace it.")],
    on: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Your own texts, as in data/nlu."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for programs.")] = False,
) -> None:
    """Ask two models the development texts; show what the second one wins and loses.

    Example: remanso compare published remanso-1a2b3c4d5e6f
    """
    with errors_as_text():
        from bot.training import compare as comparing
        from bot.training import compare_text, published, scoring

        settings = load()
        texts = scoring.texts_of(on) if on else scoring.development_texts()
        old, new = (published.find(settings, name) for name in (a, b))
        found = comparing.compare(settings, old, new, texts)
        if as_json:
            say(json.dumps(found.as_dict(), indent=1, ensure_ascii=False))
            return
        for line in compare_text.lines(found):
            say(line)


@app.command()
def publish(model: Model, anyway: Anyway = 0) -> None:
    """Choose the model that is served, and have a running engine load it.

    Refused when, beside the published model, a development text of safety or ask_human is lost.

    Example: remanso publish remanso-1a2b3c4d5e6f
    """
    with errors_as_text():
        from bot.training import published

        settings = load()
        _publish(settings, published.find(settings, model), anyway=anyway)


@app.command()
def rollback() -> None:
    """Serve the model that was published before the present one; a running engine loads it.

    Example: remanso rollback
    """
    with errors_as_text():
        from bot.training import published

        settings = load()
        chosen, passed = published.previous(settings)
        for reason in passed:
            say(f"Passed over: {reason}")
        told = _swap(settings, chosen)
        published.roll_back(settings)
        say(f"Published {chosen.name} again. {told}")


def _publish(settings: Settings, model: Path, *, anyway: int) -> None:
    from bot.training import published

    now = published.read(settings)
    published.check(settings, model)
    if now.get("model") == model.name:
        say(f"{model.name} is already published, since {now['at']}. {_swap(settings, model)}")
        return
    _gate(settings, model, anyway=anyway)
    told = _swap(settings, model)  # first: what the engine refuses is not published
    published.publish(settings, model)
    say(f"Published {model.name}. {told}")


def _gate(settings: Settings, model: Path, *, anyway: int) -> None:
    """Refuse a model that no longer hears what the published one hears, unless told twice."""
    from bot.training import compare_text
    from bot.training.compare import beside_published

    say("Comparing it with the published model on the development texts ...")
    found = beside_published(settings, model)
    if found is None:
        say("There is nothing to compare it with.")
        return
    if not found.critical or anyway >= TWICE:
        say(compare_text.summary(found))
        return
    refused = compare_text.refusal(found)
    if not anyway:
        raise ConfigError(refused)
    say(refused)
    if typer.prompt("Type the model's name to publish it anyway") != found.b:
        raise ConfigError("That is not its name. Nothing was published.")


def _swap(settings: Settings, model: Path) -> str:
    import asyncio

    from bot.engine import Engine

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
    except EngineError as error:
        raise EngineError(
            f"The running engine did not take {model.name} and keeps the model it had. Nothing was "
            f"published. It said: {error}"
        ) from error
