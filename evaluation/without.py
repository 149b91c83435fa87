"""Our policy with listening switched off: no configuration of it allows that, an evaluation must.

Named in the altered archives of ``evaluation.simulate``; everything else is the policy as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.policies.deescalation_policy import DeescalationPolicy


class WithoutListening(DeescalationPolicy):
    """Neither acknowledges nor listens; every trigger still acts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Read the configuration, then allow no attempt to calm."""
        super().__init__(*args, **kwargs)
        self._steps = replace(self._steps, max_attempts=0)
