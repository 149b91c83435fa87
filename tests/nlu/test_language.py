"""Which language, and how we are addressed."""

from pathlib import Path

import pytest
import yaml

from bot.nlu.language import Languages

pytestmark = pytest.mark.unit

FILE = Path(__file__).resolve().parents[2] / "data" / "patterns" / "language.yml"


@pytest.fixture(scope="module")
def languages():
    return Languages(yaml.safe_load(FILE.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Llevo tres semanas esperando y nadie me contesta", "es"),
        ("dnd sta mi pedido", "es"),
        ("HOLAAA QUIERO MI DINERO", "es"),
        ("where is my order??", "en"),
        ("I've been waiting for three weeks", "en"),
        ("refund now please", "en"),
        ("onde está o meu pedido? não chegou ainda", "other"),
        ("bonjour, où est ma commande s'il vous plaît ?", "other"),
        ("wo ist meine Bestellung, ich warte noch", "other"),
        ("где мой заказ", "other"),
        ("我的订单在哪里", "other"),
    ],
)
def test_language_is_told(languages, text, code):
    assert languages.language(text)["code"] == code


@pytest.mark.parametrize("text", ["", "48213", "😡😡", "ok", "\x00", "...", "ana@example.com"])
@pytest.mark.parametrize("expected", ["es", "en"])
def test_a_text_that_shows_nothing_counts_as_the_conversations_language(languages, text, expected):
    found = languages.language(text, expected=expected)
    assert found["code"] == expected
    assert found["confidence"] <= 0.6


def test_the_more_words_the_surer(languages):
    few, many = languages.language("my order"), languages.language("where is my order, I want it")
    assert 0.5 <= few["confidence"] < many["confidence"] <= 1.0


@pytest.mark.parametrize(
    ("text", "register"),
    [
        ("¿puedes ayudarme con tu sistema?", "tu"),
        ("¿me podéis decir algo?", "tu"),
        ("Disculpe, ¿usted me podría ayudar?", "usted"),
        ("che, vos me tenés cansado", "vos"),
        ("pásame con alguien", "tu"),
        ("quiero mi dinero", None),
        ("", None),
    ],
)
def test_register_is_told(languages, text, register):
    assert languages.register(text) == register
