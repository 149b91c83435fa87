"""What each role may give in a case, and what was given there already.

The limits are ``desk.yml`` > ``authority``, in cents, for a whole case: what was given before in it
counts, whoever gave it. What nobody knows whether it was given counts too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bot.errors import DeskError, NotAllowed, did_you_mean
from bot.handoff.records import Agent, Json, Ticket
from bot.handoff.rules import DeskRules
from bot.handoff.tables_desk import approvals

MONEY = ("refund", "voucher")
"""What has a limit."""
KINDS = (*MONEY, "resend")
"""What an agent may do at the back office for a customer."""
MOST_CENTS = 100_000_000
PERHAPS = ("down", "uncertain")
"""Problems after which nobody knows whether it was done: it is tried again with the same key."""


def limits(rules: DeskRules, agent: Agent) -> Mapping[str, int]:
    """Return an agent's limits by kind, in cents; an administrator has a supervisor's."""
    table = rules.authority
    role = agent.role if agent.role in table else "supervisor" if agent.role == "admin" else ""
    found = table.get(role) or {}
    return {kind: int(found.get(f"{kind}_cents", 0)) for kind in MONEY}


def highest(rules: DeskRules, kind: str) -> int:
    """Return the most that anybody may give, in cents."""
    return max((int(each.get(f"{kind}_cents", 0)) for each in rules.authority.values()), default=0)


def given(connection: Any, ref: str) -> dict[str, int]:
    """Return what was given in a case, in cents by kind."""
    state, problem = approvals.c.state, approvals.c.problem
    counts = sa.or_(
        state.in_(("approved", "done")), sa.and_(state == "failed", problem.in_(PERHAPS))
    )
    query = (
        sa.select(approvals.c.kind, sa.func.sum(approvals.c.cents))
        .where(approvals.c.ticket == ref, counts)
        .group_by(approvals.c.kind)
    )
    found = {kind: int(cents) for kind, cents in connection.execute(query)}
    return {kind: found.get(kind, 0) for kind in MONEY}


def left(connection: Any, rules: DeskRules, agent: Agent, ref: str) -> dict[str, int]:
    """Return what an agent may still give in a case, in cents by kind, never below 0."""
    most, before = limits(rules, agent), given(connection, ref)
    return {kind: max(most[kind] - before[kind], 0) for kind in MONEY}


def as_json(connection: Any, rules: DeskRules, agent: Agent, ref: str) -> Json:
    """Return an agent's authority in a case as the API tells it."""
    most, before = limits(rules, agent), given(connection, ref)
    return {
        "role": agent.role,
        **{f"{kind}_cents": most[kind] for kind in MONEY},
        "given": {f"{kind}_cents": before[kind] for kind in MONEY},
        "left": {
            f"{kind}_cents": cents for kind, cents in left(connection, rules, agent, ref).items()
        },
    }


def check_sum(kind: str, cents: int) -> None:
    """Check that a gift is one: a known kind and, of money, some.

    Raises:
        DeskError: it is not.
    """
    if kind not in KINDS:
        hint = did_you_mean(kind, KINDS)
        raise DeskError(f"Unknown kind '{kind}'.{hint}", "money_kind", accepted=", ".join(KINDS))
    if not (0 < cents <= MOST_CENTS if kind in MONEY else cents == 0):
        raise DeskError(f"A {kind} of {cents} cents gives nothing.", "cents")


def check(
    connection: Any, rules: DeskRules, agent: Agent, ticket: Ticket, kind: str, cents: int
) -> None:
    """Check that an agent may give so much more in a case.

    Raises:
        NotAllowed: it is above; the error says how much is left.
    """
    if kind not in MONEY:
        return
    rest, limit = left(connection, rules, agent, ticket.ref)[kind], limits(rules, agent)[kind]
    if cents > rest:
        raise NotAllowed(
            f"A {kind} of {cents} cents is above what you may give: {rest} of {limit} cents are "
            "left in this case. Ask for approval.",
            "above_authority",
            limit_cents=limit,
            left_cents=rest,
            limit=money(rest, ticket.language),
        )


def money(cents: int, language: str) -> str:
    """Return an amount as one writes it: ``12,50 €`` or ``€12.50``."""
    whole, rest = divmod(cents, 100)
    return f"€{whole}.{rest:02d}" if language == "en" else f"{whole},{rest:02d} €"
