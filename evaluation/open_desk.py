"""A desk that is always open: what is measured or tested now must not depend on the hour."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT


def write_open_desk(folder: Path) -> Path:
    """Write the rules of ``desk.yml`` with every team always open; return the file.

    Args:
        folder: Where it goes; made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "desk.yml"
    path.write_text(_open(), encoding="utf-8")
    return path


@cache
def _open() -> str:
    rules: dict[str, Any] = yaml.safe_load((ROOT / "desk.yml").read_text(encoding="utf-8"))
    for team in rules["teams"].values():
        team["hours"] = "always"
    return yaml.safe_dump(rules, allow_unicode=True, sort_keys=False)
