"""What the place of a message settles, where the understanding was not sure."""

import pytest
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels.guess import settle

pytestmark = pytest.mark.model


@pytest.fixture
def carmen(loaded, actions, shop, loop):
    """Signed in, with one order: a jug that was delivered."""
    from bench import Talk

    return Talk(loaded, loop, identity={"status": "verified", "customer_id": "C-1006"})


def test_a_yes_at_the_start_answers_what_was_asked(known, shop):
    known.say("late_delivery", order_number="48213")
    known.say("request_refund")
    known.say("nlu_fallback", "SÍ, devolvedlo YA")
    assert [one.operation for one in shop.ledger()] == ["refund"]


def test_a_no_at_the_start_books_nothing(known, shop):
    known.say("late_delivery", order_number="48213")
    known.say("request_refund")
    known.say("nlu_fallback", "no, ni hablar")
    assert shop.ledger() == []
    assert known.responses == ["utter_offer_declined"]


def test_without_a_question_a_yes_means_nothing(known):
    known.say("nlu_fallback", "sí, pero eso qué")
    assert known.responses == ["utter_reask"]


def test_a_message_that_names_a_product_is_about_its_likeliest_matter(known):
    known.say("nlu_fallback", "qué pasa con la cafetera", product="cafetera", guess="late_delivery")
    assert known.responses == ["utter_delivery_late"]


def test_one_that_names_nothing_is_asked_again(known):
    known.say("nlu_fallback", "qué pasa con eso", guess="late_delivery")
    assert known.responses == ["utter_reask"]


def test_while_a_remedy_is_tried_what_now_asks_for_the_next(known):
    known.say("technical_problem", service="app")
    known.say("nlu_fallback", "dígame qué toco", guess="ask_capabilities")
    assert known.responses == ["utter_fix_app"]
    known.say("ask_capabilities", "¿y ahora qué hago?", confidence=0.8)
    assert known.responses == ["utter_case_opened"]


def test_while_a_remedy_is_tried_done_says_that_it_worked(known):
    known.say("technical_problem", service="app")
    known.say("nlu_fallback", "hecho, ya me abre", guess="affirm")
    assert known.responses == ["utter_fix_worked"]


def test_of_another_one_or_the_money_change_it_is_another_one(carmen, shop):
    carmen.say("damaged_product", product="jarra")
    assert carmen.responses[-1] == "utter_offer_remedy"
    carmen.say("return_item", "me lo cambian por otro", guess="request_resend")
    assert [one.operation for one in shop.ledger()] == ["resend"]


def test_of_two_matters_the_one_that_is_named_comes_first_however_unsure(known):
    known.say("double_charge", also=["late_delivery"], order_number="48213")
    assert known.responses[-1] == "utter_choose_matter"
    known.say("nlu_fallback", "lo de la entrega", guess="late_delivery")
    assert known.responses[-1] == "utter_delivery_late"


def test_the_postcode_that_was_asked_for_does_not_change_the_matter(talk):
    talk.say("double_charge", order_number="47950")
    assert talk.responses[-1] == "utter_ask_proof"
    talk.say("order_status", "código postal 1425, ¿algo más?", postcode="1425", confidence=0.8)
    assert talk.responses[-1] == "utter_refund_done"


def test_to_take_it_back_is_not_to_change_it(carmen, shop):
    carmen.say("damaged_product", product="jarra")
    carmen.say("return_item", "se lo devuelvo", guess="request_resend")
    assert carmen.responses == ["utter_refund_confirm"]


def test_a_likely_problem_is_more_than_the_return_that_it_may_lead_to():
    ranking = [("nlu_fallback", 0.5), ("return_item", 0.45), ("wrong_item", 0.43)]
    parsed = {
        "text": "lo que venía en la caja no es eso",
        "intent": {"name": "nlu_fallback", "confidence": 0.5},
        "intent_ranking": [{"name": name, "confidence": share} for name, share in ranking],
        "entities": [{"entity": "product", "value": "auriculares"}],
    }
    tracker = DialogueStateTracker("c", [])
    assert settle(parsed, tracker)["intent"]["name"] == "wrong_item"
