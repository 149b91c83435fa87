"""A second training reads with the encoder only what the first one has not read."""

import numpy as np
import pytest
from component_checks import Pipeline, examples

from bot import settings
from bot.encoder import kept, runtime, shelf
from bot.encoder.runtime import Encoder
from bot.nlu import shared_encoder
from bot.nlu.encoder_featurizer import EncoderFeaturizer, vector_of
from bot.nlu.intent_classifier import IntentClassifier
from bot.nlu.normaliser import Normaliser
from evaluation import rivals

pytestmark = pytest.mark.model


@pytest.fixture
def apart(tmp_path, monkeypatch):
    """The real encoder in a folder of models of its own, with nothing kept."""
    models = rivals.anew(settings.load().models, tmp_path / "models")
    monkeypatch.setenv("REMANSO_MODELS", str(models))
    return kept.place(models, shelf.current(models))


@pytest.fixture
def computed(monkeypatch):
    """The texts that the encoder computes from now on."""
    seen, compute = [], Encoder._compute

    def counting(self, text):
        if text not in kept.CANARIES:
            seen.append(text)
        return compute(self, text)

    monkeypatch.setattr(Encoder, "_compute", counting)
    return seen


def train(folder):
    """Train as a process of its own does, which keeps what it has read when it ends."""
    runtime.shared.cache_clear()
    parts = (Normaliser, {}), (EncoderFeaturizer, {}), (IntentClassifier, {"C": 1.0})
    data = examples()
    Pipeline(folder, *parts).train(data)
    encoder = shared_encoder.for_training()
    encoder.keep(kept.place(settings.load().models, encoder.hash))
    return np.stack([vector_of(one) for one in data.training_examples])


def test_nothing_is_read_twice_by_whichever_component(apart, computed, tmp_path):
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    first = train(tmp_path / "first")
    assert len(computed) == len(set(computed)) > len(first)  # the development texts as well
    assert apart.is_file()
    computed.clear()
    second = train(tmp_path / "second")
    assert computed == []
    np.testing.assert_array_equal(first, second)
