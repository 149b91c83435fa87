"""``remanso agent``: the accounts of the people who receive handoffs."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_text import errors_as_text
from bot.settings import ROOT, Settings, load

if TYPE_CHECKING:
    from bot.handoff.store import Store

app = typer.Typer(help="Add, list and disable agents; make tokens for programs.")

FIRST = "agente"  # the account that the first `remanso run` makes


@contextmanager
def _accounts(settings: Settings | None = None) -> Iterator[Store]:
    from bot.handoff.store import Store

    with errors_as_text():
        yield Store((settings or load()).database())


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="Short name to log in with.")],
    name: Annotated[str, typer.Option(help="Name that customers read.")],
    team: Annotated[list[str] | None, typer.Option(help="A team of desk.yml; repeatable.")] = None,
    role: Annotated[
        str, typer.Option(help="agent, supervisor (sees every team), trainer or admin.")
    ] = "agent",
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)
    ] = "",
) -> None:
    """Make an account.

    Example: remanso agent add marta --name "Marta Gil" --team billing --team logistics
    """
    from bot.handoff import agents
    from bot.handoff.rules import DeskRules

    with _accounts() as store:
        agents.add(
            store,
            username,
            name=name,
            password=password,
            teams=team or [],
            role=role,
            known_teams=DeskRules.from_file(ROOT / "desk.yml").teams,
        )
    typer.echo(f"{username} can log in.")


@app.command("list")
def list_agents() -> None:
    """List the accounts."""
    from bot.handoff import agents

    with _accounts() as store:
        accounts = agents.all_agents(store)
        if not accounts:
            typer.echo("No accounts yet. Make one: remanso agent add <user name> --name <name>.")
        for agent in accounts:
            state = "" if agent.active else "  (disabled)"
            typer.echo(
                f"{agent.username}\t{agent.name}\t{agent.role}\t{','.join(agent.teams)}{state}"
            )


@app.command()
def disable(username: str) -> None:
    """Take an account's access away; its history stays."""
    from bot.handoff import agents

    with _accounts() as store:
        agents.disable(store, username)
    typer.echo(f"{username} can no longer log in.")


@app.command()
def token(
    username: str,
    scope: Annotated[list[str] | None, typer.Option(help="tickets:read, tickets:write.")] = None,
) -> None:
    """Make a token for a program that works as this agent; it is shown once.

    Example: remanso agent token marta --scope tickets:read
    """
    from bot.handoff import agents

    with _accounts() as store:
        typer.echo(agents.new_token(store, username, scopes=scope or ["tickets:read"]))


def first_login(settings: Settings) -> str:
    """Return how to log in; the first time, make an account with a password of its own.

    The password is kept in ``<home>/first-login`` (owner only) until somebody deletes the file.
    """
    from bot.handoff import agents

    note = settings.home / "first-login"
    with _accounts(settings) as store:
        if not agents.all_agents(store):
            password = secrets.token_urlsafe(9)
            agents.add(store, FIRST, name="Marta", password=password, teams=[], role="supervisor")
            handle = os.open(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(f"{FIRST} {password}\n")
    if not note.exists():
        return "log in with your account (remanso agent add makes one)"
    username, password = note.read_text(encoding="utf-8").split()
    return f"log in as {username}, password {password}"
