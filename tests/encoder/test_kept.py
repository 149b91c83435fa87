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

    def asked(self):
        return [text for text in self.computed if text not in kept.CANARIES]


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
    assert not second.asked()


def test_only_what_is_new_is_computed_and_then_kept_too(file):
    first, second, third = Counting(), Counting(), Counting()
    first.encode(["a", "bb"])
    first.keep(file)
    second.recall(file)
    second.encode(["bb", "ccc"])
    second.keep(file)
    third.recall(file)
    third.encode(["a", "bb", "ccc"])
    assert (second.asked(), third.asked()) == (["ccc"], [])


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


def test_what_another_process_wrote_meanwhile_stays(file):
    first, second, third = Counting(), Counting(), Counting()
    first.encode(["a"])
    second.encode(["bb"])
    first.keep(file)
    second.keep(file)
    third.recall(file)
    third.encode(["a", "bb"])
    assert third.asked() == []


def test_no_more_is_kept_than_fits_and_what_was_used_last_stays(file, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 2)
    first, second = Counting(), Counting()
    first.encode(["a", "bb", "ccc"])
    first.encode(["a"])
    first.keep(file)
    second.recall(file)
    second.encode(["a", "bb", "ccc"])
    assert second.asked() == ["bb"]


def test_vectors_that_this_machine_computes_otherwise_are_not_used(file):
    class Another(Counting):
        def _compute(self, text):
            return super()._compute(text) * np.float32(1.0000002)

    first, second = Counting(), Another()
    first.encode(["a"])
    first.keep(file)
    second.recall(file)
    second.encode(["a"])
    assert second.asked() == ["a"]


@pytest.mark.parametrize("cut", [0, 10, -30])
def test_a_damaged_file_is_as_good_as_none(file, cut):
    encoder = Counting()
    encoder.encode(["a"])
    encoder.keep(file)
    file.write_bytes(file.read_bytes()[:cut])
    encoder.recall(file)
    encoder.encode(["b"])
    encoder.keep(file)
    assert len(kept.read(file, encoder._anew)) == 2


def test_other_arrays_in_a_whole_file_are_as_good_as_none(file):
    file.parent.mkdir(parents=True)
    with file.open("wb") as there:
        np.savez(there, keys=np.array(["a", "b"]), vectors=np.ones((1, 3)))
    assert kept.read(file, Counting()._anew) == {}


def test_the_file_holds_no_text(file):
    encoder = Counting()
    encoder.encode(["Lucía vive en la calle Mayor"])
    encoder.keep(file)
    assert b"Mayor" not in file.read_bytes()


def test_a_full_disk_costs_nothing_but_the_file(file, caplog):
    file.parent.parent.mkdir(parents=True)
    file.parent.write_text("in the way of a folder", encoding="utf-8")
    encoder = Counting()
    encoder.encode(["a"])
    encoder.keep(file)
    assert "not kept" in caplog.text


def test_the_vectors_of_other_encoders_go(tmp_path, file):
    old = kept.place(tmp_path, "old")
    for one in (file, old):
        one.parent.mkdir(parents=True)
        one.write_bytes(b"vectors")
    kept.forget_others(tmp_path, "made-up")
    assert file.exists()
    assert not old.exists()
