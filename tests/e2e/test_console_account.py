"""An agent's own account in the console, and what administrators see beside it."""

import threading
import zipfile
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from bot.handoff import agents, sessions
from bot.handoff.tables import agents as accounts
from tests.e2e.console_stage import Stage, angry_customer
from tests.e2e.widget_stage import violations
from tests.system import PASSWORD

pytestmark = pytest.mark.browser

NEW = "otra frase larga"


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    stage = Stage(tmp_path_factory.mktemp("desk"))
    for username, role in (("lola", "agent"), ("root", "admin"), ("pepa", "agent")):
        agents.add(stage.store, username, name=username.title(), password=PASSWORD, role=role)
    yield stage
    stage.close()


@pytest.fixture
def receiver():
    """An address that takes every webhook."""

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Takes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/desk"
    server.shutdown()
    server.server_close()


def press(desk, key):
    """Press a key where nothing is written."""
    desk.page.locator("body").click(position={"x": 3, "y": 3})
    desk.page.keyboard.press(key)


def sheet(desk):
    return desk.page.get_by_role("dialog").last


def said(desk):
    return desk.page.get_by_role("dialog").first.get_by_role("status")


def test_the_account_opens_by_key_menu_and_palette_and_axe_finds_nothing(console):
    desk = console("lola")
    press(desk, "Shift+C")
    expect(sheet(desk).get_by_role("heading", level=2)).to_have_text("Mi cuenta")
    expect(sheet(desk)).to_contain_text("Chrome · Linux")
    assert violations(desk.page) == []
    desk.page.keyboard.press("Escape")

    desk.page.get_by_role("button", name="Mi cuenta").click()
    expect(sheet(desk)).to_contain_text("Sesiones abiertas")
    desk.page.keyboard.press("Escape")

    desk.page.keyboard.press("Control+k")
    desk.page.keyboard.type("cuenta")
    desk.page.keyboard.press("Enter")
    expect(sheet(desk)).to_contain_text("Sesiones abiertas")
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("?")
    expect(sheet(desk)).to_contain_text("Mi cuenta")
    expect(sheet(desk)).not_to_contain_text("Webhooks")


def test_logins_are_seen_and_the_others_ended(stage, console):
    lola = agents.get(stage.store, "lola")
    for device in ("Firefox · Windows", "Safari · iPhone", ""):
        sessions.new_session(stage.store, lola, 8, device)
    desk = console("lola")
    press(desk, "Shift+C")
    logins = sheet(desk).locator(".logins li")
    mine = logins.filter(has_text="esta sesión")
    expect(mine).to_have_count(1)
    expect(mine.get_by_role("button")).to_have_count(0)
    before = logins.count()

    sheet(desk).get_by_role("button", name="Terminar: Safari · iPhone").click()
    expect(said(desk)).to_have_text("Sesión terminada.")
    expect(logins).to_have_count(before - 1)
    expect(logins.filter(has_text="Dispositivo sin nombre")).to_have_count(1)

    sheet(desk).get_by_role("button", name="Terminar todas las demás").click()
    expect(said(desk)).to_have_text("Las demás sesiones han terminado.")
    expect(logins).to_have_count(1)
    assert len(sessions.of_agent(stage.store, lola)) == 1


def test_the_password_changes_after_the_old_one_and_twice_the_new(stage, console):
    desk = console("pepa")
    press(desk, "Shift+C")
    sheet(desk).get_by_role("button", name="Cambiar la contraseña").click()
    form = sheet(desk)
    now, new, again = (
        form.get_by_label(name, exact=True)
        for name in ("Contraseña actual", "Contraseña nueva", "La nueva otra vez")
    )
    go = form.get_by_role("button", name="Cambiar", exact=True)
    expect(now).to_be_focused()
    for old, first, second, why in (
        ("", NEW, NEW, "contraseña"),
        (PASSWORD, "corta", "corta", f"al menos {agents.SHORTEST} caracteres"),
        (PASSWORD, NEW, NEW + "x", "No es la misma"),
        ("equivocada", NEW, NEW, "contraseña"),
    ):
        for field, value in ((now, old), (new, first), (again, second)):
            field.fill(value)
        go.click()
        expect(form.get_by_role("alert")).to_contain_text(why)
    assert agents.check_password(stage.store, "pepa", PASSWORD)

    now.fill(PASSWORD)
    again.fill(NEW)
    again.press("Enter")

    expect(said(desk)).to_contain_text("Contraseña cambiada")
    assert agents.check_password(stage.store, "pepa", NEW)
    desk.page.reload()
    expect(desk.page.get_by_text("En directo")).to_be_visible()


def test_the_second_factor_is_turned_on_from_there(console):
    desk = console("lola")
    press(desk, "Shift+C")
    sheet(desk).get_by_role("button", name="Activar el segundo factor").click()
    sheet(desk).get_by_label("Contraseña", exact=True).fill(PASSWORD)
    sheet(desk).get_by_role("button", name="Siguiente").click()
    expect(sheet(desk).get_by_role("img")).to_be_visible()


def test_webhooks_are_added_tried_and_removed_by_who_administers(console, receiver):
    desk = console("root")
    press(desk, "Shift+K")
    expect(sheet(desk)).to_contain_text("Todavía no se avisa a ningún sistema")
    sheet(desk).get_by_role("button", name="Añadir un webhook").click()
    sheet(desk).get_by_label("Dirección").fill("no es una dirección")
    sheet(desk).get_by_role("button", name="Añadir", exact=True).click()
    expect(sheet(desk).get_by_role("alert")).not_to_be_empty()
    sheet(desk).get_by_label("Dirección").fill(receiver)
    sheet(desk).get_by_label("resuelto").check()
    sheet(desk).get_by_role("button", name="Añadir", exact=True).click()

    expect(sheet(desk).locator("code")).to_contain_text("whsec_")
    sheet(desk).get_by_role("button", name="Ya la he guardado").click()

    hook = desk.page.locator(".item").filter(has_text="127.0.0.1")
    expect(hook).to_contain_text("activo")
    expect(hook).to_contain_text("resuelto")
    assert violations(desk.page) == []
    hook.get_by_role("button", name="Enviar una prueba").click()
    expect(said(desk)).to_contain_text("La prueba")
    hook.get_by_role("button", name="Quitar").click()
    sheet(desk).get_by_role("button", name="Quitar", exact=True).click()
    expect(said(desk)).to_have_text("Webhook quitado.")
    expect(hook).to_have_count(0)


def test_accounts_are_unlocked_and_lost_telephones_taken_off(stage, console):
    agents.add(stage.store, "nuria", name="Nuria Rey", password=PASSWORD)
    with stage.store.database.write() as connection:
        hour = datetime.now(timezone.utc) + timedelta(hours=1)
        nuria = sa.update(accounts).where(accounts.c.username == "nuria")
        connection.execute(nuria.values(locked_until=hour, totp_secret="x", totp_at=hour))
    desk = console("root")
    press(desk, "Shift+T")
    line = sheet(desk).locator(".item").filter(has_text="nuria")
    expect(line).to_contain_text("bloqueada hasta")
    expect(line).to_contain_text("con segundo factor")
    expect(sheet(desk).locator(".item").filter(has_text="Root · root")).to_contain_text(
        "administración"
    )
    assert violations(desk.page) == []

    line.get_by_role("button", name="Desbloquear").click()
    expect(said(desk)).to_have_text("Nuria Rey puede volver a intentarlo ya.")
    expect(line).not_to_contain_text("bloqueada")
    line.get_by_role("button", name="Quitar el segundo factor").click()
    expect(sheet(desk)).to_contain_text("Asegúrese antes de que es esa persona")
    assert agents.get(stage.store, "nuria").totp_at is not None
    sheet(desk).get_by_role("button", name="Quitar el segundo factor").click()
    expect(said(desk)).to_have_text("Nuria Rey ya no tiene segundo factor.")
    expect(line).to_contain_text("sin segundo factor")
    expect(line.get_by_role("button")).to_have_count(0)
    assert agents.get(stage.store, "nuria").locked_until is None


def test_a_customers_data_is_saved_and_erased_only_after_it_is_confirmed(stage, console):
    customer = angry_customer(stage)
    chat = customer.path.rpartition("/")[2]
    desk, other = console("root"), console("marta")
    for each in (desk, other):
        each.open(customer.reference)
        each.sees("Llevo tres semanas")
    press(desk, "Shift+D")
    form = sheet(desk)
    who = form.get_by_label("Correo, número o conversación")
    expect(who).to_have_value(chat)  # the open case; nobody there has proved who they are
    expect(form.get_by_role("radio", name="Una sola conversación")).to_be_checked()
    assert violations(desk.page) == []
    with desk.page.expect_download() as saved:
        form.get_by_role("button", name="Siguiente").click()
    assert saved.value.suggested_filename == "datos-cliente.zip"
    with zipfile.ZipFile(saved.value.path()) as archive:
        assert customer.reference in archive.read("customer.json").decode()

    press(desk, "Shift+D")
    sheet(desk).get_by_role("radio", name="Borrarlos").check()
    sheet(desk).get_by_role("button", name="Siguiente").click()
    form = sheet(desk)
    again, go = form.get_by_label("Para confirmarlo"), form.get_by_role("button", name="Borrar")
    expect(form).to_contain_text(f"Solo de la conversación {chat}.")
    expect(again).to_be_focused()
    assert violations(desk.page) == []
    again.fill("otra cosa")
    go.click()
    expect(form.get_by_role("alert")).to_contain_text("No coincide")
    again.fill(chat)
    go.click()
    expect(form.get_by_role("alert")).to_contain_text("Hay un caso abierto de esta persona")
    assert customer.hears("customer"), "nothing is gone yet"
    form.get_by_role("checkbox").check()
    go.click()

    done = sheet(desk)
    expect(done.get_by_role("heading", level=2)).to_have_text("Datos borrados")
    expect(done).to_contain_text(customer.reference)
    expect(done).to_contain_text("Las copias de seguridad anteriores")
    assert violations(desk.page) == []
    assert stage.store.conversation(chat).erased_at is not None
    done.get_by_role("button", name="Cerrar").click()
    for each in (desk, other):
        expect(each.page.locator("ticket-context")).to_contain_text("Quedan horas y códigos")
        expect(each.page.locator("body")).not_to_contain_text("Llevo tres semanas")
    expect(desk.page.locator("ticket-context")).to_contain_text("datos borrados")


def test_what_an_erased_customer_wrote_leaves_every_open_console(stage, console):
    customer = angry_customer(stage)
    ref, token = customer.reference, stage.token("bruno")
    cause = next(iter(stage.call("GET", "/api/v1/desk", token=token)["causes"]))
    stage.call("POST", f"/api/v1/tickets/{ref}/claim", {}, token)
    stage.call("POST", f"/api/v1/tickets/{ref}/notes", {"text": "Muy enfadada"}, token)
    end = {"disposition": "solved", "cause": cause}
    stage.call("POST", f"/api/v1/tickets/{ref}/resolve", end, token)
    desk = console("marta")
    desk.page.get_by_role("searchbox").fill(ref)
    desk.open(ref)
    desk.sees("Llevo tres semanas")
    desk.sees("Muy enfadada")

    whose = {"conversation": customer.path.rpartition("/")[2]}
    stage.call("POST", "/api/v1/data/erase", whose, stage.token("root"))

    expect(desk.page.locator("ticket-context")).to_contain_text("Quedan horas y códigos")
    expect(desk.page.locator("ticket-strip")).not_to_contain_text("Todavía no lo ha dicho")
    for words in ("Llevo tres semanas", "Muy enfadada", "Que se le devuelva"):
        expect(desk.page.locator("body")).not_to_contain_text(words)


def test_data_of_nobody_is_told_as_such(console):
    desk = console("root")
    press(desk, "Shift+D")
    sheet(desk).get_by_role("button", name="Siguiente").click()
    expect(sheet(desk).get_by_role("alert")).to_contain_text("de quién son los datos")
    sheet(desk).get_by_label("Correo, número o conversación").fill("nadie@ejemplo.es")
    sheet(desk).get_by_role("button", name="Siguiente").click()
    expect(sheet(desk).get_by_role("alert")).to_contain_text("ninguna conversación")


def test_who_looked_at_which_list_is_told_to_who_administers(stage, console):
    customer = angry_customer(stage)
    stage.call("GET", "/api/v1/tickets?view=all&q=pedido", token=stage.token("bruno"))
    desk = console("root")
    press(desk, "Shift+R")

    look = sheet(desk).locator(".item").filter(has_text="bruno · búsqueda")
    expect(look).to_contain_text(customer.reference)
    expect(look).to_contain_text("view: all · q: …")
    assert violations(desk.page) == []


def test_an_agent_sees_nothing_that_is_the_administrators(console):
    desk = console("lola")
    for key in ("Shift+K", "Shift+R", "Shift+T", "Shift+D"):
        press(desk, key)
        expect(desk.page.get_by_role("dialog")).to_have_count(0)
    press(desk, "Shift+C")
    expect(sheet(desk)).to_contain_text("Sesiones abiertas")
    expect(desk.page.get_by_role("button", name="Webhooks")).to_have_count(0)


def test_on_a_tablet_they_are_in_the_menu_under_the_name(console):
    desk = console("root", viewport={"width": 820, "height": 1100})
    names = ("Cuentas del equipo", "Datos de un cliente", "Webhooks", "Quién ha mirado qué")
    for name in (*names, "Mi cuenta"):
        desk.page.locator("console-bar [data-part=menu]").click()
        desk.page.locator("console-bar").get_by_role("button", name=name).click()
        expect(sheet(desk).get_by_role("heading", level=2)).to_have_text(name)
        assert violations(desk.page) == []
        desk.page.keyboard.press("Escape")
