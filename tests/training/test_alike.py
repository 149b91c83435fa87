"""Copies and near-copies are found, the same ones as by comparing all pairs."""

import random
from itertools import combinations

import pytest

from bot.training.alike import Index, alike, bare, key, trigrams

pytestmark = pytest.mark.unit


def test_bare_text_has_no_accents_punctuation_or_numbers():
    assert bare("¡Dónde ESTÁ, el 12!") == "donde esta el"
    assert key("48213") == "48213"
    assert key("😡") != key("😀")


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("Hola, ¿dónde está mi pedido?", "hola donde esta mi pedido 48213", True),
        ("llevo tres semanas esperando mi pedido", "llevo dos semanas esperando mi pedido", False),
        ("quiero hablar con una persona ya", "quiero hablar con una persona", False),
    ],
)
def test_near_copies_are_found_whichever_comes_first(one, other, same):
    for first, second in ((one, other), (other, one)):
        assert Index([(first, 1)]).near(second) in ([(1, same)], [])
        expected = key(one) == key(other) or alike(trigrams(key(one)), trigrams(key(other)))
        assert bool(Index([(first, 1)]).near(second)) == expected


def _texts(count, seed=7):
    chance = random.Random(seed)
    words = "no me llega el pedido que compré ayer y nadie responde quiero mi dinero ya".split()
    return [" ".join(chance.choices(words, k=chance.randint(1, 9))) for _ in range(count)]


def test_the_index_finds_exactly_what_comparing_all_pairs_finds():
    texts = _texts(400)
    signs = [trigrams(key(text)) for text in texts]
    slow = {
        (i, j)
        for i, j in combinations(range(len(texts)), 2)
        if key(texts[i]) == key(texts[j]) or alike(signs[i], signs[j])
    }
    fast = {(i, j) for i, j, _ in Index((text, n) for n, text in enumerate(texts)).pairs()}
    assert slow
    assert fast == slow
