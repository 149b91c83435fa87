"""A case as its customer sees it: pure functions of a ticket and its log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.handoff.clock_state import stands_still
from bot.handoff.instants import iso
from bot.handoff.records import Conversation, Event, Json, Ticket

OPEN = ("queued", "claimed")
STEPS = ("received", "team", "person", "waiting", "solved")
"""The way of a case, in order; ``waiting`` is the customer's turn and may never come."""

# Events that customers may know of, and what each is called on the page.
SHOWN = {
    "opened": "opened",
    "claimed": "claimed",
    "transferred": "transferred",
    "released": "queued",
    "requeued": "queued",
    "waiting": "waiting",
    "resumed": "resumed",
    "told": "update",
    "update_sent": "update",
    "promise_kept": "promise_kept",
    "customer_left": "left",
    "contact_left": "contact",
    "returned": "returned",
    "resolved": "solved",
    "reopened": "reopened",
    "rated": "rated",
}


def status_of(ticket: Ticket) -> str:
    """Return where a case is: team, person, waiting, solved or returned (to the assistant)."""
    if ticket.status == "queued":
        return "team"
    if ticket.status == "claimed":
        return "waiting" if ticket.waiting_since else "person"
    return "returned" if ticket.status == "returned" else "solved"


def steps(ticket: Ticket, events: Sequence[Event]) -> list[Json]:
    """Return the way of a case: {"step", "at", "state"}, state being done, now or next."""
    now = status_of(ticket)
    here = "solved" if now == "returned" else now
    times = {
        "received": ticket.created_at,
        "team": ticket.queued_at,
        "person": _last(events, "claimed", "reopened") or ticket.claimed_at,
        "waiting": ticket.waiting_since,
        "solved": ticket.resolved_at,
    }
    at = STEPS.index(here)
    way = []
    for number, name in enumerate(STEPS):
        state = "done" if number < at else "now" if number == at else "next"
        if name == "waiting" and state == "done":
            continue  # it is past, and says nothing
        if name == "solved" and state == "now":
            state = "done"
        shown = times[name] if state != "next" else None
        if name == "person" and state == "done" and times["person"] is None:
            continue  # closed before anybody took it
        way.append({"step": name, "at": iso(shown), "state": state})
    return way


def reach(conversation: Conversation) -> list[str]:
    """Return where a customer agreed to be written to or called, masked; gone ones left out."""
    found = []
    email = conversation.contact_email
    gone = conversation.opted_out_at or conversation.bounced_at
    if email and not gone:
        name, _, domain = email.partition("@")
        found.append(f"{name[:1]}…@{domain}")
    if conversation.contact_phone:
        found.append(f"…{conversation.contact_phone[-3:]}")
    return found


def next_update(ticket: Ticket, now: datetime) -> Json | None:
    """By when the customer hears something next; nothing while it is their turn, or closed."""
    running = ticket.status in OPEN and not stands_still(ticket, "update")
    if not running or ticket.due_update is None:
        return None
    return {"due": iso(ticket.due_update), "late": ticket.due_update < now}


def history(
    events: Sequence[Event], names: Mapping[str, str], rules: Any, language: str
) -> list[Json]:
    """What happened, in the customer's view: {"at", "kind", "who"}, who being a name or None."""
    shown = []
    for event in events:
        kind = SHOWN.get(event.kind)
        if kind is None:
            continue
        who = names.get(event.actor.removeprefix("agent:"))
        team = event.data.get("team")
        if kind in ("opened", "transferred") and team:
            who = rules.label("teams", str(team), language)
        if kind == "transferred" and event.data.get("to"):  # to a colleague, not to a team
            who = names.get(str(event.data["to"]), who)
        shown.append({"at": iso(event.at), "kind": kind, "who": who})
    return shown


def _last(events: Sequence[Event], *kinds: str) -> datetime | None:
    return next((event.at for event in reversed(events) if event.kind in kinds), None)
