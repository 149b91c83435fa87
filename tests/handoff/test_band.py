"""The escalation rate of a week that is over: supervisors hear of one outside the band."""

from datetime import datetime, timedelta, timezone

import pytest
from clock_helpers import restarted, works

from bot.handoff.band import JOB

pytestmark = pytest.mark.database

MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=timezone.utc)  # 9:00 in Madrid


@pytest.fixture
def boss(here):
    return here.agent("eva", role="supervisor", name="Eva Sanz")


def begun(here):
    """The desk's parts, with the first look planned."""
    parts = works(here.desk)
    parts.band.begin()
    return parts


def week(here, alone, served):
    """Conversations of this week: those that the bot had alone, and those that reached a person."""
    for _ in range(alone):
        here.chat("hola")
    for _ in range(served):
        here.ticket("hola")


def frames(parts):
    found = [frame for outcome in parts.scheduler.run_due() for frame in outcome.frames]
    return [frame for frame in found if frame.data == {"type": "band"}]


@pytest.mark.parametrize(
    "alone, served, where",
    [(9, 11, "high"), (19, 1, "low"), (15, 5, None), (3, 9, None)],
    ids=["too many", "too few", "as agreed", "too little to say"],
)
def test_on_monday_supervisors_are_told_of_a_week_outside_the_band(
    here, boss, alone, served, where
):
    parts = begun(here)
    week(here, alone, served)
    here.clock.now = MONDAY - timedelta(seconds=1)
    assert frames(parts) == []
    here.clock.now = MONDAY
    told = frames(parts)

    assert [frame.roles for frame in told] == [("supervisor", "admin")] * bool(where)
    last = parts.band.last(boss)
    assert (last and last["where"]) == where
    assert parts.band.last(here.agent()) is None


def test_it_is_told_once_and_the_next_week_speaks_for_itself(here, boss):
    parts = begun(here)
    week(here, 5, 20)
    here.clock.now = MONDAY
    assert len(frames(parts)) == 1
    here.clock.forward(days=3)
    begun(here)
    assert frames(parts) == []
    assert parts.band.last(boss)["rate"] == 0.8

    here.clock.now = MONDAY + timedelta(days=7)
    assert frames(parts) == []
    assert parts.band.last(boss) is None


def test_after_weeks_without_anybody_running_the_last_whole_week_is_told(here, boss):
    begun(here)
    here.clock.now = MONDAY + timedelta(days=9)
    week(here, 5, 20)
    here.clock.now = MONDAY + timedelta(days=14, hours=5)
    later = restarted(here)
    parts = begun(later)

    assert len(frames(parts)) == 1
    assert parts.band.last(boss)["from"] == "2026-12-06T23:00:00.000Z"


def test_a_look_that_was_given_up_does_not_end_the_looks(here):
    parts = begun(here)
    here.clock.now = MONDAY
    with here.store.database.write() as connection:
        parts.scheduler.cancel(connection, JOB, JOB, here.clock())
    begun(here)
    week(here, 5, 20)
    here.clock.now = MONDAY + timedelta(days=7)
    assert len(frames(parts)) == 1
