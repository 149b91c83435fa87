from datetime import timedelta

import pytest
from clock_helpers import fresh, log, restarted, works
from desk_fakes import sqlite_only

from bot.handoff import sla
from bot.handoff.updates import HELD, QUEUED

pytestmark = pytest.mark.unit

DAY = 86400


@pytest.fixture
def ticket(here):
    """A high one: news every 24 hours of opening time."""
    return here.ticket(payload={"trigger": "x", "priority": "high"})


def opening_time(here, seconds):
    """Let so many seconds of opening time pass."""
    here.clock.now = sla.due(here.clock.now, seconds, here.desk.rules.teams["general"].hours)


def news(here, ticket):
    return [
        message.response
        for message in here.store.messages(ticket.conversation)
        if message.response in (QUEUED, HELD)
    ]


def test_a_waiting_customer_hears_how_the_case_stands_when_it_is_due(here, ticket):
    parts = works(here.desk)
    opening_time(here, DAY)
    (outcome,) = [each for each in parts.scheduler.run_due() if each.changes[0].messages]
    (message,) = outcome.changes[0].messages

    assert message.response == QUEUED
    assert "position=1" in message.text
    assert "next=" in message.text
    (told,) = log(here, ticket.ref, "told")
    assert told.data == {"kind": "update", "channel": "page", "message": message.id}
    assert log(here, ticket.ref, "update_missed") == []


def test_who_has_the_case_is_named(here, ticket):
    here.desk.claim(ticket.ref, here.agent())
    opening_time(here, DAY)
    works(here.desk).scheduler.run_due()

    (message,) = [m for m in here.store.messages(ticket.conversation) if m.response == HELD]
    assert "agent=Ana Ruiz" in message.text
    assert "position" not in message.text


def test_news_in_time_is_no_miss_and_the_next_is_a_day_later(here, ticket):
    parts = works(here.desk)
    opening_time(here, DAY)
    parts.scheduler.run_due()
    opening_time(here, DAY - 60)
    parts.scheduler.run_due()
    assert news(here, ticket) == [QUEUED]

    opening_time(here, 60)
    parts.scheduler.run_due()
    assert news(here, ticket) == [QUEUED, QUEUED]
    assert "update" not in [event.data["clock"] for event in log(here, ticket.ref, "sla_missed")]


def test_when_the_agent_has_written_the_system_does_not(here, ticket):
    ana = here.agent()
    here.desk.claim(ticket.ref, ana)
    opening_time(here, DAY - 600)
    here.desk.say(ticket.ref, ana, "Mañana sé más", "1")
    opening_time(here, DAY - 60)
    works(here.desk).scheduler.run_due()

    assert news(here, ticket) == []


def test_the_agent_is_reminded_before_the_system_writes(here, ticket):
    here.desk.claim(ticket.ref, here.agent())
    parts = works(here.desk)
    opening_time(here, 0.75 * DAY)
    frames = [frame for outcome in parts.scheduler.run_due() for frame in outcome.frames]

    wanted = {"type": "alarm", "ref": ticket.ref, "clock": "update", "stage": "soon"}
    assert [frame.to for frame in frames if frame.data == wanted] == ["ana"]
    assert news(here, ticket) == []


def test_after_days_without_anybody_running_there_is_one_message_not_many(here, ticket):
    for _ in range(5):
        opening_time(here, DAY)
    parts = works(here.desk)
    for _ in range(3):
        parts.scheduler.run_due()

    assert news(here, ticket) == [QUEUED]
    assert "update" in [event.data["clock"] for event in log(here, ticket.ref, "sla_missed")]
    assert fresh(here, ticket.ref).due_update > here.clock.now


def test_what_nobody_would_read_does_not_count_and_alarms(here, ticket):
    here.desk.reach = lambda connection, ticket: None
    parts = works(here.desk)
    opening_time(here, DAY)
    frames = [frame.data for outcome in parts.scheduler.run_due() for frame in outcome.frames]

    assert news(here, ticket) == []
    assert [event.data["why"] for event in log(here, ticket.ref, "update_missed")] == [
        "unreachable"
    ]
    assert {"type": "alarm", "ref": ticket.ref, "clock": "update", "stage": "unreachable"} in frames
    assert here.desk.row(ticket.ref)["sla"]["update"]["state"] == "missed"


def test_a_customer_who_comes_back_hears_it_then_and_it_stays_a_miss(here, ticket):
    here.desk.reach = lambda connection, ticket: None
    parts = works(here.desk)
    opening_time(here, DAY)
    parts.scheduler.run_due()
    for _ in range(4):
        here.clock.forward(minutes=30)
        parts.scheduler.run_due()
    here.desk.reach = lambda connection, ticket: "mail"
    here.clock.forward(minutes=30)
    parts.scheduler.run_due()

    assert news(here, ticket) == [QUEUED]
    assert log(here, ticket.ref, "told")[0].data["channel"] == "mail"
    assert len(log(here, ticket.ref, "update_missed")) == 1
    missed = [event.data["clock"] for event in log(here, ticket.ref, "sla_missed")]
    assert missed.count("update") == 1


def test_a_closed_case_gets_no_news(here, ticket):
    ana = here.agent()
    here.desk.claim(ticket.ref, ana)
    here.desk.resolve(ticket.ref, ana, "solved", cause="knowledge")
    opening_time(here, 3 * DAY)
    works(here.desk).scheduler.run_due()

    assert news(here, ticket) == []


@sqlite_only
def test_a_process_that_dies_in_the_middle_has_told_nothing_and_the_next_tells_once(here, ticket):
    parts = works(here.desk)
    opening_time(here, DAY)
    tell = here.desk.tell

    def dies(*args, **kwargs):
        tell(*args, **kwargs)
        raise SystemExit

    here.desk.tell = dies
    with pytest.raises(SystemExit):
        parts.scheduler.run_due()
    assert news(here, ticket) == []

    there = restarted(here)
    parts = works(there.desk)
    parts.scheduler.run_due()
    parts.scheduler.run_due()
    assert news(there, ticket) == [QUEUED]
    there.store.close()


def test_the_time_of_the_next_news_is_the_one_that_is_kept(here, ticket):
    opening_time(here, DAY)
    works(here.desk).scheduler.run_due()
    (message,) = [m for m in here.store.messages(ticket.conversation) if m.response == QUEUED]
    due = fresh(here, ticket.ref).due_update

    assert here.desk.rules.say_time(due, here.clock.now, "es") in message.text
    assert due - here.clock.now >= timedelta(seconds=DAY)
