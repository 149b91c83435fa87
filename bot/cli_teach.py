"""``remanso examples`` and ``remanso frustration``: new examples for what the bot learns from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_serve import say
from bot.cli_text import errors_as_text
from bot.settings import ROOT, load

if TYPE_CHECKING:
    from bot.training.teach import Place, Taught

examples_app = typer.Typer(help="Add examples of what customers want.", no_args_is_help=True)
frustration_app = typer.Typer(help="Add examples of how angry they are.", no_args_is_help=True)

Texts = Annotated[list[str], typer.Argument(help="What a customer may write; several at once.")]
Language = Annotated[str, typer.Option(help="es or en; told from the text when left out.")]


@examples_app.callback()
@frustration_app.callback()
def _group() -> None:
    """Keep `add` a command of its own: typer would make an only command the whole program."""


@examples_app.command("add")
def add_example(
    texts: Texts,
    intent: Annotated[str, typer.Option(help="An intent of domain.yml; see data/nlu/GUIDE.md.")],
    language: Language = "",
) -> None:
    """Add examples of an intent to data/nlu, unless they are copies or held out.

    Personal data is replaced by invented data; a text that sounds like another intent is
    written, with a warning.

    Example: remanso examples add --intent ask_human "¿me puede atender alguien de carne y hueso?"
    """
    with errors_as_text():
        from bot.training import teach

        _tell(teach.add_intent(texts, intent, language=language, where=_place(), say=say))


@frustration_app.command("add")
def add_graded(
    texts: Texts,
    level: Annotated[str, typer.Option(help="calm, annoyed, frustrated or angry.")],
    language: Language = "",
    region: Annotated[
        str, typer.Option(help="es, mx, ar, co, cl, us, uk, ie, au or in; else es or uk.")
    ] = "",
    domain: Annotated[
        str, typer.Option(help="shop, bank, telecom, airline, energy, insurance, public ...")
    ] = "shop",
    style: Annotated[
        str, typer.Option(help="furious, icy, sarcastic, even ...; else the level's usual one.")
    ] = "",
    context: Annotated[
        list[str] | None,
        typer.Option(help="The same person's message just before; repeatable, oldest first."),
    ] = None,
    complaint: Annotated[
        bool, typer.Option("--complaint", help="Calm, and yet something is wrong for the writer.")
    ] = False,
) -> None:
    """Add graded examples to data/frustration, unless they are copies or held out.

    Example: remanso frustration add --level angry --region mx "ya estuvo suave de sus mentiras"
    """
    with errors_as_text():
        from bot.training import teach

        done = teach.add_frustration(
            texts,
            level,
            language=language,
            region=region,
            domain=domain,
            style=style,
            context=context or [],
            complaint=complaint,
            where=_place(),
            say=say,
        )
        _tell(done)


def _place() -> Place:
    from bot.training.teach import Place

    settings = load()
    return Place(ROOT, settings.models)


def _tell(done: list[Taught]) -> None:
    for one in done:
        say(f"{one.example.place}: {one.example.label}: «{one.example.text}»")
        for masked in one.masked:
            say(f"  Personal data masked: {masked}")
        if one.doubt:
            typer.secho(
                f"  Warning: is it '{one.example.label}'? {one.doubt}.", fg="yellow", err=True
            )
    say("Train when you are done: remanso validate && remanso train")
