"""``desk.yml`` > ``automation``: what the desk does by itself, as a list of rules.

::

    automation:
      - name: late                      # once, in the log and here
        when: time                      # time: looked at every minute; event: when something
                                        # happens; or the events themselves: [opened, reopened]
        if: {priority: [high, urgent], unresolved_share: 0.75}   # all of them must hold
        then: [notify_supervisors, {set_tier: L2}]
        every: 240                      # minutes until it may apply to a ticket again; without
                                        # it, a rule applies once until the ticket is reopened

Conditions: ``priority``, ``issue``, ``team``, ``reason``, ``label``, ``status`` (queued, open,
waiting, snoozed), ``tier``, ``channel``, ``language`` take one value or several; ``heat`` is true
or false; ``contacts`` (of a customer who proved who they are, in ``contact_days``, this one
included), ``reopened``, ``transfers``, ``minutes_open`` and ``minutes_waiting`` (in the queue)
are at least the number; ``unresolved_share`` is the share of the resolution time that is used.

Actions: ``notify_supervisors``, ``offer_callback``, ``raise_priority`` (a step, or to the one
named; never lower), and with a value ``set_team`` (while nobody has it), ``add_label``,
``set_tier`` (never lower), ``tell_customer`` (a response ``utter_notice_…``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import ConfigError
from bot.handoff.records import Json
from bot.handoff.rules_read import PRIORITIES, TIERS, known, number, section, some

EVENTS = (
    "opened",
    "reopened",
    "claimed",
    "released",
    "requeued",
    "transferred",
    "priority",
    "labelled",
    "tier",
    "lost",
    "contact_left",
    "customer_left",
    "bounced",
    "update_missed",
    "promise_due",
)
"""Events that a rule may wait for."""
TIME, EVENT = "time", "event"
STATUSES = ("queued", "open", "waiting", "snoozed")
NAMES = ("issue", "reason", "label", "channel", "language", "team")
LEAST = ("contacts", "reopened", "transfers", "minutes_open", "minutes_waiting")
CONDITIONS = (
    "priority",
    "status",
    "tier",
    *NAMES,
    "heat",
    *LEAST,
    "contact_days",
    "unresolved_share",
)
BARE = ("notify_supervisors", "offer_callback", "raise_priority")
VALUED = ("raise_priority", "set_team", "add_label", "set_tier", "tell_customer")
NOTICE = "utter_notice_"


@dataclass(frozen=True)
class Rule:
    """One rule.

    Args:
        name: What the log calls it.
        events: Kinds of ticket events it waits for; empty for rules of time.
        conditions: What must hold, by name; see the module.
        actions: (action, value) in order; the value is empty for those that need none.
        every: Minutes until it may apply to the same ticket again; None: not before it is reopened.
    """

    name: str
    events: tuple[str, ...] = ()
    conditions: Mapping[str, Any] = field(default_factory=dict)
    actions: tuple[tuple[str, str], ...] = ()
    every: float | None = None

    @property
    def timed(self) -> bool:
        """Whether it is looked at by the clock."""
        return not self.events


def read(data: Any, teams: Collection[str]) -> tuple[Rule, ...]:
    """Read the section.

    Args:
        data: The list, or nothing.
        teams: The teams there are.

    Raises:
        ConfigError: a rule says something we cannot obey; the text says which, and where.
    """
    if data is None:
        return ()
    if not isinstance(data, list):
        raise ConfigError(f"desk.yml > automation is a {type(data).__name__}, not a list of rules.")
    rules = tuple(_rule(index, each, teams) for index, each in enumerate(data, start=1))
    names = [rule.name for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"desk.yml > automation: two rules are called '{name}'.")
    return rules


def _rule(index: int, data: Any, teams: Collection[str]) -> Rule:
    given = section(f"automation > {index}", data, ("name", "when", "if", "then", "every"))
    name = given.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= 60:
        raise ConfigError(
            f"desk.yml > automation > {index}: a rule needs a name of 1 to 60 letters."
        )
    path = f"automation > {name}"
    every = given.get("every")
    return Rule(
        name=name,
        events=_events(path, given.get("when", TIME)),
        conditions=_conditions(f"{path} > if", given.get("if"), teams),
        actions=tuple(_actions(f"{path} > then", given.get("then"), teams)),
        every=None if every is None else number(f"{path} > every", every, least=1),
    )


def _events(path: str, when: Any) -> tuple[str, ...]:
    if when == TIME:
        return ()
    if when == EVENT:
        return EVENTS
    kinds = some(when)
    known(f"{path} > when", kinds, (*EVENTS, TIME, EVENT))
    if TIME in kinds or EVENT in kinds or not kinds:
        raise ConfigError(f"desk.yml > {path} > when: time, event, or a list of events.")
    return tuple(kinds)


def _conditions(path: str, data: Any, teams: Collection[str]) -> Json:
    given = section(path, data, CONDITIONS)
    found: Json = {}
    fixed = {"priority": PRIORITIES, "tier": TIERS, "status": STATUSES, "team": tuple(teams)}
    for name, value in given.items():
        where = f"{path} > {name}"
        if name in fixed:
            known(where, some(value), fixed[name])
            found[name] = some(value)
        elif name in NAMES:
            found[name] = tuple(str(each) for each in some(value))
        elif name == "heat":
            found[name] = _switch(where, value)
        elif name == "unresolved_share":
            found[name] = number(where, value, least=0.01)
        else:
            found[name] = number(where, value, least=1)
    return found


def _switch(path: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"desk.yml > {path} is true or false, not '{value}'.")
    return value


def _actions(path: str, data: Any, teams: Collection[str]) -> Iterable[tuple[str, str]]:
    steps = some(data) if data else ()
    if not steps:
        raise ConfigError(f"desk.yml > {path}: a rule does something. {_accepted()}")
    for step in steps:
        if isinstance(step, dict) and len(step) == 1:
            ((name, value),) = step.items()
            known(path, [name], VALUED)
            yield name, _value(f"{path} > {name}", name, value, teams)
        elif isinstance(step, str):
            known(path, [step], BARE)
            yield step, ""
        else:
            raise ConfigError(f"desk.yml > {path}: '{step}' is no action. {_accepted()}")


def _value(path: str, name: str, value: Any, teams: Collection[str]) -> str:
    accepted = {"raise_priority": PRIORITIES, "set_tier": TIERS, "set_team": tuple(teams)}
    if name in accepted:
        known(path, [value], accepted[name])
    elif name == "tell_customer" and not str(value).startswith(NOTICE):
        raise ConfigError(f"desk.yml > {path}: '{value}' is no response {NOTICE}….")
    elif name == "add_label" and not 0 < len(str(value)) <= 30:
        raise ConfigError(f"desk.yml > {path}: a label has 1 to 30 letters.")
    return str(value)


def _accepted() -> str:
    return f"Accepted: {', '.join(dict.fromkeys((*BARE, *VALUED)))}."
