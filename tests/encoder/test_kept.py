"""Vectors that outlive the process: whole or not at all, and never in the way."""

import numpy as np
import pytest

from bot.encoder import kept
from bot.encoder.runtime import Encoder
from bot.encoder.shelf import Manifest

pytestmark = pytest.mark.unit


class Counting(Encoder):
    """Computes made-up vectors, and counts them."""

    def __init__(self, cached=4):
        super().__init__(Manifest("made-up", "none", 3, "", 9, {}), None, None, cached)
        self.computed = []

    def _compute(self, text):
        self.computed.append(text)
        return np.random.default_rng(len(text)).standard_normal(3).astype(np.float32)


@pytest.fixture
def file(tmp_path):
    return kept.place(tmp_path, "made-up")


def test_what_one_process_computed_the_next_one_remembers_to_the_bit(file):
    texts = ["ñandú «x»\n2", "", "three"]
    first, second = Counting(), Counting()
    made = first.encode(texts, threads=2)
    first.keep(file)
    second.recall(file)
    np.testing.assert_array_equal(second.encode(texts), made)
    assert not second.computed


def test_only_what_is_new_is_computed_and_then_kept_too(file):
    first, second, third = Counting(), Counting(), Counting()
    first.encode(["a", "bb"])
    first.keep(file)
    second.recall(file)
    second.encode(["bb", "ccc"])
    second.keep(file)
    third.recall(file)
    third.encode(["a", "bb", "ccc"])
    assert (second.computed, third.computed) == (["ccc"], [])


def test_with_nothing_new_the_file_is_left_alone(file):
    encoder = Counting()
    encoder.keep(file)
    assert not file.exists()
    encoder.encode(["a"])
    encoder.keep(file)
    before = file.stat().st_mtime_ns
    encoder.encode(["a"])
    encoder.keep(file)
    assert file.stat().st_mtime_ns == before


def test_no_more_is_remembered_than_the_encoder_may_keep(file):
    first, second = Counting(), Counting(cached=2)
    first.encode(["a", "bb", "ccc"])
    first.keep(file)
    second.recall(file)
    second.encode(["bb", "ccc"])
    assert not second.computed
    second.encode(["a"])
    assert second.computed == ["a"]


@pytest.mark.parametrize("cut", [0, 10, -30])
def test_a_damaged_file_is_as_good_as_none(file, cut):
    kept.write(file, {"a": np.ones(3, dtype=np.float32)})
    file.write_bytes(file.read_bytes()[:cut])
    assert kept.read(file) == {}


def test_other_bytes_in_a_whole_file_are_as_good_as_none(file):
    file.parent.mkdir(parents=True)
    with file.open("wb") as there:
        np.savez(there, texts=np.zeros(2, dtype=np.uint8), vectors=np.ones((1, 3)))
    assert kept.read(file) == {}


def test_a_full_disk_costs_nothing_but_the_file(file, caplog):
    file.parent.parent.mkdir(parents=True)
    file.parent.write_text("in the way of a folder", encoding="utf-8")
    encoder = Counting()
    encoder.encode(["a"])
    encoder.keep(file)
    assert "not kept" in caplog.text
