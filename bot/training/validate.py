"""``remanso validate``: what trainers change, checked before it is trained.

First the project's own checks (texts, wording, triggers), then ``rasa data validate``, which looks
for contradictions between stories, rules and domain.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from bot.deescalation.steps import StepConfig
from bot.deescalation.variations import Variation, read_folder
from bot.deescalation.wording import check
from bot.errors import ConfigError

POLICY = "bot.policies.deescalation_policy.DeescalationPolicy"
POLICYS_OWN = ("name", "priority", "otherwise", "otherwise_any", "otherwise_in_form")


def findings(root: Path) -> list[str]:
    """Return everything that is wrong, one line each; empty when nothing is.

    Args:
        root: The checkout.
    """
    found = [*texts(root / "data" / "responses"), *triggers(root / "config.yml")]
    return found or [*rasas(root)]


def texts(folder: Path) -> Iterator[str]:
    """Check that all texts can be read and that none of them inflames."""
    try:
        responses = read_folder(folder)
    except ConfigError as error:
        yield str(error)
        return
    for key, variations in responses.items():
        for variation in variations:
            yield from _wording(key, variation)


def _wording(key: str, variation: Variation) -> Iterator[str]:
    # A text without levels may be read by anybody, so it is held to what an angry person reads.
    for level in variation.level or ("angry",):
        for one in check(variation.text, language=variation.language, level=level):
            yield (
                f"data/responses, {key}, {variation.id}: «{one.text}» for somebody {level}. "
                f"{one.reason} Better: {one.better}"
            )


def triggers(path: Path) -> Iterator[str]:
    """Check the block of the de-escalation policy in ``config.yml``."""
    try:
        policies = yaml.safe_load(path.read_text(encoding="utf-8"))["policies"]
        ours = next(policy for policy in policies if policy["name"] == POLICY)
        StepConfig.from_config({k: v for k, v in ours.items() if k not in POLICYS_OWN})
    except ConfigError as error:
        yield str(error)
    except StopIteration:
        yield f"config.yml has no policy {POLICY}: nothing would de-escalate or hand over."
    except (KeyError, TypeError, yaml.YAMLError) as error:
        yield f"config.yml cannot be read: {error!r}. It needs a list under 'policies'."


def rasas(root: Path) -> Iterator[str]:
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
        lines = (result.stdout + result.stderr).splitlines()
        told = [
            line for line in lines if "UserWarning" in line or "ERROR" in line or "Error" in line
        ]
        yield from told or lines[-10:]
