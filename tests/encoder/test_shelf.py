"""The shelf of encoders: addressed by content, checked before use."""

import pytest

from bot import encoder
from bot.encoder import shelf
from bot.encoder.runtime import Encoder
from bot.errors import EncoderError
from bot.settings import Settings

pytestmark = pytest.mark.unit


@pytest.fixture
def models(tmp_path):
    return tmp_path / "models"


def put(models, *, graph=b"graph", prefix="query: ", source="here"):
    folder = models / "fresh"
    folder.mkdir(parents=True)
    (folder / shelf.GRAPH).write_bytes(graph)
    (folder / shelf.TOKENIZER).write_bytes(b"tokenizer")
    made = shelf.describe(folder, source=source, dimensions=3, prefix=prefix, max_tokens=512)
    shelf.shelf(models).mkdir(exist_ok=True)
    shelf.put(models, folder, made)
    return made.hash


def test_what_was_put_is_found_by_its_hash_and_by_its_source(models):
    name = put(models)
    shelf.set_current(models, name)

    assert shelf.current(models) == name
    assert shelf.check(models, name).dimensions == 3
    assert shelf.find(models, "here") == name
    assert shelf.find(models, "elsewhere") is None


@pytest.mark.parametrize("other", [{"graph": b"other"}, {"prefix": "passage: "}])
def test_whatever_changes_the_vectors_changes_the_hash(models, other):
    assert put(models) != put(models, **other)


def test_a_missing_encoder_names_the_command_that_builds_it(models):
    with pytest.raises(EncoderError, match="remanso encoder"):
        shelf.current(models)
    with pytest.raises(EncoderError, match="remanso encoder"):
        Encoder.load(models, "0123456789abcdef")


def test_a_file_cut_short_is_noticed_when_it_is_loaded(models):
    name = put(models)
    (shelf.shelf(models) / name / shelf.GRAPH).write_bytes(b"gra")

    with pytest.raises(EncoderError, match=r"damaged.*model\.onnx.*remanso encoder"):
        Encoder.load(models, name)


def test_a_single_changed_byte_is_noticed_by_the_check(models):
    name = put(models)
    shelf.set_current(models, name)
    (shelf.shelf(models) / name / shelf.GRAPH).write_bytes(b"grapf")

    with pytest.raises(EncoderError, match=r"model\.onnx changed"):
        encoder.check(Settings(models=models))
    assert shelf.find(models, "here") is None  # so it is built again


@pytest.mark.parametrize("text", ["", "{", '{"hash": "x"}', "[]"])
def test_a_broken_manifest_is_an_error_with_a_remedy(models, text):
    name = put(models)
    (shelf.shelf(models) / name / shelf.MANIFEST).write_text(text)

    with pytest.raises(EncoderError, match="remanso encoder"):
        shelf.manifest(models, name)


def test_a_rebuilt_encoder_takes_the_place_of_the_damaged_one(models):
    name = put(models)
    (shelf.shelf(models) / name / shelf.GRAPH).unlink()

    assert put(models) == name
    assert shelf.check(models, name).hash == name
