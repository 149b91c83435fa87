"""Where a case goes while an agent has it: waiting, snoozed, priority, tier, labels.

Waiting and snoozing let the clocks stand still; a customer whose case is snoozed still has news as
often as before. Both end by themselves when the customer writes; a snooze also ends when its time
has come.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.errors import DeskError, did_you_mean
from bot.handoff import agents, clocks, jobs, people, status, tickets
from bot.handoff.desk import Desk
from bot.handoff.instants import instant, iso
from bot.handoff.jobs import Job
from bot.handoff.presence import Call, Change, actor
from bot.handoff.records import Agent, Ticket
from bot.handoff.rules_read import PRIORITIES, TIERS
from bot.handoff.rules_teamwork import LONGEST
from bot.handoff.store import conversations
from bot.handoff.tables import messages
from bot.handoff.tables import tickets as ticket_table
from bot.handoff.waking import WAKE, awaken

logger = logging.getLogger("remanso.desk")

MOST_LABELS = 20
FARTHEST = timedelta(days=366)
"""How far ahead a case may be snoozed."""


class Progress:
    """Moves cases between their phases, and marks them.

    Args:
        desk: Whose tickets.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def waiting(self, ref: str, agent: Agent) -> Change:
        """Note that it is the customer's turn: the clocks stand still until they write.

        Raises:
            NotAllowed: the agent does not have the case.
            Conflict: it waits already.
        """
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._desk.held(connection, ref, agent, at, "waiting")
            ticket = awaken(connection, self._desk.rules, ticket, at)
            ticket = clocks.pause(connection, ticket, at)
            ticket = tickets.update(connection, ticket.ref, waiting_since=at)
            tickets.log(connection, ticket.ref, at, actor(agent), "waiting")
            return Change(ticket)

    def snooze(self, ref: str, agent: Agent, until: str, note: str = "") -> Change:
        """Put a case aside until a time, or until the customer writes.

        Args:
            ref: The ticket.
            agent: Who has it.
            until: ISO 8601; without a time zone it is in the desk's.
            note: Why, as an internal note; may be empty.

        Raises:
            NotAllowed: the agent does not have the case.
            DeskError: ``until`` is no time, is past, or more than a year ahead.
        """
        at = self._desk.clock()
        wakes = instant(until, self._desk.rules.zone)
        if wakes is None or not at < wakes <= at + FARTHEST:
            raise DeskError(
                f"'{until}' is no time to come within a year. Example: 2026-11-30T09:00:00Z.",
                "until",
            )
        with self._desk.store.database.write() as connection:
            ticket = self._desk.held(connection, ref, agent, at, "snooze")
            ticket = awaken(connection, self._desk.rules, ticket, at)
            ticket = tickets.update(connection, ticket.ref, snoozed_until=wakes)
            ticket = clocks.pause(connection, ticket, at)
            jobs.put(connection, WAKE, ticket.ref, wakes, ticket=ticket.ref)
            if note.strip():
                people.add_note(connection, ticket.ref, agent, at, "note", note, ())
            data = {"until": iso(wakes)}
            tickets.log(connection, ticket.ref, at, actor(agent), "snoozed", data)
            return Change(ticket)

    def resume(self, ref: str, agent: Agent) -> Change:
        """Go on with a case that waits or is snoozed.

        Raises:
            NotAllowed: the agent does not have the case.
            Conflict: it neither waits nor is snoozed.
        """
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._desk.held(connection, ref, agent, at, "resume")
            return self._wake(connection, ticket, at, actor(agent), "resumed")

    def customer_wrote(self, conversation: str) -> Change | None:
        """Go on with a case whose customer wrote; None when it neither waited nor was snoozed."""
        at = self._desk.clock()
        with self._desk.store.database.read() as connection:
            if not _stands_still(tickets.current(connection, conversation)):
                return None
        with self._desk.store.database.write() as connection:
            conversations.get(connection, conversation, lock=True)
            ticket = tickets.current(connection, conversation)
            if ticket is None or not _stands_still(ticket):
                return None
            return self._wake(connection, ticket, at, "customer", "resumed")

    def catch_up(self) -> list[Change]:
        """Go on with the cases whose customers wrote while a process died; for a start."""
        query = (
            sa.select(ticket_table.c.conversation)
            .join(messages, messages.c.conversation == ticket_table.c.conversation)
            .where(
                ticket_table.c.status == "claimed",
                ticket_table.c.paused_at.is_not(None),
                messages.c.author == "customer",
                messages.c.created_at > ticket_table.c.paused_at,
            )
        )
        with self._desk.store.database.read() as connection:
            found = set(connection.execute(query).scalars())
        changes = [self.customer_wrote(conversation) for conversation in sorted(found)]
        return [change for change in changes if change is not None]

    def wake(self, connection: Any, job: Job) -> Change | None:
        """Do the job of a snooze: its time has come."""
        at = self._desk.clock()
        ticket = tickets.get(connection, str(job.ticket))
        conversations.get(connection, ticket.conversation, lock=True)
        ticket = tickets.get(connection, ticket.ref)
        if ticket.snoozed_until is None or ticket.snoozed_until > at:
            return None
        change = self._wake(connection, ticket, at, "system", "woke")
        if not ticket.owner_agent:
            return change
        people.mention(connection, ticket.ref, [ticket.owner_agent], at)
        return replace(change, call=Call((ticket.owner_agent,), "woke"))

    def priority(self, ref: str, agent: Agent, priority: str, reason: str) -> Change:
        """Make a case more or less pressing; its deadlines move.

        Raises:
            DeskError: there is no such priority, or no reason is given.
            Conflict: the case is closed.
        """
        _one_of("priority", priority, PRIORITIES)
        _reason(reason)
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._seen(connection, ref, agent, "priority")
            if ticket.priority == priority:
                return Change(ticket, created=False)
            data = {"from": ticket.priority, "to": priority, "reason": reason.strip()}
            ticket = clocks.retarget(connection, self._desk.rules, ticket, at, priority=priority)
            tickets.log(connection, ticket.ref, at, actor(agent), "priority", data)
            return Change(ticket)

    def tier(self, ref: str, agent: Agent, tier: str, reason: str) -> Change:
        """Say which level of support a case needs: L1, L2 or L3.

        Raises:
            DeskError: there is no such tier, or no reason is given.
            Conflict: the case is closed.
        """
        _one_of("tier", tier, TIERS)
        _reason(reason)
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._seen(connection, ref, agent, "tier")
            if ticket.tier == tier:
                return Change(ticket, created=False)
            data = {"from": ticket.tier, "to": tier, "reason": reason.strip()}
            ticket = tickets.update(connection, ticket.ref, tier=tier)
            tickets.log(connection, ticket.ref, at, actor(agent), "tier", data)
            return Change(ticket)

    def label(self, ref: str, agent: Agent, labels: Sequence[str]) -> Change:
        """Give a case these labels and no others; closed cases too.

        Args:
            ref: The ticket.
            agent: Who labels it.
            labels: Codes of ``desk.yml``, or words of one's own.

        Raises:
            DeskError: one is empty or too long, or there are too many.
        """
        wanted = _labels(labels)
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._seen(connection, ref, agent, "labels")
            if ticket.labels == wanted:
                return Change(ticket, created=False)
            data = {
                "added": [each for each in wanted if each not in ticket.labels],
                "removed": [each for each in ticket.labels if each not in wanted],
            }
            ticket = tickets.update(connection, ticket.ref, labels=wanted)
            tickets.log(connection, ticket.ref, at, actor(agent), "labelled", data)
            return Change(ticket)

    def _seen(self, connection: Any, ref: str, agent: Agent, operation: str) -> Ticket:
        ticket = self._desk.visible(connection, ref, agent, lock=True)
        status.check(ticket, operation)
        return ticket

    def _wake(self, connection: Any, ticket: Ticket, at: datetime, who: str, kind: str) -> Change:
        was = status.phase(ticket)
        ticket = awaken(connection, self._desk.rules, ticket, at)
        owner = agents.by_username(connection, ticket.owner_agent or "")
        if ticket.channel == "chat" and owner is not None and owner.live_since is None:
            ticket = tickets.update(connection, ticket.ref, lost_at=at)  # back soon, or to others
        tickets.log(connection, ticket.ref, at, who, kind, {"from": was})
        return Change(ticket)


def _stands_still(ticket: Ticket | None) -> bool:
    return ticket is not None and status.phase(ticket) in ("waiting", "snoozed")


def _one_of(what: str, name: str, accepted: Sequence[str]) -> None:
    if name not in accepted:
        raise DeskError(
            f"Unknown {what} '{name}'.{did_you_mean(name, accepted)}",
            what,
            accepted=", ".join(accepted),
        )


def _reason(reason: str) -> None:
    if not reason.strip():
        raise DeskError("Say why: the reason stays with the case.", "reason")


def _labels(given: Sequence[str]) -> list[str]:
    found: dict[str, str] = {}
    for label in given:
        text = " ".join(label.split())
        if not text or len(text) > LONGEST or not text.isprintable():
            raise DeskError(
                f"'{label}' is no label: 1 to {LONGEST} printable characters.",
                "label",
                longest=LONGEST,
            )
        found.setdefault(text.casefold(), text)
    if len(found) > MOST_LABELS:
        raise DeskError(
            f"{len(found)} labels are too many: {MOST_LABELS} at most.", "label", longest=LONGEST
        )
    return list(found.values())
