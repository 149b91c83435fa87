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
from bot.handoff.instants import iso
from bot.handoff.logged import BY_HAND, cases
from bot.handoff.measuring import COLUMNS, Measuring
from bot.handoff.records import Event
from bot.handoff.rules_law import LawPack
from bot.handoff.rules_measures import MeasureRules
from bot.handoff.tables import tickets as ticket_table
from bot.handoff.tables_desk import surveys

pytestmark = pytest.mark.database

NOON = datetime(2026, 11, 25, 11, 0, tzinfo=timezone.utc)


def log(*lines, ref="R-1"):
    """Events from (seconds since noon, kind, data)."""
    numbers = count(1)
    return [
        Event(next(numbers), ref, NOON + timedelta(seconds=at), "system", kind, data)
        for at, kind, data in lines
    ]


def at(seconds):
    """So many seconds after noon, as JSON writes it."""
    return iso(NOON + timedelta(seconds=seconds))


def opened(**about):
    reported = (NOON - timedelta(seconds=90)).isoformat()
    return (0, "opened", {"priority": "high", "team": "general", "reported": reported, **about})


def measured(*logs, conversations=10, band=None, home=None):
    """Measures of logs, each of a conversation of its own or all of ``home``."""
    events = [
        event for number, lines in enumerate(logs) for event in log(*lines, ref=f"R-{number}")
    ]
    only = home is None or len(logs) < 2
    found = [replace(case, conversation=home or case.ref, only=only) for case in cases(events)]
    return measures.measures(found, talks(found, conversations), band)


def talks(found, number):
    """So many conversations: those of the cases, and others that the bot had alone."""
    homes = {case.conversation: True for case in found}
    homes |= {f"c-{each}": False for each in range(number - len(homes))}
    return [measures.Talk(home, NOON, not had) for home, had in homes.items()]


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


def test_a_conversation_with_two_cases_was_not_settled_at_once():
    closed = [opened(), (60, "resolved", {})]
    told = measured(closed, closed, conversations=4, home="c")["first_contact"]

    assert (told["without_person"], told["by_first_person"], told["rate"]) == (0.75, 0.0, 0.75)


def test_one_that_is_open_again_is_not_settled_yet():
    open_again = [opened()]
    told = measured([opened(), (60, "resolved", {})], open_again, conversations=4, home="c")

    assert told["first_contact"]["by_first_person"] is None
    assert told["first_contact"]["rate"] == 1.0  # of those that ended: the bot's three


def test_a_conversation_that_escalates_twice_is_one_of_those_that_do():
    told = measured([opened()], [opened()], conversations=1, home="c", band=MeasureRules().band())

    assert told["escalation"]["rate"] == 1.0
    assert told["escalation"]["issues"]["other"]["escalated"] == 1
    (week,) = measures.by_week(
        [
            replace(case, conversation="c")
            for case in cases([*log(opened()), *log(opened(), ref="R-2")])
        ],
        [measures.Talk("c", NOON, False)],
        timezone.utc,
    )
    assert (week["cases"], week["conversations"], week["rate"]) == (2, 1, 1.0)


def test_the_rate_of_an_issue_or_product_is_of_its_own_conversations():
    about = {"issue": "billing", "product": "Robot"}
    found = cases(
        [
            *log(opened(**about), ref="R-1"),
            *log(opened(trigger=BY_HAND, **about), ref="R-2"),  # no chat led to it
        ]
    )
    found = [replace(case, conversation=f"c-{case.ref}") for case in found]
    had = [measures.Talk("c-R-1", NOON, False, "delivery")]  # the case knows better
    had += [measures.Talk(f"c-{number}", NOON, True, "billing", "Robot") for number in range(3)]
    had += [measures.Talk("c-9", NOON, True, "delivery")]
    told = measures.escalation(found, had, MeasureRules().band())

    assert told["rate"] == 0.2
    assert told["issues"] == {
        "billing": {"escalated": 1, "conversations": 4, "rate": 0.25},
        "delivery": {"escalated": 0, "conversations": 1, "rate": 0.0},
    }
    assert told["products"]["Robot"] == {"escalated": 1, "conversations": 4, "rate": 0.25}


def test_conversations_are_no_teams_so_one_team_has_no_share_of_them():
    found = cases(log(opened(issue="billing"), (60, "resolved", {})))
    told = measures.measures(found, None, MeasureRules().band())

    assert told["conversations"] is None
    contact, rate = told["first_contact"], told["escalation"]
    assert (contact["without_person"], contact["rate"], contact["by_first_person"]) == (
        None,
        None,
        1,
    )
    assert [rate[name] for name in ("rate", "low", "high", "where")] == [None] * 4
    assert rate["issues"]["billing"] == {"escalated": 1, "conversations": None, "rate": None}


@pytest.mark.parametrize(("conversations", "where"), [(1, "high"), (4, "within"), (50, "low")])
def test_an_escalation_rate_outside_its_band_is_seen_at_both_ends(conversations, where):
    told = measured(
        [opened(issue="billing")], conversations=conversations, band=MeasureRules().band()
    )

    assert told["escalation"]["where"] == where
    share = {"escalated": 1, "conversations": 1, "rate": 1.0}
    assert told["escalation"]["issues"]["billing"] == share


def test_deadlines_updates_promises_and_transfers():
    told = measured(
        [
            opened(),
            (10, "sla_missed", {"clock": "first_response"}),
            (20, "told", {"due": at(25)}),
            (30, "update_missed", {"due": at(30)}),
            (40, "promise_kept", {}),
            (50, "promise_due", {}),
            (60, "transferred", {"to": "billing"}),
            (70, "resolved", {}),
        ],
        [opened(), (5, "said", {"due": at(60), "reached": True}), (70, "resolved", {})],
    )

    assert told["sla"]["first_response"] == 0.5
    assert told["sla"]["resolution"] == 1.0
    assert (told["sla"]["answer"], told["sla_cases"]["answer"]) == (None, 0)
    assert told["updates"] == {"good": 2, "bad": 1, "share": round(2 / 3, 4)}
    assert told["promises"]["share"] == 0.5
    assert told["transfers"]["mean"] == 0.5


DAY = 86400


@pytest.mark.parametrize(
    "lines, good, bad",
    [
        pytest.param(
            [(n, "said", {"due": at(DAY), "reached": False}) for n in range(1, 6)], 0, 0,
            id="nothing reaches the customer",
        ),
        pytest.param(
            [(n, "said", {"due": at(DAY), "reached": True}) for n in range(1, 11)], 1, 0,
            id="many messages before one deadline",
        ),
        pytest.param(
            [
                (1, "said", {"due": at(DAY), "reached": True}),
                (DAY, "said", {"due": at(DAY + 1), "reached": True}),
                (2 * DAY, "told", {"kind": "update", "channel": "page", "due": at(2 * DAY)}),
            ],
            2, 0, id="news a day later meets another one",
        ),
        pytest.param(
            [
                *((n, "said", {"due": at(DAY), "reached": True}) for n in range(1, 11)),
                (DAY + 10, "update_missed", {"due": at(DAY + 10)}),
                (DAY + 10, "sla_missed", {"clock": "update", "due": at(DAY + 10)}),
                (DAY + 900, "said", {"due": at(DAY + 10), "reached": True}),
            ],
            1, 1, id="missed once, and answered late",
        ),
        pytest.param(
            [(9, "said", {"due": None, "reached": True})], 0, 0, id="while the clocks stand still"
        ),
        pytest.param([(9, "said", {}), (19, "told", {})], 2, 0, id="lines of an older version"),
    ],
)  # fmt: skip
def test_an_update_is_a_deadline_that_news_met_and_not_a_message(lines, good, bad):
    told = measured([opened(), *lines])["updates"]
    assert (told["good"], told["bad"]) == (good, bad)


def test_the_log_says_which_deadline_a_message_met_and_whether_it_was_heard(here, ana, ref):
    due = iso(here.desk.ticket(ref).due_update)
    here.desk.say(ref, ana, "Lo miro.", "c1")
    here.desk.reach = lambda *_: None
    here.desk.say(ref, ana, "¿Sigue ahí?", "c2")
    with here.store.database.read() as connection:
        first, second = [each for each in tickets.events(connection, ref) if each.kind == "said"]
    assert (first.data["due"], first.data["reached"]) == (due, True)
    assert second.data["reached"] is False


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
    talk = measures.Talk("c", sunday_night, True)
    weeks = measures.by_week([], [talk], here.desk.rules.zone)

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
    issues = Counter(row.issue for row in rows)
    counted = {name: each["escalated"] for name, each in told["escalation"]["issues"].items()}
    assert {name: number for name, number in counted.items() if number} == issues
    assert told["response"]["to_person"]["mean"] == pytest.approx(
        statistics.fmean(answered), abs=0.01
    )
    quick = sum(seconds <= 180 for seconds in answered)
    assert told["response"]["within"]["share"] == round(quick / len(rows), 4)
    assert told["resolution"]["all"]["count"] == len(closed)
    assert told["resolution"]["all"]["mean"] == pytest.approx(statistics.fmean(took), abs=0.01)
    assert sum(week["cases"] for week in told["weeks"]) == len(rows)


def test_a_case_that_comes_again_after_the_period_was_not_settled_in_it(here, ana):
    here.agent("eva", role="supervisor", name="Eva Sanz")
    conversation = here.chat("no llega")
    for _ in range(2):
        ref = here.desk.open_ticket(conversation, None, trigger="person_button")[0].ref
        here.desk.claim(ref, ana)
        here.desk.resolve(ref, ana, "solved", cause="authority")
        middle = here.clock()
        here.clock.forward(days=3)
    measuring, supervisor, start, _ = everything(here)
    first = measuring.report(supervisor, start, middle)
    second = measuring.report(supervisor, middle, here.clock())

    for told in (first, second):
        assert (told["cases"], told["first_contact"]["by_first_person"]) == (1, 0.0)
        assert told["escalation"]["rate"] == 1.0  # begun before the second period, and yet no more


def test_what_a_conversation_without_a_case_was_about_is_read_from_its_state(here):
    here.agent("eva", role="supervisor", name="Eva Sanz")
    for _ in range(3):
        chat = here.chat("me han cobrado dos veces")
        turn = here.store.open_turn(chat)
        state = {"issue": "billing", "facts": {"product": "Robot"}}
        here.store.finish_turn(turn.id, replies=[], state=state)
    here.ticket("otra vez", payload={"issue": "billing", "facts": {"product": "Robot"}})
    measuring, supervisor, start, end = everything(here)
    told = measuring.report(supervisor, start, end)["escalation"]

    assert told["issues"] == {"billing": {"escalated": 1, "conversations": 4, "rate": 0.25}}
    assert told["products"] == {"Robot": {"escalated": 1, "conversations": 4, "rate": 0.25}}


def test_one_teams_report_has_no_share_of_the_conversations(here):
    here.agent("eva", role="supervisor", name="Eva Sanz")
    here.ticket("hola")
    measuring, supervisor, start, end = everything(here)
    told = measuring.report(supervisor, start, end, team="technical")

    assert (told["conversations"], told["weeks"]) == (None, [])
    assert (told["escalation"]["rate"], told["escalation"]["where"]) == (None, None)
    assert told["first_contact"]["rate"] is None


def test_comments_are_what_customers_wrote_and_wordless_scores_crowd_out_none(here):
    here.agent("eva", role="supervisor", name="Eva Sanz")
    measuring, supervisor, start, end = everything(here)
    refs = [here.ticket("hola").ref for _ in range(52)]
    ticket = here.desk.ticket(refs[-1])
    row = {"conversation": ticket.conversation, "asked_at": here.clock(), "score": 1}
    with here.store.database.write() as connection:
        for ref in refs[:-1]:
            connection.execute(sa.insert(surveys).values(ticket=ref, **row))
    assert measuring.report(supervisor, start, end)["comments"] == []

    said = {**row, "ticket": refs[-1], "score": 4, "comment": "Bien, aunque tarde"}
    with here.store.database.write() as connection:
        connection.execute(sa.insert(surveys).values(**said))
    (only,) = measuring.report(supervisor, start, end)["comments"]
    assert (only["ref"], only["comment"]) == (refs[-1], "Bien, aunque tarde")


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
