"""Somebody who has only the README: logs in, takes the first handoff, resolves it, by keyboard."""

import re
import subprocess
import sys
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from bot.settings import ROOT
from tests.e2e.console import Console
from tests.e2e.console_stage import ANGRY, Customer, Stage, angry_customer
from tests.e2e.customer_stage import Case
from tests.e2e.widget_stage import violations
from tests.system import PASSWORD

pytestmark = pytest.mark.browser

POINTED = """window.pointed = 0;
addEventListener("pointerdown", () => pointed += 1, true);"""
DIALOGS = (
    "s t Shift+V Shift+A z Shift+P q Shift+L m b v y Shift+I Shift+F Shift+X h e + ? Control+k d g"
)
"""The keys of the actions that open a dialog."""
SERIOUS = re.compile("^(serious|critical)")


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    stage = Stage(tmp_path_factory.mktemp("desk"))
    yield stage
    stage.close()


@pytest.fixture
def opened(stage, browser):
    """Pages at the stage: ``opened(path)``; a script error fails the test."""
    contexts, errors = [], []

    def open_page(path="/console/", before="", **options):
        context = browser.new_context(locale="es-ES", **options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        if before:
            page.add_init_script(before)
        page.goto(f"{stage.url}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not errors


def serious(page):
    return [each for each in violations(page) if SERIOUS.match(each)]


def test_the_readme_says_what_a_new_agent_needs():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "login of the first agent" in readme
    assert "Hablar con una persona" in readme
    assert "take the chat in the console" in " ".join(readme.split())
    assert "docs/desk.md" in readme


def test_the_first_handoff_is_taken_and_resolved_by_keyboard_alone(stage, opened):
    command = [sys.executable, "-m", "bot.cli", "agent", "add", "nuria", "--name", "Nuria Sanz"]
    subprocess.run(
        [*command, "--team", "managers"],
        input=f"{PASSWORD}\n{PASSWORD}\n",
        text=True,
        check=True,
        capture_output=True,
        cwd=ROOT,
        env={"REMANSO_HOME": str(stage.settings.home), "PATH": "/usr/bin"},
    )
    page = opened(before=POINTED)
    keys = page.keyboard
    expect(page.get_by_label("Usuario")).to_be_focused()
    keys.type("nuria")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.get_by_text("En directo").wait_for()
    page.locator("ticket-queue .none").or_(page.locator("ticket-row")).first.wait_for()

    customer = angry_customer(stage)
    offer = page.locator(f'offer-cards .offer[data-key="{customer.reference}"]')
    offer.or_(page.locator(f'ticket-row[data-key="{customer.reference}"]')).first.wait_for()
    if offer.is_visible():
        keys.press("a")
    else:
        keys.press("j")
        keys.press("c")
    page.get_by_role("heading", name=re.compile(customer.reference)).wait_for()
    expect(page.locator("#reply")).to_be_focused()
    expect(page.locator("ticket-chat")).to_contain_text(ANGRY)
    keys.type("Buenas tardes, soy Nuria. Sale otro igual hoy.")
    keys.press("Enter")
    customer.waits_for("Buenas tardes, soy Nuria. Sale otro igual hoy.")

    keys.press("Escape")
    keys.press("e")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio").first).to_be_focused()
    keys.press("Space")
    keys.press("Tab")
    keys.press("Space")
    expect(dialog.get_by_role("radio", checked=True)).to_have_count(2)
    keys.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator(".toast").filter(has_text="queda resuelto")).to_be_visible()
    state = stage.call("GET", customer.path, token=customer.token)
    assert state["owner"] == "bot"
    assert page.evaluate("pointed") == 0


CONTROLS = """no_action => [...document.querySelectorAll("button, a[href], summary")]
    .filter((node) => node.getClientRects().length && !node.matches(no_action))
    .map((node) => [node.getAttribute("aria-keyshortcuts") ?? "", node.outerHTML.slice(0, 160)])"""
NO_ACTION = ", ".join(
    (
        "ticket-row *, .offer [data-part=look], .case, .board td *, .board th *",  # opens a case
        ".earlier .text, .toast *",  # the same; what can be undone has its own key
        ".dot, summary, .strip *, .jumps *, .latest",  # shows more of what is there
        ".files *, ul.sources *",  # what a message or the guide refers to
    )
)
"""What is pressed to read on, and changes nothing."""
IN_FIELD = {"enter", "alt+enter"}


def shown(key):
    """A key as the help shows it."""
    return key.replace("Shift+", "⇧ ").replace("Control+K", "Ctrl K").upper()


def controls(page):
    """The keys of all that can be pressed in the page now."""
    found = page.evaluate(CONTROLS, NO_ACTION)
    without = [html for key, html in found if not key]
    assert not without, "No key: " + "\n".join(without)
    return {shown(key) for key, _ in found if key.lower() not in IN_FIELD}


def helped(page):
    """The keys that the help names, each of them once."""
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog")
    sheet.locator("dt").first.wait_for()
    keys = [each.strip().upper() for each in sheet.locator("dt").all_inner_texts()]
    says = sheet.locator("dd").all_inner_texts()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    assert len(keys) == len(set(keys)), keys
    assert len(says) == len(keys)
    return {*keys, *"123456789"} if "1 … 9" in keys else set(keys)


def offered(page):
    """The keys of all that Ctrl+K finds now."""
    page.keyboard.press("Control+k")
    keys = page.locator("#palette-list kbd").all_inner_texts()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    return {each.strip().upper() for each in keys}


def test_whatever_can_be_pressed_has_a_key_that_help_and_palette_name(stage, opened):
    customer, waits, guest = (angry_customer(stage), Customer(stage), Customer(stage))
    waits.person()
    page = opened(viewport={"width": 1400, "height": 900})
    desk = Console(page, "bruno")

    def check():
        page.evaluate("document.activeElement.blur()")
        pressed = controls(page)
        assert pressed <= helped(page)
        assert pressed - {"CTRL K"} <= offered(page)
        return pressed

    def press(key):
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press(key)

    assert {"⇧ Z", "⇧ Y", "⇧ Q", "⇧ C", "O", "0", "F"} <= check()
    desk.open(waits.reference)
    assert "C" in check()
    desk.claim(customer.reference)
    asked = {"text": "¿Puedo devolver?", "client_id": "k1"}
    path = f"/api/v1/tickets/{customer.reference}"
    stage.call("POST", f"{path}/consult", asked, stage.token("marta"))
    due = (stage.store.clock() + timedelta(hours=1)).isoformat()
    promised = {"text": "Le llamo", "due": due, "client_id": "k2"}
    stage.call("POST", f"{path}/promises", promised, stage.token("bruno"))
    page.reload()
    page.get_by_text("En directo").wait_for()
    press("2")
    desk.open(customer.reference)
    page.get_by_role("button", name="Marcar como cumplida: Le llamo").wait_for()
    page.get_by_role("button", name="Contestar").wait_for()
    page.locator("#part-shop [data-focus=prove]").wait_for(state="attached")
    assert {"⇧ N", "⇧ M", "⇧ V", "⇧ J", "⇧ G", "⇧ I", "⇧ X", "E", "H", "CTRL K"} <= check()
    guest.say("Hola")
    press("7")
    page.locator("bot-chat").first.wait_for()
    assert {"⇧ B", "⇧ H"} <= check()
    press("o")
    page.locator("team-board table").wait_for()
    assert {"O", ","} <= check()


def test_a_button_without_a_key_is_found(stage, opened):
    page = opened()
    Console(page)
    page.evaluate("document.querySelector('.bar').append(document.createElement('button'))")
    page.evaluate("document.querySelector('.bar').lastChild.textContent = 'Otra cosa'")
    with pytest.raises(AssertionError, match="Otra cosa"):
        controls(page)


def test_no_dialog_of_an_open_case_breaks_an_accessibility_rule(stage, opened):
    page = opened(viewport={"width": 1400, "height": 900})
    desk = Console(page, "bruno")
    found = {"queue": serious(page)}
    desk.claim(angry_customer(stage).reference)
    found["case"] = serious(page)
    head, dialog = page.locator("ticket-head h2"), page.get_by_role("dialog")
    head.focus()
    page.keyboard.press("Shift+I")
    dialog.get_by_label("Código postal", exact=True).fill("28013")
    dialog.get_by_role("button", name="Comprobar").click()
    expect(page.locator("#part-shop")).to_contain_text("Cafetera Alba")
    for key in DIALOGS.split():
        head.focus()
        page.keyboard.press(key)
        expect(dialog.last, key).to_be_visible()
        found[key] = serious(page)
        page.keyboard.press("Escape")
        expect(dialog, key).to_have_count(0)
    assert not any(found.values()), found


def test_measures_and_status_page_break_no_accessibility_rule(stage, opened):
    case = Case(stage)
    desk = opened()
    Console(desk)
    desk.goto(f"{stage.url}/console/measures")
    desk.locator("main").wait_for()
    found = {"measures": serious(desk)}
    status = opened(f"/status#r={case.reference}&c={case.code}")
    status.get_by_role("heading", name=f"Caso {case.reference}").wait_for()
    found["status"] = serious(status)
    case.act("claim")
    case.resolve()
    case.ask_rating()
    status.reload()
    status.get_by_role("radio").first.wait_for()
    found["rating"] = serious(status)
    assert not any(found.values()), found
