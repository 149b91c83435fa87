"""From a conversation to a ticket: inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.handoff import clocks, routing, staff, tickets
from bot.handoff.clock_state import COLUMNS
from bot.handoff.context import Case, HandoffContext, case_fields, peak_level
from bot.handoff.instants import iso
from bot.handoff.records import Conversation, Json, Ticket
from bot.handoff.rules import DeskRules
from bot.handoff.sla import wait_range
from bot.handoff.store import conversations, ids, messages, promises

ENGINE_FAILED = "utter_notice_engine_failed"
HANDOFF = "utter_notice_handoff"
HANDOFF_CLOSED = "utter_notice_handoff_closed"
PROMISE_DUE = "utter_notice_promise_due"
PROMISE = "promise_due"
"""The trigger of a ticket that a promise nobody kept has opened."""


@dataclass(frozen=True)
class Place:
    """Where a customer is in the queue.

    Args:
        position: 1 is next.
        minutes: Lowest and highest likely wait, or None while the desk cannot know honestly.
    """

    position: int
    minutes: tuple[int, int] | None


def open_for(
    connection: Any,
    rules: DeskRules,
    conversation: Conversation,
    payload: Json | None,
    *,
    trigger: str,
    at: datetime,
    versions: Mapping[str, str],
    known: Json | None = None,
    channel: str = "chat",
) -> Ticket:
    """Create the ticket of a conversation that has none open; ``known`` adds to its history."""
    case = Case(
        conversation,
        messages.listing(connection, conversation.id, late=True),
        dict(payload or {}),
        trigger,
    )
    team = routing.team_for(
        rules, asked=case.payload.get("team"), issue=case.issue, risks=case.risks
    )
    priority = routing.priority_for(
        rules,
        asked=case.known("priority"),
        issue=case.issue,
        risks=case.risks,
        level=peak_level(case.messages),
        history=known or {},
        at=at,
    )
    deadlines = clocks.deadlines(rules, priority, team, case.issue, at)
    ref = tickets.new_reference(connection)
    context = _context(
        connection, rules, case, ref, team, priority, deadlines, at, versions, known or {}
    )
    return tickets.insert(
        connection,
        ref=ref,
        conversation=conversation.id,
        status="queued",
        priority=priority,
        rank=rules.priorities[priority].rank,
        team=team,
        reason_code=case.reason_code,
        trigger=str(case.payload.get("trigger") or trigger),
        context=context.to_dict(),
        language=conversation.language,
        created_at=at,
        queued_at=at,
        channel=channel,
        code=ids.code(),
        tier=context.tier,
        issue=case.issue,
        **deadlines,
    )


def told_of(connection: Any, ticket: Ticket) -> Json:
    """Return what the log says of a new ticket: all that the measures count it by."""
    closed = [
        earlier.resolved_at
        for earlier in tickets.of_conversation(connection, ticket.conversation)
        if earlier.resolved_at is not None
    ]
    first = messages.first_of(connection, ticket.conversation, max(closed, default=None))
    return {
        "trigger": ticket.trigger,
        "reason": ticket.reason_code,
        "team": ticket.team,
        "priority": ticket.priority,
        "issue": ticket.issue,
        "product": _product(ticket.context),
        "channel": ticket.channel,
        "language": ticket.language,
        "reported": iso(first or ticket.created_at),
        "deadlines": [name for name, column in COLUMNS.items() if getattr(ticket, column)],
    }


def _product(context: Json) -> str | None:
    name = (context.get("facts") or {}).get("product") or context.get("product")
    return str(name)[:80] if name else None


def place(connection: Any, ticket: Ticket, now: datetime) -> Place:
    """Return where a waiting ticket is in its team's queue."""
    waited = max((now - ticket.created_at).total_seconds(), 0.0)
    waits = tickets.recent_waits(connection, ticket.team, now)
    return Place(tickets.ahead_of(connection, ticket) + 1, wait_range(waits, waited))


def is_open(connection: Any, rules: DeskRules, team: str, now: datetime) -> bool:
    """Whether somebody can be expected: within opening hours, or one who serves the team is there.

    A team that is not in ``desk.yml`` any more has no hours.
    """
    known = rules.teams.get(team)
    return (known is not None and known.hours.is_open(now)) or staff.is_served(connection, team)


def notice_facts(
    connection: Any, rules: DeskRules, ticket: Ticket, now: datetime
) -> dict[str, str]:
    """Return what a notice about a ticket may mention."""
    language = ticket.language
    facts = {
        "reference": ticket.ref,
        "team": rules.label("teams", ticket.team, language),
    }
    name = (ticket.context.get("customer") or {}).get("name")
    if name:
        facts["name"] = str(name)
    team = rules.teams.get(ticket.team)
    if is_open(connection, rules, ticket.team, now):
        if ticket.status == "queued":
            here = place(connection, ticket, now)
            facts["position"] = str(here.position)
            if here.minutes:
                facts["minutes"] = f"{here.minutes[0]}–{here.minutes[1]}"
    elif opens := team and team.hours.next_opening(now):
        zone = conversations.get(connection, ticket.conversation).time_zone
        facts["opens"] = rules.say_time(opens, now, language, zone)
    return facts


def notice_key(trigger: str, opened: bool, payload: Json | None) -> str:
    """Return which notice tells the customer about a new ticket."""
    if trigger == PROMISE:
        return PROMISE_DUE
    if not opened:
        return HANDOFF_CLOSED
    return ENGINE_FAILED if trigger.startswith("engine_") and not payload else HANDOFF


def _context(
    connection: Any,
    rules: DeskRules,
    case: Case,
    ref: str,
    team: str,
    priority: str,
    deadlines: Mapping[str, datetime | None],
    at: datetime,
    versions: Mapping[str, str],
    known: Json,
) -> HandoffContext:
    fields = case_fields(case)
    earlier = tickets.of_conversation(connection, case.conversation.id)
    return HandoffContext(
        handoff_id=f"{case.conversation.id}-{len(earlier) + 1}",
        reference=ref,
        title=rules.label("reasons", case.reason_code),
        description=fields["summary"]["happened"],
        priority=priority,
        team=team,
        tier=str(case.payload.get("tier") or "L1"),
        sla={name: iso(due) for name, due in deadlines.items()},
        promises=[
            promise.as_dict()
            for promise in promises.of_conversation(connection, case.conversation.id)
        ],
        history={**known, **tickets.history(connection, case.conversation, at, but=ref)},
        compensation={
            "offered": [offer for offer in fields["offers"] if offer.get("status") != "refused"],
            "allowed": dict(rules.authority.get("agent") or {}),
        },
        versions=dict(versions),
        **fields,
    )
