"""What hundreds of tests begin with, made once a process: a migrated database, the desk's rules."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from bot.handoff.rules import DeskRules
from bot.handoff.store import Store


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="remanso-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "desk.db"
    Store(f"sqlite:///{path}").close()  # the last to close it moves its log into the file
    return path


def fresh_sqlite(path: Path) -> str:
    """Return the address of an SQLite database: an empty, migrated one if there is none yet."""
    if not path.exists():
        shutil.copyfile(_template(), path)
    return f"sqlite:///{path}"


def rules_in(path: Path) -> DeskRules:
    """Return the rules in a file; a file with the same text is read once."""
    return _read(path.read_text(encoding="utf-8"))


@cache
def _read(text: str) -> DeskRules:
    with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        return DeskRules.from_file(Path(file.name))
