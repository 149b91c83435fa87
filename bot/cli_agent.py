"""``remanso agent``: the accounts of the people who receive handoffs."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_text import errors_as_text
from bot.settings import Settings, load

if TYPE_CHECKING:
    from bot.handoff.records import Agent
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
            known_teams=DeskRules.from_file(load().desk).teams,
        )
    typer.echo(f"{username} can log in.")


@app.command("set")
def change(
    username: str,
    team: Annotated[
        list[str] | None, typer.Option(help="Teams from now on; repeatable, '-' for none.")
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(help="Languages they speak, such as es; repeatable, '-' for every language."),
    ] = None,
    skill: Annotated[
        list[str] | None,
        typer.Option(help="Issues of desk.yml they are asked first for; repeatable, '-' for none."),
    ] = None,
    tier: Annotated[str | None, typer.Option(help="L1, L2 or L3.")] = None,
    capacity: Annotated[
        int | None, typer.Option(help="Chats at once; 0 for what desk.yml says.")
    ] = None,
) -> None:
    """Change what an agent can take on; what is not given stays as it is.

    Example: remanso agent set marta --language es --language en --skill double_charge --tier L2
    """
    from bot.handoff import abilities
    from bot.handoff.rules import DeskRules

    rules = DeskRules.from_file(load().desk)
    with _accounts() as store:
        agent = abilities.change(
            store,
            username,
            teams=_listed(team),
            languages=_listed(language),
            skills=_listed(skill),
            tier=tier,
            capacity=capacity,
            known_teams=rules.teams,
            known_issues=rules.routing.get("issues") or {},
        )
    typer.echo(_line(agent))


@app.command("list")
def list_agents() -> None:
    """List the accounts."""
    from bot.handoff import agents

    with _accounts() as store:
        accounts = agents.all_agents(store)
        if not accounts:
            typer.echo("No accounts yet. Make one: remanso agent add <user name> --name <name>.")
        for agent in accounts:
            typer.echo(_line(agent))


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


@app.command()
def password(
    username: str,
    new: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """Give an account a new password; its open logins end."""
    from bot.handoff import agents

    with _accounts() as store:
        agents.set_password(store, username, new)
    typer.echo(f"{username} has a new password and is logged out everywhere.")


@app.command()
def unlock(username: str) -> None:
    """Let an account try again that is locked after many wrong logins."""
    from bot.handoff import logins

    with _accounts() as store:
        logins.unlock(store, username)
    typer.echo(f"{username} can try to log in again.")


@app.command("log-out")
def log_out(username: str) -> None:
    """End all open logins of an account: a computer was lost."""
    from bot.handoff import agents, sessions

    with _accounts() as store:
        ended = sessions.end_all(store, agents.get(store, username))
    typer.echo(f"{ended} logins of {username} have ended.")


@app.command("second-factor")
def factor(
    off: Annotated[str, typer.Argument(metavar="off", help="The only thing to do from here: off.")],
    username: str,
) -> None:
    """Turn a second factor off whose telephone is lost; the agent turns it on in the console.

    Example: remanso agent second-factor off marta
    """
    from bot.errors import DeskError
    from bot.handoff import agents, second_factor, sessions

    with _accounts() as store:
        if off != "off":
            raise DeskError(f"'{off}' cannot be done. Accepted: off.")
        agent = agents.get(store, username)
        second_factor.off(store, username)
        sessions.end_all(store, agent)
    typer.echo(f"{username} logs in with the password alone, and is logged out everywhere.")


def _listed(given: list[str] | None) -> list[str] | None:
    """What an option names; ``-`` empties a list, nothing leaves it."""
    return [each for each in given if each != "-"] if given else None


def _line(agent: Agent) -> str:
    can = [
        agent.tier,
        f"capacity {agent.capacity}" if agent.capacity else "",
        f"speaks {', '.join(agent.languages)}" if agent.languages else "",
        f"knows {', '.join(agent.skills)}" if agent.skills else "",
        "second factor" if agent.totp_at else "",
        "" if agent.active else "(disabled)",
    ]
    known = (agent.username, agent.name, agent.role, ",".join(agent.teams))
    return "\t".join((*known, "; ".join(filter(None, can))))


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
