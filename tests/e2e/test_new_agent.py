"""Somebody who has only the README: logs in, takes the first handoff, resolves it, by keyboard."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from bot.settings import ROOT
from tests.e2e.console import Console
from tests.e2e.console_stage import ANGRY, Stage, angry_customer
from tests.e2e.customer_stage import Case
from tests.e2e.widget_stage import violations
from tests.system import PASSWORD

pytestmark = pytest.mark.browser

POINTED = """window.pointed = 0;
addEventListener("pointerdown", () => pointed += 1, true);"""
DIALOGS = "s t Shift+A z Shift+P q Shift+L m b v y Shift+I Shift+F Shift+X h e + ? Control+k d g"
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


def test_every_action_has_a_key_of_its_own_and_the_help_names_it(stage, opened):
    page = opened()
    Console(page)
    script = """async () => {
        const { Actions, shown } = await import("/static/console/actions.js");
        const t = { deeds: new Proxy({}, { get: (_, name) => name }), paletteKey: "palette" };
        const app = { t, model: { isMine: () => true, agent: { role: "admin" } } };
        const actions = new Actions(app);
        const all = actions.all().map(({ name, key }) => [name, shown(key)]);
        return { all, help: [...actions.help(), ...actions.ownHelp()] };
    }"""
    told = page.evaluate(script)
    keys = [key for _, key in told["all"]]
    assert len(keys) > 20
    assert all(keys)
    assert len(set(keys)) == len(keys)
    assert {tuple(each) for each in told["help"]} >= {(key, name) for name, key in told["all"]}
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog")
    shown = [each.strip() for each in sheet.locator("dt").all_inner_texts()]
    of_admins = {"⇧ K", "⇧ R"}  # whoever is logged in here is none
    assert set(keys) - of_admins <= set(shown)
    assert not of_admins & set(shown)
    assert len(shown) == len(set(shown))


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
