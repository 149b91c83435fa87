"""Whole messages of customers: there is enough of each, and moods and intents are counted."""

from collections import Counter

import numpy as np
import pytest

from bot.deescalation.turn import LEVELS
from evaluation.customers import Judged, agreement, judged, named

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_level_and_intent_occurs_and_nothing_twice(language):
    messages = judged(language)
    assert len({one.text.casefold() for one in messages}) == len(messages) == 400
    levels = Counter(one.level for one in messages)
    assert min(levels[level] for level in LEVELS) >= 60
    assert levels["calm"] >= 180
    assert {one.second for one in messages} == set(LEVELS)
    assert min(Counter(one.intent for one in messages).values()) >= 4
    assert agreement(messages) > 0.98


def reading(level, probability, intent="thanks"):
    return {"level": level, "probability": probability, "intent": intent}


def test_the_annoyed_do_not_count_where_moods_are_clear():
    messages = [
        Judged("a", "thanks", "calm", "calm"),
        Judged("b", "thanks", "calm", "annoyed"),
        Judged("c", "thanks", "annoyed", "frustrated"),
        Judged("d", "vent", "angry", "angry"),
    ]
    found = [
        reading("calm", 0.1),
        reading("frustrated", 0.6),
        reading("angry", 0.95),
        reading("angry", 0.9, "vent"),
    ]
    once = np.ones((1, 4))
    values = {name: float(metric(once)[0]) for name, metric in named(messages, found).items()}
    assert values == {
        "clear F1": pytest.approx(2 / 3),
        "clear AUC": 1.0,
        "F1": 0.5,
        "AUC": pytest.approx(2 / 3),
        "calm called frustrated": 0.5,
        "intents right": 1.0,
    }
    assert agreement(messages) == 0.75
