"""Which facts are told in a message, and how they are said back."""

import pytest

from bot.deescalation.facts import Fact, from_entities, sayable

pytestmark = pytest.mark.unit


def told(text, **entities):
    return {
        name: fact.value
        for name, fact in from_entities(entities, turn=1, language="es", text=text).items()
    }


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("llevo una semana esperando el paquete", "una semana"),
        ("llevo una semana horrible", None),
        ("llevo una semana malísima, de verdad", None),
        ("it has been una semana, terrible service", "una semana"),
    ],
)
def test_a_hard_week_is_no_wait(text, wait):
    assert told(text, duration="una semana").get("wait") == wait


@pytest.mark.parametrize(
    ("text", "products", "product"),
    [
        ("pedí unos guantes y me mandaron un cable", ("guantes", "cable"), "guantes"),
        ("me mandaron un cable. Un cable. Pedí guantes", ("cable", "cable", "guantes"), "guantes"),
        ("quiero los guantes, en la caja venía un cable", ("guantes", "cable"), "guantes"),
        ("me llegó la jarra rota", ("jarra",), "jarra"),
        ("ordered a lamp and got a desk", ("lamp", "desk"), "lamp"),
        ("la lámpara y la mesa", ("lámpara", "mesa"), "mesa"),
    ],
)
def test_what_was_bought_is_the_product_and_not_what_came_instead(text, products, product):
    assert told(text, product=products)["product"] == product


@pytest.mark.parametrize(
    ("language", "name"), [("es", "la aplicación"), ("en", "the app"), ("pt", None)]
)
def test_a_service_is_said_by_its_name(language, name):
    facts = {"service": Fact("app")}
    assert sayable(facts, language).get("failing") == name
    assert "failing" not in sayable(facts, language, told=["failing"])
    assert "failing" not in sayable({"service": Fact("teapot")}, language)
