"""Made-up nonsense: reproducible, varied, never an example, and made of whatever there is."""

import pytest

from bot.nlu import nonsense

pytestmark = pytest.mark.unit

WISHES = {"refund": "dinero", "late": "paquete", "cancel": "contrato"}
TEXTS = [
    f"pues es que yo lo de la {thing} {word} como si no"
    for word in WISHES.values()
    for thing in ("tarde", "semana", "tienda", "casa", "mesa", "cosa", "vida", "calle")
]
INTENTS = [name for name in WISHES for _ in range(8)]


def test_the_same_seed_makes_the_same_texts():
    one, other = nonsense.make(TEXTS, INTENTS, 40), nonsense.make(TEXTS, INTENTS, 40)
    assert one == other
    assert one != nonsense.make(TEXTS, INTENTS, 40, seed=1)
    assert len(set(one)) == 40


def test_no_made_up_text_is_an_example():
    assert not set(nonsense.make(TEXTS, INTENTS, 80)) & set(TEXTS)


def test_words_that_all_intents_share_are_small_and_their_own_are_not():
    small = nonsense.small_words([text.split() for text in TEXTS], INTENTS)
    assert {"pues", "que", "como"} <= small
    assert not small & set(WISHES.values())


@pytest.mark.parametrize("texts", [["hola"], ["?", "!"], ["no no", "sí sí"]])
def test_few_examples_make_what_they_can(texts):
    made = nonsense.make(texts, ["a"] * len(texts), 10)
    assert all(made)
