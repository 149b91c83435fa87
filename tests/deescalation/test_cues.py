"""Cues: what can be pointed at in a message."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deescalation import cues
from bot.deescalation.cues import Lexicon, surface
from bot.errors import ConfigError

pytestmark = pytest.mark.unit

FILE = Path(__file__).resolve().parents[2] / "data" / "frustration" / "cues.yml"
LEXICON = Lexicon({"fed_up": ["harto", "no puedo mas"], "insult": ["inutil*"], "other": ["pero"]})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("estoy harto", ["harto"]),
        ("estoy HARRRTOOOO ya", ["HARRRTOOOO"]),
        ("No puedo   más", ["No puedo   más"]),
        ("sois unos INÚTILES", ["INÚTILES"]),
        ("hartoso", []),
        ("mi perro", []),
        ("pero bueno", ["pero"]),
        ("", []),
        ("😡\x00", []),
    ],
)
def test_the_word_list_finds_entries_however_they_are_written(text, expected):
    found = LEXICON.find(text)
    assert [cue.text for cue in found] == expected
    assert all(text[cue.start : cue.end] == cue.text for cue in found)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("NO ME LLEGA NADA", ["shouting"]),
        ("vivo en EEUU", []),
        ("noooo", ["elongation"]),
        ("basta!!!", ["exclamation"]),
        ("¿¿cuándo??", ["question", "question"]),
        ("😡", ["angry_emoji"]),
        ("gracias 😊", []),
        ("pedido 48213", []),
    ],
)
def test_how_it_was_typed_is_shown_where_it_speaks_of_anger(text, names):
    assert [cue.name for cue in surface(text)[1]] == names


def test_features_have_one_number_for_each_name():
    assert len(surface("hola")[0]) == len(cues.SURFACE)
    assert len(LEXICON.features([])) == len(LEXICON.names)


@given(st.text(max_size=300))
def test_any_text_has_finite_features_and_true_places(text):
    features, found = surface(text)
    assert all(0 <= value < 6 for value in features)
    for cue in [*found, *LEXICON.find(text)]:
        assert text[cue.start : cue.end] == cue.text


@pytest.mark.parametrize(
    "text", ["a" * 10_000, "harr" * 2500, "!" * 10_000, "no " * 3334, "A" * 10_000]
)
def test_ten_thousand_characters_take_no_time(text):
    lexicon = Lexicon.from_file(FILE)
    start = time.monotonic()
    surface(text)
    lexicon.find(text)
    assert time.monotonic() - start < 2.0


def test_the_word_list_has_both_languages_and_no_line_that_rasa_reads():
    lexicon = Lexicon.from_file(FILE)
    assert {"profanity", "insult", "exhaustion", "account_misuse"} <= set(lexicon.names)
    assert [cue.name for cue in lexicon.find("I'm fed up, estoy harta")] == ["exhaustion"] * 2
    starts = ("rules:", "stories:", "nlu:", "responses:")
    lines = FILE.read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if line.strip().startswith(starts)]


def test_a_broken_word_list_is_an_error_that_names_the_file(tmp_path):
    path = tmp_path / "cues.yml"
    path.write_text("cues: [a]")
    with pytest.raises(ConfigError, match=r"cues\.yml"):
        Lexicon.from_file(path)
