"""``remanso validate``: what trainers change, checked before it is trained.

First the project's own checks (YAML, examples, domain, stories, texts, wording, triggers), then
``rasa data validate``, which looks for contradictions between stories, rules and domain.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.errors import ConfigError
from bot.training import checks_examples, checks_practice, checks_project, checks_stories
from bot.training.finding import Finding


def findings(root: Path) -> list[Finding]:
    """Return everything that is wrong, and what is worth a look, by place; empty when nothing is.

    Files that cannot be read hide all other findings, and errors hide those of Rasa's own check.

    Args:
        root: The checkout.
    """
    found = list(checks_project.readable(root)) or list(_ours(root))
    if all(one.warning for one in found):
        found += rasas(root)
    return sorted(found, key=lambda one: (one.warning, _by_place(one.place)))


def _ours(root: Path) -> Iterator[Finding]:
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: checks_project.triggers(root / "config.yml"),
        lambda: checks_project.domain(root),
        lambda: checks_stories.stories(root),
        lambda: checks_project.texts(root / checks_project.RESPONSES),
        lambda: checks_project.knowledge(root),
        lambda: checks_examples.intents(root),
        lambda: checks_examples.frustration(root),
        lambda: checks_practice.practice(root),
    )
    for check in checks:
        try:
            yield from check()
        except ConfigError as error:  # a file of another form than expected: told by its reader
            yield Finding("", str(error).replace(f"{root}{os.sep}", ""))


def _by_place(place: str) -> tuple[str, int]:
    file, _, line = place.partition(":")
    return file, int(line) if line.isdigit() else 0


def rasas(root: Path) -> Iterator[Finding]:
    """Run ``rasa data validate``; yield what it complains about."""
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "rasa",
        "data",
        "validate",
        "--fail-on-warnings",
    ]
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment |= {"PYTHONPATH": str(root), "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
    result = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode:
        told = (result.stdout + result.stderr).splitlines()
        marked = [
            line for line in told if "UserWarning" in line or "ERROR" in line or "Error" in line
        ]
        yield from (Finding("rasa data validate", line) for line in marked or told[-10:])
