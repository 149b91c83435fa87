"""What the place of a message settles, where the understanding was not sure."""

import pytest

pytestmark = pytest.mark.model


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
