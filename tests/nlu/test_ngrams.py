"""Letters and words: the same text always hits the same places, and a model learns from them."""

import numpy as np
import pytest

from bot.nlu.ngrams import PLACES, WordModel, pieces

pytestmark = pytest.mark.unit

RUDE = ["sois unos inútiles", "vaya inútiles", "qué inútil eres", "inútiles del todo"] * 3
KIND = ["muchas gracias", "gracias por todo", "mil gracias guapa", "gracias"] * 3


def test_accents_capitals_and_drawn_out_letters_change_no_piece():
    assert pieces("INÚTILESSS") == pieces("inutiles")


@pytest.mark.parametrize("text", ["", " ", "🤬", "x" * 10_000, "привет", "\ud800", "¿?"])
def test_any_text_has_places_within_the_model(text):
    model = WordModel.fit(RUDE + KIND, np.array([0] * 12 + [1] * 12), strength=5.0)
    assert np.isfinite(model.logits([text])).all()
    assert all(0 <= place < PLACES for part in pieces(text) for place in part)


def test_two_classes_are_told_apart_by_their_words():
    model = WordModel.fit(RUDE + KIND, np.array([0] * 12 + [1] * 12), strength=5.0)
    assert model.logits(["menudos inútiles", "te doy las gracias"]).argmax(axis=1).tolist() == [
        0,
        1,
    ]


def test_several_outputs_are_learnt_apart():
    targets = np.array([[1, 1]] * 12 + [[0, 1]] * 6 + [[0, 0]] * 6, dtype=bool)
    logits = WordModel.fit(RUDE + KIND, targets, strength=5.0).logits(["inútiles", "gracias"])
    assert logits.shape == (2, 2)
    assert logits[0, 0] > logits[1, 0]


def test_a_model_comes_back_from_its_arrays():
    model = WordModel.fit(RUDE + KIND, np.array([0] * 12 + [1] * 12), strength=5.0)
    again = WordModel.from_arrays(model.to_arrays())
    np.testing.assert_array_equal(again.logits(["inútil"]), model.logits(["inútil"]))
    assert WordModel.from_arrays({"weights": np.zeros(3)}) is None
