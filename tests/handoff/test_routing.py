"""Which agent is asked: a pure function, told as a table."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.handoff.records import Agent
from bot.handoff.routing import Candidate, Need, best_agent, fits
from bot.handoff.rules_assignment import AssignmentRules

pytestmark = pytest.mark.unit

RULES = AssignmentRules()
NOON = datetime(2026, 11, 25, 11, tzinfo=timezone.utc)


def one(username, *, teams=("billing",), role="agent", idle=0, **state):
    """An agent who is online with nothing to do since ``idle`` minutes."""
    account = {key: state.pop(key) for key in ("languages", "skills", "tier") if key in state}
    agent = Agent(
        id=1,
        username=username,
        name=username,
        teams=list(teams),
        role=role,
        active=True,
        live_since=NOON,
        idle_since=NOON - timedelta(minutes=idle),
        **account,
    )
    return Candidate(agent, **{"presence": "online", "capacity": 4, **state})


NEED = Need("billing", "es", "double_charge")

CASES = [
    pytest.param(NEED, [], None, id="nobody"),
    pytest.param(NEED, [one("a", teams=["logistics"])], None, id="another team"),
    pytest.param(NEED, [one("a", presence="busy")], None, id="busy"),
    pytest.param(NEED, [one("a", presence="away")], None, id="away"),
    pytest.param(NEED, [one("a", presence="wrap_up")], None, id="wrapping up"),
    pytest.param(NEED, [one("a", presence="offline")], None, id="no console"),
    pytest.param(NEED, [one("a", load=4)], None, id="at capacity"),
    pytest.param(NEED, [one("a", load=3)], "a", id="one below capacity"),
    pytest.param(NEED, [one("a", pending=True)], None, id="asked already"),
    pytest.param(NEED, [one("a", role="trainer")], None, id="trainers serve nobody"),
    pytest.param(NEED, [one("a", languages=["en"])], None, id="does not speak it"),
    pytest.param(NEED, [one("a", languages=["en", "es"])], "a", id="speaks it too"),
    pytest.param(NEED, [one("a"), one("b", load=1)], "a", id="least busy"),
    pytest.param(
        NEED, [one("a", load=1, capacity=2), one("b", load=2, capacity=8)], "b", id="by share"
    ),
    pytest.param(NEED, [one("a", idle=1), one("b", idle=9)], "b", id="longest idle"),
    pytest.param(NEED, [one("b"), one("a")], "a", id="else by name"),
    pytest.param(
        NEED,
        [one("a"), one("b", skills=["double_charge"], load=3)],
        "b",
        id="the expert before the least busy",
    ),
    pytest.param(
        NEED,
        [one("a", skills=["quality"]), one("b", load=3)],
        "b",
        id="who knows something else comes last",
    ),
    pytest.param(NEED, [one("a", skills=["quality"])], "a", id="but comes"),
    pytest.param(Need("billing", "es", tier="L2"), [one("a")], None, id="tier too low"),
    pytest.param(Need("billing", "es", tier="L2"), [one("a", tier="L3")], "a", id="tier above"),
    pytest.param(
        Need("billing", "es", tier="L2", lower=True), [one("a")], "a", id="a lower one, by now"
    ),
    pytest.param(
        Need("billing", "es", tier="L2", lower=True),
        [one("a"), one("b", tier="L2", load=3)],
        "b",
        id="but last",
    ),
    pytest.param(
        Need("billing", "es", tier="L2"),
        [one("a", role="supervisor")],
        "a",
        id="a supervisor is L2",
    ),
    pytest.param(
        Need("billing", "es", tier="L3"), [one("a", role="supervisor")], None, id="and no more"
    ),
    pytest.param(
        Need("billing", "es", heated=True), [one("a", cooling=True)], None, id="cooling down"
    ),
    pytest.param(NEED, [one("a", cooling=True)], "a", id="a calm one while cooling down"),
    pytest.param(
        Need("billing", "es", heated=True), [one("a", heated=2, load=2)], None, id="two hot ones"
    ),
    pytest.param(
        Need("billing", "es", heated=True), [one("a", heated=1, load=3)], "a", id="one hot one"
    ),
    pytest.param(
        Need("billing", "es", anyone=True), [one("a", teams=["logistics"])], "a", id="others too"
    ),
    pytest.param(
        Need("billing", "es", anyone=True),
        [one("a", teams=["logistics"]), one("b", load=3)],
        "b",
        id="the team's own before others",
    ),
    pytest.param(
        Need("billing", "es", refused=frozenset({"a"})), [one("a"), one("b")], "b", id="declined"
    ),
]


@pytest.mark.parametrize("need, candidates, expected", CASES)
def test_the_best_agent(need, candidates, expected):
    best = best_agent(RULES, need, candidates)

    assert (best.agent.username if best else None) == expected


people = st.lists(
    st.builds(
        one,
        st.sampled_from("abcdefgh"),
        teams=st.lists(st.sampled_from(["billing", "logistics"]), max_size=2),
        load=st.integers(0, 5),
        heated=st.integers(0, 3),
        idle=st.integers(0, 3),
        pending=st.booleans(),
        cooling=st.booleans(),
        presence=st.sampled_from(["online", "busy", "away", "wrap_up", "offline"]),
        skills=st.lists(st.sampled_from(["double_charge", "quality"]), max_size=1),
        languages=st.lists(st.sampled_from(["es", "en"]), max_size=2),
        tier=st.sampled_from(["L1", "L2", "L3"]),
    ),
    max_size=6,
    unique_by=lambda each: each.agent.username,
)
needs = st.builds(
    Need,
    st.sampled_from(["billing", "logistics"]),
    st.sampled_from(["es", "en"]),
    st.sampled_from(["double_charge", None]),
    st.sampled_from(["L1", "L2", "L3"]),
    st.booleans(),
    st.booleans(),
    st.frozensets(st.sampled_from("abcdefgh"), max_size=2),
)


@settings(max_examples=60)
@given(needs, people, st.randoms())
def test_the_order_of_the_candidates_does_not_matter(need, found, random):
    mixed = list(found)
    random.shuffle(mixed)

    assert best_agent(RULES, need, found) == best_agent(RULES, need, mixed)


@settings(max_examples=60)
@given(needs, people)
def test_somebody_is_asked_exactly_when_somebody_fits(need, found):
    best = best_agent(RULES, need, found)
    fitting = [each for each in found if fits(RULES, need, each)]

    assert (best in fitting) if fitting else best is None
