"""Who receives a handoff and how pressing it is: pure functions of what is known and the rules."""

from __future__ import annotations

from collections.abc import Collection

from bot.handoff.rules import PRIORITIES, DeskRules


def team_for(
    rules: DeskRules, *, asked: str | None, issue: str | None, risks: Collection[str]
) -> str:
    """Return the team: by risk, else the one asked for, else by issue, else the default.

    Args:
        rules: The desk's.
        asked: A team the bot asks for; one that does not exist is ignored.
        issue: What the case is about.
        risks: Risk flags of the case.
    """
    by_risk: dict[str, str] = rules.routing.get("risks") or {}
    for risk, team in by_risk.items():
        if risk in risks:
            return team
    if asked in rules.teams:
        return str(asked)
    by_issue: dict[str, str] = rules.routing.get("issues") or {}
    return by_issue.get(issue or "", str(rules.routing["default"]))


def priority_for(
    rules: DeskRules,
    *,
    asked: str | None,
    issue: str | None,
    risks: Collection[str],
    level: str | None,
) -> str:
    """Return the highest priority that applies.

    Args:
        rules: The desk's.
        asked: The priority the bot asks for, if any.
        issue: What the case is about.
        risks: Risk flags of the case.
        level: Frustration level at its peak.
    """
    table = rules.priority_rules
    found = [str((table.get("risks") or {}).get(risk)) for risk in risks]
    found.append(str((table.get("issues") or {}).get(issue)))
    found.append(str((table.get("levels") or {}).get(level)))
    found.append(str(asked))
    applies = [name for name in PRIORITIES if name in found]
    return applies[0] if applies else str(table["default"])
