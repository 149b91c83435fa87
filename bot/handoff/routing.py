"""Who receives a handoff and how pressing it is: pure functions of what is known and the rules.

First the team, when a ticket is opened; then, while it waits, the agent who is asked to take it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from bot.handoff.records import Agent, Json
from bot.handoff.rules import PRIORITIES, DeskRules
from bot.handoff.rules_assignment import AssignmentRules

TIERS = ("L1", "L2", "L3")
SERVING = ("agent", "supervisor", "admin")
"""Roles that serve customers."""
ONLINE, BUSY, AWAY, WRAP_UP, OFFLINE = "online", "busy", "away", "wrap_up", "offline"
_NEVER = datetime.max.replace(tzinfo=timezone.utc)


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
    history: Json,
    at: datetime,
) -> str:
    """Return the highest priority that applies.

    Args:
        rules: The desk's.
        asked: The priority the bot asks for, if any.
        issue: What the case is about.
        risks: Risk flags of the case.
        level: Frustration level at its peak.
        history: What is known of the customer from before: vip, vulnerable, contacts.
        at: This instant, from which contacts are counted back.
    """
    table = rules.priority_rules
    found = [str((table.get("risks") or {}).get(risk)) for risk in risks]
    found.append(str((table.get("issues") or {}).get(issue)))
    found.append(str((table.get("levels") or {}).get(level)))
    found += [name for care, name in (table.get("care") or {}).items() if history.get(care)]
    if often := table.get("contacts"):
        since = (at - timedelta(days=often["days"])).date().isoformat()
        recent = [one for one in history.get("contacts") or () if str(one.get("at")) >= since]
        if len(recent) + 1 >= often["times"]:
            found.append(often["priority"])
    found.append(str(asked))
    applies = [name for name in PRIORITIES if name in found]
    return applies[0] if applies else str(table["default"])


@dataclass(frozen=True)
class Need:
    """What a waiting ticket asks of who takes it.

    Args:
        team: Whose ticket it is.
        language: The customer's.
        issue: What it is about, if known.
        tier: L1, L2 or L3: at least this, unless nobody of it can be had.
        heated: Whether the customer is, or was, very upset.
        anyone: Whether agents of other teams may take it by now.
        lower: Whether agents of a lower tier may.
        refused: User names of those who have just let it pass.
    """

    team: str
    language: str
    issue: str | None = None
    tier: str = "L1"
    heated: bool = False
    anyone: bool = False
    lower: bool = False
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Candidate:
    """An agent as they are at this instant.

    Args:
        agent: The account.
        presence: online, busy, away, wrap_up or offline.
        capacity: Chats they may have at once.
        load: Chats they have, without those put aside or waiting for the customer.
        heated: Heated ones among them.
        pending: Whether an offer waits for their answer.
        cooling: Whether they have just had a heated chat.
    """

    agent: Agent
    presence: str
    capacity: int
    load: int = 0
    heated: int = 0
    pending: bool = False
    cooling: bool = False


def best_agent(
    rules: AssignmentRules, need: Need, candidates: Iterable[Candidate]
) -> Candidate | None:
    """Return who should be asked: the expert first, then the least busy, then the longest idle.

    Of a lower tier than the ticket's, or of another team, is asked only when nobody else can be.
    The same input has always the same answer; the user name decides what is equal otherwise.
    """
    fitting = [one for one in candidates if fits(rules, need, one)]
    return min(fitting, key=lambda one: _order(need, one), default=None)


def fits(rules: AssignmentRules, need: Need, one: Candidate) -> bool:
    """Whether an agent may be asked to take a ticket now."""
    return (
        is_free(one)
        and one.agent.username not in need.refused
        and able(need, one.agent)
        and not (need.heated and (one.cooling or one.heated >= rules.heated_capacity))
    )


def is_free(one: Candidate) -> bool:
    """Whether an agent may be asked for anything at all now."""
    return one.presence == ONLINE and not one.pending and one.load < one.capacity


def able(need: Need, agent: Agent) -> bool:
    """Whether a ticket is for an agent at all, busy or not: team, language and tier."""
    if agent.role not in SERVING or (need.team not in agent.teams and not need.anyone):
        return False
    speaks = not agent.languages or need.language in agent.languages
    return speaks and (need.lower or serves(agent, need.tier))


def serves(agent: Agent, tier: str) -> bool:
    """Whether a tier is the agent's own, or below it."""
    return _rank(agent) >= TIERS.index(tier)


def _rank(agent: Agent) -> int:
    """The tier an agent can serve; who leads others is of the second at least."""
    return max(TIERS.index(agent.tier), 0 if agent.role == "agent" else 1)


def _order(need: Need, one: Candidate) -> tuple[bool, bool, int, float, datetime, str]:
    agent = one.agent
    skill = 0 if need.issue in agent.skills else 1 if not agent.skills else 2
    idle = agent.idle_since or _NEVER  # not noted yet: it has just begun
    last = not serves(agent, need.tier), need.team not in agent.teams
    return *last, skill, one.load / one.capacity, idle, agent.username
