"""``remanso hook``: other systems that are told of ticket events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_text import errors_as_text
from bot.settings import load

if TYPE_CHECKING:
    from bot.handoff.hooks import Hooks
    from bot.web.hook_sender import Sender

app = typer.Typer(help="Tell other systems of ticket events: add, list, test, remove webhooks.")


@contextmanager
def _hooks() -> Iterator[tuple[Hooks, Sender]]:
    from bot.handoff.deliveries import Deliveries
    from bot.handoff.hooks import Hooks
    from bot.handoff.store import Store
    from bot.web.hook_sender import Sender

    with errors_as_text():
        settings = load()
        store = Store(settings.database())
        hooks = Hooks(store, settings.key("hooks"))
        private = settings.hook_private
        yield hooks, Sender(hooks, Deliveries(store, hooks), private=private, clock=store.clock)


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="https://host/path, or http:// on this machine.")],
    event: Annotated[
        list[str] | None, typer.Option(help="Such as claimed or resolved; repeatable. None: all.")
    ] = None,
) -> None:
    """Add a webhook; the key that signs what it is sent is shown once.

    Example: remanso hook add https://crm.example/remanso --event resolved --event reopened
    """
    with _hooks() as (hooks, _):
        made = hooks.add(url, event or [], "cli")
        typer.echo(f"{made.id}\t{hooks.key_of(made)}")


@app.command("list")
def list_hooks() -> None:
    """List the webhooks."""
    with _hooks() as (hooks, _):
        found = hooks.all()
        if not found:
            typer.echo("No webhooks yet. Add one: remanso hook add https://host/path.")
        for hook in found:
            state = "on" if hook.active else "off: nothing had arrived for days"
            typer.echo(f"{hook.id}\t{hook.url}\t{','.join(hook.events) or 'all'}\t{state}")


@app.command()
def test(number: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Send a webhook something that stands for nothing, and say what it answered."""
    with _hooks() as (hooks, sender):
        answer = sender.test(hooks.get(number))
    typer.echo(f"{answer.status or 'no answer'} {answer.why}".strip())
    if not answer.taken:
        raise typer.Exit(1)


@app.command()
def on(number: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Turn a webhook on again that was turned off; what it missed is sent."""
    with _hooks() as (hooks, _):
        hooks.turn_on(number)
    typer.echo(f"Webhook {number} is on.")


@app.command()
def remove(number: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """Remove a webhook and what was on its way to it."""
    with _hooks() as (hooks, _):
        hooks.remove(number)
    typer.echo(f"Webhook {number} is removed.")
