"""What the bot may do on its own, read from ``desk.yml`` and ``config.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError
from bot.settings import ROOT, load


@dataclass(frozen=True)
class Limits:
    """The bot's authority.

    Args:
        refund_cents: The most it pays back in one case.
        voucher_cents: The most it gives as a voucher.
        proofs: Wrong proofs of an order after which a person takes over.
        line: Number of the country's helpline.
        emergency: Number of the country's emergency services.
    """

    refund_cents: int
    voucher_cents: int
    proofs: int
    line: str
    emergency: str


@cache
def limits() -> Limits:
    """Return the limits of this installation.

    Raises:
        ConfigError: one of them is missing.
    """
    desk, config = _read(load().desk), _read(ROOT / "config.yml")
    try:
        bot = desk["authority"]["bot"]
        country = desk["countries"][desk["default_country"]]
        return Limits(
            refund_cents=int(bot["refund_cents"]),
            voucher_cents=int(bot["voucher_cents"]),
            proofs=_proofs(config),
            line=str(country["lines"][0]["number"]),
            emergency=str(country["emergency"]),
        )
    except (KeyError, IndexError, TypeError) as error:
        raise ConfigError(
            f"desk.yml or config.yml lacks {error}. Needed: authority.bot.refund_cents and "
            f"voucher_cents, default_country with its lines, and the trigger identity_failed."
        ) from None


def _proofs(config: dict[str, Any]) -> int:
    for policy in config["policies"]:
        times = ((policy.get("triggers") or {}).get("identity_failed") or {}).get("times")
        if times is not None:
            return int(times)
    raise KeyError("policies > triggers > identity_failed > times")


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data
