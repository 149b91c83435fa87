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
``{refund}``, ``{voucher}`` and ``{time}`` (to resolve, said with ``units``) come from ``desk.yml``.

Whoever reads a playbook is told which version of each file it is, and since when: the one that was
read at the start, not what lies on the disk by now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from bot.errors import ConfigError, did_you_mean
from bot.handoff.instants import iso
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

UNITS = {"open_minutes": 3600, "hours": 3600, "working_days": 86400}
"""Seconds of what a time is said in, by the unit of the target."""

OTHER = "other"
"""The playbook of an issue that has none, or that is not known yet."""

_LEVELS, _DESK = "levels", "desk"
_VERSION = 8  # digits of the hash that people read out to each other


class Playbooks:
    """All playbooks.

    Args:
        books: Issue to its playbook, as in the files.
        levels: ``levels.yml``.
        teams: Team to its names by language.
        limits: What ``desk.yml`` says: authority by role, and the priorities' times.
        editions: Of the files by their stem, and of ``desk.yml`` as ``desk``; see :func:`edition`.
    """

    def __init__(
        self,
        books: Mapping[str, Json],
        levels: Json,
        *,
        teams: Mapping[str, Mapping[str, str]],
        limits: Mapping[str, Any],
        editions: Mapping[str, Json] = MappingProxyType({}),
    ) -> None:
        self._books, self._levels = dict(books), levels
        self._teams, self._limits, self._editions = teams, limits, editions
        if OTHER not in self._books:
            raise ConfigError(f"data/playbooks has no '{OTHER}.yml'.")
        for issue, book in self._books.items():
            _check(issue, book, {*PEOPLE, *teams})

    @classmethod
    def from_folder(
        cls, folder: Path, *, teams: Any, limits: Any, desk: Path | None = None
    ) -> Playbooks:
        """Read all ``*.yml`` of a folder; ``desk`` is the file that ``limits`` were read from.

        Raises:
            ConfigError: a file is not as the module's docstring says; the text says where.
        """
        paths = {path.stem: path for path in sorted(folder.glob("*.yml"))}
        books = {name: _load(path) for name, path in paths.items()}
        if _LEVELS not in books:
            raise ConfigError(f"data/playbooks has no '{_LEVELS}.yml'.")
        levels = books.pop(_LEVELS)
        if desk:
            paths[_DESK] = desk
        editions = {name: edition(path) for name, path in paths.items()}
        return cls(books, levels, teams=teams, limits=limits, editions=editions)

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
            path (all tiers with theirs), say, never, matrix (when and to whom it goes up), sources
            (each file's edition: the guide, how to speak, limits and times).
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
            "sources": [
                {"what": what, **self._editions[file]}
                for what, file in (("guide", name), ("levels", _LEVELS), ("limits", _DESK))
                if file in self._editions
            ],
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
            facts = {
                "refund": _money(authority.get("refund_cents", 0), language),
                "voucher": _money(authority.get("voucher_cents", 0), language),
                "time": self._time(self._limits["resolve"].get(priority, {}), language),
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

    def _time(self, target: Mapping[str, float], language: str) -> str:
        """Say how much time a target gives: "4 h de horario o 24 h"."""
        words = self._levels[language]["units"]
        said = [words[unit].format(n=f"{s / UNITS[unit]:g}") for unit, s in target.items()]
        return str(words["or"]).join(said)


def edition(path: Path) -> Json:
    """Return which version of a file this is.

    Returns:
        file (its name), version (the first digits of its content's SHA-256), changed (when it was
        last written on this machine, ISO 8601 in UTC).

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        content, written = path.read_bytes(), path.stat().st_mtime
    except OSError as error:
        raise ConfigError(f"{path.name} cannot be read: {error}") from error
    return {
        "file": path.name,
        "version": sha256(content).hexdigest()[:_VERSION],
        "changed": iso(datetime.fromtimestamp(written, timezone.utc)),
    }


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
