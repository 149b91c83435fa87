"""Where a message is cut, and where it must not be."""

import pytest

from bot.nlu.clauses import LEAST, MOST, clauses, words

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "text, parts",
    [
        ("devolvedme la tele y pasadme con él", ["devolvedme la tele", "pasadme con él"]),
        (
            "el paquete no llega y además me habéis cobrado dos veces",
            ["el paquete no llega", "me habéis cobrado dos veces"],
        ),
        (
            "the parcel is late. Also, I need the invoice",
            ["the parcel is late.", "I need the invoice"],
        ),
        ("se rompió la taza\nno entro en casa", ["se rompió la taza", "no entro en casa"]),
    ],
    ids=["y", "y además", "sentence", "new line"],
)  # fmt: skip
def test_a_message_is_cut_where_something_is_added(text, parts):
    assert clauses(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "me han cobrado 48,90 euros de más",
        "me dijo «ven mañana a la tienda, y te lo cambiamos todo»",
        "sí, y no",
        "pan y agua",
        "hola",
    ],
)
def test_numbers_quotes_and_short_messages_stay_whole(text):
    assert len(clauses(text)) == 1


@pytest.mark.parametrize("text", ["", " ", ",,,", "\n\n", "¿?"])
def test_where_nothing_is_said_there_is_no_clause(text):
    assert clauses(text) == []


def test_a_long_story_has_few_clauses_and_none_too_short():
    found = clauses("llamé ayer, no contestó nadie, y hoy, otra vez, pero peor. " * 30)
    assert 2 <= len(found) <= MOST
    assert all(words(part) >= LEAST - 1 for part in found)
