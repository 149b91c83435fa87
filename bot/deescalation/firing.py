"""The machinery of triggers: registering, checking their configuration, running them in order.

The triggers themselves are in :mod:`bot.deescalation.triggers`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from bot.deescalation.conversation import ConversationState
from bot.deescalation.turn import LEVELS
from bot.errors import ConfigError, did_you_mean

ORDER = ("safety", "request", "legal", "issue", "emotion", "count")
"""Groups of triggers; an earlier group wins over a later one."""

ACTS = ("handoff", "offer", "deescalate", "flag")
"""What a trigger does, strongest first."""

PRIORITIES = ("urgent", "high", "medium", "low")
TEAMS = ("logistics", "billing", "technical", "quality", "managers", "general", "safety")

TEAM_OF = {
    "late_delivery": "logistics",
    "double_charge": "billing",
    "billing": "billing",
    "quality": "quality",
    "technical": "technical",
    "policy": "managers",
    "account": "technical",
    "order": "logistics",
}
"""Issue to the team it belongs to; any other goes to general."""

PLACE = "config.yml (policies > DeescalationPolicy)"


class UnknownTrigger(ConfigError):
    """``config.yml`` names an escalation trigger that no code defines."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Unknown escalation trigger '{name}' in {PLACE}.{did_you_mean(name, TRIGGERS)}"
        )


@dataclass(frozen=True)
class Range:
    """Bounds of a parameter, both included."""

    low: float
    high: float


@dataclass(frozen=True)
class OneOf:
    """The accepted values of a parameter."""

    accepted: tuple[str, ...]


Level = Annotated[str, OneOf(LEVELS)]
Share = Annotated[float, Range(0, 1)]
Count = Annotated[int, Range(1, 100)]
Names = tuple[str, ...]


@dataclass(frozen=True)
class Firing:
    """A trigger that fired, with all that an agent needs to know about it.

    Args:
        trigger: Its name.
        rule: The trigger with the thresholds it was judged by.
        evidence: The customer's words, or what was counted.
        reason_code: For reports; one per trigger.
        act: One of :data:`ACTS`.
        priority: One of :data:`PRIORITIES`.
        team: Team that should get it; None leaves it to the issue.
        risk: Risk flag for the agent; None when there is none.
        response: Key of the text to say, when it is not the act's usual one.
    """

    trigger: str
    rule: str = ""
    evidence: str = ""
    reason_code: str = ""
    act: str = "handoff"
    priority: str = "medium"
    team: str | None = None
    risk: str | None = None
    response: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the firing as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Firing:
        """Return the firing of :meth:`to_dict`."""
        return cls(**data)


@dataclass(frozen=True)
class Trigger:
    """A registered trigger: the function and what it stands for."""

    name: str
    group: str
    why: str  # first line of the docstring, read by agents
    check: Callable[..., bool | str]
    firing: Firing
    params: Mapping[str, Any]  # parameter name to its annotated type


TRIGGERS: dict[str, Trigger] = {}


def trigger(
    group: str,
    act: str,
    reason: str,
    *,
    priority: str = "medium",
    team: str | None = None,
    risk: str | None = None,
    response: str | None = None,
) -> Callable[[Callable[..., bool | str]], Callable[..., bool | str]]:
    """Register a trigger.

    The function answers yes or no, or yes with evidence in words of its own (a non-empty
    string); a plain yes takes the customer's last words as evidence.
    """

    def register(check: Callable[..., bool | str]) -> Callable[..., bool | str]:
        name = check.__name__
        hints = get_type_hints(check, include_extras=True)
        signature = inspect.signature(check)
        params = {p.name: hints[p.name] for p in signature.parameters.values() if _keyword(p)}
        firing = Firing(name, name, "", reason, act, priority, team, risk, response)
        why = (check.__doc__ or "").strip().split("\n")[0]
        TRIGGERS[name] = Trigger(name, group, why, check, firing, params)
        return check

    return register


def _keyword(parameter: inspect.Parameter) -> bool:
    return parameter.kind is inspect.Parameter.KEYWORD_ONLY


@dataclass(frozen=True)
class Enabled:
    """A trigger as one configuration line switches it on."""

    trigger: Trigger
    params: Mapping[str, Any]
    template: Firing

    def fire(self, state: ConversationState) -> Firing | None:
        """Return the firing if the trigger says yes to ``state``."""
        answer = self.trigger.check(state, **self.params)
        if not answer:
            return None
        return replace(self.template, evidence=answer if isinstance(answer, str) else state.text)


def enabled(config: Mapping[str, Mapping[str, Any] | None]) -> tuple[Enabled, ...]:
    """Return the triggers that ``config`` switches on, in rule order.

    Args:
        config: Trigger name to its parameters. Every parameter of the function must be there.
            ``act``, ``priority`` and ``team`` may be set for any trigger.

    Raises:
        UnknownTrigger: no trigger has that name.
        ConfigError: a parameter is missing, unknown, of the wrong type or out of its range.
    """
    lines = [_line(name, dict(params or {})) for name, params in config.items()]
    known = list(TRIGGERS)
    return tuple(
        sorted(
            lines, key=lambda one: (ORDER.index(one.trigger.group), known.index(one.trigger.name))
        )
    )


def higher(*priorities: str) -> str:
    """Return the highest of some priorities, empty ones left out; empty when there is none."""
    return min((one for one in priorities if one), key=PRIORITIES.index, default="")


def _line(name: str, params: dict[str, Any]) -> Enabled:
    if name not in TRIGGERS:
        raise UnknownTrigger(name)
    found = TRIGGERS[name]
    common = {}
    for option, accepted in (("act", ACTS), ("priority", PRIORITIES), ("team", TEAMS)):
        if option in params:
            common[option] = _one_of(name, option, params.pop(option), accepted)
    unknown = sorted(set(params) - set(found.params))
    if unknown:
        raise ConfigError(
            f"Trigger '{name}' in {PLACE} has no parameter '{unknown[0]}'."
            f"{did_you_mean(unknown[0], [*found.params, 'act', 'priority', 'team'])}"
        )
    missing = sorted(set(found.params) - set(params))
    if missing:
        raise ConfigError(f"Trigger '{name}' in {PLACE} needs '{missing[0]}'.")
    values = {key: read_value(f"{name}.{key}", params[key], found.params[key]) for key in params}
    words = ", ".join(f"{key}={params[key]}" for key in params)
    rule = f"{name}({words})" if words else name
    return Enabled(found, values, replace(found.firing, rule=rule, **common))


def _one_of(name: str, option: str, value: Any, accepted: tuple[str, ...]) -> str:
    if value not in accepted:
        raise ConfigError(
            f"Trigger '{name}' in {PLACE}: {option} is '{value}'."
            f"{did_you_mean(str(value), accepted)}"
        )
    return str(value)


def read_value(where: str, value: Any, kind: Any) -> Any:
    """Return ``value`` if it is of ``kind``: a type, or one with a Range or a OneOf.

    Raises:
        ConfigError: wrong type, out of the range, or not one of the accepted.
    """
    bounds = None
    if get_origin(kind) is Annotated:
        kind, bounds = get_args(kind)
    if kind == Names:
        return _names(where, value)
    accepted = (int, float) if kind is float else (kind,)
    if not isinstance(value, accepted) or isinstance(value, bool):
        raise ConfigError(f"{where} in {PLACE} is {value!r}; expected {kind.__name__}.")
    if isinstance(bounds, OneOf) and value not in bounds.accepted:
        hint = did_you_mean(str(value), bounds.accepted)
        raise ConfigError(f"{where} in {PLACE} is '{value}'.{hint}")
    if isinstance(bounds, Range) and not bounds.low <= value <= bounds.high:
        raise ConfigError(
            f"{where} in {PLACE} is {value}; accepted: {bounds.low:g} to {bounds.high:g}."
        )
    return value


def _names(where: str, value: Any) -> Names:
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
        raise ConfigError(f"{where} in {PLACE} is {value!r}; expected a list of names.")
    return tuple(value)


def fired(
    state: ConversationState,
    enabled_triggers: Mapping[str, Mapping[str, Any] | None] | tuple[Enabled, ...],
) -> list[Firing]:
    """Return the triggers that say yes to ``state``, in rule order.

    Args:
        state: The conversation so far.
        enabled_triggers: The configuration, or what :func:`enabled` made of it.
    """
    if isinstance(enabled_triggers, Mapping):
        enabled_triggers = enabled(enabled_triggers)
    firings = (one.fire(state) for one in enabled_triggers)
    return [firing for firing in firings if firing]
