"""A technical fault: outages told, remedies one by one, then the technicians or a person."""

import pytest

pytestmark = pytest.mark.model


def test_a_known_outage_is_told_and_nothing_is_tried(talk, shop):
    shop.break_down("payments")
    talk.say("technical_problem", service="payments")
    assert talk.responses[0].startswith("utter_outage")


def test_the_first_remedy_works(talk):
    talk.say("technical_problem", service="app")
    assert talk.responses == ["utter_fix_app"]
    talk.say("affirm")
    assert talk.responses == ["utter_fix_worked"]


def test_the_service_is_asked_for_once_when_it_was_not_said(talk):
    talk.say("technical_problem")
    assert talk.responses == ["utter_ask_service"]
    talk.press('/technical_problem{"service": "web"}')
    assert talk.responses == ["utter_fix_web"]


def test_after_two_remedies_the_technicians_get_a_case_with_a_time(known, shop):
    known.say("technical_problem", service="web")
    known.say("not_solved")
    known.say("not_solved")
    assert known.responses == ["utter_case_opened"]
    assert [one.operation for one in shop.ledger()] == ["case"]
    promise = known.last["promises"][0]
    assert promise["owner"] == "technical"
    assert promise["due"] == "2026-11-23T20:00:00+01:00"  # the bench's day is a Saturday


def test_whom_nobody_knows_gets_a_person_instead(talk, shop):
    talk.say("technical_problem", service="web")
    talk.say("deny")
    talk.say("not_solved")
    assert talk.trigger == "always_person"
    assert shop.ledger() == []
