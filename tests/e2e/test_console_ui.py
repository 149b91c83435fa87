"""What agents see, hear and press in the console, against the real gateway."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.console import Console
from tests.e2e.console_stage import ANGRY, Customer, Stage, angry_customer
from tests.e2e.widget_stage import violations
from tests.fake_engine import wait_until
from tests.system import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    stage = Stage(tmp_path_factory.mktemp("desk"))
    yield stage
    stage.close()


@pytest.fixture
def stage(served):
    served.engine.reset()
    return served


def chat(console):
    return console.page.locator("ticket-chat")


def toast(console, text):
    return console.page.locator(".toast").filter(has_text=text)


def say_after_the_session(desk, text):
    """The session ends unnoticed and the agent writes on: it is the reply that finds out."""
    beside = re.compile(r"/api/v1/(?!.*(check|messages|session)$)")
    desk.page.route(beside, lambda route: route.abort())
    desk.page.context.clear_cookies()
    desk.say(text)
    expect(desk.page.get_by_text("La sesión ha terminado.")).to_be_visible()
    desk.page.unroute(beside)


def test_a_wrong_password_is_told_and_too_many_have_to_wait(stage, visitor):
    page = visitor(f"{stage.url}/console/")
    enter = page.locator(".login [data-part=enter]")
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("alert")).to_have_text("Escriba el usuario y la contraseña.")
    page.get_by_label("Usuario").fill("nadie")
    for _ in range(5):
        page.get_by_label("Contraseña", exact=True).fill("equivocada")
        page.keyboard.press("Enter")
        expect(enter).not_to_have_text("Entrando…")
    expect(page.get_by_role("alert")).to_contain_text("Demasiados intentos")
    expect(enter).to_be_disabled()
    expect(enter).to_have_text(re.compile(r"Entrar \(dentro de \d+ s\)"))


def test_a_new_case_shows_up_by_itself_unread_until_it_is_opened(stage, console):
    desk = console()
    customer = angry_customer(stage)
    row = desk.row(customer.reference)
    expect(row).to_be_visible(timeout=2000)
    for part in (
        "Invitado",
        "Que se le devuelva el dinero.",
        "Sigue igual de enfadado",
        "Alta",
        "ES",
    ):
        expect(row).to_contain_text(part)
    expect(row.locator("mood-bar")).to_have_attribute(
        "aria-label", re.compile("Frustración: enfadado")
    )
    expect(row).to_contain_text("Sin leer")
    expect(desk.page).to_have_title(re.compile(r"^\(\d+\) Consola"))
    desk.open(customer.reference)
    expect(row).not_to_contain_text("Sin leer")


def test_the_case_is_told_at_a_glance(stage, console):
    desk = console()
    customer = angry_customer(stage)
    desk.open(customer.reference)
    strip = chat(desk).locator("ticket-strip")
    for part in ("Entrega con retraso", "Que se le devuelva el dinero.", "2 intentos de calmar."):
        expect(strip).to_contain_text(part)
    context = desk.page.locator("ticket-context")
    for part in (
        "Amenaza legal",
        "nombrar la espera",
        "Reenviar el pedido 48213",
        "El enfado no baja",
        ANGRY,
        "tres semanas",
        "Sin identificar",
        "Primera conversación",
    ):
        expect(context).to_contain_text(part)
    expect(context.locator("mood-curve svg")).to_have_attribute("aria-label", re.compile("pico 0,"))


def test_an_agent_claims_by_key_and_both_see_the_other_type(stage, console, visitor):
    desk = console()
    page = visitor(stage.url)
    page.locator("remanso-chat .person").click()
    desk.page.locator("ticket-queue .row").filter(has_text="Sin mensajes").first.wait_for()
    page.get_by_text("En espera de una persona").wait_for()
    reference = re.search(r"R-\w{6}", page.locator("remanso-chat .queue").inner_text()).group()
    desk.open(reference)
    desk.page.keyboard.press("c")
    expect(desk.page.get_by_label("Respuesta al cliente")).to_be_focused()
    desk.page.keyboard.type("Buenas tardes", delay=280)  # as fast as a person
    page.get_by_text("Marta Gil está escribiendo").wait_for()
    desk.page.keyboard.press("Shift+Enter")
    desk.page.keyboard.type("soy Marta.")
    desk.page.keyboard.press("Enter")
    page.get_by_text("Buenas tardes\nsoy Marta.").wait_for()
    page.locator("remanso-chat textarea").type("Buenas")
    expect(chat(desk).locator(".typing")).to_have_text("El cliente está escribiendo…")
    page.keyboard.press("Enter")
    desk.sees("^Cliente: Buenas$")
    expect(chat(desk).locator(".typing")).to_have_text("")


def test_replies_written_without_a_connection_go_out_once_and_in_order(stage, console):
    desk = console()
    customer = Customer(stage)
    customer.say("¿Hay alguien?")
    desk.claim(customer.person())
    desk.page.context.set_offline(True)
    expect(desk.page.get_by_text("Sin conexión con el servidor.")).to_be_visible()
    desk.say("Sí, aquí estoy.")
    desk.say("Lo miro ahora.")
    expect(chat(desk).get_by_text("Se enviará al volver la conexión")).to_have_count(2)
    desk.page.context.set_offline(False)
    customer.waits_for("Lo miro ahora.")
    expect(chat(desk).locator(".pending")).to_have_count(0)
    assert customer.hears() == ["Sí, aquí estoy.", "Lo miro ahora."]


def test_what_happened_during_a_restart_of_the_server_is_caught_up(stage, console):
    desk = console()
    customer = Customer(stage)
    customer.say("Hola")
    desk.claim(customer.person())
    stage.stop()
    desk.say("Escrito durante el corte")
    stage.start()
    customer.say("Sigo aquí")
    customer.waits_for("Escrito durante el corte")
    desk.sees("Sigo aquí")
    desk.page.get_by_text("En directo").wait_for()
    assert customer.hears() == ["Escrito durante el corte"]


def test_a_session_that_ends_asks_again_and_loses_no_word(stage, console):
    desk = console()
    customer = Customer(stage)
    customer.say("Hola")
    desk.claim(customer.person())
    say_after_the_session(desk, "Enviado con la sesión muerta")
    expect(desk.page.get_by_label("Usuario")).to_have_value("marta")
    desk.page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    desk.page.keyboard.press("Enter")
    customer.waits_for("Enviado con la sesión muerta")
    expect(chat(desk).get_by_text("Enviado con la sesión muerta")).to_have_count(1)


def test_a_reply_refused_after_the_agent_is_back_goes_out_too(stage, console):
    desk = console()
    customer = Customer(stage)
    customer.say("Hola")
    desk.claim(customer.person())
    late = []

    def hold_first(route):
        if late:
            route.continue_()
        else:
            late.append((route, route.fetch()))

    desk.page.route("**/messages", hold_first)
    say_after_the_session(desk, "Enviado con la sesión muerta")
    desk.page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_text("La sesión ha terminado.")).to_be_hidden()
    route, refusal = late[0]
    assert refusal.status == 401
    with desk.page.expect_response(lambda each: each.url.endswith("/messages") and each.ok):
        route.fulfill(response=refusal)
    customer.waits_for("Enviado con la sesión muerta")
    expect(desk.page.get_by_text("La sesión ha terminado.")).to_be_hidden()


def test_a_draft_survives_a_reload_and_belongs_to_its_case(stage, console):
    desk = console()
    first, second = Customer(stage), Customer(stage)
    for customer in (first, second):
        customer.say("Hola")
        desk.claim(customer.person())
    field = desk.page.get_by_label("Respuesta al cliente")
    field.fill("a medias")
    desk.page.get_by_role("button", name=re.compile("^Míos")).click()
    desk.open(first.reference)
    expect(field).to_have_value("")
    desk.page.reload()
    desk.page.get_by_role("button", name=re.compile("^Míos")).click()
    desk.open(second.reference)
    expect(field).to_have_value("a medias")


def test_the_bot_gets_what_was_agreed_promised_and_refused(stage, console):
    desk = console()
    customer = angry_customer(stage)
    desk.claim(customer.reference)
    desk.page.get_by_role("heading", name=re.compile(customer.reference)).click()
    desk.page.keyboard.press("h")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Devolver al bot").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Escriba qué se ha acordado")
    dialog.get_by_label("Qué se ha acordado").fill("devolver 84,90 € hoy")
    dialog.get_by_role("button", name="Añadir una promesa").click()
    dialog.get_by_label("Promesa", exact=True).fill("el ingreso")
    dialog.get_by_label("Antes de").fill("2030-11-23T18:00")
    expect(dialog.get_by_label("Reenviar el pedido 48213")).to_be_checked()
    dialog.get_by_label("Otra cosa que rechazó").fill("un vale")
    dialog.get_by_role("button", name="Devolver al bot").click()
    toast(desk, "está con el bot").wait_for()
    desk.sees("eco: hand_back")
    note = stage.engine.calls[-1]["note"]
    assert note["agreed"] == "devolver 84,90 € hoy"
    assert note["offers_refused"] == ["Reenviar el pedido 48213", "un vale"]
    assert [promise["text"] for promise in note["promised"]] == ["el ingreso"]
    assert re.fullmatch(r"2030-11-2[34]T.*Z", note["promised"][0]["due"])
    toast(desk, "está con el bot").get_by_role("button", name="Reabrir").click()
    desk.page.get_by_role("button", name="Devolver a la cola").wait_for()


def test_resolving_needs_an_ending_and_can_be_undone(stage, console):
    desk = console()
    customer = Customer(stage)
    customer.say("Hola")
    desk.claim(customer.person())
    desk.press("Resolver")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Resolver").click()
    expect(dialog.get_by_role("alert")).to_have_text("Elija cómo termina el caso.")
    dialog.get_by_label("Reembolso hecho").check()
    dialog.get_by_label("Faltaba información").check()
    dialog.get_by_label("Nota").fill("devueltos 84,90 €")
    customer.say("Espere, otra cosa")
    expect(chat(desk)).to_contain_text("Espere, otra cosa")
    dialog.get_by_role("button", name="Resolver").click()
    expect(dialog.get_by_role("alert")).to_contain_text("acaba de escribir: «Espere, otra cosa»")
    dialog.get_by_role("button", name="Resolver").click()
    desk.show("Cerrados")
    expect(desk.row(customer.reference)).to_contain_text("Reembolso hecho")
    expect(desk.page.locator("ticket-context")).to_contain_text("devueltos 84,90 €")
    desk.press("Reabrir")
    desk.page.get_by_role("button", name="Devolver a la cola").wait_for()


def test_a_chat_that_goes_back_to_the_queue_is_told(stage, console):
    desk = console()
    customer = Customer(stage)
    customer.say("Hola")
    reference = customer.person()
    desk.claim(reference)
    path = f"/api/v1/tickets/{reference}/release"
    stage.call("POST", path, {}, stage.token("marta"))
    toast(desk, "ha vuelto a la cola").wait_for()
    expect(chat(desk)).to_contain_text("Nadie atiende este caso.")


def test_a_case_that_a_colleague_takes_can_be_read_but_not_answered(stage, console):
    desk, other = console("marta"), console("bruno")
    customer = Customer(stage)
    customer.say("Hola")
    reference = customer.person()
    other.open(reference)
    desk.claim(reference)
    expect(chat(other)).to_contain_text("Lo atiende Marta Gil.")
    expect(other.page.get_by_role("button", name="Atender", exact=True)).to_have_count(0)
    expect(other.page.get_by_label("Respuesta al cliente")).to_be_hidden()


def test_a_late_reply_of_the_bot_is_marked_and_markup_is_text(stage, console):
    desk = console()
    customer = Customer(stage)
    markup = "<img src=x onerror=\"document.title='roto'\"> <b>hola</b>"
    stage.engine.script[markup] = {"say": ["llego tarde"], "seconds": 3.0}
    customer.say(markup, wait=False)
    wait_until(lambda: markup in stage.engine.texts())
    customer.person()
    desk.open(customer.reference)
    desk.sees("llego tarde")
    expect(chat(desk).locator("chat-message.late")).to_contain_text("No enviado al cliente")
    expect(chat(desk).locator("chat-message.customer .bubble")).to_contain_text(markup)
    assert chat(desk).locator("img, b").count() == 0
    assert "roto" not in desk.page.title()
    assert "llego tarde" not in customer.hears("bot")


def test_keys_walk_the_queue_show_themselves_and_can_be_turned_off(stage, console):
    desk = console()
    for _ in range(2):
        Customer(stage).person()
    current = desk.page.locator('.row[aria-current="true"] .ref')
    desk.page.locator("ticket-row").nth(1).wait_for()
    desk.page.keyboard.press("j")
    first = current.inner_text()
    desk.page.keyboard.press("j")
    expect(current).not_to_have_text(first)
    desk.page.keyboard.press("k")
    expect(current).to_have_text(first)
    desk.page.keyboard.press("?")
    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Caso siguiente")
    dialog.get_by_label("Usar atajos de una tecla").uncheck()
    desk.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    desk.page.keyboard.press("j")
    expect(current).to_have_text(first)


def test_the_console_speaks_english_too(stage, console):
    desk = console()
    customer = angry_customer(stage)
    desk.open(customer.reference)
    desk.page.get_by_role("button", name="Show the console in English").click()
    expect(desk.page.locator("html")).to_have_attribute("lang", "en")
    expect(desk.row(customer.reference)).to_contain_text("Anger has not gone down")
    expect(desk.page.locator("ticket-context")).to_contain_text("named the wait")
    desk.page.reload()
    desk.page.get_by_role("button", name="Log out").wait_for()


@pytest.mark.parametrize(
    "width, chat_seen, context_seen",
    [
        pytest.param(1440, True, True, id="three columns"),
        pytest.param(1100, True, False, id="two columns"),
        pytest.param(700, False, False, id="one column"),
    ],
)
def test_the_columns_follow_the_width(stage, console, width, chat_seen, context_seen):
    desk = console(viewport={"width": width, "height": 900})
    reference = angry_customer(stage).reference
    queue, context = desk.page.locator("ticket-queue"), desk.page.locator("ticket-context")
    expect(chat(desk)).to_be_visible(visible=chat_seen)
    desk.open(reference)
    expect(queue).to_be_visible(visible=width > 760)
    expect(context).to_be_visible(visible=context_seen)
    if not context_seen:
        desk.page.get_by_role("button", name="Contexto").click()
        expect(context).to_contain_text("No repetir")
        desk.page.keyboard.press("Escape")
        expect(context).to_be_hidden()
    wide = desk.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_of_the_console_breaks_an_accessibility_rule(stage, visitor, scheme):
    page = visitor(f"{stage.url}/console/", color_scheme=scheme)
    found = {"login": violations(page)}
    desk = Console(page)
    customer = angry_customer(stage)
    found["queue"] = violations(page)
    desk.claim(customer.reference)
    desk.say("Hola, soy Marta.")
    customer.waits_for("Hola, soy Marta.")
    page.locator(".dot").first.focus()
    found["chat"] = violations(page)
    for name in ("Devolver al bot", "Resolver"):
        desk.press(name)
        page.get_by_role("dialog").wait_for()
        found[name] = violations(page)
        page.keyboard.press("Escape")
    page.context.set_offline(True)
    desk.say("Sin red")
    page.get_by_text("Se enviará al volver").wait_for()
    page.get_by_text("Sin conexión con el servidor.").wait_for()
    found["offline"] = violations(page)
    page.context.set_offline(False)
    wait_until(lambda: "Sin red" in customer.hears(), seconds=30)
    assert not any(found.values()), found


def test_a_claim_that_is_answered_late_leaves_the_cursor_where_one_writes_by_then(stage, console):
    desk = console()
    customer = angry_customer(stage)
    desk.open(customer.reference)
    held = []
    desk.page.route("**/claim", lambda route: held.append(route))
    desk.page.keyboard.press("c")
    wait_until(lambda: desk.page.wait_for_timeout(50) or held)
    desk.page.keyboard.press("/")
    desk.page.keyboard.type("jarr")
    held.pop().continue_()
    desk.page.get_by_role("button", name="Devolver a la cola").wait_for()
    desk.page.keyboard.type("ón")
    expect(desk.page.get_by_label("Buscar casos")).to_have_value("jarrón")
    expect(desk.page.locator("#reply")).to_have_value("")
