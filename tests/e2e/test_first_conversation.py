"""The whole path in a real browser: a customer is heard, helped, or handed to a person."""

import re
import time

import pytest

from tests.e2e.console import Console
from tests.e2e.widget import Widget
from tests.fake_engine import wait_until
from tests.system import Installation

pytestmark = [pytest.mark.browser, pytest.mark.alone]

REFERENCE = re.compile(r"R-[2-9A-HJ-NP-Z]{6}")
ANGRY = "llevo tres semanas esperando el pedido 49555 y nadie me contesta, esto es una vergüenza"


def reference(widget):
    widget.sees(REFERENCE.pattern)
    return REFERENCE.search(widget.page.locator("body").inner_text() + widget.text()).group()


def test_an_angry_customer_with_a_late_delivery_is_calmed_and_helped(installation, visitor):
    widget = Widget(visitor(installation.url)).open()
    widget.say(ANGRY)
    widget.sees("código postal")
    heard, asked = widget.bot_texts()[-2:]
    assert "tres semanas" in heard  # their own fact comes back before anything is asked
    assert "?" not in heard and asked.count("?") == 1
    widget.say("08005")
    widget.sees("Coslada")
    widget.press("Reenviarlo")
    widget.sees("se envía otra vez|reenv")
    widget.press("Sí, gracias")
    widget.sees("VOU-")
    widget.say("gracias")
    widget.sees("queda resuelto")
    booked = installation.rows(
        "SELECT operation FROM ledger WHERE subject LIKE '%49555%'", database="shop"
    )
    assert ("resend",) in booked
    said = [line for line in widget.text().splitlines() if len(line) > 30]
    assert len(said) == len(set(said))


def test_asking_for_a_person_first_reaches_the_console_within_two_seconds(installation, visitor):
    console = Console(visitor(f"{installation.url}/console/"))
    widget = Widget(visitor(installation.url)).open()
    before = set(console.page.locator("ticket-queue .ref").all_inner_texts())
    start = time.monotonic()
    widget.say("quiero hablar con una persona")
    shown = "before => [...document.querySelectorAll('ticket-queue .ref')]"
    shown += ".some(ref => !before.includes(ref.innerText))"
    console.page.wait_for_function(shown, arg=list(before), timeout=10_000)
    seconds = time.monotonic() - start
    assert seconds < 2.0, f"{seconds:.2f} s"
    widget.sees(REFERENCE.pattern)


def test_an_agent_claims_chats_and_hands_back_and_the_bot_knows(installation, visitor):
    widget = Widget(visitor(installation.url)).open()
    widget.say("llevo dos semanas esperando la silla y no llega, esto es indignante")
    widget.sees("número de pedido")
    widget.press("Hablar con una persona")
    ref = reference(widget)
    console = Console(visitor(f"{installation.url}/console/"))
    console.claim(ref)
    widget.sees("Marta Gil")
    console.sees("esto es indignante")
    context = console.context()
    assert "Entrega con retraso" in context and "dos semanas" in context
    console.say("Hola, soy Marta. Le envío otra silla mañana.")
    widget.sees("Le envío otra silla mañana")
    widget.say("vale, perfecto")
    console.sees("vale, perfecto")
    time.sleep(1.0)  # long enough for a bot that talks over the agent
    assert widget.text().rstrip().count("vale, perfecto") == 1
    bots = installation.rows(
        "SELECT count(*) FROM messages m JOIN tickets t ON t.conversation = m.conversation "
        "WHERE t.ref = ? AND m.author = 'bot' AND m.created_at > t.claimed_at",
        ref,
    )
    assert bots == [(0,)]
    console.hand_back("enviar otra silla mañana")
    wait_until(lambda: any("otra silla mañana" in each for each in widget.bot_texts()), 30)
    widget.say("¿y a qué hora abre la tienda?")
    widget.sees("de lunes a viernes", seconds=30)


def test_reload_and_second_tab_show_the_same_conversation(installation, visitor):
    page = visitor(installation.url)
    widget = Widget(page).open()
    widget.say("¿qué formas de pago aceptáis?")
    widget.sees("tarjeta")
    page.reload()
    Widget(page).open().sees("tarjeta")
    second = page.context.new_page()
    second.goto(installation.url)
    other = Widget(second).open()
    other.sees("formas de pago")
    other.say("¿y los sábados abrís?")
    Widget(page).sees("los sábados abrís")
    for each in (widget, other):
        each.sees("de lunes a viernes")
        assert each.text().count("los sábados abrís") == 1


def test_the_widget_works_on_a_shop_of_another_origin(installation, visitor):
    page = visitor(installation.shop_url)
    errors = []
    page.on(
        "console", lambda message: errors.append(message.text) if message.type == "error" else 0
    )
    widget = Widget(page).open()
    widget.say("quiero saber si eres un robot")
    widget.sees("asistente automático|programa")
    assert not errors


def test_a_server_restart_in_mid_conversation_loses_and_doubles_nothing(
    model, tmp_path_factory, visitor
):
    with Installation(tmp_path_factory.mktemp("restart")) as installation:
        widget = Widget(visitor(installation.url)).open()
        widget.say("hola, ¿qué formas de pago hay?")
        widget.sees("tarjeta")
        installation.kill("web")
        widget.say("¿y a qué hora abre la tienda?")
        widget.sees("de lunes a viernes", seconds=60)
        installation.kill("engine")
        widget.say("¿cómo devuelvo un artículo?")
        widget.sees("30 días|etiqueta|devol", seconds=90)
        rows = installation.rows("SELECT author, text FROM messages ORDER BY id")
        texts = [text for _, text in rows]
        assert len(texts) == len(set(texts))
        assert [author for author, _ in rows].count("customer") == 3
