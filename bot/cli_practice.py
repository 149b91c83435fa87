"""``remanso practice``: situations for agents to practise, from real cases, and checked."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli_serve import say
from bot.cli_text import errors_as_text
from bot.settings import ROOT, Settings, load

app = typer.Typer(help="Situations that agents practise with simulated customers.")


@app.command()
def add(
    origin: Annotated[str, typer.Option("--from", help="Id of the conversation.")],
    name: Annotated[str, typer.Option(help="Of the situation, such as late_lamp.")],
) -> None:
    """Write a draft of a situation from a conversation, personal data masked.

    Example: remanso practice add --from c_81Pima6t0NYPU_lvdT03Xg --name late_lamp
    """
    with errors_as_text():
        from bot.training import practice
        from bot.training.conversations import read

        settings = load()
        told = read(settings, origin)
        made = practice.draft(told, name, later=_later(settings, origin))
        path = practice.write(ROOT, made)
        masked = f" Masked: {', '.join(made.masked)}." if made.masked else ""
        say(f"Wrote {path.relative_to(ROOT)}.{masked}")
        say("It is a draft. Its first lines say what to look over; then: remanso practice check")


@app.command()
def check() -> None:
    """Check all situations; a wrong one is told with file and line.

    Example: remanso practice check
    """
    with errors_as_text():
        from bot.training.checks_practice import practice

        found = list(practice(ROOT))
        for one in found:
            typer.secho(str(one), fg="yellow" if one.warning else "red", err=True)
        if any(not one.warning for one in found):
            raise typer.Exit(1)
        say("No errors found in data/practice.")


def _later(settings: Settings, conversation: str) -> list[str]:
    """Return what the customer wrote once a person had the conversation, oldest first."""
    from bot.handoff.store import Store
    from bot.handoff.store.messages import listing

    store = Store(settings.database())
    try:
        with store.database.read() as connection:
            written = listing(connection, conversation)
    finally:
        store.close()
    first = next((one.id for one in written if one.author == "agent"), None)
    if first is None:
        return []
    return [one.text for one in written if one.author == "customer" and one.id > first]
