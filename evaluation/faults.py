"""A back office that fails on purpose: down, too slow, wrong, or done without an answer.

It wraps another one, so that what was really booked can still be looked up there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot import errors

KINDS = ("down", "lost", "hangs", "wrong")


class TooSlow(BaseException):
    """A call that would not return before the action's time is up; nobody waits for it.

    No ``Exception``: an action that catches errors does not notice either that it hangs.
    """


@dataclass(frozen=True)
class Fault:
    """What goes wrong.

    Args:
        kind: ``down`` (nothing is done, the system does not answer), ``lost`` (it is done, the
            answer does not arrive), ``hangs`` (it is done, too late for the action) or ``wrong``
            (nothing is done, the answer is nonsense).
        methods: Those concerned; none means all.
        after: Calls of each method that still work.
        times: Calls that fail then; 0 means all.
    """

    kind: str
    methods: tuple[str, ...] = ()
    after: int = 0
    times: int = 0


class Faulty:
    """A back office with a fault.

    Args:
        shop: The one that works.
        fault: What goes wrong.
    """

    def __init__(self, shop: Any, fault: Fault) -> None:
        self._shop = shop
        self._fault = fault
        self._calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        """Return the same of the wrapped one, broken if it is to be."""
        found = getattr(self._shop, name)
        if not callable(found) or (self._fault.methods and name not in self._fault.methods):
            return found
        return self._broken(name, found)

    def _broken(self, name: str, works: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._calls[name] += 1
            failed = self._calls[name] - self._fault.after
            if failed <= 0 or (self._fault.times and failed > self._fault.times):
                return works(*args, **kwargs)
            return self._fail(name, lambda: works(*args, **kwargs))

        return call

    def _fail(self, name: str, work: Callable[[], Any]) -> Any:
        kind = self._fault.kind
        if kind == "wrong":
            return object()
        if kind == "down":
            raise errors.BackOfficeDown(f"'{name}' does not answer.")
        work()
        if kind == "hangs":
            raise TooSlow(name)
        # The error of an unknown outcome is newer than the protocol's other ones.
        unknown = getattr(errors, "Uncertain", errors.BackOfficeDown)
        raise unknown(f"'{name}' was called, its answer did not arrive.")
