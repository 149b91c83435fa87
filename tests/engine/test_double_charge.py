import pytest

pytestmark = pytest.mark.model


def test_a_double_charge_is_found_and_paid_back_once(talk, shop):
    talk.say("double_charge", order_number="47950", postcode="1425")
    assert talk.responses == ["utter_charges_double", "utter_refund_done"]
    assert [(one.operation, one.amount_cents) for one in shop.ledger()] == [("refund", 6499)]
    talk.press("/double_charge")
    assert talk.responses == ["utter_already_done"]
    assert len(shop.ledger()) == 1


def test_above_the_limit_a_person_decides_and_knows_the_charges(talk, shop):
    talk.say("double_charge", order_number="49560", postcode="08005")
    assert talk.trigger == "out_of_authority"
    assert "259,00" in talk.last["handoff"]["facts"]["charges"]
    assert shop.ledger() == []


def test_a_single_charge_is_shown_and_nothing_is_paid(known, shop):
    known.say("double_charge", order_number="48213")
    assert known.responses == ["utter_charges_single"]
    assert shop.ledger() == []


def test_no_charge_is_told_without_proof(talk):
    talk.say("double_charge", order_number="47950")
    assert talk.responses == ["utter_ask_proof"]
    assert "64,99" not in " ".join(talk.texts)


def test_a_turn_cut_short_after_the_refund_says_done_when_it_is_repeated(talk, shop, monkeypatch):
    import actions.money

    pay = actions.money._pay_back

    def cut_short(charges, context):
        pay(charges, context)
        raise SystemError("the process died here")

    monkeypatch.setattr(actions.money, "_pay_back", cut_short)
    talk.say("double_charge", turn="t_1", order_number="47950", postcode="1425")
    assert talk.last["error"]["kind"] == "action_failed"
    monkeypatch.setattr(actions.money, "_pay_back", pay)
    talk.agent.tracker_store._tracker_store.engine.execute(
        "DELETE FROM events WHERE sender_id = ?", talk.id
    )
    talk.say("double_charge", turn="t_1", order_number="47950", postcode="1425")
    assert talk.responses == ["utter_charges_double", "utter_refund_done"]
    assert len(shop.ledger()) == 1
