"""A second wish is kept; what the same matter says twice, or says by the way, is none."""

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.also_detector import AlsoDetector
from bot.nlu.intent_classifier import READ_BY

pytestmark = pytest.mark.unit

CONFIG = {
    "confidence": 0.7,
    "whole": 0.01,
    "urgent_confidence": 0.9,
    "urgent": ["ask_human"],
    "never": ["thanks"],
    "same": [["late_delivery", "order_status"]],
}
TEXT = "devolvedme el dinero y pasadme con alguien"


class Scripted:
    """A classifier that says what it is told to, clause by clause."""

    def __init__(self, *said):
        self.said, self.asked = said, []

    def read(self, parts):
        self.asked += parts
        return [{"name": name, "confidence": sure} if name else None for name, sure in self.said]


def also(classifier, text=TEXT, main="request_refund", whole=0.2, **metadata):
    ranking = [{"name": name, "confidence": whole} for name, _ in classifier.said if name]
    message = Message({"text": text, "metadata": metadata})
    message.set("intent", {"name": main, "confidence": 0.9})
    message.set("intent_ranking", ranking)
    message.set(READ_BY, classifier)
    AlsoDetector(CONFIG, None, None).process([message])
    return message.as_dict(only_output_properties=True)["also"]


def names(found):
    return [one["name"] for one in found]


def test_a_clause_with_another_wish_is_kept_with_its_words():
    found = also(Scripted(("request_refund", 0.9), ("ask_human", 0.8)))
    assert found == [{"name": "ask_human", "confidence": 0.8, "text": "pasadme con alguien"}]


def test_whoever_says_one_thing_is_not_read_twice():
    classifier = Scripted(("request_refund", 0.9))
    assert also(classifier, text="devolvedme el dinero") == []
    assert classifier.asked == []


def test_a_pressed_quick_reply_wants_one_thing():
    classifier = Scripted(("request_refund", 0.9), ("ask_human", 0.99))
    assert also(classifier, choice={"intent": "request_refund"}) == []


@pytest.mark.parametrize(
    "said, main",
    [
        (("thanks", 0.99), "request_refund"),
        (("order_status", 0.99), "late_delivery"),
        (("late_delivery", 0.6), "request_refund"),
        ((None, 0.0), "request_refund"),
    ],
    ids=["a courtesy", "the same matter", "unsure", "nothing learnt"],
)
def test_what_is_no_wish_of_its_own_is_left_out(said, main):
    assert also(Scripted((main, 0.9), said), main=main) == []


def test_what_the_whole_message_does_not_say_is_no_wish_unless_it_is_urgent():
    assert also(Scripted(("request_refund", 0.9), ("late_delivery", 0.99)), whole=0.001) == []
    urgent = Scripted(("request_refund", 0.9), ("ask_human", 0.95))
    assert names(also(urgent, whole=0.001)) == ["ask_human"]


def test_an_unclear_whole_leaves_what_its_clauses_state():
    found = also(Scripted(("request_refund", 0.9), ("ask_human", 0.95)), main="nlu_fallback")
    assert names(found) == ["ask_human", "request_refund"]


def test_at_most_two_are_kept_and_the_urgent_one_among_them():
    text = "devolvedme el dinero, no llega el paquete, falta la factura mía, pasadme con alguien"
    said = [("request_refund", 0.99), ("late_delivery", 0.98), ("invoice_request", 0.97)]
    found = also(Scripted(*said, ("ask_human", 0.75)), text=text, main="nlu_fallback")
    assert names(found) == ["request_refund", "ask_human"]
