"""Cancelling, another address, sending back, invoices and access, through the real engine."""

import pytest

pytestmark = pytest.mark.model


@pytest.fixture
def hannah(loaded, actions, shop, loop):
    """A signed-in customer with an order in the warehouse that is above the bot's limit."""
    from bench import Talk

    return Talk(loaded, loop, identity={"status": "verified", "customer_id": "C-1005"})


def operations(shop):
    return [(one.operation, one.amount_cents) for one in shop.ledger()]


def test_an_order_in_the_warehouse_is_cancelled_after_a_yes(talk, shop):
    talk.say("cancel_order", order_number="50420", email="carmen.iglesias@ejemplo.es")
    assert talk.responses == ["utter_cancel_confirm"]
    assert operations(shop) == []
    talk.say("affirm")
    assert talk.responses == ["utter_cancel_done"]
    assert shop.order("50420").status == "cancelled"
    assert talk.last["promises"][0]["name"] == "refund:50420"
    talk.say("thanks")
    talk.say("cancel_order")
    assert talk.responses == ["utter_already_done"]


def test_above_the_limit_the_cancellation_is_prepared_for_a_person(hannah, shop):
    hannah.say("cancel_order", order_number="49560")
    assert hannah.trigger == "always_person"
    assert hannah.last["handoff"]["facts"]["amount"] == "259,00 €"
    assert operations(shop) == []


def test_what_has_left_is_not_cancelled(known, shop):
    known.say("cancel_order", order_number="48213")
    assert known.responses == ["utter_cancel_shipped"]
    known.say("deny")
    assert operations(shop) == []


def test_another_address_while_the_order_is_in_the_warehouse(hannah, shop):
    hannah.say("change_address", order_number="49560")
    assert hannah.responses == ["utter_ask_new_address"]
    hannah.say("inform", "Calle del Mar 4, 2.º, 08005 Barcelona")
    assert hannah.responses == ["utter_address_done"]
    assert shop.order("49560").address == "Calle del Mar 4, 2.º, 08005 Barcelona"


def test_a_no_to_the_question_leaves_the_address(hannah, shop):
    before = shop.order("49560").address
    hannah.say("change_address", order_number="49560")
    hannah.say("deny")
    assert hannah.responses == ["utter_offer_declined"]
    hannah.say("inform", "Calle del Mar 4")
    assert shop.order("49560").address == before


def test_a_return_after_the_time_ends_in_a_prepared_exception(known, shop):
    known.say("return_item", order_number="48377")
    assert known.responses == ["utter_return_too_late"]
    known.press("/policy_exception")
    assert known.responses == ["utter_handoff_policy"]
    facts = known.last["handoff"]["facts"]
    assert (facts["order"], facts["delivered"]) == ("48377", "24 de septiembre")
    assert known.last["handoff"]["team"] == "managers"


def test_a_general_question_about_returns_asks_for_nothing(talk):
    talk.say("return_item")
    assert talk.responses == ["utter_return_item"]
    talk.say("inform", order_number="48377")
    assert talk.responses == ["utter_ask_proof"]


def test_an_invoice_goes_to_the_address_on_record(talk, shop):
    talk.say("invoice_request", order_number="48213", postcode="28013")
    assert talk.responses == ["utter_invoice_sent"]
    assert "l***@ejemplo.es" in talk.texts[-1]
    assert [one.operation for one in shop.ledger()] == ["invoice"]


def test_an_access_link_goes_to_who_is_known_and_only_once(known, shop):
    known.say("account_access")
    assert known.responses == ["utter_access_sent"]
    known.press("/account_access")
    assert known.trigger == "always_person"
    assert [one.operation for one in shop.ledger()] == ["access_link"]


def test_no_access_link_for_whom_nobody_knows(talk, shop):
    talk.say("account_access")
    assert talk.responses == ["utter_account_access"]
    talk.say("not_solved")
    assert talk.responses == ["utter_offer_person"]
    assert shop.ledger() == []
