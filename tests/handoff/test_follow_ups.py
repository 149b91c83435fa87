from datetime import timedelta

import pytest
from clock_helpers import log, works

from bot.errors import Conflict, DeskError, NotAllowed
from bot.handoff import surveys

pytestmark = pytest.mark.database


@pytest.fixture
def parts(here):
    here.ana = here.agent()
    return works(here.desk)


@pytest.fixture
def closed(here, parts):
    ticket = here.ticket()
    here.desk.claim(ticket.ref, here.ana)
    return here.desk.resolve(ticket.ref, here.ana, "solved", cause="knowledge").ticket


def in_days(here, days):
    return here.clock.now + timedelta(days=days)


def asked(here, ticket):
    return [m.response for m in here.store.messages(ticket.conversation)].count(surveys.ASKED)


def test_a_follow_up_in_person_waits_for_the_agents_eyes_at_its_time(here, parts, closed):
    parts.follow_ups.plan(closed.ref, here.ana, in_days(here, 2))
    here.clock.forward(days=1)
    parts.scheduler.run_due()
    assert here.desk.row(closed.ref, viewer="ana")["mentioned"] is False

    here.clock.forward(days=1)
    frames = [frame for outcome in parts.scheduler.run_due() for frame in outcome.frames]
    assert here.desk.row(closed.ref, viewer="ana")["mentioned"] is True
    told = [(frame.data["type"], frame.data.get("clock"), frame.to) for frame in frames]
    assert told[-2:] == [("mention", None, "ana"), ("alarm", "follow_up", "ana")]
    assert {"kind": "person"} in [event.data for event in log(here, closed.ref, "followed_up")]


def test_planning_again_moves_it(here, parts, closed):
    parts.follow_ups.plan(closed.ref, here.ana, in_days(here, 2))
    parts.follow_ups.plan(closed.ref, here.ana, in_days(here, 5))
    here.clock.forward(days=2)
    parts.scheduler.run_due()

    assert here.desk.row(closed.ref, viewer="ana")["mentioned"] is False


def test_one_that_is_taken_back_reminds_nobody_and_another_can_be_planned(here, parts, closed):
    parts.follow_ups.plan(closed.ref, here.ana, in_days(here, 2))
    parts.follow_ups.cancel(closed.ref, here.ana)
    with pytest.raises(Conflict, match="No follow-up"):
        parts.follow_ups.cancel(closed.ref, here.ana)
    here.clock.forward(days=3)
    parts.scheduler.run_due()
    assert here.desk.row(closed.ref, viewer="ana")["mentioned"] is False

    parts.follow_ups.plan(closed.ref, here.ana, in_days(here, 2))
    here.clock.forward(days=3)
    parts.scheduler.run_due()
    assert here.desk.row(closed.ref, viewer="ana")["mentioned"] is True


def test_the_survey_comes_when_the_agent_says_and_not_before(here, parts, closed):
    parts.follow_ups.plan(closed.ref, here.ana, in_days(here, 3), "survey")
    here.clock.forward(days=1)
    parts.scheduler.run_due()
    assert asked(here, closed) == 0

    here.clock.forward(days=2)
    parts.scheduler.run_due()
    assert asked(here, closed) == 1
    with pytest.raises(Conflict):
        parts.follow_ups.plan(closed.ref, here.ana, in_days(here, 3), "survey")


def test_the_usual_check_does_not_come_before_a_survey_that_was_moved(here, parts, closed):
    parts.follow_ups.plan(closed.ref, here.ana, in_days(here, 5), "survey")
    here.clock.forward(days=4)
    parts.scheduler.run_due()
    said = [m.response for m in here.store.messages(closed.conversation)]
    assert surveys.CHECK not in said

    here.clock.forward(days=1)
    parts.scheduler.run_due()
    assert asked(here, closed) == 1


@pytest.mark.parametrize(
    "days, how",
    [
        pytest.param(-1, "person", id="past"),
        pytest.param(0, "person", id="now"),
        pytest.param(1, "visit", id="no such way"),
    ],
)
def test_a_wrong_wish_changes_nothing(here, parts, closed, days, how):
    with pytest.raises(DeskError):
        parts.follow_ups.plan(closed.ref, here.ana, in_days(here, days), how)

    assert log(here, closed.ref, "follow_up_planned") == []


def test_no_time_is_refused(here, parts, closed):
    with pytest.raises(DeskError):
        parts.follow_ups.plan(closed.ref, here.ana, None)


def test_an_open_case_is_not_rated(here, parts):
    ticket = here.ticket()

    with pytest.raises(Conflict):
        parts.follow_ups.plan(ticket.ref, here.ana, in_days(here, 1), "survey")


def test_another_teams_case_is_left_alone(here, parts, closed):
    bea = here.agent("bea", teams=("billing",))

    with pytest.raises(NotAllowed):
        parts.follow_ups.plan(closed.ref, bea, in_days(here, 1))
