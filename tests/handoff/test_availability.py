"""Presence: chosen, automatic, and after an absence."""

from datetime import timedelta

import pytest

from bot.errors import Conflict, DeskError
from bot.handoff import agents, sessions, staff
from bot.handoff.availability import Availability
from bot.handoff.desk import Desk

pytestmark = pytest.mark.database


@pytest.fixture
def who(here):
    return Availability(here.desk)


@pytest.fixture
def ana(here):
    agent = here.agent("ana")
    here.desk.agent_back(agent)
    return agent


def test_an_agent_with_a_console_is_online(here, who, ana):
    assert who.of(ana) == {
        "presence": "online",
        "chosen": "online",
        "wrap_up_until": None,
        "cool_until": None,
        "load": 0,
        "capacity": 4,
    }


def test_without_a_console_an_agent_is_offline(here, who, ana):
    here.desk.agent_lost(ana)

    assert who.of(ana)["presence"] == "offline"
    assert who.everybody()["ana"]["presence"] == "offline"


@pytest.mark.parametrize("presence", ["online", "busy", "away"])
def test_what_is_chosen_survives_a_reload_and_a_restart(here, who, ana, presence):
    assert who.choose(ana, presence)["presence"] == presence

    here.desk.agent_lost(ana)
    here.clock.forward(minutes=14)
    here.desk.agent_back(ana)
    assert who.of(ana)["presence"] == presence

    fresh = Desk(here.store, here.phrasebook, here.desk.rules, here.clock)
    fresh.all_lost()
    fresh.agent_back(ana)
    assert Availability(fresh).of(ana)["presence"] == presence


@pytest.mark.parametrize("wrong", ["wrap_up", "offline", "onlin", ""])
def test_nothing_else_can_be_chosen(here, who, ana, wrong):
    with pytest.raises(DeskError) as refused:
        who.choose(ana, wrong)

    assert "Accepted: away, busy, online." in str(refused.value)
    assert who.of(ana)["chosen"] == "online"


def test_with_as_many_chats_as_they_may_an_agent_is_busy(here, who, ana):
    with here.store.database.write() as connection:
        staff.update(connection, "ana", capacity=1)
    ticket = here.ticket()
    here.desk.claim(ticket.ref, ana)
    assert who.of(ana) | {"presence": "busy", "load": 1, "capacity": 1} == who.of(ana)

    here.desk.release(ticket.ref, ana)
    assert who.of(ana)["presence"] == "online"


def test_who_comes_back_after_long_without_logging_in_is_away(here, who, ana):
    here.desk.agent_lost(ana)
    here.clock.forward(minutes=16)
    here.desk.agent_back(ana)

    assert who.of(ana)["presence"] == "away"
    assert who.choose(ana, "online")["presence"] == "online"


def test_who_logs_in_the_next_morning_is_online(here, who, ana):
    who.choose(ana, "away")
    here.desk.agent_lost(ana)
    here.clock.forward(hours=14)
    sessions.new_session(here.store, ana, hours=9)
    here.desk.agent_back(ana)

    assert who.of(ana)["presence"] == "online"


def test_wrap_up_ends_by_itself_or_when_the_agent_is_ready(here, who, ana):
    until = here.clock() + timedelta(minutes=5)
    cool = until + timedelta(minutes=15)
    with here.store.database.write() as connection:
        staff.update(connection, "ana", wrap_up_until=until, cool_until=cool)
    told = who.of(ana)
    assert (told["presence"], told["wrap_up_until"]) == ("wrap_up", "2026-11-25T11:05:00.000Z")

    assert who.ready(ana)["presence"] == "online"
    assert who.of(ana)["cool_until"] == "2026-11-25T11:20:00.000Z"

    with here.store.database.write() as connection:
        staff.update(connection, "ana", wrap_up_until=until)
    here.clock.forward(minutes=5)
    assert who.of(ana)["presence"] == "online"
    here.clock.forward(minutes=15)
    assert who.of(ana)["cool_until"] is None


def test_a_disabled_account_is_offline(here, who, ana):
    agents.disable(here.store, "ana")

    assert who.everybody()["ana"]["presence"] == "offline"


def test_who_serves_nobody_has_no_presence(here, who):
    with pytest.raises(Conflict):
        who.of(here.agent("tere", role="trainer"))
