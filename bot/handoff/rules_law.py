"""``desk.yml`` > ``law``: what a country asks of a customer desk, as data.

::

    law:
      pack: ES
      packs:
        ES:
          answer_days: 15               # working days until a complaint is answered; 0: none
          answer_days_by_issue: {double_charge: 5}
          person_within: 180            # seconds until a person answers …
          person_share: 0.95            # … this share of those who asked for one
          full_name: false              # agents say their full name
          receipt: {es: "…", en: "…"}   # what a receipt must say
          closing: {es: "…", en: "…"}   # what the answer that ends a case must say …
          closing_reasons: [formal_complaint]    # … of cases that came in for these reasons
          closing_dispositions: [not_solved]     # … and of those that end like this
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import ConfigError
from bot.handoff.rules_read import known, number, section, some

NEUTRAL = "neutral"
_KEYS = (
    "answer_days",
    "answer_days_by_issue",
    "person_within",
    "person_share",
    "full_name",
    "receipt",
    "closing",
    "closing_reasons",
    "closing_dispositions",
)


@dataclass(frozen=True)
class LawPack:
    """The rules of one country.

    Args:
        name: What ``desk.yml`` calls it.
        answer_days: Working days until a case is answered; 0 for no such rule.
        answer_days_by_issue: The same for some issues.
        person_within: Seconds within which a person must answer; 0 for no such rule.
        person_share: The share of people for whom that must hold, in [0, 1].
        full_name: Whether agents say their full name.
        receipt: By language, what a receipt must say.
        closing: By language, what must be said when a case ends: half a sentence.
        closing_reasons: Of cases that came in for these reasons.
        closing_dispositions: And of those that end like this.
    """

    name: str = NEUTRAL
    answer_days: int = 0
    answer_days_by_issue: Mapping[str, int] = field(default_factory=dict)
    person_within: float = 0.0
    person_share: float = 0.0
    full_name: bool = False
    receipt: Mapping[str, str] = field(default_factory=dict)
    closing: Mapping[str, str] = field(default_factory=dict)
    closing_reasons: tuple[str, ...] = ()
    closing_dispositions: tuple[str, ...] = ()

    def days_for(self, issue: str | None) -> int:
        """Return the working days within which a case about an issue is answered; 0: no limit."""
        return self.answer_days_by_issue.get(issue or "", self.answer_days)

    def closing_for(self, reason: str, disposition: str | None, language: str) -> str:
        """Return what must be said when a case ends; empty where nothing must."""
        asked = reason in self.closing_reasons or disposition in self.closing_dispositions
        return self.closing.get(language, "") if asked else ""

    @classmethod
    def from_dict(cls, data: Any) -> LawPack:
        """Read the chosen pack; all packs are checked.

        Raises:
            ConfigError: a pack says something we cannot obey, or there is none of this name.
        """
        given = section("law", data, ("pack", "packs"))
        packs = {
            str(name): _pack(str(name), pack)
            for name, pack in section(
                "law > packs", given.get("packs"), given.get("packs") or ()
            ).items()
        }
        packs.setdefault(NEUTRAL, cls())
        chosen = str(given.get("pack") or NEUTRAL)
        known("law > pack", [chosen], packs)
        return packs[chosen]


def _pack(name: str, data: Any) -> LawPack:
    path = f"law > packs > {name}"
    given = section(path, data, _KEYS)
    by_issue = given.get("answer_days_by_issue") or {}
    if not isinstance(given.get("full_name", False), bool):
        raise ConfigError(f"desk.yml > {path} > full_name is true or false.")
    share = number(f"{path} > person_share", given.get("person_share", 0), most=1.0)
    days = number(f"{path} > answer_days", given.get("answer_days", 0), most=365)
    return LawPack(
        name=name,
        answer_days=int(days),
        answer_days_by_issue={
            str(issue): int(number(f"{path} > answer_days_by_issue > {issue}", each, most=365))
            for issue, each in by_issue.items()
        },
        person_within=number(f"{path} > person_within", given.get("person_within", 0)),
        person_share=share,
        full_name=given.get("full_name", False),
        receipt=_texts(f"{path} > receipt", given.get("receipt")),
        closing=_texts(f"{path} > closing", given.get("closing")),
        closing_reasons=tuple(str(each) for each in some(given.get("closing_reasons") or ())),
        closing_dispositions=tuple(
            str(each) for each in some(given.get("closing_dispositions") or ())
        ),
    )


def _texts(path: str, data: Any) -> dict[str, str]:
    given = section(path, data, ("es", "en"))
    if given and set(given) != {"es", "en"}:
        raise ConfigError(f"desk.yml > {path} needs both es and en.")
    return {language: str(text).strip() for language, text in given.items()}
