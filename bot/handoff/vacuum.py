"""Leaving nothing of what was deleted in an SQLite file: neither in free pages nor in its log."""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

logger = logging.getLogger("remanso.desk")

TRIES = 20
PAUSE = 0.25
"""Seconds between two tries to empty the log while others read."""
PATIENCE = 30.0
"""Seconds that each of them waits for the others to let go."""


def cleaned(path: Path) -> bool:
    """Rewrite a file without free pages and empty its write-ahead log.

    Returns:
        False when somebody was using it all the time: try again later.
    """
    if not path.exists():
        return True
    try:
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("VACUUM")
            for _ in range(TRIES):
                (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if not busy:
                    return True
                time.sleep(PAUSE)
    except sqlite3.OperationalError as error:
        logger.warning("%s was not cleaned: %s", path.name, type(error).__name__)
    return False
