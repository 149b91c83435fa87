"""A circuit breaker: a system that keeps failing is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class CircuitBreaker:
    """Counts failures in a row; after some it opens, and nothing is asked until it has rested.

    Then it is half open: one call may try. Its success closes the breaker, its failure opens it for
    another rest. Safe to share between threads.

    Args:
        failures: In a row, at least 1, after which it opens.
        rest: Seconds it stays open.
        clock: Seconds that only ever grow.
    """

    def __init__(
        self,
        *,
        failures: int = 5,
        rest: float = 15.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = failures
        self._rest = rest
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._opened_at: float | None = None

    @property
    def state(self) -> str:
        """``closed``, ``open`` or ``half-open``."""
        with self._lock:
            if self._opened_at is None:
                return "closed"
            return "half-open" if self._rested() else "open"

    def allows(self) -> bool:
        """Return whether to ask now. A True must be followed by ``succeeded`` or ``failed``."""
        with self._lock:
            if self._opened_at is None:
                return True
            if not self._rested():
                return False
            self._opened_at = self._clock()  # the others wait for this one's outcome
            return True

    def succeeded(self) -> None:
        """Note that the system answered."""
        with self._lock:
            self._failed, self._opened_at = 0, None

    def failed(self) -> None:
        """Note that it did not."""
        with self._lock:
            self._failed += 1
            if self._failed >= self._limit:
                self._opened_at = self._clock()

    def _rested(self) -> bool:
        return self._opened_at is not None and self._clock() - self._opened_at >= self._rest
