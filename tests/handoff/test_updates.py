from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from clock_helpers import fresh, log, restarted, works
from desk_fakes import sqlite_only

from bot.errors import DeskError
from bot.handoff import people
from bot.handoff.calls import Calls
from bot.handoff.instants import iso
from bot.handoff.progress import Progress
from bot.handoff.updates import HELD, QUEUED

pytestmark = pytest.mark.database

DAY = 86400


@pytest.fixture
def ticket(here):
    """A high one: news every 24 hours, nights and Sundays too."""
    return here.ticket(payload={"trigger": "x", "priority": "high"})


def later(here, seconds):
    here.clock.forward(seconds=seconds)


def news(here, ticket):
    return [
        message.response
        for message in here.store.messages(ticket.conversation)
        if message.response in (QUEUED, HELD)
    ]


def test_a_waiting_customer_hears_how_the_case_stands_when_it_is_due(here, ticket):
    parts = works(here.desk)
    due = iso(ticket.due_update)
    later(here, DAY)
    (outcome,) = [each for each in parts.scheduler.run_due() if each.changes[0].messages]
    (message,) = outcome.changes[0].messages

    assert message.response == QUEUED
    assert "position=1" in message.text
    assert "next=" in message.text
    (told,) = log(here, ticket.ref, "told")
    news = {"kind": "update", "channel": "page", "message": message.id, "due": due}
    assert told.data == news
    assert log(here, ticket.ref, "update_missed") == []


def test_who_has_the_case_is_named(here, ticket):
    here.desk.claim(ticket.ref, here.agent())
    later(here, DAY)
    works(here.desk).scheduler.run_due()

    (message,) = [m for m in here.store.messages(ticket.conversation) if m.response == HELD]
    assert "agent=Ana Ruiz" in message.text
    assert "position" not in message.text


def test_news_in_time_is_no_miss_and_the_next_is_a_day_later(here, ticket):
    parts = works(here.desk)
    later(here, DAY)
    parts.scheduler.run_due()
    later(here, DAY - 60)
    parts.scheduler.run_due()
    assert news(here, ticket) == [QUEUED]

    later(here, 60)
    parts.scheduler.run_due()
    assert news(here, ticket) == [QUEUED, QUEUED]
    assert "update" not in [event.data["clock"] for event in log(here, ticket.ref, "sla_missed")]


def test_when_the_agent_has_written_the_system_does_not(here, ticket):
    ana = here.agent()
    here.desk.claim(ticket.ref, ana)
    later(here, DAY - 600)
    here.desk.say(ticket.ref, ana, "Mañana sé más", "1")
    later(here, DAY - 60)
    works(here.desk).scheduler.run_due()

    assert news(here, ticket) == []


def test_the_agent_is_reminded_before_the_system_writes(here, ticket):
    here.desk.claim(ticket.ref, here.agent())
    parts = works(here.desk)
    later(here, 0.75 * DAY)
    frames = [frame for outcome in parts.scheduler.run_due() for frame in outcome.frames]

    wanted = {"type": "alarm", "ref": ticket.ref, "clock": "update", "stage": "soon"}
    assert [frame.to for frame in frames if frame.data == wanted] == ["ana"]
    assert news(here, ticket) == []


def test_after_days_without_anybody_running_there_is_one_message_not_many(here, ticket):
    for _ in range(5):
        later(here, DAY)
    parts = works(here.desk)
    for _ in range(3):
        parts.scheduler.run_due()

    assert news(here, ticket) == [QUEUED]
    assert "update" in [event.data["clock"] for event in log(here, ticket.ref, "sla_missed")]
    assert fresh(here, ticket.ref).due_update > here.clock.now


def test_what_nobody_would_read_does_not_count_and_alarms(here, ticket):
    here.desk.reach = lambda connection, ticket: None
    parts = works(here.desk)
    later(here, DAY)
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
    later(here, DAY)
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
    later(here, 3 * DAY)
    works(here.desk).scheduler.run_due()

    assert news(here, ticket) == []


@sqlite_only
def test_a_process_that_dies_in_the_middle_has_told_nothing_and_the_next_tells_once(here, ticket):
    parts = works(here.desk)
    later(here, DAY)
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
    later(here, DAY)
    works(here.desk).scheduler.run_due()
    (message,) = [m for m in here.store.messages(ticket.conversation) if m.response == QUEUED]
    due = fresh(here, ticket.ref).due_update

    assert here.desk.rules.say_time(due, here.clock.now, "es") in message.text
    assert due - here.clock.now >= timedelta(seconds=DAY)


FRIDAY = datetime(2026, 12, 4, 18, 0, tzinfo=ZoneInfo("Europe/Madrid"))  # Tuesday is a feast


@pytest.mark.parametrize("priority", ["high", "urgent"])
def test_customers_of_pressing_cases_hear_every_24_hours_over_weekend_and_holiday(here, priority):
    here.clock.now = FRIDAY
    ticket = here.ticket(payload={"trigger": "x", "priority": priority})
    parts = works(here.desk)
    while here.clock.now < FRIDAY + timedelta(days=6):
        here.clock.forward(minutes=15)
        parts.scheduler.run_due()

    heard = [ticket.created_at, *(event.at for event in log(here, ticket.ref, "told"))]
    gaps = [after - before for before, after in pairwise(heard)]
    assert here.clock.now - heard[-1] <= timedelta(hours=24)
    assert max(gaps) <= timedelta(hours=24)
    assert min(gaps) >= timedelta(hours=1)


def test_customers_of_snoozed_cases_still_hear(here, ticket):
    ana = here.agent()
    here.desk.claim(ticket.ref, ana)
    Progress(here.desk).snooze(ticket.ref, ana, iso(here.clock.now + timedelta(days=60)))
    assert here.desk.row(ticket.ref)["sla"]["update"]["state"] == "running"
    assert here.desk.row(ticket.ref)["sla"]["resolution"]["state"] == "paused"
    parts = works(here.desk)
    for _ in range(5):
        later(here, DAY)
        parts.scheduler.run_due()

    assert news(here, ticket) == [HELD] * len(log(here, ticket.ref, "told"))
    assert len(log(here, ticket.ref, "told")) == 5
    assert here.desk.row(ticket.ref)["phase"] == "snoozed"


@pytest.mark.parametrize("first", ["waiting", "snooze"])
def test_each_way_to_stand_still_begins_with_its_own_time(here, ticket, first):
    ana, progress = here.agent(), Progress(here.desk)
    here.desk.claim(ticket.ref, ana)
    until = iso(here.clock.now + timedelta(days=9))
    ways = {
        "waiting": lambda: progress.waiting(ticket.ref, ana),
        "snooze": lambda: progress.snooze(ticket.ref, ana, until),
    }
    later(here, 3600)
    ways.pop(first)()
    later(here, 3600)
    (second,) = ways.values()
    second()
    later(here, 3600)
    changed = progress.resume(ticket.ref, ana).ticket

    still = 3600  # of the three hours one was the customer's
    assert changed.due_update == ticket.due_update + timedelta(seconds=still)
    assert changed.due_resolution == ticket.due_resolution + timedelta(seconds=2 * still)


def test_what_was_told_on_the_telephone_is_news_also_where_nothing_is_read(here, ticket):
    here.desk.reach = lambda connection, ticket: None
    ana, parts = here.agent(), works(here.desk)
    here.desk.claim(ticket.ref, ana)
    later(here, DAY)
    parts.scheduler.run_due()
    assert here.desk.row(ticket.ref)["sla"]["update"]["state"] == "missed"

    calls = Calls(here.desk)
    change, note = calls.called(ticket.ref, ana, " Sabe que sale hoy ", client_id="c1")
    again, same = calls.called(ticket.ref, ana, "Sabe que sale hoy", client_id="c1")
    assert (change.created, again.created, same["id"]) == (True, False, note["id"])
    assert (note["kind"], note["text"]) == ("call", "Sabe que sale hoy")
    assert here.desk.row(ticket.ref)["sla"]["update"]["state"] == "running"
    assert change.ticket.due_update == here.clock.now + timedelta(seconds=DAY)
    assert change.ticket.first_response_at == here.clock.now
    (said,) = log(here, ticket.ref, "said")
    assert (said.actor, said.data["channel"], said.data["reached"]) == ("agent:ana", "phone", True)
    later(here, 3600)
    parts.scheduler.run_due()
    assert len(log(here, ticket.ref, "update_missed")) == 1
    with here.store.database.read() as connection:
        assert [one["kind"] for one in people.notes_of(connection, ticket.ref)] == ["call"]


@pytest.mark.parametrize("text, who", [(" ", "ana"), ("Hablé con él", "leo")])
def test_a_call_says_something_and_is_of_who_has_the_case(here, ticket, text, who):
    agents = {"ana": here.agent(), "leo": here.agent("leo", name="Leo Paz")}
    here.desk.claim(ticket.ref, agents["ana"])
    with pytest.raises(DeskError):
        Calls(here.desk).called(ticket.ref, agents[who], text)
    assert log(here, ticket.ref, "said") == []
