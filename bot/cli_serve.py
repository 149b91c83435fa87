"""Starting the processes from the command line, and telling people where they answer."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType

import typer

from bot.errors import ConfigError, did_you_mean
from bot.settings import Settings, load


def say(line: str) -> None:
    """Print one line for the person at the terminal, at once."""
    typer.echo(line)
    sys.stdout.flush()


def desk_rules() -> list[str]:
    """Return what is wrong with ``desk.yml``."""
    from bot.handoff.rules import DeskRules

    try:
        DeskRules.from_file(load().desk)
    except ConfigError as error:
        return [str(error)]
    return []


def become(settings: Settings, model: Path, name: str) -> None:
    """Turn this process into one of the children: for containers, which do their own watching."""
    from bot.supervisor import children

    found = {child.name: child for child in children(settings, model, demo=True)}
    if name not in found:
        raise ConfigError(f"There is no process '{name}'.{did_you_mean(name, found)}")
    command = found[name].command
    os.execve(command[0], command, found[name].environment)  # noqa: S606 - our own command


def supervise(settings: Settings, model: Path, *, demo: bool) -> None:
    """Run the processes of this machine until told to stop."""
    from bot.supervisor import Supervisor

    for problem in desk_rules():  # the gateway would only say so in its log, at every start
        raise ConfigError(problem)
    supervisor = Supervisor(settings, model, say=say, demo=demo)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        say(f"Starting with {model.name} ...")
        supervisor.start()
        seconds = supervisor.wait_ready()
        say(_addresses(settings, seconds, demo=demo))
        supervisor.watch()
    except KeyboardInterrupt:
        say("Stopping ...")
    finally:
        supervisor.stop()
    say("Stopped.")


def _addresses(settings: Settings, seconds: float, *, demo: bool) -> str:
    from bot.cli_agent import first_login

    lines = [
        "",
        f"Ready after {seconds:.0f} s.",
        f"  Customers        {settings.public()}/",
        f"  Agents           {settings.public()}/console/    {first_login(settings)}",
    ]
    if demo:
        lines.append(f"  Widget in a shop http://127.0.0.1:{settings.shop_port}/")
    return "\n".join([*lines, "  Ctrl-C stops everything.", ""])
