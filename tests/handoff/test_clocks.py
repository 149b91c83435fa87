from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from clock_helpers import fresh, log, works

from bot.handoff import clock_state, clocks
from bot.handoff.alarms import short_names
from bot.handoff.rules_hours import Team
from bot.handoff.rules_law import LawPack
from bot.handoff.sla import Hours, open_seconds

pytestmark = pytest.mark.database

MADRID = ZoneInfo("Europe/Madrid")


def madrid(*parts):
    return datetime(*parts, tzinfo=MADRID).astimezone(timezone.utc)


def states(here, ref):
    ticket = fresh(here, ref)
    view = clock_state.view(here.desk.rules, ticket, here.clock.now)
    return {name: clock["state"] for name, clock in view.items() if clock}


def change(here, operation, ref, *args, **kwargs):
    """Call one of the functions that work in a transaction."""
    with here.store.database.write() as connection:
        ticket = here.desk.visible(connection, ref, here.boss, lock=True)
        before = () if operation is clocks.pause else (here.desk.rules,)
        return operation(connection, *before, ticket, here.clock.now, *args, **kwargs)


@pytest.fixture
def desk(here):
    here.boss = here.agent("sol", role="supervisor")
    return here


@pytest.fixture
def held(desk):
    """A medium ticket that Ana has: 5 minutes of opening time, 48 hours, 3 working days."""
    desk.ana = desk.agent()
    ticket = desk.ticket("hola")
    return desk.desk.claim(ticket.ref, desk.ana).ticket


def test_a_ticket_is_opened_with_all_its_deadlines(desk):
    ticket = desk.ticket("hola")  # medium, Wednesday 12:00

    assert ticket.due_first_response == madrid(2026, 11, 25, 12, 5)
    assert ticket.due_update == madrid(2026, 11, 27, 12, 0)
    assert ticket.due_resolution == madrid(2026, 11, 30, 12, 0)  # no Saturday, no Sunday
    assert ticket.due_answer == madrid(2026, 12, 18, 23, 59, 59)  # 15 working days, two feasts
    assert ticket.context["sla"]["due_answer"] == "2026-12-18T22:59:59.000Z"


def hours(here, team="general"):
    return here.desk.rules.teams[team].hours


def working(here):
    return here.desk.rules.times("general")["working_days"]


def test_an_undue_charge_is_answered_sooner(desk):
    ticket = desk.ticket("dos cobros", payload={"trigger": "x", "issue": "double_charge"})

    assert ticket.issue == "double_charge"
    assert ticket.due_answer == madrid(2026, 12, 2, 23, 59, 59)  # 5 working days


def test_without_a_law_there_is_no_such_clock(desk):
    desk.desk.rules = replace(desk.desk.rules, law=LawPack())
    ticket = desk.ticket()

    assert ticket.due_answer is None
    assert clock_state.view(desk.desk.rules, ticket, desk.clock.now)["answer"] is None


@pytest.mark.parametrize(
    "minutes, expected",
    [
        pytest.param(0, "running", id="begun"),
        pytest.param(3.7, "running", id="before three quarters"),
        pytest.param(3.75, "soon", id="three quarters"),
        pytest.param(4.9, "soon", id="nearly due"),
        pytest.param(5, "missed", id="due"),
    ],
)
def test_a_clock_runs_then_is_soon_then_missed(desk, minutes, expected):
    ticket = desk.ticket()
    desk.clock.forward(minutes=minutes)

    assert states(desk, ticket.ref)["first_response"] == expected


@pytest.mark.parametrize("minutes, expected", [(2, "met"), (6, "missed")])
def test_the_agents_first_message_ends_the_first_clock_for_good(held, desk, minutes, expected):
    desk.clock.forward(minutes=minutes)
    desk.desk.say(held.ref, desk.ana, "Soy Ana", "1")
    desk.clock.forward(days=20)

    assert states(desk, held.ref)["first_response"] == expected


def test_an_agents_message_puts_the_next_update_off(held, desk):
    desk.clock.forward(hours=3)
    ticket = desk.desk.say(held.ref, desk.ana, "Sigo con ello", "1").ticket

    assert ticket.told_at == desk.clock.now
    assert ticket.due_update == desk.clock.now + timedelta(hours=48)


def test_what_reaches_nobody_is_an_answer_but_no_update(held, desk):
    desk.desk.reach = lambda connection, ticket: None
    desk.clock.forward(minutes=1)
    ticket = desk.desk.say(held.ref, desk.ana, "Hola", "1").ticket

    assert ticket.first_response_at == desk.clock.now
    assert (ticket.told_at, ticket.due_update) == (None, held.due_update)


def test_while_it_waits_for_the_customer_nothing_ticks(held, desk):
    desk.clock.forward(hours=2)
    change(desk, clocks.pause, held.ref)
    left = open_seconds(desk.clock.now, held.due_resolution, working(desk))
    desk.clock.forward(days=40)

    assert states(desk, held.ref) == {
        "first_response": "missed",
        "update": "paused",
        "resolution": "paused",
        "answer": "missed",  # the law's clock does not stand still
    }
    ticket = change(desk, clocks.resume, held.ref)
    assert open_seconds(desk.clock.now, ticket.due_resolution, working(desk)) == left
    assert ticket.due_first_response == held.due_first_response  # missed stays missed
    assert ticket.due_answer == held.due_answer


def test_pausing_twice_is_pausing_once(held, desk):
    first = change(desk, clocks.pause, held.ref)
    desk.clock.forward(hours=1)

    assert change(desk, clocks.pause, held.ref).paused_at == first.paused_at
    change(desk, clocks.resume, held.ref)
    assert change(desk, clocks.resume, held.ref).paused_at is None


def test_a_pause_over_time_that_a_clock_does_not_count_costs_nothing(held, desk):
    desk.clock.now = madrid(2026, 11, 28, 0, 0)  # Saturday
    change(desk, clocks.pause, held.ref)
    desk.clock.now = madrid(2026, 11, 29, 23, 0)
    ticket = change(desk, clocks.resume, held.ref)

    assert ticket.due_resolution == held.due_resolution


def test_a_higher_priority_counts_the_time_used_already(desk):
    ticket = desk.ticket()
    desk.clock.forward(hours=5)
    changed = change(desk, clocks.retarget, ticket.ref, priority="high")

    assert (changed.priority, changed.rank) == ("high", 1)
    assert changed.due_resolution == ticket.created_at + timedelta(hours=24)


def test_more_used_than_the_new_priority_gives_is_due_now(desk):
    ticket = desk.ticket()
    desk.clock.forward(hours=5)
    changed = change(desk, clocks.retarget, ticket.ref, priority="urgent")

    assert changed.due_resolution == desk.clock.now  # 4 h
    assert states(desk, ticket.ref)["resolution"] == "missed"


def test_a_lower_priority_does_not_wash_a_miss_away(desk):
    ticket = desk.ticket()
    desk.clock.forward(minutes=6)
    changed = change(desk, clocks.retarget, ticket.ref, priority="low")

    assert changed.due_first_response == ticket.due_first_response
    assert states(desk, ticket.ref)["first_response"] == "missed"
    assert changed.due_resolution > ticket.due_resolution


def test_another_team_has_its_own_opening_hours(desk):
    desk.clock.now = madrid(2026, 11, 25, 19, 0)  # the shop closes at eight
    ticket = desk.ticket(payload={"trigger": "x", "priority": "urgent"})
    left = open_seconds(desk.clock.now, ticket.due_resolution, hours(desk))
    changed = change(desk, clocks.retarget, ticket.ref, team="safety")

    assert changed.team == "safety"
    assert changed.due_resolution == desk.clock.now + timedelta(seconds=left)


def test_changing_the_team_while_paused_keeps_what_was_left(held, desk):
    change(desk, clocks.retarget, held.ref, priority="urgent")
    desk.clock.forward(hours=2)
    change(desk, clocks.pause, held.ref)
    desk.clock.forward(days=9)
    change(desk, clocks.retarget, held.ref, team="safety")
    desk.clock.forward(days=9)
    ticket = change(desk, clocks.resume, held.ref)

    assert ticket.due_resolution == desk.clock.now + timedelta(hours=2)  # of four


@pytest.mark.parametrize("hours_later, expected", [(10, "met"), (130, "missed")])
def test_met_or_missed_is_final_when_a_case_is_resolved(held, desk, hours_later, expected):
    desk.clock.forward(hours=hours_later)
    desk.desk.resolve(held.ref, desk.ana, "solved", cause="knowledge")
    desk.clock.forward(days=60)

    found = states(desk, held.ref)
    assert found["resolution"] == expected
    assert found["first_response"] == "missed"
    assert found["answer"] in ("met", "missed")


def test_a_case_closed_in_time_without_an_answer_has_no_first_response(held, desk):
    desk.clock.forward(minutes=1)
    desk.desk.give_back(held.ref, desk.ana, {"agreed": "Nada más"})

    assert states(desk, held.ref) == {
        "first_response": "none",
        "update": "none",
        "resolution": "met",
        "answer": "met",
    }


def test_reopening_begins_the_resolution_anew_and_leaves_the_first_response(held, desk):
    desk.desk.say(held.ref, desk.ana, "Hola", "1")
    desk.desk.resolve(held.ref, desk.ana, "solved", cause="knowledge")
    desk.clock.forward(days=10)
    ticket = desk.desk.reopen(held.ref, desk.ana).ticket

    assert open_seconds(desk.clock.now, ticket.due_resolution, working(desk)) == 259200
    assert states(desk, held.ref)["first_response"] == "met"
    assert states(desk, held.ref)["resolution"] == "running"


def test_soon_and_missed_are_logged_once_for_each_deadline(desk):
    ticket, parts = desk.ticket(), works(desk.desk)
    for _ in range(30):
        desk.clock.forward(seconds=15)
        parts.scheduler.run_due()

    found = [(e.kind, e.data["clock"]) for e in log(desk, ticket.ref, "sla_soon", "sla_missed")]
    assert found == [("sla_soon", "first_response"), ("sla_missed", "first_response")]


def test_a_deadline_that_passed_while_nobody_ran_is_logged_as_missed(held, desk):
    desk.clock.forward(minutes=9)  # the scheduler was off; Ana answers first
    desk.desk.say(held.ref, desk.ana, "Hola", "1")
    works(desk.desk).scheduler.run_due()

    assert [e.data["clock"] for e in log(desk, held.ref, "sla_missed")] == ["first_response"]


def test_a_missed_resolution_is_logged_although_the_case_was_closed_first(held, desk):
    desk.clock.forward(days=30)
    desk.desk.resolve(held.ref, desk.ana, "solved", cause="knowledge")
    works(desk.desk).scheduler.run_due()

    clocks_missed = {event.data["clock"] for event in log(desk, held.ref, "sla_missed")}
    assert clocks_missed == {"first_response", "update", "resolution", "answer"}


def test_nothing_is_soon_or_missed_while_it_is_paused(held, desk):
    desk.desk.say(held.ref, desk.ana, "Hola", "1")
    change(desk, clocks.pause, held.ref)
    parts = works(desk.desk)
    for _ in range(10):
        desk.clock.forward(days=1)
        parts.scheduler.run_due()

    assert log(desk, held.ref, "sla_soon", "sla_missed", "told") == []


def test_after_a_pause_soon_comes_when_it_should(held, desk):
    desk.desk.say(held.ref, desk.ana, "Hola", "1")
    change(desk, clocks.pause, held.ref)
    desk.clock.forward(days=10)
    ticket = change(desk, clocks.resume, held.ref)
    parts = works(desk.desk)
    desk.clock.forward(seconds=0.75 * 172800 - 1)
    parts.scheduler.run_due()
    assert log(desk, held.ref, "sla_soon") == []

    desk.clock.forward(seconds=2)
    parts.scheduler.run_due()
    assert [e.data["clock"] for e in log(desk, held.ref, "sla_soon")] == ["update"]
    assert ticket.due_update > desk.clock.now


def test_who_has_the_case_is_reminded_and_supervisors_hear_of_misses(held, desk):
    parts = works(desk.desk)
    desk.clock.forward(minutes=4)
    (soon,) = parts.scheduler.run_due()
    desk.clock.forward(minutes=2)
    (missed,) = parts.scheduler.run_due()

    assert [(f.data["stage"], f.to) for f in soon.frames] == [("soon", "ana")]
    assert [(f.data["stage"], f.to, f.roles) for f in missed.frames] == [
        ("missed", "ana", ()),
        ("missed", None, ("supervisor", "admin")),
    ]


def test_tickets_of_an_older_version_get_their_clocks(desk):
    ticket = desk.ticket()
    with desk.store.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM jobs")
        connection.exec_driver_sql("UPDATE tickets SET due_update = NULL, due_answer = NULL")
    parts = works(desk.desk)
    desk.clock.forward(hours=1)

    assert (parts.alarms.adopt(), parts.alarms.adopt()) == (1, 0)
    adopted = fresh(desk, ticket.ref)
    assert adopted.due_update == desk.clock.now + timedelta(hours=48)
    assert adopted.due_resolution == ticket.due_resolution


def test_the_queue_shows_clocks_and_heat(desk):
    ticket = desk.ticket("esto es una vergüenza")
    row = desk.desk.row(ticket.ref)

    assert row["sla"]["first_response"] == {"due": "2026-11-25T11:05:00.000Z", "state": "running"}
    assert row["heat"] is False
    message = desk.store.messages(ticket.conversation)[0]
    angry = {"frustration": {"score": 0.95, "level": "angry", "cues": []}}
    desk.store.set_parse(message.id, angry)
    assert desk.desk.row(ticket.ref)["heat"] is True


def test_where_the_law_asks_for_full_names_short_ones_are_found(desk):
    desk.agent("bea", name="Bea")
    assert short_names(desk.desk) == []

    desk.desk.rules = replace(desk.desk.rules, law=LawPack(full_name=True))
    assert short_names(desk.desk) == ["bea"]


def test_the_law_is_said_when_a_formal_complaint_ends(desk):
    ana = desk.agent()
    ticket = desk.ticket(payload={"trigger": "x", "reason_code": "formal_complaint"})
    desk.desk.claim(ticket.ref, ana)
    change = desk.desk.resolve(ticket.ref, ana, "solved", cause="knowledge")

    assert [message.response for message in change.messages] == [
        "utter_notice_resolved",
        "utter_notice_law",
    ]
    assert desk.desk.rules.law.closing["es"] in change.messages[1].text


def test_hours_that_never_open_do_not_stop_a_clock(desk):
    never = Hours(MADRID, ((),) * 7)
    rules = desk.desk.rules
    teams = {**rules.teams, "general": Team("general", never, {"es": "general"})}
    desk.desk.rules = replace(rules, teams=teams)
    ticket = desk.ticket()

    assert ticket.due_first_response == desk.clock.now + timedelta(seconds=300)
    change(desk, clocks.pause, ticket.ref)
    desk.clock.forward(minutes=2)
    resumed = change(desk, clocks.resume, ticket.ref)
    assert resumed.due_first_response == desk.clock.now + timedelta(seconds=300)


SATURDAY = (2026, 11, 28, 13, 30)  # the shop closes at two, and opens on Monday at nine


@pytest.mark.parametrize(
    "opened, priority, update, resolution",
    [
        pytest.param((2026, 11, 27, 18, 0), "high", (28, 18, 0), (28, 18, 0), id="high, weekend"),
        pytest.param(SATURDAY, "urgent", (29, 13, 30), (29, 13, 30), id="urgent, closed soon"),
        pytest.param((2026, 11, 23, 9, 0), "urgent", (23, 10, 0), (23, 13, 0), id="urgent, open"),
        pytest.param((2026, 11, 23, 9, 0), "medium", (25, 9, 0), (26, 9, 0), id="medium"),
        pytest.param((2026, 11, 13, 9, 0), "low", (20, 9, 0), (4, 9, 0), id="low"),
    ],
)
def test_the_targets_of_the_shop_in_dates(desk, opened, priority, update, resolution):
    desk.clock.now = madrid(*opened)
    ticket = desk.ticket(payload={"trigger": "x", "priority": priority})
    month = 12 if priority == "low" else 11

    assert ticket.due_update == madrid(2026, 11, *update)
    assert ticket.due_resolution == madrid(2026, month, *resolution)


def test_a_clock_of_two_kinds_of_time_goes_on_with_what_is_left_of_each(desk):
    desk.clock.now = madrid(*SATURDAY)
    ticket = desk.ticket(payload={"trigger": "x", "priority": "urgent"})
    desk.clock.now = madrid(2026, 11, 28, 15, 0)  # half an hour of four was open
    change(desk, clocks.pause, ticket.ref)
    desk.clock.now = madrid(2026, 11, 30, 10, 0)
    resumed = change(desk, clocks.resume, ticket.ref)

    assert resumed.due_resolution == madrid(2026, 11, 30, 13, 30)
    assert resumed.due_update == madrid(2026, 11, 30, 10, 30)


def test_time_used_counts_in_the_kind_of_the_new_target(desk):
    desk.clock.now = madrid(2026, 11, 27, 18, 0)  # Friday
    ticket = desk.ticket(payload={"trigger": "x", "priority": "high"})
    desk.clock.now = madrid(2026, 11, 28, 12, 0)
    changed = change(desk, clocks.retarget, ticket.ref, priority="medium")

    assert changed.due_update == madrid(2026, 11, 29, 18, 0)
    assert changed.due_resolution == madrid(2026, 12, 2, 18, 0)  # six hours of Friday are used


def test_a_clock_that_nothing_was_kept_of_goes_on_with_what_its_deadline_leaves(held, desk):
    with desk.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE jobs SET data = '{}'")
    desk.clock.forward(hours=1)
    change(desk, clocks.pause, held.ref)
    desk.clock.forward(days=7)
    ticket = change(desk, clocks.resume, held.ref)

    assert ticket.due_update == held.due_update + timedelta(days=7)
