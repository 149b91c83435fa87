"""A running installation of its own for measurements: real processes, free ports, a fresh home."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.settings import Settings, load
from bot.supervisor import Supervisor
from bot.training.published import published_model
from evaluation.open_desk import write_open_desk

PATIENCE = 300.0  # seconds a start may take
PORTS = ("PORT", "ENGINE_PORT", "ACTIONS_PORT")


def settings_of(
    home: Path, changes: Mapping[str, str] | None = None
) -> tuple[Settings, dict[str, str]]:
    """Return settings on free ports, and the environment that gives them to processes.

    Args:
        home: Where its data is.
        changes: More ``REMANSO_*`` variables.
    """
    limits = {"REMANSO_MESSAGES_PER_MINUTE": "100000", "REMANSO_CONVERSATIONS_PER_MINUTE": "100000"}
    ports = {f"REMANSO_{name}": _port() for name in PORTS}
    here = {"REMANSO_HOME": str(home), "REMANSO_DESK": str(write_open_desk(home))}
    environment = {**here, **ports, **limits, **(changes or {})}
    return load(environment), environment


@contextmanager
def running(settings: Settings, environment: Mapping[str, str]) -> Iterator[Supervisor]:
    """Run web, engine and actions with the published model until the block ends."""
    supervisor = Supervisor(settings, published_model(settings), say=lambda line: None)
    for child in supervisor.children:
        child.environment = {**child.environment, **environment}
    supervisor.start()
    try:
        supervisor.wait_ready(patience=PATIENCE)
        yield supervisor
    finally:
        supervisor.stop()


def _port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
