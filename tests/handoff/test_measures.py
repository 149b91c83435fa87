"""The measures: each from a few logged lines, and all of them against the tables themselves."""

import csv
import io
import random
import statistics
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import count

import pytest
import sqlalchemy as sa

from bot.errors import ConfigError, DeskError, NotAllowed
from bot.handoff import agents, measures, tickets
from bot.handoff.logged import cases
from bot.handoff.measuring import COLUMNS, Measuring
from bot.handoff.records import Event
from bot.handoff.rules_law import LawPack
from bot.handoff.rules_measures import MeasureRules
from bot.handoff.tables import tickets as ticket_table

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 25, 11, 0, tzinfo=timezone.utc)


def log(*lines, ref="R-1"):
    """Events from (seconds since noon, kind, data)."""
    numbers = count(1)
    return [
        Event(next(numbers), ref, NOON + timedelta(seconds=at), "system", kind, data)
        for at, kind, data in lines
    ]


def opened(**about):
    reported = (NOON - timedelta(seconds=90)).isoformat()
    return (0, "opened", {"priority": "high", "team": "general", "reported": reported, **about})


def measured(*logs, conversations=10, band=None):
    events = [
        event for number, lines in enumerate(logs) for event in log(*lines, ref=f"R-{number}")
    ]
    return measures.measures(cases(events), conversations, band)


def test_response_times_run_from_the_first_message_to_the_handoff_and_from_there_to_a_person():
    told = measured([opened(), (40, "claimed", {}), (100, "said", {}), (300, "said", {})])

    assert told["response"]["to_escalation"]["mean"] == 90
    assert told["response"]["to_person"]["mean"] == 100
    assert told["response"]["by_priority"] == {
        "high": {"count": 1, "mean": 100, "median": 100, "p90": 100}
    }


@pytest.mark.parametrize(("second", "share"), [(180, 1.0), (181, 0.0)])
def test_the_share_answered_by_a_person_within_three_minutes(second, share):
    assert measured([opened(), (second, "said", {})])["response"]["within"]["share"] == share


def test_resolution_is_told_by_the_priority_at_the_end():
    told = measured(
        [opened(), (10, "priority", {"from": "high", "to": "low"}), (3600, "resolved", {})],
        [opened(priority="urgent"), (600, "resolved", {})],
    )

    assert told["resolution"]["by_priority"]["low"]["mean"] == 3600
    assert told["resolution"]["by_priority"]["urgent"]["mean"] == 600


def test_a_reopened_case_is_resolved_when_it_is_closed_for_the_last_time():
    told = measured(
        [opened(), (60, "resolved", {}), (500, "reopened", {}), (900, "resolved", {})],
        [opened(), (60, "resolved", {}), (500, "reopened", {})],
    )

    assert told["resolution"]["all"] == {"count": 1, "mean": 900, "median": 900, "p90": 900}


def test_satisfaction_has_its_target_and_counts_only_who_answered():
    asked = (700, "survey_asked", {})
    told = measured(
        *[[opened(), asked, (800, "rated", {"score": score})] for score in (5, 4, 2)],
        [opened(), asked],
    )["satisfaction"]

    assert told["mean"] == round(11 / 3, 3)
    assert told["good"] == round(2 / 3, 4)
    assert told["answered"] == 0.75
    assert told["scores"] == {"1": 0, "2": 1, "3": 0, "4": 1, "5": 1}
    assert told["target"] == 4


def test_first_contact_counts_what_the_bot_and_what_the_first_person_settled():
    told = measured(
        [opened(reason="legal_threat"), (60, "resolved", {"cause": "authority"})],
        [opened(), (30, "transferred", {"to": "billing"}), (60, "resolved", {"cause": "wish"})],
        conversations=10,
    )["first_contact"]

    assert told["without_person"] == 0.8
    assert told["by_first_person"] == 0.5
    assert told["rate"] == 0.9
    assert told["causes"] == {"authority": 1, "wish": 1}


@pytest.mark.parametrize(("conversations", "where"), [(1, "high"), (4, "within"), (50, "low")])
def test_an_escalation_rate_outside_its_band_is_seen_at_both_ends(conversations, where):
    told = measured(
        [opened(issue="billing")], conversations=conversations, band=MeasureRules().band()
    )

    assert told["escalation"]["where"] == where
    assert told["escalation"]["issues"] == {"billing": 1}


def test_deadlines_updates_promises_and_transfers():
    told = measured(
        [
            opened(),
            (10, "sla_missed", {"clock": "first_response"}),
            (20, "told", {}),
            (30, "update_missed", {}),
            (40, "promise_kept", {}),
            (50, "promise_due", {}),
            (60, "transferred", {"to": "billing"}),
            (70, "resolved", {}),
        ],
        [opened(), (5, "said", {}), (70, "resolved", {})],
    )

    assert told["sla"]["first_response"] == 0.5
    assert told["sla"]["resolution"] == 1.0
    assert (told["sla"]["answer"], told["sla_cases"]["answer"]) == (None, 0)
    assert told["updates"] == {"good": 2, "bad": 1, "share": round(2 / 3, 4)}
    assert told["promises"]["share"] == 0.5
    assert told["transfers"]["mean"] == 0.5


def test_what_comes_back_is_listed_and_what_came_once_is_not():
    again = [opened(issue="quality", product="Robot"), (9, "resolved", {"cause": "system"})]
    told = measured(again, again, [opened(issue="account")])

    assert told["recurring"] == [
        {"issue": "quality", "product": "Robot", "cause": "system", "cases": 2}
    ]


def test_a_deadline_counts_only_for_cases_that_had_it():
    every = ["first_response", "update", "resolution", "answer"]
    told = measured(
        [opened(deadlines=every), (10, "sla_missed", {"clock": "answer"})],
        [opened(deadlines=every)],
        [opened(deadlines=every[:3])],
    )

    assert (told["sla"]["answer"], told["sla_cases"]["answer"]) == (0.5, 2)
    assert (told["sla"]["resolution"], told["sla_cases"]["resolution"]) == (1.0, 3)


def test_a_log_that_does_not_say_the_deadlines_has_the_laws_where_it_was_missed():
    told = measured([opened(), (10, "sla_missed", {"clock": "answer"})], [opened()])
    assert (told["sla"]["answer"], told["sla_cases"]["answer"]) == (0.0, 1)


@pytest.mark.parametrize("days, clocks", [(15, 4), (0, 3)], ids=["asked", "not asked"])
def test_the_log_says_which_deadlines_a_case_has(here, days, clocks):
    here.desk.rules = replace(here.desk.rules, law=LawPack(answer_days=days))
    ref = here.ticket("hola").ref
    with here.store.database.read() as connection:
        first = tickets.events(connection, ref)[0]
    assert (first.kind, len(first.data["deadlines"])) == ("opened", clocks)
    assert ("answer" in first.data["deadlines"]) == bool(days)


def test_nothing_known_is_none_and_never_zero():
    told = measured(conversations=0)

    assert told["escalation"]["rate"] is None
    assert told["satisfaction"]["mean"] is None
    assert told["sla"]["first_response"] is None
    assert told["response"]["to_person"]["median"] is None


def test_weeks_begin_on_monday_in_the_desks_zone(here):
    sunday_night = datetime(2026, 11, 22, 23, 30, tzinfo=timezone.utc)  # Monday in Madrid
    weeks = measures.by_week([], [sunday_night], here.desk.rules.zone)

    assert [week["week"] for week in weeks] == ["2026-11-23"]


def test_a_band_the_wrong_way_round_stops_the_start():
    with pytest.raises(ConfigError, match="is not below"):
        MeasureRules.from_dict({"escalation_rate": {"low": 0.5, "high": 0.4}})


# Against the tables


@pytest.fixture
def busy(here):
    """A desk after two weeks of work, by dice."""
    dice = random.Random(20261126)
    agent = here.agent("ana", teams=("general", "billing", "logistics", "managers"))
    here.agent("eva", role="supervisor", name="Eva Sanz")
    for _ in range(60):
        here.clock.forward(minutes=dice.randint(20, 300))
        conversation = here.chat(f"no llega {dice.random()}")
        here.clock.forward(seconds=dice.randint(5, 400))
        if dice.random() < 0.4:
            continue
        payload = {"trigger": "explicit_request", "reason_code": "asked_for_person"}
        payload["issue"] = dice.choice(["late_delivery", "billing"])
        ticket = here.desk.open_ticket(conversation, payload, trigger="explicit_request")[0]
        if dice.random() < 0.9:
            here.clock.forward(seconds=dice.randint(5, 400))
            here.desk.claim(ticket.ref, agent)
            here.clock.forward(seconds=dice.randint(5, 200))
            here.desk.say(ticket.ref, agent, "Lo miro.", "c1")
        if dice.random() < 0.7 and here.desk.ticket(ticket.ref).status == "claimed":
            here.clock.forward(seconds=dice.randint(60, 9000))
            here.desk.resolve(ticket.ref, agent, "solved", "", cause="authority")
            if dice.random() < 0.2:
                here.clock.forward(seconds=600)
                here.desk.reopen(ticket.ref, agent)
    return here


def everything(here):
    start, end = NOON - timedelta(days=1), NOON + timedelta(days=90)
    supervisor = agents.get(here.store, "eva")
    return Measuring(here.desk), supervisor, start, end


def test_the_measures_are_those_of_the_tables(busy):
    measuring, supervisor, start, end = everything(busy)
    told = measuring.report(supervisor, start, end)
    with busy.store.database.read() as connection:
        rows = connection.execute(sa.select(ticket_table)).all()
    answered = [
        (row.first_response_at - row.created_at).total_seconds()
        for row in rows
        if row.first_response_at
    ]
    closed = [row for row in rows if row.status == "resolved"]
    took = [(row.resolved_at - row.created_at).total_seconds() for row in closed]

    assert told["cases"] == len(rows) > 20
    assert told["conversations"] == 60
    assert told["escalation"]["rate"] == round(len(rows) / 60, 4)
    assert told["escalation"]["issues"] == Counter(row.issue for row in rows)
    assert told["response"]["to_person"]["mean"] == pytest.approx(
        statistics.fmean(answered), abs=0.01
    )
    quick = sum(seconds <= 180 for seconds in answered)
    assert told["response"]["within"]["share"] == round(quick / len(rows), 4)
    assert told["resolution"]["all"]["count"] == len(closed)
    assert told["resolution"]["all"]["mean"] == pytest.approx(statistics.fmean(took), abs=0.01)
    assert sum(week["cases"] for week in told["weeks"]) == len(rows)


def test_the_export_has_a_line_for_each_case_and_no_words_of_customers(busy):
    measuring, supervisor, start, end = everything(busy)
    text = measuring.export(supervisor, start, end)
    rows = list(csv.DictReader(io.StringIO(text)))

    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == measuring.report(supervisor, start, end)["cases"]
    assert "no llega" not in text


def test_a_cell_never_begins_like_a_formula(here):
    here.agent("eva", role="supervisor", name="Eva Sanz")
    payload = {"trigger": "x", "facts": {"product": '=HYPERLINK("http://x")'}}
    here.desk.open_ticket(here.chat("hola"), payload, trigger="explicit_request")
    measuring, supervisor, start, end = everything(here)

    row = next(csv.DictReader(io.StringIO(measuring.export(supervisor, start, end))))
    assert row["product"].startswith("'=")


def test_measures_are_for_supervisors_and_periods_make_sense(here):
    here.agent("eva", role="supervisor", name="Eva Sanz")
    measuring, supervisor, start, end = everything(here)

    with pytest.raises(NotAllowed):
        measuring.report(here.agent(), start, end)
    with pytest.raises(DeskError, match="ends before"):
        measuring.report(supervisor, end, start)
    with pytest.raises(DeskError, match="no team"):
        measuring.report(supervisor, start, end, team="nadie")
