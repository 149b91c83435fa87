"""Thanks that are none: sarcasm is answered for what it is about, sincere thanks are thanked."""

import pytest
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.customer_turn import customer_turn

pytestmark = pytest.mark.unit

RANKING = [
    {"name": "thanks", "confidence": 0.7},
    {"name": "bye", "confidence": 0.15},
    {"name": "vent", "confidence": 0.1},
]


def intent(level, complaint, ranking=RANKING):
    data = {
        "intent": ranking[0],
        "intent_ranking": ranking,
        "frustration": {"score": 0.6, "level": level, "complaint": complaint, "cues": []},
    }
    said = UserUttered("qué servicio, un aplauso", intent=ranking[0], parse_data=data)
    return customer_turn(DialogueStateTracker.from_events("c", [said])).intent


def test_frustrated_thanks_that_tell_of_something_wrong_are_about_that():
    assert intent("frustrated", 0.74) == "vent"
    assert intent("angry", 0.5) == "vent"


def test_the_tone_alone_makes_no_sarcasm_nor_does_a_mishap_alone():
    assert intent("frustrated", 0.3) == "thanks"  # "gracias", after angry messages
    assert intent("annoyed", 0.9) == "thanks"  # thanks for having put it right


def test_thanks_with_nothing_else_in_them_stay_thanks():
    assert intent("angry", 0.9, RANKING[:2]) == "thanks"


def test_other_intents_are_left_alone():
    other = [{"name": "bye", "confidence": 0.7}, {"name": "vent", "confidence": 0.3}]
    assert intent("angry", 0.9, other) == "bye"
