"""What we measure with is not what we train on, and there is enough of it."""

from collections import Counter

import pytest

from bot.settings import ROOT
from bot.training import corpus
from bot.training.corpus import FRUSTRATION, INTENT

pytestmark = pytest.mark.unit

SAFETY = ("self_harm", "violence_threat", "emergency")
LEAST_OF_AN_INTENT = 20
LEAST_REQUESTS_FOR_A_PERSON = 150
LEAST_SAFETY = 80
LEAST_LOOKALIKES = 80
LEAST_GRADED = 400
TRAINING = {INTENT: corpus.intents, FRUSTRATION: corpus.frustration}


def copies(held, others):
    index = corpus.index(others)
    return [
        f"{one.place} «{one.text}»: {other.place} «{other.text}»"
        for one in held
        for other, _ in corpus.copies(one, index)
    ]


@pytest.mark.parametrize("kind", [INTENT, FRUSTRATION])
def test_no_held_out_text_is_trained_on(kind):
    assert copies(corpus.held_out(ROOT, kind), TRAINING[kind](ROOT)) == []


@pytest.mark.parametrize("kind", [INTENT, FRUSTRATION])
def test_development_and_test_texts_share_none(kind):
    assert copies(corpus.held_out(ROOT, kind, "dev"), corpus.held_out(ROOT, kind, "test")) == []


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_intent_is_measured_with_enough_texts(language):
    texts = [one for one in corpus.held_out(ROOT, INTENT, "test") if one.language == language]
    count = Counter(one.label for one in texts)
    known = {one.label for one in corpus.intents(ROOT)}
    few = {name: count[name] for name in sorted(known) if count[name] < LEAST_OF_AN_INTENT}
    assert few == {}
    assert set(count) <= known
    assert count["ask_human"] >= LEAST_REQUESTS_FOR_A_PERSON
    assert sum(count[name] for name in SAFETY) >= LEAST_SAFETY


@pytest.mark.parametrize("language", ["es", "en"])
def test_there_are_enough_lookalikes_of_each_kind(language):
    texts = [one for one in corpus.held_out(ROOT, INTENT, "lookalikes") if one.language == language]
    count = Counter(one.label for one in texts)
    assert {"not_ask_human", "not_safety"} <= set(count)
    assert {name: n for name, n in count.items() if n < LEAST_LOOKALIKES} == {}


@pytest.mark.parametrize("language", ["es", "en"])
def test_frustration_is_measured_with_enough_texts(language):
    texts = corpus.held_out(ROOT, FRUSTRATION, "test")
    assert sum(one.language == language for one in texts) >= LEAST_GRADED
