"""Details of a message, found by the patterns of ``data/patterns``."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.nlu import patterns, values
from bot.nlu.pattern_extractor import _what_fails
from bot.nlu.reading import pipeline, read

pytestmark = pytest.mark.unit

FOLDER = Path(__file__).resolve().parents[2] / "data" / "patterns"
TODAY = date(2026, 11, 21)  # a Saturday


@pytest.fixture(scope="module")
def words():
    files = ("entities.yml", "products.yml")
    return patterns.merged(*((FOLDER / name).read_text(encoding="utf-8") for name in files))


@pytest.fixture(scope="module")
def find(words):
    compiled = patterns.Patterns(words, pipeline("es").vocab)
    return lambda text: compiled.find(read(text, "es"), text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mi pedido #48213, gracias", [("order_number", "48213")]),
        ("es el RM-40021", [("order_number", "40021")]),
        ("seguimiento RM48213ES", [("order_number", "48213")]),
        ("order number: 7781", [("order_number", "7781")]),
        ("48213", [("order_number", "48213")]),
        ("talla 42", []),
        ("las ollas y dos sartenes", [("product", "ollas"), ("product", "sartenes")]),
        ("the desk lamp", [("product", "desk lamp")]),
        ("mi saco de dormir", [("product", "saco de dormir")]),
        ("toda la tarde al teléfono", [("duration", "toda la tarde"), ("product", "teléfono")]),
        ("on hold all afternoon", [("duration", "all afternoon")]),
        ("y yo pagué 189", [("amount", "189")]),
        ("I paid 89.50 for it", [("amount", "89.50")]),
        ("pagué 2 veces", []),
        ("R-4K7QZ2", []),
        ("cp 28013", [("postcode", "28013")]),
        ("mi código postal es el 28013", [("postcode", "28013")]),
        ("postcode SW1A 1AA", [("postcode", "SW1A 1AA")]),
        ("03100", [("postcode", "03100")]),
        ("Ana.Lopez@Ejemplo.ES.", [("email", "ana.lopez@ejemplo.es")]),
        ("612 345 678", [("phone", "612345678")]),
        ("+34 612345678", [("phone", "+34612345678")]),
        ("mi número es 612345678", [("phone", "612345678")]),
        ("me cobraron 45,90€", [("amount", "45,90€")]),
        ("$1.200 de más", [("amount", "$1.200")]),
        ("veinte euros", [("amount", "veinte euros")]),
        ("llevo TRES SEMANAS esperando", [("duration", "TRES SEMANAS")]),
        ("hace más de un mes", [("duration", "más de un mes")]),
        ("more than two weeks", [("duration", "more than two weeks")]),
        ("es la tercera vez que llamo", [("contacts", "tercera vez")]),
        ("es la tercera ocasión que escribo", [("contacts", "tercera ocasión")]),
        ("he mandado 5 correos", [("contacts", "5 correos")]),
        ("I called twice", [("contacts", "twice")]),
        ("me han cobrado dos veces", []),
        ("they charged me twice", []),
        ("la Cafetera Alba no funciona", [("product", "Cafetera Alba")]),
        ("no me carga la página ni la app", [("service", "web"), ("service", "app")]),
        ("no me deja pagar", [("service", "payments")]),
        ("lo pedí el 14 de febrero", [("date", "14 de febrero")]),
        ("desde el lunes", [("date", "lunes")]),
        ("", []),
        ("😡\x00", []),
    ],
)
def test_details_are_found_with_their_value(find, words, text, expected):
    found = find(text)
    assert [(one.entity, values.value_of(one, words["words"])) for one in found] == expected
    assert all(text[one.start : one.end] == one.text for one in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tres semanas", {"days": 21.0}),
        ("un par de días", {"days": 2.0}),
        ("2 horas", {"days": 0.083}),
        ("cuarta vez", {"count": 4}),
        ("twice", {"count": 2}),
        ("1.234,50 €", {"amount": 1234.5, "currency": "EUR"}),
        ("£20", {"amount": 20.0, "currency": "GBP"}),
        ("15.000 pesos", {"amount": 15000.0}),
        ("ayer", {"date": "2026-11-20"}),
        ("el martes", {"date": "2026-11-17"}),
        ("14 de febrero", {"date": "2026-02-14"}),
        ("5 de diciembre", {"date": "2025-12-05"}),
        ("03/04/2026", {"date": "2026-04-03"}),
        ("31/02/2026", {}),
        ("cafetera", {}),
    ],
)
def test_details_have_a_meaning_where_it_can_be_told(find, words, text, expected):
    (found,) = find(text)
    assert values.meaning_of(found, words["words"], TODAY) == expected


def test_without_a_day_no_date_is_told(find, words):
    (found,) = find("ayer")
    assert values.meaning_of(found, words["words"], None) == {}


def test_no_two_details_overlap(find):
    text = "pedido 48213 del 3 de marzo de 2026, 45,90 euros, tres semanas, 612 345 678, cp 28013"
    found = find(text)
    assert [one.entity for one in found] == [
        "order_number", "date", "amount", "duration", "phone", "postcode",
    ]  # fmt: skip
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"patterns": {"colour": ["rojo"]}}, "Unknown entity 'colour'"),
        ({"patterns": {"date": ["{wekday}"]}}, "Did you mean 'weekday'"),
    ],
)
def test_a_wrong_pattern_is_an_error_that_says_what_is_accepted(words, change, said):
    with pytest.raises(ConfigError, match=said):
        patterns.Patterns({**words, **change}, pipeline("es").vocab)


def test_the_app_that_fails_at_paying_is_what_fails():
    both = [{"entity": "service", "value": "app"}, {"entity": "service", "value": "payments"}]
    assert _what_fails(both) == both[:1]
    assert _what_fails(both[1:]) == both[1:]
