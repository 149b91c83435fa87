import copy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from clock_helpers import fresh, log, restarted, works
from desk_fakes import sqlite_only

from bot.errors import ConfigError
from bot.handoff import rules_automation, sla
from bot.handoff.conditions import Situation, holds
from bot.handoff.records import Identity
from bot.handoff.rules import DeskRules
from bot.handoff.scheduler import BACK_OFF

pytestmark = pytest.mark.database

DESK = Path(__file__).resolve().parents[2] / "desk.yml"
DATA = yaml.safe_load(DESK.read_text(encoding="utf-8"))
TEAMS = tuple(DATA["teams"])
KNOWN = Identity("verified", "C-100", "Lucía Gómez", "lucia@example.com")


def rule(**given):
    data = {"name": "r", "then": ["notify_supervisors"], **given}
    return rules_automation.read([data], TEAMS)[0]


def ruled(here, *data):
    """The desk with these rules and no others."""
    rules = rules_automation.read(list(data), TEAMS)
    here.desk.rules = replace(here.desk.rules, automation=rules)
    return works(here.desk)


def go(parts):
    """Look at events and at the time, and do what applies; return what was told."""
    parts.automation.on_events()
    parts.automation.on_time()
    return parts.scheduler.run_due()


def applied(here, ref):
    return [event.data["rule"] for event in log(here, ref, "escalated")]


@pytest.mark.parametrize(
    "data, says",
    [
        pytest.param({"whn": "time"}, "Did you mean 'when'", id="key"),
        pytest.param({"name": ""}, "needs a name", id="no name"),
        pytest.param({"when": "open"}, "Did you mean 'opened'", id="event"),
        pytest.param({"when": ["opened", "time"]}, "when", id="mixed"),
        pytest.param({"if": {"priorty": "high"}}, "Did you mean 'priority'", id="condition"),
        pytest.param({"if": {"priority": "hihg"}}, "Did you mean 'high'", id="priority"),
        pytest.param({"if": {"team": "billin"}}, "Did you mean 'billing'", id="team"),
        pytest.param({"if": {"heat": "very"}}, "true or false", id="switch"),
        pytest.param({"if": {"contacts": 0}}, "no number from 1", id="number"),
        pytest.param({"if": {"unresolved_share": "half"}}, "no number", id="share"),
        pytest.param({"then": []}, "does something", id="nothing to do"),
        pytest.param({"then": ["raise_prio"]}, "Did you mean 'raise_priority'", id="action"),
        pytest.param({"then": ["set_team"]}, "Unknown 'set_team'", id="no value"),
        pytest.param({"then": [{"set_team": "nobody"}]}, "Unknown 'nobody'", id="no team"),
        pytest.param({"then": [{"set_tier": "L9"}]}, "Unknown 'L9'", id="tier"),
        pytest.param({"then": [{"tell_customer": "hola"}]}, "utter_notice_", id="words"),
        pytest.param({"then": [{"add_label": "x" * 31}]}, "30 letters", id="label"),
        pytest.param({"every": 0}, "no number from 1", id="every"),
    ],
)
def test_a_mistake_stops_the_start_and_is_named(data, says):
    given = copy.deepcopy(DATA)
    given["automation"] = [{"name": "r", "then": ["notify_supervisors"], **data}]

    with pytest.raises(ConfigError, match=says):
        DeskRules.from_dict(given)


def test_two_rules_of_one_name_stop_the_start():
    twice = [{"name": "r", "then": ["raise_priority"]}] * 2

    with pytest.raises(ConfigError, match="two rules are called 'r'"):
        rules_automation.read(twice, TEAMS)


def test_words_that_nobody_has_written_stop_the_start(here):
    here.phrasebook.keys = lambda: ("utter_notice_update_queued",)
    told = {"tell_customer": "utter_notice_update_qeued"}

    with pytest.raises(ConfigError, match="Did you mean 'utter_notice_update_queued'"):
        ruled(here, {"name": "r", "when": "opened", "then": [told]})


def case_of(here, ticket, at=None):
    connection = here.enter(here.store.database.read())
    return Situation(connection, here.desk.rules, ticket, at or here.clock.now)


@pytest.fixture
def looking(here):
    """A desk on which a reading connection stays open for the length of a test."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        here.enter = stack.enter_context
        yield here


@pytest.mark.parametrize(
    "conditions, expected",
    [
        pytest.param({}, True, id="nothing asked"),
        pytest.param({"priority": "high"}, True, id="priority"),
        pytest.param({"priority": ["low", "medium"]}, False, id="another priority"),
        pytest.param({"issue": "late_delivery"}, True, id="issue"),
        pytest.param({"issue": "late_delivery", "team": "billing"}, False, id="all must hold"),
        pytest.param({"reason": "legal_threat"}, True, id="reason"),
        pytest.param({"status": "queued"}, True, id="status"),
        pytest.param({"status": "waiting"}, False, id="another status"),
        pytest.param({"label": "vip"}, False, id="no label"),
        pytest.param({"language": "es", "channel": "chat", "tier": "L1"}, True, id="names"),
        pytest.param({"minutes_open": 60}, True, id="an hour open"),
        pytest.param({"minutes_open": 61}, False, id="not longer"),
        pytest.param({"minutes_waiting": 60}, True, id="an hour in the queue"),
        pytest.param({"unresolved_share": 0.04}, True, id="share"),
        pytest.param({"unresolved_share": 0.05}, False, id="a larger share"),
        pytest.param({"heat": True}, False, id="calm"),
        pytest.param({"heat": False}, True, id="not hot"),
        pytest.param({"contacts": 1}, True, id="first contact"),
        pytest.param({"contacts": 2}, False, id="not the second"),
        pytest.param({"reopened": 1}, False, id="never reopened"),
        pytest.param({"transfers": 1}, False, id="never transferred"),
    ],
)
def test_conditions(looking, conditions, expected):
    payload = {
        "trigger": "x",
        "priority": "high",
        "issue": "late_delivery",
        "reason_code": "legal_threat",
    }
    ticket = looking.ticket(payload=payload)
    looking.clock.forward(hours=1)

    assert holds(rule(**{"if": conditions}), case_of(looking, ticket)) is expected


def test_the_share_goes_on_beyond_what_is_due(looking):
    ticket = looking.ticket()
    hours = looking.desk.rules.times(ticket.team)["working_days"]
    late = sla.due(ticket.due_resolution, 259200, hours)

    assert case_of(looking, ticket, late).unresolved_share() == pytest.approx(2.0)


def test_the_default_rules_escalate_by_time_without_resolution(here):
    ticket, parts = here.ticket(), works(here.desk)
    hours = here.desk.rules.times(ticket.team)["working_days"]
    here.clock.now = sla.due(ticket.created_at, 0.74 * 259200, hours)
    go(parts)
    assert applied(here, ticket.ref) == []

    here.clock.now = sla.due(ticket.created_at, 0.75 * 259200, hours)
    frames = [frame for outcome in go(parts) for frame in outcome.frames]
    assert applied(here, ticket.ref) == ["nearly_unresolved"]
    alarm = {"type": "alarm", "ref": ticket.ref, "rule": "nearly_unresolved"}
    assert [frame.roles for frame in frames if frame.data == alarm] == [("supervisor", "admin")]
    assert fresh(here, ticket.ref).tier == "L1"

    here.clock.now = ticket.due_resolution + timedelta(seconds=1)
    go(parts)
    go(parts)
    assert applied(here, ticket.ref) == ["nearly_unresolved", "unresolved"]
    assert fresh(here, ticket.ref).tier == "L2"


def test_the_default_rules_escalate_the_third_contact_in_seven_days(here):
    parts = works(here.desk)
    here.chat("no llega", identity=KNOWN)
    here.clock.forward(days=2)
    here.chat("sigue sin llegar", identity=KNOWN)
    here.clock.forward(days=2)
    ticket = here.ticket("otra vez", identity=KNOWN)
    go(parts)

    assert applied(here, ticket.ref) == ["third_contact"]
    now = fresh(here, ticket.ref)
    assert (now.priority, now.tier, now.labels) == ("high", "L2", ["recurring"])
    kinds = {event.kind for event in log(here, ticket.ref)}
    assert {"priority", "tier", "labelled"} <= kinds


def test_a_claimed_name_counts_no_contacts(here):
    parts = works(here.desk)
    somebody = replace(KNOWN, status="claimed")
    for _ in range(3):
        here.chat("no llega", identity=somebody)
    ticket = here.ticket("otra vez", identity=somebody)
    go(parts)

    assert applied(here, ticket.ref) == []


def test_the_default_rules_escalate_by_type(here):
    parts = works(here.desk)
    ticket = here.ticket(payload={"trigger": "x", "reason_code": "severe_failure"})
    go(parts)

    assert applied(here, ticket.ref) == ["outage"]
    assert fresh(here, ticket.ref).priority == "urgent"


def test_the_default_rules_escalate_what_is_taken_up_again(here):
    parts, ana = works(here.desk), here.agent()
    ticket = here.ticket()
    here.desk.claim(ticket.ref, ana)
    here.desk.resolve(ticket.ref, ana, "solved", cause="knowledge")
    here.desk.reopen(ticket.ref, ana)
    go(parts)

    assert applied(here, ticket.ref) == ["reopened"]


def test_a_rule_applies_once(here):
    parts = ruled(here, {"name": "r", "when": "time", "then": ["raise_priority"]})
    ticket = here.ticket()
    for _ in range(3):
        go(parts)
        here.clock.forward(hours=1)

    assert applied(here, ticket.ref) == ["r"]
    assert fresh(here, ticket.ref).priority == "high"  # one step, once


def test_after_a_reopening_it_may_apply_once_more(here):
    parts = ruled(here, {"name": "r", "when": "time", "then": ["notify_supervisors"]})
    ana, ticket = here.agent(), here.ticket()
    for _ in range(2):
        go(parts)
        here.desk.claim(ticket.ref, ana)
        here.desk.resolve(ticket.ref, ana, "solved", cause="knowledge")
        here.desk.reopen(ticket.ref, ana)
        go(parts)
        go(parts)

    assert applied(here, ticket.ref) == ["r", "r", "r"]


def test_a_rule_may_apply_again_after_a_while(here):
    parts = ruled(here, {"name": "r", "when": "time", "every": 120, "then": ["notify_supervisors"]})
    ticket = here.ticket()
    for _ in range(5):
        go(parts)
        here.clock.forward(hours=1)

    assert applied(here, ticket.ref) == ["r", "r", "r"]


def test_priority_and_tier_are_never_lowered_and_a_held_case_keeps_its_team(here):
    steps = [{"raise_priority": "low"}, {"set_tier": "L1"}, {"set_team": "billing"}]
    parts = ruled(here, {"name": "r", "when": "time", "then": steps})
    ticket = here.ticket(payload={"trigger": "x", "priority": "urgent", "tier": "L2"})
    here.desk.claim(ticket.ref, here.agent())
    go(parts)

    now = fresh(here, ticket.ref)
    assert (now.priority, now.tier, now.team) == ("urgent", "L2", "general")


def test_a_waiting_case_goes_to_another_team(here):
    parts = ruled(here, {"name": "r", "when": "opened", "then": [{"set_team": "billing"}]})
    ticket = here.ticket()
    go(parts)

    assert fresh(here, ticket.ref).team == "billing"
    (event,) = log(here, ticket.ref, "routed")
    assert event.data == {"from": "general", "to": "billing", "why": "r"}


def test_a_customer_is_told_and_it_counts_as_news(here):
    told = {"tell_customer": "utter_notice_update_queued"}
    parts = ruled(here, {"name": "r", "when": "opened", "then": [told]})
    ticket = here.ticket()
    here.clock.forward(minutes=1)
    go(parts)

    assert here.store.messages(ticket.conversation)[-1].response == "utter_notice_update_queued"
    assert fresh(here, ticket.ref).told_at == here.clock.now


def test_a_callback_is_offered(here):
    parts = ruled(here, {"name": "r", "when": "opened", "then": ["offer_callback"]})
    ticket = here.ticket()
    go(parts)

    assert here.store.messages(ticket.conversation)[-1].response == "utter_notice_callback_offer"


def test_closed_cases_are_left_alone(here):
    ana = here.agent()
    ticket = here.ticket()
    here.desk.claim(ticket.ref, ana)
    here.desk.resolve(ticket.ref, ana, "solved", cause="knowledge")
    go(ruled(here, {"name": "r", "when": "time", "then": ["raise_priority"]}))

    assert applied(here, ticket.ref) == []


def test_what_happened_before_the_rules_were_there_is_past(here):
    ticket = here.ticket()
    go(ruled(here, {"name": "r", "when": "opened", "then": ["raise_priority"]}))

    assert applied(here, ticket.ref) == []


def test_a_rule_that_fails_does_nothing_by_halves_and_is_tried_again(here):
    steps = ["raise_priority", {"tell_customer": "utter_notice_x"}]
    parts = ruled(here, {"name": "r", "when": "time", "then": steps})
    ticket, tell = here.ticket(), here.desk.tell
    here.desk.tell = lambda *args, **kwargs: 1 / 0
    go(parts)
    assert (fresh(here, ticket.ref).priority, applied(here, ticket.ref)) == ("medium", [])

    here.desk.tell = tell
    here.clock.forward(seconds=BACK_OFF[0])
    go(parts)
    assert (fresh(here, ticket.ref).priority, applied(here, ticket.ref)) == ("high", ["r"])


def test_a_rule_that_no_longer_applies_when_its_turn_comes_may_apply_later(here):
    parts = ruled(
        here, {"name": "r", "when": "time", "if": {"status": "queued"}, "then": ["raise_priority"]}
    )
    ana, ticket = here.agent(), here.ticket()
    parts.automation.on_time()
    here.desk.claim(ticket.ref, ana)
    parts.scheduler.run_due()
    assert applied(here, ticket.ref) == []

    here.desk.release(ticket.ref, ana)
    go(parts)
    assert applied(here, ticket.ref) == ["r"]


@sqlite_only
def test_events_are_not_lost_while_nobody_runs_nor_taken_twice(here):
    data = {"name": "r", "when": "opened", "then": ["raise_priority"]}
    rules = replace(here.desk.rules, automation=rules_automation.read([data], TEAMS))
    here.desk.rules = rules
    works(here.desk)
    ticket = here.ticket()
    there = restarted(here)
    go(works(there.desk))
    again = restarted(there)
    go(works(again.desk))

    assert applied(again, ticket.ref) == ["r"]
    again.store.close()
