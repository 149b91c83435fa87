"""One thing that ``remanso validate`` has to say about a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What is wrong, where, and what to do about it."""

    place: str  # file:line below the checkout, or a file when no line is to blame
    problem: str  # a sentence with its full stop
    fix: str = ""  # a sentence with its full stop
    warning: bool = False  # True: worth a look, no reason to fail

    def __str__(self) -> str:
        """Return it as one line for a terminal."""
        kind = "warning: " if self.warning else ""
        place = f"{self.place}: " if self.place else ""
        return f"{place}{kind}{self.problem} {self.fix}".strip()
