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


def test_half_a_refund_is_told_as_half_and_a_person_gets_the_rest(
    talk, shop, tmp_path, monkeypatch
):
    import sqlite3

    from bot.errors import BackOfficeDown

    with sqlite3.connect(tmp_path / "shop.db") as database:  # charged three times
        database.execute(
            "INSERT INTO payments (id, order_number, amount_cents, charged_on, method, state) "
            "SELECT 'CH-47950-3', order_number, amount_cents, charged_on, method, state "
            "FROM payments WHERE id = 'CH-47950-2'"
        )
    pay, paid = shop.refund, []

    def once(subject, *args, **kwargs):
        if paid:
            raise BackOfficeDown("it stopped in the middle")
        paid.append(subject)
        return pay(subject, *args, **kwargs)

    monkeypatch.setattr(shop, "refund", once)
    talk.say("double_charge", order_number="47950", postcode="1425")
    assert talk.responses[0] == "utter_refund_partial"
    assert "64,99" in talk.texts[-2] or "64,99" in talk.texts[-1]
    assert talk.trigger == "system_failed"
    assert "refunded 64,99" in str(talk.last["handoff"]["failure_points"])
    assert [one.amount_cents for one in shop.ledger()] == [6499]
