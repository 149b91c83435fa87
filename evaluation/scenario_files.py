"""Scripted conversations: what must and must not happen, as they are written.

Each file of ``evaluation/scenarios`` is a list of scenarios::

    - name: late-furious-es          # unique, lower case with hyphens
      tags: [delay, furious]
      language: es                   # of the page: es (default) or en
      customer: C-1001               # signed in on the site; left out: a guest
      history: {vip: true}           # what the gateway knows: contacts, open, vip, vulnerable
      shop: {fault: {kind: down, methods: [refund]}, outage: app}     # evaluation/faults.py
      never: {says: [calma], responses: [utter_ask_proof], booked: [refund]}
      steps:
        - say: LLEVO TRES SEMANAS ESPERANDO
          expect: {says: [tres semanas], listens: true}
        - burst: [hola, el 48213, nada todavia]  # several messages before the bot answers
        - press: Reenviarlo                      # a quick reply, by title or payload
        - later: 7                               # minutes until the next turn
        - say: con una persona
          expect: {handoff: {trigger: explicit_request}}
        - take_over: Marta                       # an agent takes the conversation unasked
        - hand_back: {agreed: "reenvío mañana"}  # the agent's note; the bot speaks first
      ends: {booked: {resend: 1}}

What a step may expect:

``says``: words that the reply must have (case and accents do not matter); a list inside the list
means any of them. ``says_not``: words that it must not have; a space at the end (or the beginning)
means that the word ends (begins) there. ``facts``: how many of ``of`` it must
have. ``response``: one of these keys is among the reply's. ``listens``: no quick replies, no
question for data, at most 30 words. ``choices``: at least so many quick replies. ``person``: a
person is offered, by a quick reply or in words. ``words``: at most so many in each message.
``questions``: at most so many (1 is always the most). ``language``: of the reply. ``silent``: a
person has the conversation, the bot says nothing. ``handoff``: false (default: nobody expects one),
true, ``maybe``, or what its request must hold: ``trigger``, ``reason``, ``team``, ``priority``,
``risk`` (a value or a list of accepted ones), ``facts`` (name: value) and ``has`` (words anywhere
in it). ``booked``: what this turn put in the shop's ledger: operation to euros, or to true.
``not_booked``: operations that it must not have put there; true for any. ``promises``: at least so
many. ``step``, ``level``, ``intent``, ``issue``, ``register``: how the engine sees it (a value or a
list); only where nothing that a customer sees tells it.

``never`` holds for all steps: ``says``, ``responses``, ``booked``, ``handoff`` (triggers).
``ends``: ``booked`` (operation to how often in all; an operation that is not named: never),
``euros`` (operation to the sum), ``handed_over``, and ``handoff``: what the last request for a
person must hold, whichever step made it.

Always checked: no text twice, no second apology, no wording that inflames (as strict as the
customer is upset), at most one question and, when they are frustrated, 45 words a message, no
placeholder left, no failure inside that is not expected (``error: true``), nobody handed over
unasked, every promise has a time and an owner, and nothing is refunded above what was charged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError, did_you_mean
from bot.settings import ROOT
from evaluation.faults import KINDS, Fault

FOLDER = ROOT / "evaluation" / "scenarios"
ACTS = ("say", "burst", "press", "hand_back", "take_over", "later")


@dataclass(frozen=True)
class Step:
    """One thing that happens, and what must come of it.

    Args:
        act: One of :data:`ACTS`.
        value: What is said, pressed, noted, or the minutes that pass.
        expect: As the module's docstring says.
    """

    act: str
    value: Any
    expect: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """A scripted conversation; the fields are those of the file."""

    name: str
    group: str
    steps: tuple[Step, ...]
    tags: tuple[str, ...] = ()
    language: str = "es"
    customer: str | None = None
    history: Mapping[str, Any] | None = None
    now: str | None = None
    shop: Mapping[str, Any] = field(default_factory=dict)
    never: Mapping[str, Any] = field(default_factory=dict)
    ends: Mapping[str, Any] = field(default_factory=dict)


def read(folder: Path = FOLDER) -> list[Scenario]:
    """Read all scenarios.

    Raises:
        ConfigError: a file is not as the module's docstring says.
    """
    found: list[Scenario] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise ConfigError(f"{path}: not readable: {error}") from error
        if not isinstance(raw, list):
            raise ConfigError(f"{path}: expected a list of scenarios.")
        found += [_scenario(one, path) for one in raw]
    names = [one.name for one in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"{folder}: two scenarios are called '{twice[0]}'.")
    return found


def selected(scenarios: Sequence[Scenario], only: Iterable[str]) -> list[Scenario]:
    """Return the scenarios whose name, group or tag is one of ``only``; all for none.

    Raises:
        ConfigError: nothing has that name.
    """
    wanted = list(only)
    if not wanted:
        return list(scenarios)
    for name in wanted:
        known = {word for one in scenarios for word in (one.name, one.group, *one.tags)}
        if name not in known:
            raise ConfigError(f"No scenario is called '{name}'.{did_you_mean(name, known)}")
    return [one for one in scenarios if {one.name, one.group, *one.tags} & set(wanted)]


_FIELDS = ("name", "tags", "language", "customer", "history", "now", "shop", "never", "ends")
_EXPECT = (
    *("says", "says_not", "facts", "response", "listens", "choices", "person", "words"),
    *("questions", "language", "silent", "handoff", "booked", "not_booked", "promises"),
    *("step", "level", "intent", "issue", "register", "error"),
)
_HANDOFF = ("trigger", "reason", "team", "priority", "risk", "facts", "has")
_NEVER = ("says", "responses", "booked", "handoff")
_ENDS = ("booked", "euros", "handed_over", "handoff")


def _scenario(raw: Any, path: Path) -> Scenario:
    where = f"{path.name}: {raw.get('name') if isinstance(raw, dict) else raw!r}"
    if not isinstance(raw, dict):
        raise ConfigError(f"{where}: expected a mapping.")
    _known(where, raw, (*_FIELDS, "steps"))
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(raw.get("name"))):
        raise ConfigError(f"{where}: a name is lower case, with hyphens.")
    if not raw.get("steps"):
        raise ConfigError(f"{where}: has no steps.")
    _known(f"{where}, never", raw.get("never") or {}, _NEVER)
    _known(f"{where}, ends", raw.get("ends") or {}, _ENDS)
    _known(f"{where}, ends", (raw.get("ends") or {}).get("handoff") or {}, _HANDOFF)
    _known(f"{where}, shop", raw.get("shop") or {}, ("fault", "outage"))
    fault_of(raw.get("shop") or {}, where)
    values = {name: raw[name] for name in _FIELDS if raw.get(name) is not None}
    values["tags"] = tuple(values.get("tags") or ())
    steps = tuple(_step(one, f"{where}, step {n}") for n, one in enumerate(raw["steps"], 1))
    return Scenario(group=path.stem, steps=steps, **values)


def _step(raw: Any, where: str) -> Step:
    if not isinstance(raw, dict):
        raise ConfigError(f"{where}: expected a mapping.")
    _known(where, raw, (*ACTS, "expect"))
    acts = [name for name in ACTS if name in raw]
    if len(acts) != 1:
        raise ConfigError(f"{where}: needs one of {', '.join(ACTS)}.")
    expect = raw.get("expect") or {}
    _known(f"{where}, expect", expect, _EXPECT)
    if isinstance(expect.get("handoff"), dict):
        _known(f"{where}, handoff", expect["handoff"], _HANDOFF)
    value = raw[acts[0]]
    if acts[0] in ("say", "press"):
        if isinstance(value, bool) or value is None:
            raise ConfigError(f"{where}: put the words in quotes; YAML reads them as {value}.")
        value = str(value)
    return Step(acts[0], value, expect)


def _known(where: str, given: Mapping[str, Any], accepted: Sequence[str]) -> None:
    for name in given:
        if name not in accepted:
            raise ConfigError(f"{where}: unknown '{name}'.{did_you_mean(str(name), accepted)}")


def fault_of(shop: Mapping[str, Any], where: str) -> Fault | None:
    """Return how the shop of a scenario is broken; None when it works.

    Raises:
        ConfigError: a kind of fault that there is not.
    """
    raw = shop.get("fault")
    if raw is None:
        return None
    if raw.get("kind") not in KINDS:
        raise ConfigError(f"{where}: unknown fault.{did_you_mean(str(raw.get('kind')), KINDS)}")
    return Fault(**{**raw, "methods": tuple(raw.get("methods") or ())})
