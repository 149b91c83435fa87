"""What a supervisor sees at a glance."""

import pytest
import sqlalchemy as sa

from bot.errors import NotAllowed
from bot.handoff import agents, tickets
from bot.handoff.overview import Overview
from bot.handoff.tables import agents as agent_table

pytestmark = pytest.mark.database


@pytest.fixture
def look(here):
    boss = here.agent("jefa", role="supervisor", name="Zoe Jefa")
    overview = Overview(here.desk)

    def now(name="general"):
        seen = overview.look(boss)
        return {**seen, "team": next(each for each in seen["teams"] if each["team"] == name)}

    return now


def change(here, ticket, **values):
    with here.store.database.write() as connection:
        tickets.update(connection, ticket.ref, **values)


def test_a_team_that_waits_for_nobody_has_no_longest_wait(here, look):
    assert look()["team"] == {
        "team": "general",
        "waiting": 0,
        "longest_wait": None,
        "open": 0,
        "paused": 0,
        "missed": 0,
        "unaccepted": 0,
        "agents": 0,
    }


def test_waits_are_counted_and_cases_that_nobody_took_are_named(here, look):
    first = here.ticket()
    here.clock.forward(seconds=59)
    second = here.ticket()
    assert look()["unaccepted"]["count"] == 0
    here.clock.forward(seconds=41)
    seen = look()
    assert seen["team"]["waiting"] == 2
    assert seen["team"]["longest_wait"] == 100
    assert [row["ref"] for row in seen["unaccepted"]["tickets"]] == [first.ref]
    here.desk.claim(first.ref, here.agent())
    here.clock.forward(minutes=30)
    seen = look()
    assert seen["team"]["unaccepted"] == seen["team"]["waiting"] == 1
    assert {row["ref"] for row in seen["missed"]["tickets"]} == {first.ref, second.ref}


def test_a_clock_that_stands_misses_nothing(here, look):
    ticket = here.ticket()
    here.desk.claim(ticket.ref, here.agent())
    change(here, ticket, paused_at=here.clock())
    here.clock.forward(days=30)
    team = look()["team"]
    assert (team["open"], team["paused"], team["missed"]) == (1, 1, 0)


def test_agents_show_whether_they_are_there_and_how_much_they_have(here, look):
    ana = here.agent()
    here.agent("otra", teams=("billing",), name="Berta Otra")
    here.desk.claim(here.ticket().ref, ana)
    with here.store.database.write() as connection:
        agents.set_live(connection, "ana", here.clock())
        mine = agent_table.c.username == "ana"
        connection.execute(sa.update(agent_table).where(mine).values(presence="busy"))
    people = {each["username"]: each for each in look()["agents"]}
    assert people["ana"]["presence"] == "busy"
    assert people["ana"]["load"] == 1
    assert people["otra"]["presence"] == people["jefa"]["presence"] == "offline"
    assert look()["team"]["agents"] == 0  # nobody who could take something
    here.desk.agent_back(agents.get(here.store, "jefa"))
    assert look()["team"]["agents"] == 1


def test_only_supervisors_see_it(here):
    with pytest.raises(NotAllowed):
        Overview(here.desk).look(here.agent())
