"""The five complaints in a real browser: solved by typing and by quick replies, or by a person.

A policy exception is never decided by the bot. Every test has an order of its own: the
installation is shared, and nothing is given twice.
"""

import json
import re

import pytest

from tests.e2e.widget import Widget

pytestmark = [pytest.mark.browser, pytest.mark.long]

# complaint; then what is typed or, in brackets, pressed; and what is booked for it
SOLVED = {
    "delay es typed": (
        "el pedido 50524 tenía que llegar hace una semana y sigo esperando",
        ["2000", "quiero que me lo reenvíen"],
        ("resend", "order:50524"),
    ),
    "delay es pressed": (
        "mi pedido 50671 no llega, lleva doce días de retraso",
        ["760001", "[Reenviarlo]"],
        ("resend", "order:50671"),
    ),
    "delay en typed": (
        "my order 50868 is over a week late and nobody tells me anything",
        ["03001", "please send it again"],
        ("resend", "order:50868"),
    ),
    "delay en pressed": (
        "order 50875 never arrived, it was due ten days ago",
        ["03001", "[Refund me]", "[Yes, refund]"],
        ("refund", "order:50875"),
    ),
    "billing es typed": (
        "me han cobrado dos veces el pedido 50402",
        ["06700"],
        ("refund", "CH-50402-2"),
    ),
    "billing en typed": (
        "you charged me twice for order 50811, this is a disgrace",
        ["29016"],
        ("refund", "CH-50811-2"),
    ),
    "billing es pressed": (
        "¿qué puedes hacer?",
        ["[cobro]", "el pedido es el 46011", "110221"],
        ("refund", "CH-46011-2"),
    ),
    "billing en pressed": (
        "what can you do for me?",
        ["[charge]", "order number 47950", "1425"],
        ("refund", "CH-47950-2"),
    ),
    "quality es typed": (
        "la jarra del pedido 50118 me llegó rota",
        ["41004", "prefiero que me devolváis el dinero", "sí, confirmo"],
        ("refund", "order:50118"),
    ),
    "quality es pressed": (
        "pedí unos audífonos, pedido 50461, y me mandaron otra cosa",
        ["44160", "[Enviar otro]"],
        ("resend", "order:50461"),
    ),
    "quality en typed": (
        "the lamp in order 50826 came broken",
        ["29016", "please send me another one"],
        ("resend", "order:50826"),
    ),
    "quality en pressed": (
        "the speaker I bought, order 50566, arrived damaged",
        ["5000", "[Refund me]", "[Yes, refund]"],
        ("refund", "order:50566"),
    ),
}

FIXED = {
    "es typed": ("la aplicación se me cierra sola cada vez que la abro", ["sí, ya funciona"]),
    "es pressed": ("la web no me carga", ["[Sigue igual]", "[Ya funciona]"]),
    "en typed": ("the app keeps crashing every time I open it", ["yes, it works now"]),
    "en pressed": ("your website does not load", ["[Still the same]", "[It works now]"]),
}


def play(widget, steps):
    """Type or press each step once the bot has answered the one before."""
    for step in steps:
        heard = answers(widget)
        if step.startswith("["):
            widget.press(step.strip("[]"))
        else:
            widget.say(step)
        for _ in range(200):
            if answers(widget) > heard:
                break
            widget.page.wait_for_timeout(100)
        else:
            raise AssertionError(f"no answer to {step!r}:\n{widget.text()}")
        widget.page.wait_for_timeout(300)  # a second text of the same answer


def answers(widget):
    """Return how many messages came from the other side."""
    return widget.page.locator(".message:not(.customer)").count()


def booked(installation, subject):
    rows = installation.rows("SELECT operation, subject FROM ledger", database="shop")
    return [operation for operation, about in rows if about == subject]


@pytest.mark.parametrize("case", SOLVED)
def test_a_complaint_is_solved_without_a_person(installation, visitor, case):
    complaint, steps, (operation, subject) = SOLVED[case]
    widget = Widget(visitor(installation.url)).open()
    play(widget, [complaint, *steps])
    assert booked(installation, subject) == [operation], widget.text()
    assert not re.search(r"\bR-[2-9A-Z]{6}\b", widget.text())  # no ticket


@pytest.mark.parametrize("case", FIXED)
def test_a_technical_problem_is_solved_without_a_person(installation, visitor, case):
    complaint, steps = FIXED[case]
    widget = Widget(visitor(installation.url)).open()
    play(widget, [complaint, *steps])
    widget.sees("arregla|funciona|resuelto|mended|works|solved")
    assert not re.search(r"\bR-[2-9A-Z]{6}\b", widget.text())


ABOVE = {
    "billing": ("me cobraron dos veces el pedido 50409", ["06700"], "50409"),
    "quality": (
        "the espresso machine in order 50862 is broken",
        ["03001", "[Talk|person]"],
        "50862",
    ),
    "delay": ("el pedido 49102 no llega y ya van nueve días de retraso", ["03100"], "49102"),
    "policy": ("sé que ya pasó el plazo, ¿podrían aceptarme la devolución?", [], ""),
    "technical": (
        "la app se cierra sola",
        ["[Sigue igual]", "[Sigue igual]"],
        "",
    ),
}


@pytest.mark.parametrize("case", ABOVE)
def test_a_person_gets_it_with_the_whole_context(installation, visitor, case):
    complaint, steps, order = ABOVE[case]
    widget = Widget(visitor(installation.url)).open()
    play(widget, [complaint, *steps])
    widget.sees(r"R-[2-9A-HJ-NP-Z]{6}")
    ref = re.search(r"R-[2-9A-HJ-NP-Z]{6}", widget.text()).group()
    [(stored,)] = installation.rows(f"SELECT context FROM tickets WHERE ref = '{ref}'")
    context = json.loads(stored)
    assert complaint in context["phrases"]
    assert all(context["summary"].values())
    assert context["team"] and context["reason_code"] and context["priority"]
    assert context["facts"].get("order", "") == order
    if order:
        assert booked(installation, f"order:{order}") == []
