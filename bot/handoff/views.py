"""What agents see of tickets: lines of the queue, and everything about one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.errors import DeskError
from bot.handoff import clock_state, opening, people, status, tickets
from bot.handoff.context import frustration, mood, transcript
from bot.handoff.digest import with_quotes
from bot.handoff.instants import iso
from bot.handoff.records import Json, Ticket
from bot.handoff.rules import DeskRules
from bot.handoff.store import conversations, messages, promises

HEATED = ("frustrated", "angry")
"""Levels at which a chat is hot."""


def page_start(after: str | None) -> int:
    """Return how many tickets to skip.

    Raises:
        DeskError: ``after`` is not what a page gave as its next.
    """
    if after is None or after == "":
        return 0
    if not after.isascii() or not after.isdigit() or len(after) > 9:
        raise DeskError(f"'{after}' is no page: pass what the page before gave as 'next'.")
    return int(after)


def heated(scores: Sequence[tuple[float, str]]) -> bool:
    """Whether a customer is frustrated or angry now, or was at the peak."""
    if not scores:
        return False
    return scores[-1][1] in HEATED or max(scores)[1] in HEATED


def rows(
    connection: Any,
    rules: DeskRules,
    page: Sequence[Ticket],
    now: datetime,
    language: str,
    viewer: str = "",
) -> list[Json]:
    """Return the queue's lines for tickets, in the same order; ``mentioned`` is the viewer's."""
    refs = [ticket.ref for ticket in page]
    chats = [ticket.conversation for ticket in page]
    moods, written = messages.moods_and_newest(connection, chats)
    beside = people.participants_of(connection, refs)
    unread = people.unread(connection, viewer, refs)
    owners = {ticket.owner_agent for ticket in page if ticket.owner_agent}
    names = people.by_name(connection, owners.union(*beside.values()))
    return [
        {
            **_row(rules, ticket, now, language, mood(moods.get(ticket.conversation, [])), names),
            "participants": [
                {"username": each, "name": names[each]} for each in beside.get(ticket.ref, ())
            ],
            "mentioned": ticket.ref in unread,
            "last_customer_message": written.get(ticket.conversation),
            "heat": heated(moods.get(ticket.conversation, [])),
        }
        for ticket in page
    ]


def whole(
    connection: Any,
    rules: DeskRules,
    ticket: Ticket,
    now: datetime,
    language: str,
    viewer: str = "",
) -> Json:
    """Return row, context, messages and events of one ticket."""
    written = messages.listing(connection, ticket.conversation, late=True)
    seen = transcript(written)
    waiting = opening.place(connection, ticket, now) if ticket.status == "queued" else None
    who = ticket.context.get("customer") or {}
    proved = conversations.get(connection, ticket.conversation).proven_orders or []
    context = {
        **ticket.context,
        "customer": {**who, "proven_orders": proved},
        "transcript": seen,
        "frustration": frustration(written),
        "wait": {
            "entered_queue_at": iso(ticket.queued_at),
            "position": waiting.position if waiting else None,
            "minutes": waiting.minutes if waiting else None,
        },
        "status": {"now": ticket.status, "at": iso(_since(ticket))},
        "returned": ticket.resolution,
        "promises": [
            promise.as_dict()
            for promise in promises.of_conversation(connection, ticket.conversation)
        ],
    }
    phrases = [each.text for each in written if each.author == "customer" and each.text]
    context.update(phrases=phrases[-5:], last_phrase=phrases[-1] if phrases else None)
    lines = ticket.context.get("summary") or {}
    if ticket.resolved_at is None:  # what they wrote while they waited belongs to it
        told = with_quotes(lines, phrases)
        context["summary"] = {key: told[key] or line for key, line in lines.items()}
    return {
        "ticket": rows(connection, rules, [ticket], now, language, viewer)[0],
        "context": context,
        "messages": seen,
        "events": [event.as_dict() for event in tickets.events(connection, ticket.ref)],
    }


def _row(
    rules: DeskRules,
    ticket: Ticket,
    now: datetime,
    language: str,
    feeling: Json,
    names: dict[str, str],
) -> Json:
    waited_until = now if ticket.status == "queued" else ticket.claimed_at or now
    begun = ticket.queued_at if ticket.status == "queued" else ticket.created_at
    lines = ticket.context.get("summary") or {}
    return {
        "ref": ticket.ref,
        "conversation": ticket.conversation,
        "priority": ticket.priority,
        "reason": rules.label("reasons", ticket.reason_code, language),
        "reason_code": ticket.reason_code,
        "trigger": ticket.trigger,
        "team": ticket.team,
        "wait": max(round((waited_until - begun).total_seconds()), 0),
        "frustration": feeling,
        "language": ticket.language,
        "status": ticket.status,
        "owner": ticket.owner_agent,
        "owner_name": names.get(ticket.owner_agent or ""),
        "summary": lines.get("wants") or lines.get("happened") or "",
        "customer": (ticket.context.get("customer") or {}).get("name"),
        "created_at": iso(ticket.created_at),
        "queued_at": iso(ticket.queued_at),
        "claimed_at": iso(ticket.claimed_at),
        "due_first_response": iso(ticket.due_first_response),
        "first_response_at": iso(ticket.first_response_at),
        "resolved_at": iso(ticket.resolved_at),
        "disposition": ticket.disposition,
        "cause": ticket.cause,
        "lost_at": iso(ticket.lost_at),
        "tier": ticket.tier,
        "labels": ticket.labels,
        "issue": ticket.issue,
        "channel": ticket.channel,
        "phase": status.phase(ticket),
        "sla": clock_state.view(rules, ticket, now),
        "waiting_since": iso(ticket.waiting_since),
        "snoozed_until": iso(ticket.snoozed_until),
        "transfers": ticket.transfers,
        "reopened": ticket.reopened,
        "offered_to": ticket.offered_to,
    }


def _since(ticket: Ticket) -> datetime:
    if ticket.status == "queued":
        return ticket.queued_at
    if ticket.status == "claimed":
        return ticket.claimed_at or ticket.queued_at
    return ticket.resolved_at or ticket.created_at
