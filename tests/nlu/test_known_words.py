"""A text none of whose words was ever learnt says nothing."""

import pytest

from bot.nlu.known_words import is_strange, marks

pytestmark = pytest.mark.unit

KNOWN = marks(["¿Dónde está mi pedido?", "quiero hablar con una persona", "it never arrived"])


@pytest.mark.parametrize(
    "text", ["mrrf ptic gloop", "xqzt wvvk lmnop asdfg", "😡 ngh wrt vpt", "...", " … -"]
)
def test_made_up_words_are_strange_and_so_is_silence(text):
    assert is_strange(text, KNOWN)


@pytest.mark.parametrize(
    "text",
    ["mi PEDIDO ya", "donde anda eso", "kiero ablar", "48213", "", "?", "quiero mrrf ptic gloop"],
)
def test_a_known_word_a_short_text_or_none_is_not(text):
    assert not is_strange(text, KNOWN)


def test_nothing_is_strange_to_who_has_learnt_nothing():
    assert not is_strange("mrrf ptic gloop", marks([]))
