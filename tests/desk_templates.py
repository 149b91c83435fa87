"""What hundreds of tests begin with, made once a process: a migrated database."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

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
