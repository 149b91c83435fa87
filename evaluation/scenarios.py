"""Plays the scripted conversations of ``evaluation/scenarios`` and says what was missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evaluation.faults import Faulty
from evaluation.in_parallel import Outcome, in_parallel
from evaluation.play import Bot, Conversation, demo_shop, signed_in
from evaluation.replies import PlayError, Reply
from evaluation.scenario_checks import Check, accepts, always, expected, forbidden, handoff_of
from evaluation.scenario_files import Scenario, Step, fault_of

AROUND = 3  # turns of the transcript that a failure shows


@dataclass(frozen=True)
class Missed:
    """Something that was not as the scenario says.

    Args:
        step: Number of the step, from 1; 0 for the end.
        said: What the customer did.
        what: Name of the expectation.
        wanted: What was expected.
        got: What happened.
        around: The transcript around it.
    """

    step: int
    said: str
    what: str
    wanted: str
    got: str
    around: str


@dataclass(frozen=True)
class Result:
    """A scenario that was played: it passes when nothing was missed."""

    name: str
    group: str
    tags: tuple[str, ...]
    missed: tuple[Missed, ...]
    transcript: str

    @property
    def passed(self) -> bool:
        """Whether everything was as the scenario says."""
        return not self.missed


def play_all(
    scenarios: Sequence[Scenario],
    model: Path,
    *,
    workers: int = 2,
    done: Callable[[Outcome], None] | None = None,
) -> list[Result]:
    """Play scenarios in parallel; the results are in their order."""
    outcomes = in_parallel(play, scenarios, model=model, workers=workers, done=done)
    return [one.value if one.value else _broken(one) for one in outcomes]


def play(bot: Bot, scenario: Scenario) -> Result:
    """Play one scenario; it ends early when a step cannot be taken."""
    shop, seen = _shop(scenario)
    talk = bot.conversation(
        language=scenario.language,
        identity=signed_in(scenario.customer, shop) if scenario.customer else None,
        shop=seen,
        now=scenario.now,
        history=scenario.history,
        name=scenario.name,
    )
    missed: list[Missed] = []
    for number, step in enumerate(scenario.steps, start=1):
        before = shop.ledger()
        try:
            reply = _act(talk, step)
        except PlayError as error:
            missed.append(_missed(number, step, "act", step.act, str(error), talk))
            break
        if reply is None:
            continue
        new = [one for one in shop.ledger() if one.id not in {old.id for old in before}]
        said = [one.text for each in talk.replies[:-1] for one in each.messages]
        if reply.silent and not step.expect.get("silent"):
            continue  # a person has it by now, as the step or an earlier one allows
        checks = (
            *expected(step.expect, reply, new),
            *forbidden(scenario.never, reply, new),
            *always(step.expect, reply, said, scenario.language),
        )
        missed += [_missed(number, step, *one, talk) for one in checks]
        if reply.handoff and accepts(step.expect.get("handoff", False)) is False:
            break  # nobody answers from here on
    missed += [
        Missed(0, "(end)", *one, talk.transcript(AROUND)) for one in _at_end(scenario, talk, shop)
    ]
    return Result(scenario.name, scenario.group, scenario.tags, tuple(missed), talk.transcript())


def as_json(results: Sequence[Result], about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report of some results."""
    groups: dict[str, dict[str, int]] = {}
    for one in results:
        counts = groups.setdefault(one.group, {"scenarios": 0, "passed": 0})
        counts["scenarios"] += 1
        counts["passed"] += one.passed
    return {
        **about,
        "scenarios": len(results),
        "passed": sum(one.passed for one in results),
        "groups": groups,
        "results": [{**asdict(one), "passed": one.passed} for one in results],
    }


def _shop(scenario: Scenario) -> tuple[Any, Any]:
    """Return the shop with the truth, and the one that the bot sees."""
    shop = demo_shop(scenario.now) if scenario.now else demo_shop()
    if scenario.shop.get("outage"):
        shop.break_down(scenario.shop["outage"])
    fault = fault_of(scenario.shop, scenario.name)
    return shop, Faulty(shop, fault) if fault else shop


def _act(talk: Conversation, step: Step) -> Reply | None:
    if step.act == "later":
        talk.later(minutes=float(step.value))
        return None
    if step.act == "take_over":
        talk.take_over()
        return None
    done: Callable[[Any], Reply] = getattr(talk, step.act)
    return done(step.value)


def _missed(
    number: int, step: Step, what: str, wanted: str, got: str, talk: Conversation
) -> Missed:
    said = talk.replies[-1].said if talk.replies else str(step.value)
    return Missed(number, said, what, wanted, got, talk.transcript(AROUND))


def _broken(outcome: Outcome) -> Result:
    scenario: Scenario = outcome.task
    missed = Missed(0, "(crash)", "crash", "no crash", outcome.error, outcome.transcript)
    return Result(scenario.name, scenario.group, scenario.tags, (missed,), outcome.transcript)


def _at_end(scenario: Scenario, talk: Conversation, shop: Any) -> Iterator[Check]:
    ledger = shop.ledger()
    wanted = scenario.ends.get("booked")
    if wanted is not None:
        got = {one.operation: 0 for one in ledger}
        for one in ledger:
            got[one.operation] += 1
        if {name: count for name, count in wanted.items() if count} != got:
            yield "ends booked", str(wanted), str(got)
    for operation, euros in (scenario.ends.get("euros") or {}).items():
        cents = sum(one.amount_cents for one in ledger if one.operation == operation)
        if cents != round(euros * 100):
            yield "ends euros", f"{operation} {euros}", f"{cents / 100:.2f}"
    if "handoff" in scenario.ends:
        last = next((one for one in reversed(talk.replies) if one.handoff), Reply("(end)"))
        yield from handoff_of(scenario.ends["handoff"], last)
    if talk.handed_over is not scenario.ends.get("handed_over", talk.handed_over):
        yield "ends handed over", str(scenario.ends["handed_over"]), str(talk.handed_over)
