"""Rasa in this process: without TensorFlow, without its logs and progress bars."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from bot.lean_rasa import leave_out_tensorflow

LOG_LEVEL = "LOG_LEVEL"  # Rasa's own variable; its progress bars go by it


@contextmanager
def quiet_rasa() -> Iterator[None]:
    """Keep Rasa quiet and small while the block runs; import it inside the block."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    before = os.environ.get(LOG_LEVEL)
    os.environ[LOG_LEVEL] = "ERROR"
    leave_out_tensorflow()
    try:
        with warnings.catch_warnings(record=True):  # some imports undo every filter
            from rasa.utils.log_utils import configure_structlog

            configure_structlog(logging.ERROR)
            yield
    finally:  # a training that is started later shows its progress
        if before is None:
            os.environ.pop(LOG_LEVEL, None)
        else:
            os.environ[LOG_LEVEL] = before
