"""One JSON line per thing worth knowing, on standard error. Never a customer's text."""

from __future__ import annotations

import logging
import sys
from datetime import datetime, timezone
from typing import Any

import msgspec

logger = logging.getLogger("remanso.web")
turns = logging.getLogger("remanso.web.turn")


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object; ``extra={"fields": {...}}`` adds its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        at = datetime.fromtimestamp(record.created, timezone.utc)
        line: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "process": "web",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = _where(record.exc_info[1])
        return msgspec.json.encode(line).decode()


def _where(error: BaseException | None) -> str:
    """Name an exception and its place. Its words stay out: they may quote what was sent."""
    if error is None:
        return ""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"


def configure(level: int = logging.INFO) -> None:
    """Send all log lines to standard error as JSON, uvicorn's too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("remanso", "uvicorn.error"):
        logging.getLogger(name).setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)  # paths hold ids


def turn(conversation: str, turn_id: str, *, ms: int, owner: str, outcome: str, tries: int) -> None:
    """Write the one line of a turn.

    Args:
        conversation: Its id.
        turn_id: Its id.
        ms: Milliseconds from the start of the turn to the stored replies.
        owner: Who has the conversation afterwards.
        outcome: ``answered``, ``handoff``, or why the bot gave up.
        tries: Calls to the engine.
    """
    fields = {
        "conversation": conversation,
        "turn": turn_id,
        "ms": ms,
        "owner": owner,
        "outcome": outcome,
        "tries": tries,
    }
    turns.info("turn", extra={"fields": fields})
