"""One JSON line per turn on standard output, with nothing that the customer wrote."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Sequence
from typing import Any

from rasa.shared.core.events import Event

from bot.channels.answer import actions_of
from bot.channels.turns import Turn

_logger = logging.getLogger("remanso.engine")


def turn(turn: Turn, result: dict[str, Any], events: Sequence[Event], *, seconds: float) -> None:
    """Write the line of a turn."""
    parsed, handoff, error = result["parse"], result["handoff"], result["error"]
    _write(
        {
            "conversation": turn.conversation,
            "turn": turn.id,
            "ms": round(seconds * 1000),
            "replayed": result["replayed"],
            "intent": parsed["intent"]["name"],
            "confidence": round(parsed["intent"]["confidence"] or 0.0, 3),
            "frustration": parsed["frustration"].get("score"),
            "level": parsed["frustration"].get("level"),
            "step": result["state"]["step"],
            "actions": actions_of(events),
            "responses": [message["response"] for message in result["messages"]],
            "handoff": handoff.get("trigger") if handoff else None,
            "error": error,
        }
    )


def problem(path: str, error: Exception) -> None:
    """Log an exception with its trace; the trace holds code, not what the customer wrote."""
    _logger.error("%s failed: %s", path, type(error).__name__, exc_info=error)


def _write(line: dict[str, Any]) -> None:
    if not _logger.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(message)s"))
        _logger.addHandler(handler)
        _logger.setLevel(logging.INFO)
        _logger.propagate = False
    _logger.info(json.dumps({"process": "engine", **line}, ensure_ascii=False))
