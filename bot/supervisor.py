"""Starts the processes of one machine, watches them, and stops them together.

``web`` faces customers and agents; ``engine`` and ``actions`` listen on loopback; ``shop`` is the
demo page that embeds the widget from another origin. A child that dies is started again, later
each time it dies young. Output goes to ``<home>/log/<name>.log``, process ids to
``<home>/run/<name>.pid``.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import SettingsError
from bot.settings import ROOT, Settings

Say = Callable[[str], None]

YOUNG = 10.0  # seconds: a child that dies earlier waits longer before its next start
STOP_PATIENCE = 10.0  # seconds between SIGTERM and SIGKILL
HOPELESS = 4  # early deaths in a row after which a start is given up
LOG_LIMIT = 20_000_000  # bytes: a longer log is set aside at the next start


@dataclass
class Child:
    """One process: its command, and how often it died young in a row."""

    name: str
    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    early_deaths: int = 0
    restart_at: float = field(default=0.0)

    def delay(self) -> float:
        """Return the seconds to wait before the next start: 0, then 0.5 doubling up to 10."""
        return min(10.0, 0.5 * 2 ** (self.early_deaths - 1)) if self.early_deaths else 0.0


def children(settings: Settings, model: Path, *, demo: bool) -> list[Child]:
    """Return the processes of this installation, in the order in which they start.

    The engine is first: it takes longest.
    """
    python = [sys.executable, "-m"]
    environment = _environment(settings)
    rasa = ["bot.lean_rasa", "run", "--model", str(model), "--port", str(settings.engine_port)]
    rasa += ["--interface", settings.private_host, "--credentials", "credentials.yml"]
    rasa += ["--endpoints", "endpoints.yml"]
    actions = ["rasa_sdk", "--actions", "actions", "--port", str(settings.actions_port)]
    commands = {"engine": rasa, "actions": actions, "web": ["bot.web"]}
    if demo:
        commands["shop"] = ["bot.web.demo_shop"]
    return [Child(name, python + command, environment) for name, command in commands.items()]


def _environment(settings: Settings) -> dict[str, str]:
    """Return the children's environment: ours, and what keeps Rasa private and quiet."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "SANIC_HOST": settings.private_host,  # rasa_sdk listens on 0.0.0.0 otherwise
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "REMANSO_ACTIONS_URL": settings.actions(),
        "REMANSO_TRACKER_URL": settings.tracker_database(),
        "REMANSO_ENGINE_SECRET": settings.engine_secret(),
    }


def check_ports(ports: Mapping[str, int]) -> None:
    """Make sure that nobody listens on the ports yet.

    Args:
        ports: the setting's variable and its port.

    Raises:
        SettingsError: a port is taken; the text names the setting.
    """
    for variable, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise SettingsError(
                    f"Port {port} is taken. Stop what listens there, or set {variable} to a free "
                    f"port (for example {variable}={port + 10000 if port < 55000 else port - 1})."
                ) from None


class Supervisor:
    """Runs the children until told to stop.

    Args:
        settings: the installation.
        model: the archive that the engine loads, an existing absolute path.
        say: receives one line for people at each event.
        demo: also serve the demo shop page.
    """

    def __init__(self, settings: Settings, model: Path, *, say: Say, demo: bool = False) -> None:
        self._settings = settings
        self._say = say
        self._stopping = threading.Event()
        self.children = children(settings, model, demo=demo)

    def start(self) -> None:
        """Start every child.

        Raises:
            SettingsError: a port is taken.
        """
        settings = self._settings
        ports = {
            "REMANSO_PORT": settings.port,
            "REMANSO_ENGINE_PORT": settings.engine_port,
            "REMANSO_ACTIONS_PORT": settings.actions_port,
        }
        if any(child.name == "shop" for child in self.children):
            ports["REMANSO_SHOP_PORT"] = settings.shop_port
        check_ports(ports)
        for child in self.children:
            self._launch(child)

    def watch(self, *, once: bool = False) -> None:
        """Start again every child that died, until :meth:`stop` is called."""
        while not self._stopping.is_set():
            for child in self.children:
                self._revive(child)
            if once:
                return
            self._stopping.wait(0.2)

    def wait_ready(self, *, patience: float = 180.0) -> float:
        """Wait until the gateway says that everything answers.

        Returns:
            The seconds it took.

        Raises:
            SettingsError: not ready after ``patience`` seconds, or a child ends again and again;
                the text names the log.
        """
        start = time.monotonic()
        while time.monotonic() - start < patience:
            if self._stopping.is_set() or answers(f"{self._settings.public()}/ready"):
                return time.monotonic() - start
            self.watch(once=True)
            self._give_up_on_the_hopeless()
            time.sleep(0.2)
        raise SettingsError(
            f"Not ready after {patience:.0f} s. The reason is in {self._settings.home / 'log'}."
        )

    def _give_up_on_the_hopeless(self) -> None:
        for child in self.children:
            if child.early_deaths >= HOPELESS:
                log = self._log_file(child)
                lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
                said = lines[-1] if lines else "nothing"
                raise SettingsError(f"{child.name} ends again and again. It said: {said} ({log})")

    def stop(self) -> None:
        """Ask every child to end, and end those that do not."""
        self._stopping.set()
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_PATIENCE
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for child in self.children:
            self._pid_file(child).unlink(missing_ok=True)

    def _launch(self, child: Child) -> None:
        log = self._log_file(child)
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            child.process = subprocess.Popen(
                child.command,
                cwd=ROOT,
                env=child.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop them in order
            )
        child.started = time.monotonic()
        child.restart_at = 0.0
        pid_file = self._pid_file(child)
        pid_file.parent.mkdir(parents=True, exist_ok=True)
        pid_file.write_text(str(child.process.pid), encoding="utf-8")

    def _revive(self, child: Child) -> None:
        if child.process is None or child.process.poll() is None:
            return
        now = time.monotonic()
        if not child.restart_at:
            died_young = now - child.started < YOUNG
            child.early_deaths = child.early_deaths + 1 if died_young else 0
            child.restart_at = now + child.delay()
            self._say(
                f"{child.name} ended (code {child.process.returncode}); "
                f"starting it again. Log: {self._log_file(child)}"
            )
        if now >= child.restart_at:
            self._launch(child)

    def _log_file(self, child: Child) -> Path:
        return self._settings.home / "log" / f"{child.name}.log"

    def _pid_file(self, child: Child) -> Path:
        return self._settings.home / "run" / f"{child.name}.pid"


def answers(url: str, *, timeout: float = 5.0) -> bool:
    """Return whether a URL answers with success."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:  # noqa: S310 - our own URL
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False
