"""What the log tells of each ticket: its events folded into one line of facts a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.handoff.instants import instant
from bot.handoff.records import Event, Json

ALWAYS = frozenset(("first_response", "update", "resolution"))
"""Clocks of a case whose opening does not say which ones it has: the law's is not among them."""
BY_HAND = "by_hand"
"""Trigger and reason code of a case that an agent opened by hand: no chat led to it."""
NO_NEWS = ("callback_offer", "rule")
"""Kinds of ``told`` that are no news of how the case stands."""


@dataclass(frozen=True)
class Case:
    """What the log tells of one ticket.

    Args:
        ref: Its reference.
        opened_at: When the conversation was marked as escalated.
        reported_at: When the customer first wrote about it.
        about: issue, product, reason, trigger, team, priority (the last), channel, language.
        answered_at: When a person first wrote to the customer.
        claimed_at: When a person first took it.
        resolved_at: When it was last closed; None while it is open.
        returned: It was given back to the bot.
        disposition: How it ended.
        cause: Why a person was needed.
        transfers: How often it changed hands.
        reopened: How often it was taken up again.
        clocks: Those it had a deadline of.
        missed: Clocks that were missed.
        updates: How many times the customer had news by when it was due, and how many not.
        covered: Until when the last of that news is enough: more of it before then is no other.
        overdue: Deadlines of news that have passed without any.
        promises: How many promises were kept, and how many fell due unkept.
        score: The customer's, 1 to 5.
        asked: The customer was asked for it.
        steps: What else happened: kind to how often.
        conversation: Whose case it is; the log of a ticket does not say it.
        only: It is the only case of its conversation.
    """

    ref: str
    opened_at: datetime
    reported_at: datetime
    about: Json
    answered_at: datetime | None = None
    claimed_at: datetime | None = None
    resolved_at: datetime | None = None
    returned: bool = False
    disposition: str | None = None
    cause: str | None = None
    transfers: int = 0
    reopened: int = 0
    clocks: frozenset[str] = ALWAYS
    missed: frozenset[str] = frozenset()
    updates: tuple[int, int] = (0, 0)
    covered: datetime | None = None
    overdue: frozenset[datetime] = frozenset()
    promises: tuple[int, int] = (0, 0)
    score: int | None = None
    asked: bool = False
    steps: Counter[str] = field(default_factory=Counter)
    conversation: str = ""
    only: bool = True


def chats(found: Iterable[Case]) -> list[Case]:
    """Return the cases that came out of a chat with the bot: those opened by hand did not."""
    return [case for case in found if case.about.get("trigger") != BY_HAND]


def cases(events: Iterable[Event]) -> list[Case]:
    """Return the cases that a log tells of, in the order they were opened.

    Args:
        events: In the order they were logged. Those of a ticket without its opening are left out.
    """
    found: dict[str, Case] = {}
    for event in events:
        if event.kind == "opened":
            reported = instant(event.data.get("reported")) or event.at
            clocks = frozenset(event.data.get("deadlines", ALWAYS))
            about = dict(event.data)
            found[event.ticket] = Case(event.ticket, event.at, reported, about, clocks=clocks)
        elif (case := found.get(event.ticket)) is not None:
            found[event.ticket] = _after(case, event)
    return list(found.values())


def _after(case: Case, event: Event) -> Case:
    apply = _APPLY.get(event.kind)
    steps = Counter(case.steps)
    steps[event.kind] += 1
    case = replace(case, steps=steps)
    return apply(case, event) if apply else case


def _claimed(case: Case, event: Event) -> Case:
    return case if case.claimed_at else replace(case, claimed_at=event.at)


def _said(case: Case, event: Event) -> Case:
    case = _heard(case, event)
    return case if case.answered_at else replace(case, answered_at=event.at)


def _closed(case: Case, event: Event) -> Case:
    data = event.data
    return replace(
        case,
        resolved_at=event.at,
        returned=event.kind == "returned",
        disposition=data.get("disposition"),
        cause=data.get("cause") or case.cause,
    )


def _reopened(case: Case, event: Event) -> Case:
    again = case.reopened + 1
    return replace(case, resolved_at=None, disposition=None, reopened=again, covered=None)


def _priority(case: Case, event: Event) -> Case:
    return replace(case, about={**case.about, "priority": event.data.get("to")})


def _moved(case: Case, event: Event) -> Case:
    team = event.data.get("team") or event.data.get("to") or case.about.get("team")
    case = replace(case, about={**case.about, "team": team}, transfers=case.transfers + 1)
    taken = "team" in event.data and event.data.get("to")  # by a colleague, not by a queue
    return _claimed(case, event) if taken else case


def _routed(case: Case, event: Event) -> Case:
    if event.data.get("why") == "unaccepted":  # others were asked; it is the same team's
        return case
    return replace(case, about={**case.about, "team": event.data.get("to")})


def _missed(case: Case, event: Event) -> Case:
    clock = str(event.data.get("clock"))
    if clock == "update":
        case = _not_updated(case, event)
    return replace(case, missed=case.missed | {clock}, clocks=case.clocks | {clock})


def _updated(case: Case, event: Event) -> Case:
    return case if event.data.get("kind") in NO_NEWS else _heard(case, event)


def _heard(case: Case, event: Event) -> Case:
    """Count news by the deadline it met: many messages before it are one update.

    None is counted where nothing brought it to the customer, where no deadline ran, and where it
    came too late. Lines of older versions tell no deadline: each was an update.
    """
    data = event.data
    due = instant(data["due"]) if "due" in data else event.at
    enough = case.covered is not None and event.at <= case.covered
    if due is None or due in case.overdue or enough or not data.get("reached", True):
        return case
    return replace(case, covered=due, updates=(case.updates[0] + 1, case.updates[1]))


def _not_updated(case: Case, event: Event) -> Case:
    due = instant(event.data.get("due")) or event.at
    if due in case.overdue:
        return case
    overdue = case.overdue | {due}
    return replace(case, overdue=overdue, updates=(case.updates[0], case.updates[1] + 1))


def _kept(case: Case, event: Event) -> Case:
    return replace(case, promises=(case.promises[0] + 1, case.promises[1]))


def _broken(case: Case, event: Event) -> Case:
    return replace(case, promises=(case.promises[0], case.promises[1] + 1))


def _asked(case: Case, event: Event) -> Case:
    return replace(case, asked=True)


def _rated(case: Case, event: Event) -> Case:
    score = event.data.get("score")
    return replace(case, score=int(score)) if isinstance(score, int) else case


_APPLY: dict[str, Callable[[Case, Event], Case]] = {
    "claimed": _claimed,
    "said": _said,
    "resolved": _closed,
    "returned": _closed,
    "reopened": _reopened,
    "priority": _priority,
    "transferred": _moved,
    "routed": _routed,
    "sla_missed": _missed,
    "told": _updated,
    "update_sent": _updated,
    "update_missed": _not_updated,
    "promise_kept": _kept,
    "promise_due": _broken,
    "survey_asked": _asked,
    "rated": _rated,
}
