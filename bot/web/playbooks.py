"""Playbooks: what to do for an issue, tier by tier, and how to speak at a level of frustration.

``data/playbooks/<issue>.yml``, one for every issue of ``desk.yml`` (routing > issues)::

    es:
      L1:                                  # L1 whoever attends, L2 a supervisor, L3 the managers
        - {who: agent, text: "…", when: "…"}  # who: agent, supervisor, customer, or a team
      say: ["…"]                           # sentences that help here
      never: ["…"]                         # what makes it worse
    en: …

``data/playbooks/levels.yml`` has the same three lists for every level of frustration (``calm`` to
``angry``: ``first``, ``say``, ``never``) and, as ``matrix``, when and to whom a case goes up; its
``{refund}``, ``{voucher}``, ``{hours}`` and ``{share}`` come from ``desk.yml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError, did_you_mean
from bot.handoff.records import Json

LEVELS = ("calm", "annoyed", "frustrated", "angry")
TIERS = ("L1", "L2", "L3")
LANGUAGES = ("es", "en")
PEOPLE: Mapping[str, Mapping[str, str]] = {
    "agent": {"es": "Quien atiende", "en": "Whoever attends"},
    "supervisor": {"es": "Supervisión", "en": "Supervisor"},
    "customer": {"es": "Cliente", "en": "Customer"},
}
"""Who may act in a step, beside the teams of ``desk.yml``."""

OTHER = "other"
"""The playbook of an issue that has none, or that is not known yet."""

_LEVELS = "levels"


class Playbooks:
    """All playbooks.

    Args:
        books: Issue to its playbook, as in the files.
        levels: ``levels.yml``.
        teams: Team to its names by language.
        limits: What ``desk.yml`` says: authority by role, and the priorities' times.
    """

    def __init__(
        self,
        books: Mapping[str, Json],
        levels: Json,
        *,
        teams: Mapping[str, Mapping[str, str]],
        limits: Mapping[str, Any],
    ) -> None:
        self._books, self._levels = dict(books), levels
        self._teams, self._limits = teams, limits
        if OTHER not in self._books:
            raise ConfigError(f"data/playbooks has no '{OTHER}.yml'.")
        for issue, book in self._books.items():
            _check(issue, book, {*PEOPLE, *teams})

    @classmethod
    def from_folder(cls, folder: Path, *, teams: Any, limits: Any) -> Playbooks:
        """Read all ``*.yml`` of a folder.

        Raises:
            ConfigError: a file is not as the module's docstring says; the text says where.
        """
        books = {path.stem: _load(path) for path in sorted(folder.glob("*.yml"))}
        if _LEVELS not in books:
            raise ConfigError(f"data/playbooks has no '{_LEVELS}.yml'.")
        levels = books.pop(_LEVELS)
        return cls(books, levels, teams=teams, limits=limits)

    def issues(self) -> tuple[str, ...]:
        """Return the issues that have a playbook of their own."""
        return tuple(self._books)

    def of(self, issue: str | None, *, level: str, tier: str, priority: str, language: str) -> Json:
        """Return what to do.

        Args:
            issue: As in ``desk.yml``; unknown ones get the playbook ``other``.
            level: Frustration now.
            tier: L1, L2 or L3: whose turn it is.
            priority: Of the ticket; the matrix has its times.
            language: Of the agent.

        Returns:
            issue, level, tier, first (how to begin at this level), steps (of the tier now),
            path (all tiers with theirs), say, never, matrix (when and to whom it goes up), source.
        """
        name = issue if issue in self._books else OTHER
        language = language if language in LANGUAGES else LANGUAGES[0]
        level = level if level in LEVELS else LEVELS[0]
        tier = tier if tier in TIERS else TIERS[0]
        book, mood = self._books[name][language], self._levels[language][level]
        path = [{"tier": each, "steps": self._steps(book[each], language)} for each in TIERS]
        return {
            "issue": name,
            "level": level,
            "tier": tier,
            "first": mood["first"],
            "steps": path[TIERS.index(tier)]["steps"],
            "path": path,
            "say": [*mood["say"], *book["say"]],
            "never": [*mood["never"], *book["never"]],
            "matrix": self._matrix(priority, language),
            "source": f"data/playbooks/{name}.yml",
        }

    def _steps(self, steps: list[Json], language: str) -> list[Json]:
        return [
            {
                "who": self._who(step["who"], language),
                "text": step["text"],
                "when": step.get("when", ""),
            }
            for step in steps
        ]

    def _who(self, who: str, language: str) -> str:
        names = PEOPLE.get(who) or self._teams[who]
        return names.get(language, who)

    def _matrix(self, priority: str, language: str) -> list[Json]:
        rows = []
        for tier, role in zip(TIERS, ("agent", "supervisor", "managers"), strict=True):
            authority = self._limits["authority"].get(role, {})
            words = self._levels[language]["matrix"][tier]
            seconds = self._limits["resolve"].get(priority, 0)
            facts = {
                "refund": _money(authority.get("refund_cents", 0), language),
                "voucher": _money(authority.get("voucher_cents", 0), language),
                "hours": f"{seconds / 3600:g}",
                "share": f"{seconds * 0.75 / 3600:g}",
            }
            rows.append(
                {
                    "tier": tier,
                    "who": words["who"],
                    "when": words["when"].format(**facts),
                    "may": words["may"].format(**facts),
                }
            )
        return rows


def _money(cents: int, language: str) -> str:
    whole = f"{cents / 100:,.2f}".removesuffix(".00")
    return f"€{whole}" if language == "en" else f"{whole.translate(str.maketrans(',.', '.,'))} €"


def _load(path: Path) -> Json:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(data, dict) or not set(LANGUAGES) <= data.keys():
        raise ConfigError(f"data/playbooks/{path.name} has a part for each of: es, en.")
    return data


def _check(issue: str, book: Json, who: set[str]) -> None:
    for language in LANGUAGES:
        where, part = f"data/playbooks/{issue}.yml -> {language}", book[language]
        for tier in TIERS:
            if not part.get(tier):
                raise ConfigError(f"{where}: no steps for {tier}.")
            for number, step in enumerate(part[tier], start=1):
                _check_step(f"{where} -> {tier} -> {number}", step, who)
        for name in ("say", "never"):
            if not isinstance(part.get(name), list):
                raise ConfigError(f"{where}: no list '{name}'.")


def _check_step(where: str, step: Any, who: set[str]) -> None:
    if not isinstance(step, dict) or not {"who", "text"} <= step.keys():
        raise ConfigError(f"{where}: a step has 'who' and 'text'.")
    if step["who"] not in who:
        raise ConfigError(f"{where}: nobody is '{step['who']}'.{did_you_mean(step['who'], who)}")
