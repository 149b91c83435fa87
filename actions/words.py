"""Facts as they are written in a sentence: money, dates, days; the words are in ``data/facts/``.

A file has: ``money`` (``{whole}``, ``{cents}``), ``date`` (``{day}``, ``{month}``), ``months``,
``days`` (one, several), ``and``, ``or``, ``status``, ``offers``, ``promises``, ``topics``,
``services``, ``person``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import yaml

from bot.settings import ROOT

LANGUAGES = ("es", "en")


class Words:
    """Writes facts in one language."""

    def __init__(self, data: dict[str, Any]) -> None:
        """Take the content of a file in ``data/facts``."""
        self._data = data

    def money(self, cents: int) -> str:
        """Return an amount, e.g. ``39,90 €``."""
        return str(self._data["money"]).format(whole=cents // 100, cents=f"{cents % 100:02d}")

    def date(self, day: date | datetime) -> str:
        """Return day and month, e.g. ``3 de marzo``."""
        return str(self._data["date"]).format(
            day=day.day, month=self._data["months"][day.month - 1]
        )

    def days(self, count: int) -> str:
        """Return a number of days, e.g. ``21 días``."""
        one, several = self._data["days"]
        return str(one) if count == 1 else str(several).format(count=count)

    def listed(self, items: Sequence[str]) -> str:
        """Return the items as a list in words, e.g. ``a, b y c``."""
        if len(items) < 2:
            return "".join(items)
        return ", ".join(items[:-1]) + str(self._data["and"]) + items[-1]

    def status(self, status: str) -> str:
        """Return where an order is, by the shop's status."""
        return str(self._data["status"].get(status, ""))

    def offer(self, name: str, facts: dict[str, str]) -> str:
        """Return what was offered, e.g. ``reenviar el pedido 48213``."""
        known = {"order": "", "amount": "", "voucher": "", **facts}
        return " ".join(str(self._data["offers"][name]).format(**known).split())

    def promise(self, name: str, facts: dict[str, str]) -> str:
        """Return what was promised, e.g. ``el pedido 48213 sale de nuevo del almacén``."""
        known = {"order": "", "amount": "", "reference": "", **facts}
        return " ".join(str(self._data["promises"][name]).format(**known).split())

    def topic(self, intent: str) -> str | None:
        """Return what an intent is about; None when it is no topic to choose."""
        topic = self._data["topics"].get(intent)
        return str(topic) if topic else None

    def service(self, name: str) -> str:
        """Return a service of ours that may be down, e.g. ``la web``."""
        return str(self._data["services"].get(name, name))

    def moment(self, at: datetime) -> str:
        """Return day and hour, e.g. ``3 de marzo, 14:30``."""
        return f"{self.date(at)}, {at:%H:%M}"

    def title(self, name: str) -> str:
        """Return the title of a button, ``person`` or ``another``."""
        return str(self._data[name])


@cache
def words(language: str) -> Words:
    """Return the words of a language, Spanish for one that has no file."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    path = ROOT / "data" / "facts" / f"{known}.yml"
    return Words(yaml.safe_load(path.read_text(encoding="utf-8")))
