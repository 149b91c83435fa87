"""Where one level of frustration ends and the next begins."""

from __future__ import annotations

from collections.abc import Mapping

from bot.deescalation.turn import LEVELS
from bot.errors import ConfigError, did_you_mean


def level_of(value: float, cuts: Mapping[str, float]) -> str:
    """Return the level of a probability or score: the highest one whose cut it reaches.

    Args:
        value: In [0, 1].
        cuts: Lowest value of each level but the lowest, growing.
    """
    return next((level for level in reversed(LEVELS[1:]) if value >= cuts[level]), LEVELS[0])


def check_cuts(cuts: Mapping[str, float]) -> dict[str, float]:
    """Return the cuts of ``config.yml``, checked.

    Raises:
        ConfigError: a level is missing or unknown, or the cuts do not grow within (0, 1).
    """
    where = "config.yml (pipeline > FrustrationClassifier > levels)"
    for name in cuts:
        if name not in LEVELS[1:]:
            raise ConfigError(f"Unknown level '{name}' in {where}.{did_you_mean(name, LEVELS[1:])}")
    values = [cuts.get(level) for level in LEVELS[1:]]
    numbers = [float(value) for value in values if isinstance(value, (int, float))]
    if len(numbers) < len(LEVELS) - 1 or not all(
        low < high for low, high in zip([0.0, *numbers], [*numbers, 1.0], strict=True)
    ):
        raise ConfigError(
            f"The cuts {dict(cuts)} in {where} must name {', '.join(LEVELS[1:])} with growing "
            "numbers between 0 and 1."
        )
    return dict(zip(LEVELS[1:], numbers, strict=True))
