"""Whether a rule of the desk applies to a case: conditions of ``desk.yml`` > ``automation``.

Nothing here changes anything. Minutes are of the team's opening time, shares of the time that the
priority gives; both stand still while the case's clocks do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.handoff import sla, status
from bot.handoff.clock_state import reads, used_share
from bot.handoff.records import Ticket
from bot.handoff.rules import DeskRules
from bot.handoff.rules_automation import Rule
from bot.handoff.store import conversations, messages
from bot.handoff.tables import conversations as chats
from bot.handoff.tables import messages as written
from bot.handoff.tables import ticket_events
from bot.handoff.views import heated

CONTACT_DAYS = 7.0
"""Days in which contacts are counted unless a rule says otherwise."""


STILL = ("waiting", "snoozed", "resolved", "returned")
GOES_ON = ("resumed", "woke", "reopened", "released", "requeued", "transferred")
"""Log lines from which, and until which, a case stands still."""


class Situation:
    """What rules may ask about one open case; what costs a query is looked up when asked.

    Args:
        connection: The caller's.
        rules: The desk's.
        ticket: The case.
        at: This instant.
    """

    def __init__(self, connection: Any, rules: DeskRules, ticket: Ticket, at: datetime) -> None:
        self._connection = connection
        self._rules = rules
        self.ticket = ticket
        self._now = reads(ticket, "resolution", at)
        self._at = at

    def facts(self) -> Mapping[str, Any]:
        """Return what conditions compare names with."""
        ticket = self.ticket
        return {
            "priority": ticket.priority,
            "issue": ticket.issue,
            "team": ticket.team,
            "reason": ticket.reason_code,
            "status": status.phase(ticket),
            "tier": ticket.tier,
            "channel": ticket.channel,
            "language": ticket.language,
        }

    def minutes_open(self) -> float:
        """Return the minutes of opening time that the case has been open, without its pauses."""
        hours = self._rules.teams[self.ticket.team].hours
        still = sum(sla.open_seconds(start, end, hours) for start, end in self._pauses())
        return self._minutes(self.ticket.created_at) - still / 60

    def minutes_waiting(self) -> float:
        """Return the minutes of opening time in the queue; 0 once somebody has it."""
        return self._minutes(self.ticket.queued_at) if self.ticket.status == "queued" else 0.0

    def unresolved_share(self) -> float:
        """Return the share of the resolution time that is used: 1 is due, more is late."""
        due = self.ticket.due_resolution
        if due is None:
            return 0.0
        return used_share(self._rules, self.ticket, "resolution", due, self._now)

    def heat(self) -> bool:
        """Whether the customer is frustrated or angry, now or at the peak."""
        moods = messages.moods(self._connection, [self.ticket.conversation])
        return heated(moods.get(self.ticket.conversation, []))

    def contacts(self, days: float) -> int:
        """Return how often a proved customer has written in so many days, this time included."""
        known = conversations.get(self._connection, self.ticket.conversation)
        if known.identity_status != "verified" or not known.customer_id:
            return 1
        wrote = sa.exists().where(
            written.c.conversation == chats.c.id, written.c.author == "customer"
        )
        query = sa.select(sa.func.count()).where(
            chats.c.customer_id == known.customer_id,
            chats.c.identity_status == "verified",
            chats.c.created_at > self._at - timedelta(days=days),
            chats.c.id != known.id,
            wrote,
        )
        return 1 + int(self._connection.execute(query).scalar_one())

    def _pauses(self) -> Iterator[tuple[datetime, datetime]]:
        """Yield when the case stood still, waiting or closed, and went on again since."""
        table, since = ticket_events.c, None
        query = sa.select(table.at, table.kind).where(
            table.ticket == self.ticket.ref, table.kind.in_((*STILL, *GOES_ON))
        )
        for at, kind in self._connection.execute(query.order_by(table.id)):
            if kind in STILL:
                since = since or at
            elif since is not None:
                yield since, at
                since = None

    def _minutes(self, since: datetime) -> float:
        hours = self._rules.teams[self.ticket.team].hours
        return sla.open_seconds(since, self._now, hours) / 60


def holds(rule: Rule, case: Situation) -> bool:
    """Whether all conditions of a rule hold for a case; the cheap ones are looked at first."""
    facts = case.facts()
    for name, wanted in rule.conditions.items():
        if name in facts and facts[name] not in wanted:
            return False
    labels = rule.conditions.get("label")
    if labels is not None and not set(labels) & set(case.ticket.labels):
        return False
    return all(
        test(case, rule.conditions[name], rule.conditions)
        for name, test in _TESTS.items()
        if name in rule.conditions
    )


_Test = Callable[[Situation, Any, Mapping[str, Any]], bool]
_TESTS: Mapping[str, _Test] = {
    "reopened": lambda case, least, _: case.ticket.reopened >= least,
    "transfers": lambda case, least, _: case.ticket.transfers >= least,
    "minutes_open": lambda case, least, _: case.minutes_open() >= least,
    "minutes_waiting": lambda case, least, _: case.minutes_waiting() >= least,
    "unresolved_share": lambda case, least, _: case.unresolved_share() >= least,
    "heat": lambda case, wanted, _: case.heat() == wanted,
    "contacts": lambda case, least, given: (
        case.contacts(float(given.get("contact_days", CONTACT_DAYS))) >= least
    ),
}
