"""Meaning and words together, on made-up vectors: ranking, calibration, favour, persistence."""

from dataclasses import replace

import numpy as np
import pytest

from bot.nlu.intents import Apart, Reader, temperature

pytestmark = pytest.mark.unit

NAMES = ["affirm", "ask_human", "refund"]
WORDS = {"affirm": "sí vale", "ask_human": "quiero una persona", "refund": "mi dinero"}
CONFIG = {"C": 1.0, "iterations": 100, "words": 0.6, "words_strength": 5.0}


def examples(count, seed=0, noise=0.4):
    """Texts whose vector points to their intent, more or less."""
    random = np.random.default_rng(seed)
    intents = [NAMES[number % 3] for number in range(count)]
    vectors = np.eye(3)[[NAMES.index(name) for name in intents]]
    vectors = vectors + random.normal(size=vectors.shape) * noise
    texts = [f"{WORDS[name]} {number % 7}" for number, name in enumerate(intents)]
    return vectors, texts, intents


@pytest.fixture(scope="module")
def reader():
    return Reader.fit(*examples(90), CONFIG, Apart(*examples(120, seed=1)))


def said(reader, vectors, texts):
    return [NAMES[place] for place in reader.chances(vectors, texts).argmax(axis=1)]


def test_chances_of_a_text_sum_to_one(reader):
    vectors, texts, intents = examples(30, seed=2)
    chances = reader.chances(vectors, texts)
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)
    assert np.mean(np.array(said(reader, vectors, texts)) == intents) > 0.9


def test_words_decide_where_meaning_does_not(reader):
    nothing = np.full((2, 3), 1 / 3)
    assert said(reader, nothing, ["quiero una persona", "mi dinero"]) == ["ask_human", "refund"]


def test_without_a_share_words_have_no_say():
    reader = Reader.fit(*examples(90), {**CONFIG, "words": 0.0}, None)
    assert reader.words is None
    vectors, texts, _ = examples(6, seed=3)
    np.testing.assert_array_equal(
        reader.chances(vectors, texts), reader.chances(vectors, ["otra cosa"] * 6)
    )


def test_a_favoured_intent_wins_where_two_are_about_as_likely(reader):
    vector = np.array([[0.0, 0.5, 0.5]])
    plain = reader.chances(vector, ["hola"])[0]
    more = replace(reader, favour={1: 3.0}).chances(vector, ["hola"])[0]
    assert more[1] > plain[1]
    assert more.argmax() == 1
    assert more.sum() == pytest.approx(1.0)


def test_what_a_favoured_intent_does_not_come_near_stays_as_it_was(reader):
    vector = np.array([[0.0, 0.5, 0.5]])
    plain = reader.chances(vector, ["hola"])
    favoured = replace(reader, favour={1: 3.0}, favour_from=0.999)
    np.testing.assert_array_equal(favoured.chances(vector, ["hola"]), plain)
    near = replace(favoured, favour_from=0.5)
    assert near.chances(vector, ["hola"])[0].argmax() == 1


def test_a_reader_comes_back_from_its_arrays(reader):
    again = Reader.from_arrays(reader.to_arrays(), CONFIG)
    vectors, texts, _ = examples(9, seed=4)
    np.testing.assert_allclose(again.chances(vectors, texts), reader.chances(vectors, texts))


def test_the_temperature_makes_overconfident_logits_modest():
    logits = np.array([[9.0, 0.0], [9.0, 0.0], [0.0, 9.0], [9.0, 0.0]])
    assert temperature(logits, np.array([0, 0, 1, 1])) > 1.0
    assert temperature(np.zeros((0, 2)), np.zeros(0, dtype=int)) == 1.0
