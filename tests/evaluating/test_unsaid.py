"""What is wanted or feared without being said: read, and counted."""

import pytest

from evaluation.unsaid import FILES, HEARD, ORDINARY, heard, texts

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", ["es", "en"])
def test_there_is_enough_of_each_and_nothing_twice(language, name):
    lists = texts(language, name)
    assert list(lists) == list(HEARD)
    every = [text for own in lists.values() for text in own]
    assert len(every) == len(set(every))
    assert all(len(own) >= 80 for own in lists.values())


@pytest.mark.parametrize(("name", "least"), zip(ORDINARY[:2], (400, 200), strict=True))
@pytest.mark.parametrize("language", ["es", "en"])
def test_ordinary_messages_are_no_danger(language, name, least):
    assert [len(own) >= least for own in texts(language, name).values()] == [True]
    assert list(texts(language, name)) == ["not_safety"]


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_message_that_names_its_intent_is_counted_for_danger_and_for_a_wish(language):
    lists = texts(language, "ordinary/customers")
    danger, wish = len(lists["safety"]), len(lists["ask_human"])
    assert danger + len(lists["not_safety"]) == wish + len(lists["not_ask_human"]) == 400
    assert (danger, wish) == (12, 30)
    assert not set(lists["safety"]) & set(lists["ask_human"])


def test_a_wish_that_is_not_heard_is_wrong_and_so_is_a_look_alike_that_is():
    readings = {
        "ask_human": [{"intent": "ask_human"}, {"intent": "vent"}],
        "not_ask_human": [{"intent": "ask_human"}, {"intent": "vent"}],
        "safety": [{"intent": "emergency"}, {"intent": "thanks"}],
        "not_safety": [{"intent": "self_harm"}, {"intent": "thanks"}],
    }
    assert heard(readings) == {
        "ask_human": (1, [1]),
        "not_ask_human": (1, [0]),
        "safety": (1, [1]),
        "not_safety": (1, [0]),
    }
