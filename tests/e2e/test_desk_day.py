"""A day at the desk in real browsers and real processes: two agents, a supervisor, two customers.

The tests of this module are one story, told in order; each goes on where the one before ended. What
has to hold at the end is that nobody's word was lost, doubled or moved, on any screen and on disk.
"""

import re
import sqlite3
from contextlib import closing, suppress
from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PATIENCE as USUAL
from tests.e2e.desk_people import PATIENCE, Disk, Visitor, Worker, flat, in_order
from tests.fake_engine import wait_until
from tests.system import Installation

pytestmark = [pytest.mark.browser, pytest.mark.long]

ORDER, POSTCODE, CENTS = "50862", "03001", 38900
BROKEN = f"la cafetera del pedido {ORDER} me llegó rota y nadie me contesta, es una vergüenza"
CHARGED = "me cobraron dos veces el pedido 50409"
AGREED = "devolver 389 € del pedido 50862"


@pytest.fixture(scope="module")
def day(model, browser, tmp_path_factory):
    """The desk with everybody at work; a script error on any page fails the last test."""
    contexts, errors = [], []

    def page(url):
        context = browser.new_context(locale="es-ES", viewport={"width": 1400, "height": 900})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        opened = context.new_page()
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.goto(url)
        return opened

    expect.set_options(timeout=PATIENCE)
    with Installation(tmp_path_factory.mktemp("day")) as running:
        running.add_agent("marta", name="Marta Gil", role="agent", teams=["quality"])
        running.add_agent("bruno", name="Bruno Sáez", role="agent", teams=["billing"])
        running.add_agent("elena", name="Elena Ortiz", role="supervisor")
        desk = f"{running.url}/console/"
        yield SimpleNamespace(
            marta=Worker(page(desk), "marta"),
            bruno=Worker(page(desk), "bruno"),
            elena=Worker(page(desk), "elena"),
            grace=Visitor(page(running.url)),
            diego=Visitor(page(running.url)),
            disk=Disk(running),
            page=page,
            errors=errors,
            installation=running,
        )
        for context in contexts:
            context.close()
    expect.set_options(timeout=USUAL)


def reads(person, wanted):
    """What a person's page shows once it shows that, or in the end."""
    with suppress(AssertionError):
        wait_until(lambda: person.read() == wanted, seconds=PATIENCE / 1000)
    return person.read()


def test_two_customers_are_handed_over_and_each_team_is_asked(day):
    day.grace.say(BROKEN)
    day.diego.say(CHARGED)
    day.grace.hears("código postal")
    day.diego.hears("código postal")
    day.ref = day.grace.asks_for_a_person()
    day.other = day.diego.asks_for_a_person()
    day.marta.accept(day.ref)
    day.bruno.accept(day.other)
    day.grace.hears("Marta Gil")
    day.diego.hears("Bruno Sáez")
    day.marta.sees("es una vergüenza")
    assert ORDER in day.marta.context()


def test_both_chats_go_on_at_once(day):
    day.marta.said("Buenas tardes, soy Marta. Miro qué pasó con su pedido.")
    day.bruno.said("Buenas tardes, soy Bruno. Veo los dos cobros.")
    day.grace.hears("soy Marta")
    day.diego.hears("soy Bruno")
    day.grace.say(f"Prefiero el dinero. Mi código postal es {POSTCODE}.")
    day.diego.say("¿Cuándo lo tendré?")
    day.marta.sees("Prefiero el dinero")
    day.bruno.sees("Cuándo lo tendré")


def test_colleagues_help_and_the_customer_notices_nothing(day):
    before = day.disk.messages(day.ref)
    day.marta.note("@bruno ¿el cobro de este pedido está hecho?")
    day.bruno.page.get_by_role("button", name="Menciones, 1").wait_for()
    day.bruno.key("3")
    day.bruno.open(day.ref)
    expect(day.bruno.page.locator("team-note")).to_contain_text("@bruno ¿el cobro")
    day.marta.key("s")
    day.marta.dialog.get_by_role("textbox").fill("¿Devolvemos todo? Llegó rota.")
    day.marta.confirm("Preguntar")
    day.elena.look(day.ref)
    day.elena.press("Contestar")
    expect(day.elena.field).to_have_value("@marta ")
    day.elena.page.keyboard.type("Sí, todo.")
    day.elena.field.press("Enter")
    answer = day.marta.page.locator("team-note.answer")
    expect(answer).to_contain_text("Sí, todo.")
    day.marta.reload("2", day.ref)
    expect(answer).to_contain_text("Sí, todo.")
    expect(day.marta.page.locator("team-note")).to_have_count(3)
    assert day.disk.messages(day.ref) == before


def test_a_colleague_takes_part_and_writes_to_the_customer(day):
    day.marta.key("Shift+A")
    day.marta.dialog.get_by_label(re.compile("Bruno Sáez")).check()
    day.marta.confirm("Guardar")
    expect(day.marta.marks).to_contain_text("Con Bruno Sáez")
    day.bruno.said("Soy Bruno, de facturación: el cobro fue de 389 €.")
    day.grace.hears("de facturación: el cobro fue de 389 €")
    day.marta.sees("de facturación: el cobro fue")
    day.grace.reload()
    day.grace.hears("de facturación: el cobro fue")


def test_what_is_written_without_a_connection_arrives_once_and_in_order(day):
    day.grace.page.context.set_offline(True)
    day.marta.page.context.set_offline(True)
    day.grace.say("Primero: sigo aquí.")
    day.grace.say("Segundo: ¿hay alguien?")
    day.marta.say("Uno: paso su caso a facturación.")
    day.marta.say("Dos: allí se decide hoy.")
    held = day.marta.page.locator("ticket-chat .pending")
    expect(held).to_have_count(2)
    day.marta.page.context.set_offline(False)
    day.grace.page.context.set_offline(False)
    expect(held).to_have_count(0)
    day.grace.hears("Dos: allí se decide hoy")
    day.marta.sees("Segundo: ¿hay alguien")
    stored = day.disk.messages(day.ref)
    for pair in (("Primero: ", "Segundo: "), ("Uno: ", "Dos: ")):
        places = [at for at, text in enumerate(stored) if text.startswith(pair)]
        assert len(places) == 2
        assert stored[places[0]].startswith(pair[0])


def test_a_transfer_with_its_note_reaches_the_other_team(day):
    day.marta.key("t")
    day.marta.dialog.get_by_role("combobox").select_option("team:billing")
    day.marta.dialog.get_by_role("textbox").fill("Devolver 389 €. Elena está de acuerdo.")
    day.marta.confirm("Trasladar")
    day.grace.hears("facturación")
    day.bruno.accept(day.ref)
    note = day.bruno.page.locator("team-note.transfer")
    expect(note).to_contain_text("Elena está de acuerdo")
    day.grace.hears("Bruno Sáez")
    assert day.disk.ticket(day.ref, "team") == "billing"


def test_money_above_authority_is_booked_once_when_the_supervisor_approves(day):
    day.bruno.key("Shift+I")
    day.bruno.dialog.get_by_label("Código postal", exact=True).fill(POSTCODE)
    day.bruno.confirm("Comprobar")
    expect(day.bruno.shop).to_contain_text("Espresso machine Sol")
    day.bruno.key("m")
    day.bruno.dialog.get_by_role("radio", name=re.compile(ORDER)).check()
    amount = day.bruno.dialog.get_by_label("Importe en euros")
    expect(amount).to_have_value(re.compile("^389"))
    day.bruno.confirm("Devolver dinero")
    expect(day.bruno.dialog).to_contain_text("Pasa de lo que puede dar usted")
    day.bruno.confirm("Pedir aprobación")
    day.bruno.dialog.get_by_label("Por qué conviene darlo").fill("Llegó rota y nadie contestó")
    day.bruno.confirm("Pedir")
    approval = day.bruno.shop.locator(".approval")
    expect(approval).to_contain_text("pedida")
    assert day.disk.booked(ORDER) == []
    day.elena.reload("9", day.ref)
    day.elena.key("d")
    asked = day.elena.dialog.locator(".approval").filter(has_text=day.ref)
    asked.get_by_role("button", name="Aprobar", exact=True).click()
    day.elena.dialog.get_by_label("Respuesta a quien lo pide").fill("Adelante.")
    day.elena.confirm("Aprobar")
    expect(day.elena.dialog.first.get_by_role("status")).to_contain_text("Aprobado: 389 €")
    day.elena.dialog.get_by_role("button", name="Cerrar").click()
    expect(approval).to_contain_text("hecha")
    day.grace.hears("389")
    assert day.disk.booked(ORDER) == [("refund", CENTS)]


def test_a_second_tab_of_the_customer_shows_and_says_the_same(day):
    second = day.grace.page.context.new_page()
    second.goto(day.installation.url)
    tab = Visitor(second)
    tab.hears("Adelante|389")
    tab.say("Ya lo veo, gracias por la rapidez.")
    day.grace.hears("gracias por la rapidez")
    day.bruno.sees("gracias por la rapidez")
    wait_until(lambda: tab.read() == day.grace.read(), seconds=PATIENCE / 1000)
    second.close()


def test_the_bot_has_the_chat_again_and_knows_what_was_agreed(day):
    day.bruno.key("h")
    day.bruno.dialog.get_by_label("Qué se ha acordado").fill(AGREED)
    day.bruno.confirm("Devolver al bot")
    day.bruno.toast("está con el bot")
    day.grace.hears(AGREED)
    day.grace.say("¿y a qué hora abre la tienda?")
    day.grace.hears("de lunes a viernes")


def test_handed_over_again_it_is_another_case_with_all_that_is_known(day):
    day.again = day.grace.asks_for_a_person(day.ref)
    day.elena.look(day.again)
    day.elena.key("c")
    day.elena.has(day.again)
    day.grace.hears("Elena Ortiz")
    day.elena.sees("es una vergüenza")
    day.elena.said("Soy Elena. El dinero ya está en camino.")
    day.grace.hears("ya está en camino")


def test_it_is_resolved_rated_reopened_and_resolved(day):
    day.elena.resolve("Reembolso hecho", "El bot no podía decidirlo", "devueltos 389 €")
    day.grace.hears("resuelto")
    come_due(day, "survey", day.again)
    day.grace.page.get_by_role("radio", name="4 Bien").check()
    day.grace.page.get_by_label("Qué ha ido bien o mal").fill("Rápido al final.")
    day.grace.page.get_by_role("button", name="Enviar valoración").click()
    thanks = day.grace.page.locator("remanso-chat .part [role=status]")
    expect(thanks).to_contain_text("Gracias")
    day.elena.key("Shift+O")
    day.elena.has(day.again)
    expect(day.elena.marks).to_contain_text("Reabierto")
    day.grace.reload()
    day.grace.say("El banco dice que tarda dos días.")
    day.elena.sees("tarda dos días")
    day.elena.said("Así es: llega antes del lunes.")
    day.grace.hears("antes del lunes")
    day.elena.resolve("Explicado al cliente", "Faltaba información", "plazo del banco")
    day.bruno.look(day.other)
    day.bruno.resolve("Explicado al cliente", "El bot no podía decidirlo", "se comprueba")


def test_nothing_was_lost_doubled_or_moved(day):
    told = {day.grace: day.ref, day.diego: day.other}
    for customer, ref in told.items():
        stored = day.disk.messages(ref)
        assert reads(customer, stored) == stored
        customer.reload()
        assert reads(customer, stored) == stored
        day.elena.look(ref)
        assert reads(day.elena, stored) == stored
    written = [flat(each) for each in (BROKEN, "Primero: sigo aquí.", "Segundo: ¿hay alguien?")]
    stored = day.disk.messages(day.ref)
    assert all(stored.count(each) == 1 for each in written)
    ids = "SELECT count(*), count(DISTINCT conversation || sender || client_id) FROM messages"
    [(all_of_them, different)] = day.installation.rows(f"{ids} WHERE client_id IS NOT NULL")
    assert all_of_them == different
    assert day.disk.booked(ORDER) == [("refund", CENTS)]


def test_the_log_tells_the_whole_story(day):
    first = ["opened", "offered", "claimed", "noted", "mentioned", "consulted", "answered"]
    first += ["joined", "transferred", "offered", "claimed", "proved", "approval_asked"]
    first += ["approved", "done", "returned"]
    log = day.disk.log(day.ref)
    assert in_order(first, log), log
    second = ["opened", "claimed", "resolved", "survey_asked", "rated", "reopened", "resolved"]
    log = day.disk.log(day.again)
    assert in_order(second, log), log
    for once in ("survey_asked", "rated", "reopened"):
        assert log.count(once) == 1
    for once in ("transferred", "joined", "approval_asked", "approved", "done", "returned"):
        assert day.disk.log(day.ref).count(once) == 1
    assert day.disk.ticket(day.ref, "transfers") == 1
    assert day.errors == []


def come_due(day, kind, ref):
    """Let the time of a planned job come now; the desk's own clockwork then does it."""
    path = day.disk.home / "remanso.db"
    now = datetime.now(timezone.utc).replace(tzinfo=None).isoformat(" ")
    change = "UPDATE jobs SET due = ? WHERE kind = ? AND ticket = ? AND done_at IS NULL"
    with closing(sqlite3.connect(path, timeout=30)) as connection, connection:
        assert connection.execute(change, (now, kind, ref)).rowcount == 1
