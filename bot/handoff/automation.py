"""The desk does by itself what ``desk.yml`` > ``automation`` says, on events and on time.

A rule that applies to a case becomes a job with the rule's and the case's name, so it happens once
(or once every so many minutes) until the case is reopened, across restarts, and a failing one is
tried again. Events are read from the tickets' log behind a mark that is stored, so none is missed
while nobody runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.errors import ConfigError, did_you_mean
from bot.handoff import callback, clocks, jobs, tickets
from bot.handoff.clock_state import OPEN
from bot.handoff.conditions import Situation, holds
from bot.handoff.desk import Desk
from bot.handoff.jobs import Job
from bot.handoff.presence import Change
from bot.handoff.records import Message, Ticket
from bot.handoff.rules_automation import Rule
from bot.handoff.rules_read import PRIORITIES, TIERS
from bot.handoff.scheduler import Frame, Outcome, Scheduler
from bot.handoff.store import conversations
from bot.handoff.tables import ticket_events

JOB, MARK = "automation", "automation_mark"
"""Kinds of jobs: a rule that applies to a case; up to where the log was read."""
BEHIND = 200
"""Events that are read again where transactions may end out of order (PostgreSQL)."""
SETTLED = timedelta(seconds=30)
"""Older ones are all there, and were looked at: no slow transaction brings one any more."""
BATCH = 1000
LEADING = ("supervisor", "admin")


class Automation:
    """Finds the rules that apply, and applies them.

    Args:
        desk: Whose tickets, rules and words.
        scheduler: Does what was found.

    Raises:
        ConfigError: a rule tells customers what no response says.
    """

    def __init__(self, desk: Desk, scheduler: Scheduler) -> None:
        self._desk = desk
        self._rules = {rule.name: rule for rule in desk.rules.automation}
        _check_words(desk, self._rules.values())
        scheduler.on(JOB, self._apply)

    def begin(self) -> None:
        """Set the mark at the end of the log, if there is none: what was before is past."""
        with self._desk.store.database.write() as connection:
            if jobs.find(connection, MARK, MARK) is None:
                self._set_mark(connection, self._newest(connection))

    def on_events(self) -> int:
        """Look at what has happened since the last time; return how many rules apply."""
        waiting = [rule for rule in self._rules.values() if not rule.timed]
        at = self._desk.clock()
        with self._desk.store.database.read() as connection:
            mark = jobs.find(connection, MARK, MARK)
            after = int(mark.data["after"]) if mark else 0
            newest = self._newest(connection)
            if newest <= after:
                return 0
            found, mark_at = self._happened(connection, after, newest, waiting)
            wanted = self._wanted(connection, found, at)
        return self._plan(wanted, at, mark=mark_at)

    def on_time(self) -> int:
        """Look at all open cases; return how many rules apply."""
        timed = [rule for rule in self._rules.values() if rule.timed]
        if not timed:
            return 0
        at = self._desk.clock()
        with self._desk.store.database.read() as connection:
            known = jobs.of_open_cases(connection, JOB)
            cases = [
                Situation(connection, self._desk.rules, ticket, at)
                for ticket in tickets.open_ones(connection)
            ]
            wanted = [
                (rule, case.ticket)
                for case in cases
                for rule in timed
                if _may_apply(rule, known.get(_key(rule, case.ticket)), at) and holds(rule, case)
            ]
        return self._plan(wanted, at)

    def _happened(
        self, connection: Any, after: int, newest: int, waiting: Sequence[Rule]
    ) -> tuple[list[tuple[str, str]], int]:
        """The rules that wait for what the log says after a mark, by case; and the new mark."""
        kinds = {kind for rule in waiting for kind in rule.events}
        again = 0 if self._desk.store.database.sqlite else BEHIND
        table = ticket_events.c
        late = sa.and_(table.id > after - again, table.at > self._desk.clock() - SETTLED)
        query = (
            sa.select(table.id, table.ticket, table.kind)
            .where(sa.or_(table.id > after, late), table.id <= newest, table.kind.in_(kinds))
            .order_by(table.id)
            .limit(BATCH)
        )
        events = connection.execute(query).all()
        found = [
            (rule.name, ref) for _, ref, kind in events for rule in waiting if kind in rule.events
        ]
        return found, events[-1][0] if len(events) == BATCH else newest

    def _plan(
        self, wanted: Sequence[tuple[Rule, Ticket]], at: datetime, *, mark: int | None = None
    ) -> int:
        """Make jobs of the rules that apply, and move the mark, in one transaction."""
        if not wanted and mark is None:
            return 0
        with self._desk.store.database.write() as connection:
            for rule, ticket in wanted:
                key, data = _key(rule, ticket), {"rule": rule.name}
                jobs.put(connection, JOB, key, at, ticket=ticket.ref, data=data)
            if mark is not None:
                self._set_mark(connection, mark)
        return len(wanted)

    def _wanted(
        self, connection: Any, found: Sequence[tuple[str, str]], at: datetime
    ) -> list[tuple[Rule, Ticket]]:
        cases: dict[str, Situation] = {}
        wanted = []
        for name, ref in dict.fromkeys(found):
            if ref not in cases:
                ticket = tickets.get(connection, ref)
                cases[ref] = Situation(connection, self._desk.rules, ticket, at)
            rule, ticket = self._rules[name], cases[ref].ticket
            if not _may_apply(rule, jobs.find(connection, JOB, _key(rule, ticket)), at):
                continue
            if ticket.status in OPEN and holds(rule, cases[ref]):
                wanted.append((rule, ticket))
        return wanted

    def _newest(self, connection: Any) -> int:
        return int(connection.execute(sa.select(sa.func.max(ticket_events.c.id))).scalar() or 0)

    def _set_mark(self, connection: Any, number: int) -> None:
        far = datetime(9999, 1, 1, tzinfo=self._desk.clock().tzinfo)
        jobs.put(connection, MARK, MARK, far, data={"after": number})

    # Applying

    def _apply(self, connection: Any, job: Job) -> Outcome | None:
        """Do what a rule says, unless it does not apply any more: then it may apply later."""
        at = self._desk.clock()
        rule = self._rules.get(str(job.data.get("rule")))
        ticket = tickets.get(connection, job.ticket or "")
        conversations.get(connection, ticket.conversation, lock=True)
        ticket = tickets.get(connection, ticket.ref)
        case = Situation(connection, self._desk.rules, ticket, at)
        if rule is None or ticket.status not in OPEN or not holds(rule, case):
            jobs.remove(connection, job.id)
            return None
        tickets.log(connection, ticket.ref, at, "system", "escalated", {"rule": rule.name})
        said: list[Message] = []
        frames: list[Frame] = []
        for action, value in rule.actions:
            if action == "notify_supervisors":
                data = {"type": "alarm", "ref": ticket.ref, "rule": rule.name}
                frames.append(Frame(data, roles=LEADING))
            elif action in ("tell_customer", "offer_callback"):
                said.extend(self._say(connection, ticket, value, rule, at))
                ticket = tickets.get(connection, ticket.ref)
            else:
                ticket = _CHANGES[action](self._desk, connection, ticket, value, rule, at)
        return Outcome((Change(ticket, tuple(said)),), tuple(frames))

    def _say(
        self, connection: Any, ticket: Ticket, key: str, rule: Rule, at: datetime
    ) -> list[Message]:
        """Tell the customer something; without a key, that they may leave an address."""
        if not key:
            offered = callback.offer(self._desk, connection, ticket, at)
            return [] if offered is None else [offered]
        message = self._desk.tell(connection, ticket, key, at)
        channel = self._desk.reach(connection, ticket)
        data = {"kind": "rule", "rule": rule.name, "channel": channel, "message": message.id}
        tickets.log(connection, ticket.ref, at, "system", "told", data)
        if channel is not None:
            clocks.told(connection, self._desk.rules, ticket, at)
        return [message]


def _check_words(desk: Desk, rules: Iterable[Rule]) -> None:
    """Check that what rules tell customers can be said.

    Raises:
        ConfigError: there is no such response.
    """
    keys = getattr(desk.phrasebook, "keys", None)
    if keys is None:
        return
    for rule in rules:
        for action, value in rule.actions:
            if action == "tell_customer" and value not in (known := keys()):
                hint = did_you_mean(value, known)
                path = f"automation > {rule.name} > then > tell_customer"
                raise ConfigError(f"desk.yml > {path}: there is no response '{value}'.{hint}")


def _key(rule: Rule, ticket: Ticket) -> str:
    """Return the key of a rule's job: another one each time the case is taken up again."""
    again = f":{ticket.reopened}" if ticket.reopened else ""
    return f"{rule.name}:{ticket.ref}{again}"


def _may_apply(rule: Rule, job: Job | None, at: datetime) -> bool:
    """Whether a rule has not applied to a case yet, or long enough ago."""
    if job is None:
        return True
    if job.done_at is None or rule.every is None:
        return False
    return job.done_at + timedelta(minutes=rule.every) <= at


def _raise_priority(
    desk: Desk, connection: Any, ticket: Ticket, value: str, rule: Rule, at: datetime
) -> Ticket:
    step = PRIORITIES[max(ticket.rank - 1, 0)]
    to = value or step
    if desk.rules.priorities[to].rank >= ticket.rank:
        return ticket
    data = {"from": ticket.priority, "to": to, "reason": rule.name}
    ticket = clocks.retarget(connection, desk.rules, ticket, at, priority=to)
    tickets.log(connection, ticket.ref, at, "system", "priority", data)
    return ticket


def _set_team(
    desk: Desk, connection: Any, ticket: Ticket, value: str, rule: Rule, at: datetime
) -> Ticket:
    if ticket.status != "queued" or ticket.team == value:
        return ticket  # who has it decides with whom it is
    data = {"from": ticket.team, "to": value, "why": rule.name}
    ticket = clocks.retarget(connection, desk.rules, ticket, at, team=value)
    tickets.log(connection, ticket.ref, at, "system", "routed", data)
    return tickets.update(connection, ticket.ref, offered_to=None, offered_at=None)


def _add_label(
    desk: Desk, connection: Any, ticket: Ticket, value: str, rule: Rule, at: datetime
) -> Ticket:
    if value in ticket.labels:
        return ticket
    ticket = tickets.update(connection, ticket.ref, labels=[*ticket.labels, value])
    data = {"added": [value], "removed": []}
    tickets.log(connection, ticket.ref, at, "system", "labelled", data)
    return ticket


def _set_tier(
    desk: Desk, connection: Any, ticket: Ticket, value: str, rule: Rule, at: datetime
) -> Ticket:
    if TIERS.index(value) <= TIERS.index(ticket.tier):
        return ticket
    data = {"from": ticket.tier, "to": value, "reason": rule.name}
    ticket = tickets.update(connection, ticket.ref, tier=value)
    tickets.log(connection, ticket.ref, at, "system", "tier", data)
    return ticket


_CHANGES = {
    "raise_priority": _raise_priority,
    "set_team": _set_team,
    "add_label": _add_label,
    "set_tier": _set_tier,
}
