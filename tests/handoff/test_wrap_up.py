"""After a heated chat: first nothing new, then nothing heated."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.handoff import agents
from bot.handoff.assignment import Assignment
from bot.handoff.availability import Availability

pytestmark = pytest.mark.database

ANGRY, CALM = ("angry", 0.9), ("calm", 0.1)


def felt(here, *feelings, payload=None):
    """A ticket whose customer felt like this, message by message."""
    ticket = here.ticket(*(name for name, _ in feelings), payload=payload)
    for message, (level, score) in zip(
        here.store.messages(ticket.conversation), feelings, strict=False
    ):
        parse = {"frustration": {"score": score, "level": level, "cues": []}}
        here.store.set_parse(message.id, parse)
    return ticket


@pytest.fixture
def ana(here):
    agent = here.agent("ana")
    here.desk.agent_back(agent)
    return agent


def end(here, ticket, agent, how):
    here.desk.claim(ticket.ref, agent)
    if how == "return":
        here.desk.give_back(ticket.ref, agent, {"agreed": "Reenviar"})
    elif how == "resolve":
        here.desk.resolve(ticket.ref, agent, "solved", cause="emotion")
    else:
        here.desk.release(ticket.ref, agent)


@pytest.mark.parametrize(
    "feelings, payload, how, expected",
    [
        pytest.param([CALM], None, "resolve", False, id="calm"),
        pytest.param([("frustrated", 0.7)], None, "resolve", False, id="frustrated"),
        pytest.param([ANGRY], None, "resolve", True, id="angry, solved"),
        pytest.param([ANGRY], None, "return", True, id="angry, handed back"),
        pytest.param([ANGRY, CALM], None, "resolve", True, id="calmed down: the peak counts"),
        pytest.param([CALM], {"trigger": "x", "risk": ["abuse"]}, "resolve", True, id="abuse"),
        pytest.param([CALM], {"trigger": "x", "risk": ["press"]}, "resolve", False, id="press"),
        pytest.param([ANGRY], None, "release", False, id="released: it goes on"),
    ],
)
def test_wrap_up_begins_after_a_heated_chat(here, ana, feelings, payload, how, expected):
    ticket = felt(here, *feelings, payload=payload)
    if ticket.team != "general":
        ana = here.agent("sara", role="supervisor")
        here.desk.agent_back(ana)

    end(here, ticket, ana, how)

    known = agents.get(here.store, ana.username)
    assert (known.wrap_up_until is not None) is expected
    if expected:
        assert known.wrap_up_until == here.clock() + timedelta(minutes=5)
        assert known.cool_until == here.clock() + timedelta(minutes=20)
        assert Availability(here.desk).of(ana)["presence"] == "wrap_up"


def test_nothing_comes_while_wrapping_up_and_nothing_heated_while_cooling_down(here, ana):
    offers = Assignment(here.desk)
    end(here, felt(here, ANGRY), ana, "resolve")
    hot = felt(here, ANGRY)
    here.clock.forward(seconds=1)
    calm = felt(here, CALM)

    def asked():
        offers.round()
        return {ref: here.desk.ticket(ref).offered_to for ref in (hot.ref, calm.ref)}

    assert asked() == {hot.ref: None, calm.ref: None}
    here.clock.forward(minutes=5)
    assert asked() == {hot.ref: None, calm.ref: "ana"}
    offers.accept(calm.ref, ana)
    here.clock.forward(minutes=15)
    assert asked()[hot.ref] == "ana"


def test_who_is_ready_gets_something_calm_at_once(here, ana):
    end(here, felt(here, ANGRY), ana, "return")
    calm = felt(here, CALM)
    Availability(here.desk).ready(ana)

    Assignment(here.desk).round()

    assert here.desk.ticket(calm.ref).offered_to == "ana"


def test_a_heated_ticket_can_still_be_taken_by_hand(here, ana):
    end(here, felt(here, ANGRY), ana, "return")
    hot = felt(here, ANGRY)

    assert here.desk.claim(hot.ref, ana).ticket.owner_agent == "ana"


def test_levels_and_minutes_are_the_rules(here, ana):
    times = replace(
        here.desk.rules.assignment,
        heated_levels=("frustrated", "angry"),
        wrap_up_minutes=2.0,
        cool_minutes=3.0,
    )
    here.desk.rules = replace(here.desk.rules, assignment=times)

    end(here, felt(here, ("frustrated", 0.7)), ana, "return")

    known = agents.get(here.store, "ana")
    assert known.wrap_up_until == here.clock() + timedelta(minutes=2)
    assert known.cool_until == here.clock() + timedelta(minutes=5)
