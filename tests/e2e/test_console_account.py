"""An agent's own account in the console, and what administrators see beside it."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import expect

from bot.handoff import agents, sessions
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


def test_who_looked_at_which_list_is_told_to_who_administers(stage, console):
    customer = angry_customer(stage)
    stage.call("GET", "/api/v1/tickets?view=all&q=pedido", token=stage.token("bruno"))
    desk = console("root")
    press(desk, "Shift+R")

    look = sheet(desk).locator(".item").filter(has_text="bruno · búsqueda")
    expect(look).to_contain_text(customer.reference)
    expect(look).to_contain_text("view: all · q: …")
    assert violations(desk.page) == []


def test_an_agent_sees_neither_webhooks_nor_looks(console):
    desk = console("lola")
    for key in ("Shift+K", "Shift+R"):
        press(desk, key)
        expect(desk.page.get_by_role("dialog")).to_have_count(0)
    press(desk, "Shift+C")
    expect(sheet(desk)).to_contain_text("Sesiones abiertas")
    expect(desk.page.get_by_role("button", name="Webhooks")).to_have_count(0)


def test_on_a_tablet_they_are_in_the_menu_under_the_name(console):
    desk = console("root", viewport={"width": 820, "height": 1100})
    for name in ("Webhooks", "Quién ha mirado qué", "Mi cuenta"):
        desk.page.locator("console-bar [data-part=menu]").click()
        desk.page.locator("console-bar").get_by_role("button", name=name).click()
        expect(sheet(desk).get_by_role("heading", level=2)).to_have_text(name)
        assert violations(desk.page) == []
        desk.page.keyboard.press("Escape")
