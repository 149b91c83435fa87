"""A ticket's quotes: the customer's own words, what matters first, nothing taken back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.handoff.digest import LINE, digest, with_quotes
from evaluation.summaries import judged, read, recall

pytestmark = pytest.mark.unit

LINES = {"happened": "Entrega con retraso. «viejo».", "wants": "", "tried": "Nada todavía."}


def test_wishes_go_to_their_own_line():
    found = digest(["llevo tres semanas esperando el pedido 48213", "quiero que lo mandéis hoy"])

    assert found.happened == "llevo tres semanas esperando el pedido 48213"
    assert found.wants == "quiero que lo mandéis hoy"


def test_courtesy_and_the_bare_wish_for_a_person_are_no_facts():
    assert digest(["hola, buenas tardes", "gracias", "ponme con una persona por favor"]) == digest(
        []
    )


def test_a_number_that_was_taken_back_is_struck_out():
    found = digest(["el 48312 no aparece por ningún lado", "perdón, es el 48213"])

    assert found.happened == "el … no aparece por ningún lado · perdón, es el 48213"


def test_an_amount_is_not_taken_back_by_an_order_number():
    assert "64,99" in digest(["me cobraron 64,99", "me equivoqué, es el 99"]).happened


def test_what_does_not_fit_is_the_least_telling():
    long = "y bla bla " * 25
    found = digest([long, "el sábado 12 es la boda", "me llegaron 3 platos rotos de 24"])

    assert "sábado 12" in found.happened
    assert "3 platos rotos" in found.happened
    assert len(found.happened) <= LINE


def test_quotes_replace_older_quotes_and_leave_the_rest():
    assert with_quotes(LINES, ["no llega nada", "quiero el dinero"]) == {
        "happened": "Entrega con retraso. «no llega nada»",
        "wants": "«quiero el dinero»",
        "tried": "Nada todavía.",
    }


def test_a_quote_that_was_cut_off_is_replaced_too():
    lines = {**LINES, "happened": "Entrega con retraso. «lo que dijo y no cu…"}

    assert with_quotes(lines, [])["happened"] == "Entrega con retraso."


@settings(max_examples=60)
@given(st.lists(st.text(max_size=400), max_size=6))
def test_whatever_is_written_every_quote_is_short_and_said(texts):
    found = digest(texts)

    for line in (found.happened, found.wants):
        assert len(line) <= LINE
    said = " ".join(" ".join(text.split()) for text in texts)
    for piece in filter(None, f"{found.happened} · {found.wants}".split(" · ")):
        assert all(part.strip() in said for part in piece.split("…") if part.strip())


def test_of_transcripts_written_apart_the_words_alone_tell_nine_facts_in_ten():
    results = [
        judged(
            one, with_quotes({"happened": "", "wants": "", "tried": ""}, one["says"]), one["says"]
        )
        for one in read()
    ]

    assert len(results) == 30
    assert recall(results) >= 0.9
    assert [one.name for one in results if one.false] == []


def test_the_bare_answer_to_a_question_is_not_quoted():
    assert digest(["llevo tres semanas esperando", "28013"]).happened == (
        "llevo tres semanas esperando"
    )
