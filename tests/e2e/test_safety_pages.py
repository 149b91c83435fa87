"""Pages in a browser: what others wrote is text and never runs; the second factor, by keyboard."""

import json
import time
import urllib.parse
import urllib.request

import pyotp
import pytest
from playwright.sync_api import expect

from bot.handoff import agents
from tests.e2e.console import Console
from tests.e2e.console_stage import Customer, Stage
from tests.e2e.widget_stage import violations
from tests.system import PASSWORD

pytestmark = pytest.mark.browser

EVIL = "<img src=x onerror=\"window.ran='x'\"><script>window.ran='y'</script>"
LABEL = "<img src=x onerror=ran=1>"
NAME = f"Eva {EVIL}"


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    made = Stage(tmp_path_factory.mktemp("desk"))
    agents.add(made.store, "mala", name=NAME, password=PASSWORD, role="supervisor")
    yield made
    made.close()


def upload(stage, customer, name):
    """Send a file with an evil name; return its id."""
    where = f"{stage.url}{customer.path}/attachments?name={urllib.parse.quote(name)}"
    headers = {"Authorization": f"Bearer {customer.token}"}
    request = urllib.request.Request(where, method="POST", data=b"hola", headers=headers)
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.loads(response.read())["id"]


def enter(page, username):
    page.get_by_label("Usuario").fill(username)
    page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Entrar", exact=True).click()


def test_what_others_wrote_is_shown_as_text_and_never_runs(stage, visitor):
    eva = Customer(stage)
    eva.say(f"mi pedido {EVIL}")
    ref = eva.person()
    file = upload(stage, eva, f"a{LABEL}.txt")
    body = {"text": "mire", "client_id": "f1", "attachments": [file]}
    stage.call("POST", f"{eva.path}/messages?wait=0", body, eva.token)
    page = visitor(f"{stage.url}/console/")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    console = Console(page, "mala")
    console.claim(ref)
    token, one = stage.token("mala"), f"/api/v1/tickets/{ref}"
    stage.call("POST", f"{one}/messages", {"text": f"yo {EVIL}", "client_id": "a1"}, token)
    stage.call("POST", f"{one}/notes", {"text": f"nota {EVIL}"}, token)
    stage.call("POST", f"{one}/labels", {"labels": [LABEL]}, token)
    chat = page.locator("ticket-chat")
    for text in ("mi pedido <img", "yo <img", "nota <img", "a img"):
        expect(chat.get_by_text(text).first).to_be_visible()
    expect(page.get_by_text(LABEL).first).to_be_visible()
    assert page.evaluate("window.ran") is None
    assert page.locator("img[src=x], main script").count() == 0
    assert not [url for url in asked if url.endswith("/x")]


def test_the_second_factor_is_turned_on_and_asked_for_by_keyboard(stage, visitor):
    page = visitor(f"{stage.url}/console/")
    enter(page, "marta")
    page.get_by_text("En directo").wait_for()
    page.locator("console-bar [data-part=menu]").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Mi cuenta").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Activar el segundo factor").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog").last
    dialog.get_by_label("Contraseña").fill(PASSWORD)
    page.keyboard.press("Enter")
    secret = dialog.locator("code").inner_text().replace(" ", "")
    expect(dialog.get_by_role("img")).to_be_visible()
    assert violations(page) == []
    totp = pyotp.TOTP(secret)
    code = dialog.get_by_label("Código de la aplicación")
    code.fill("000")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("no es el de ahora")
    code.fill(totp.now())
    page.keyboard.press("Enter")
    expect(page.get_by_text("El segundo factor está activado").first).to_be_visible()

    other = visitor(f"{stage.url}/console/")
    enter(other, "marta")
    field = other.get_by_label("Código de la aplicación")
    expect(field).to_be_focused()
    assert violations(other) == []
    field.fill("111111")
    other.keyboard.press("Enter")
    expect(other.get_by_role("alert").first).to_contain_text("no es el de ahora")
    field.fill(totp.at(int(time.time()) + 30))  # the next step: the one of now was used
    other.keyboard.press("Enter")
    other.get_by_text("En directo").wait_for()
