"""``remanso conversations`` and ``remanso story``: from what was said to a story."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli_serve import say
from bot.cli_text import errors_as_text
from bot.errors import ConfigError
from bot.settings import ROOT, Settings, load

if TYPE_CHECKING:
    from bot.training.conversations import Conversation, Summary
    from bot.training.stories import Draft
    from bot.training.story_answers import Answer

conversations_app = typer.Typer(
    help="List conversations for trainers, or show one.", invoke_without_command=True
)
story_app = typer.Typer(help="Make a story of a conversation.")

os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")  # of Rasa's own tables


@conversations_app.callback()
def conversations(
    context: typer.Context,
    filter: Annotated[
        str, typer.Option(help="low-confidence, fallback, escalated, low-csat or moments.")
    ] = "",
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Begun on this day or later.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most, newest first.")] = 20,
    below: Annotated[
        float, typer.Option(min=0, max=1, help="low-confidence: above the fallback's threshold.")
    ] = 0.15,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the newest conversations, personal data masked.

    Example: remanso conversations --filter low-confidence --since 2026-11-01
    """
    if context.invoked_subcommand:
        return
    with errors_as_text():
        from bot import cli_tables as tables
        from bot.training import conversations as store

        settings = load()
        told = _pointed_out(settings, filter)
        found = store.summaries(
            settings,
            filter_=filter or None,
            since=since.timestamp() if since else 0.0,
            limit=limit,
            below=store.low_confidence(ROOT / "config.yml", below),
            among=told,
        )
        if as_json:
            typer.echo(json.dumps(_for_programs(found, told), ensure_ascii=False, indent=2))
        elif found:
            tables.show(tables.listed(found))
            for one in found:
                for words in (told or {}).get(one.id, ()):
                    say(f"{one.id}  {words}")
        else:
            say("No conversation fits." if filter or since else "There are no conversations yet.")


def _pointed_out(settings: Settings, filter_: str) -> Mapping[str, list[str]] | None:
    """Return what people said of conversations, personal data masked; None for other filters."""
    from bot import cli_pointed_out
    from bot.training.masking import mask

    if filter_ not in cli_pointed_out.FILTERS:
        return None
    found = cli_pointed_out.pointed_out(settings, filter_)
    return {
        name: [mask(words, language="es").text for words in said] for name, said in found.items()
    }


def _for_programs(
    found: list[Summary], told: Mapping[str, list[str]] | None
) -> list[dict[str, Any]]:
    """Return the list as JSON; what people said is there when they were asked about it."""
    from bot import cli_tables as tables

    said = told or {}
    return [
        {**tables.as_json(one), **({"said": said.get(one.id, [])} if told is not None else {})}
        for one in found
    ]


@conversations_app.command()
def show(
    conversation: Annotated[str, typer.Argument(help="Its id, from the list.")],
) -> None:
    """Show the turns of a conversation: understood, felt, said and done.

    Example: remanso conversations show c_81Pima6t0NYPU_lvdT03Xg
    """
    with errors_as_text():
        from bot import cli_tables as tables
        from bot.training.conversations import read

        tables.show(tables.turns(read(load(), conversation)))


@story_app.command()
def add(
    origin: Annotated[str, typer.Option("--from", help="Id of the conversation.")],
    upto: Annotated[int | None, typer.Option(help="The last turn that is taken, from 1.")] = None,
    name: Annotated[str, typer.Option(help="The story's name; else made of its intents.")] = "",
    force: Annotated[bool, typer.Option(help="Write it though it contradicts others.")] = False,
    train: Annotated[bool, typer.Option(help="Then train, publish nothing, compare.")] = False,
) -> None:
    """Write a story and a test story from a conversation.

    Example: remanso story add --from c_81Pima6t0NYPU_lvdT03Xg --upto 4 --name "Sent again"
    """
    with errors_as_text():
        from bot.training import stories
        from bot.training.conversations import read

        settings = load()
        told = read(settings, origin)
        slots = stories.influencing(ROOT / "domain.yml")
        made = stories.draft(told, slots=slots, upto=upto, name=name)
        _check(made, force=force, named=bool(name))
        for note in made.notes:
            say(note)
        now = _answers(settings, told, made)
        files = stories.write(ROOT, made)
        masked = f" Masked: {', '.join(made.masked)}." if made.masked else ""
        say(f"Wrote {' and '.join(str(file.relative_to(ROOT)) for file in files)}.{masked}")
        if train:
            _train(settings, told, made, now)
        else:
            say("Read them over, then: remanso validate && remanso train")


def _check(made: Draft, *, force: bool, named: bool) -> None:
    """Refuse a story that adds nothing, or that contradicts others and is not forced."""
    from bot.training import story_check

    known = story_check.covered_by(ROOT, made.steps)
    if known:
        raise ConfigError(
            f"Nothing to add: the story '{known.name}' ({known.place}) covers these turns."
        )
    made.name = story_check.free_name(ROOT, made, given=named)
    say(f"Comparing '{made.name}' with the other stories and the rules ...")
    found = story_check.contradictions(ROOT, made)
    for line in found:
        typer.secho(f"Contradiction. {line}", fg="red", err=True)
    if found and not force:
        raise ConfigError(
            "Nothing was written. Take fewer turns (--upto), change the other story or rule, or "
            "write it all the same with --force; training refuses contradictions with rules."
        )


def _answers(settings: Settings, told: Conversation, made: Draft) -> list[Answer]:
    """Show how the published model answers the turns; empty when there is none."""
    from bot import cli_tables as tables
    from bot.training.published import published_model

    try:
        now = _replayed(published_model(settings), told, made)
    except ConfigError as error:
        say(f"No answers of the present model to compare with: {error}")
        return []
    tables.show(tables.comparison(made.turns, {"The model now": now}))
    return now


def _train(settings: Settings, told: Conversation, made: Draft, now: list[Answer]) -> None:
    from bot import cli_tables as tables
    from bot.training import train as training

    model = training.train(settings, say=say, publish=False)
    after = _replayed(model, told, made)
    before = {"Before": now} if now else {}
    tables.show(tables.comparison(made.turns, {**before, "After training": after}))
    say(f"Not published yet: remanso publish {model}")


def _replayed(model: Path, told: Conversation, made: Draft) -> list[Answer]:
    from bot.training.story_answers import answers

    last = made.turns[-1].number
    return answers(model, [turn for turn in told.turns if turn.number <= last], made.turns)
