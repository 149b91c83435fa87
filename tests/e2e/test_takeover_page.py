"""An agent takes a chat from the bot in the console, and keeps what the bot had promised."""

import re
from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import expect

from tests.e2e.console_stage import ANGRY, Customer, Stage

pytestmark = pytest.mark.browser

PROMISE = "El pedido 48213 sale hoy"


@pytest.fixture
def stage(tmp_path):
    stage = Stage(tmp_path)
    yield stage
    stage.close()


def promised(hours):
    due = datetime.now(timezone.utc) + timedelta(hours=hours)
    return {"name": "resend", "text": PROMISE, "due": due.isoformat(), "owner": "bot"}


def chats(console):
    console.page.get_by_role("button", name="Bot", exact=True).click()
    return console.page.locator("bot-chat")


def test_a_chat_of_the_bot_is_taken_by_keyboard_and_answered(stage, console):
    stage.engine.levels[ANGRY] = "angry"
    customer = Customer(stage)
    customer.say(ANGRY)
    desk = console()
    row = chats(desk)
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Invitado")
    expect(row.locator("mood-bar")).to_have_attribute("aria-label", re.compile("enfadado"))
    take = row.get_by_role("button", name="Tomar la conversación de Invitado")
    take.focus()
    desk.page.keyboard.press("Enter")

    expect(desk.page.get_by_label("Respuesta al cliente")).to_be_focused()
    expect(row).to_have_count(0)
    assert any("Marta Gil" in text for text in customer.hears("system"))
    desk.page.keyboard.type("Soy Marta, del equipo.")
    desk.page.keyboard.press("Enter")
    customer.waits_for("Soy Marta, del equipo.")
    expect(desk.page.locator("ticket-context")).to_contain_text("La tomó una persona del equipo")


def test_keys_walk_the_bots_chats_read_one_and_take_it(stage, console):
    first, second = Customer(stage), Customer(stage)
    first.say("Hola, soy la primera")
    second.say("Hola, soy la segunda")
    desk = console()
    keys = desk.page.keyboard
    keys.press("7")
    rows = desk.page.locator("bot-chat")
    expect(rows).to_have_count(2)
    wanted = rows.nth(1).get_attribute("data-key")
    keys.press("j")
    expect(rows.nth(0).get_by_role("button").first).to_be_focused()
    keys.press("ArrowDown")
    keys.press("k")
    keys.press("j")
    expect(rows.nth(1).get_by_role("button").first).to_be_focused()
    keys.press("Shift+B")
    sheet = desk.page.get_by_role("dialog")
    said = "soy la segunda" if wanted in second.path else "soy la primera"
    expect(sheet).to_contain_text(said)
    keys.press("Escape")
    expect(rows.nth(1).get_by_role("button").first).to_be_focused()
    keys.press("Shift+H")
    expect(desk.page.get_by_label("Respuesta al cliente")).to_be_focused()
    expect(desk.page.locator("ticket-chat")).to_contain_text(said)


def test_who_is_second_is_told_so(stage, console):
    customer = Customer(stage)
    customer.say("Hola")
    desk = console()
    row = chats(desk)
    expect(row).to_have_count(1)
    held = []  # the list is read again every few seconds, and the row would go before the click
    desk.page.route("**/conversations?owner=bot**", lambda route: held.append(route))
    path = f"{customer.path}/takeover"
    stage.call("POST", path, {}, stage.token("bruno"))

    row.get_by_role("button", name=re.compile("^Tomar")).click()
    desk.page.unroute("**/conversations?owner=bot**")
    for route in held:
        route.continue_()

    expect(desk.page.locator(".toast").first).to_be_visible()
    expect(row).to_have_count(0)
    expect(desk.page.locator("ticket-queue")).to_contain_text("El bot no atiende a nadie ahora")


def test_a_promise_shows_its_time_and_can_be_marked_as_kept(stage, console):
    stage.engine.script["¿sale hoy?"] = {"promises": [promised(5)]}
    customer = Customer(stage)
    customer.say("¿sale hoy?")
    desk = console()
    desk.claim(customer.person())
    promise = desk.page.locator(".promises li")
    expect(promise).to_contain_text(PROMISE)
    expect(promise).to_contain_text("A cargo: Asistente automático")
    promise.get_by_role("button", name=f"Marcar como cumplida: {PROMISE}").click()
    expect(promise).to_contain_text("(cumplida)", timeout=15_000)
    expect(promise.get_by_role("button")).to_have_count(0)


def test_a_promise_is_made_and_kept_by_keyboard_while_one_has_the_case(stage, console):
    customer = Customer(stage)
    desk = console()
    desk.claim(customer.person())
    keys = desk.page.keyboard
    dialog = desk.page.get_by_role("dialog")
    keys.press("Escape")
    keys.press("Shift+V")
    keys.press("Enter")
    expect(dialog).to_contain_text("Escriba qué se ha prometido.")
    keys.type("Le escribo con el seguimiento")
    keys.press("Enter")
    expect(dialog).to_have_count(0)
    promise = desk.page.locator(".promises li")
    expect(promise).to_contain_text("Le escribo con el seguimiento")
    expect(promise).to_contain_text("Quedan")
    status = stage.call("GET", f"{customer.path}/cases/{customer.reference}", token=customer.token)
    assert [each["text"] for each in status["promises"]] == ["Le escribo con el seguimiento"]
    desk.page.locator("ticket-head h2").focus()
    keys.press("Shift+M")
    expect(dialog.get_by_role("radio", checked=True)).to_be_focused()
    keys.press("Enter")
    expect(promise).to_contain_text("(cumplida)")


def test_a_promise_that_is_due_comes_to_the_queue_by_itself(stage, console):
    stage.engine.script["¿sale hoy?"] = {"promises": [promised(0)]}
    desk = console()
    customer = Customer(stage)
    customer.say("¿sale hoy?")
    row = desk.page.locator("ticket-row").filter(has_text="Venció algo prometido")
    expect(row).to_be_visible(timeout=15_000)
    row.click()
    expect(desk.page.locator(".promises li.late")).to_contain_text("plazo vencido")


def test_the_console_speaks_english_about_the_bots_chats(stage, console):
    Customer(stage, "en").say("Hello")
    desk = console(viewport={"width": 1400, "height": 900})
    desk.page.get_by_role("button", name="Show the console in English").click()
    desk.page.get_by_role("button", name="Bot", exact=True).click()
    expect(desk.page.locator("bot-chat").first).to_contain_text("Take over")
    expect(desk.page.locator("ticket-queue")).to_contain_text("Conversations with the bot")
