"""What the customer sees, hears and presses in the widget."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.widget_stage import bubble, say, shown, violations
from tests.fake_engine import wait_until

pytest_plugins = ("tests.e2e.widget_fixtures",)
pytestmark = pytest.mark.browser

PERSON = "Hablar con una persona"


def header_button(page):
    return page.locator("remanso-chat .person")


def open_in_shop(context, stage):
    page = context.new_page()
    page.goto(stage.shop_url)
    page.get_by_role("button", name="Abrir el chat").click()
    bubble(page, "¿Qué ha pasado?").wait_for()
    return page


def test_it_says_what_it_is_before_the_first_word(page):
    chat = page.locator("remanso-chat")
    expect(chat.locator(".role")).to_have_text("Asistente automático")
    expect(chat.locator(".notice")).to_have_text(
        "Le atiende un programa, no una persona. Privacidad"
    )
    expect(header_button(page)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_breaks_an_accessibility_rule(page, stage, scheme):
    page.emulate_media(color_scheme=scheme)
    found = {"first": violations(page)}
    say(page, "Llevo tres semanas esperando")
    bubble(page, "¿Qué prefiere?").wait_for()
    found["choices"] = violations(page)
    header_button(page).click()
    page.get_by_text("En espera de una persona").wait_for()
    found["queue"] = violations(page)
    stage.act("claim")
    stage.act("say", "Buenas tardes.")
    stage.act("typing_agent")
    page.get_by_text("Marta Ruiz está escribiendo").wait_for()
    found["agent"] = violations(page)
    stage.act("refuse", "on")
    say(page, "Gracias")
    page.get_by_role("button", name="Reintentar").wait_for()
    found["failed"] = violations(page)
    stage.act("end")
    page.get_by_text("La conversación ha terminado.").wait_for()
    found["ended"] = violations(page)
    stage.act("mood", "high")
    stage.act("down", "on")
    stage.act("restart")
    page.get_by_text("Reconectando").wait_for()
    found["reconnecting, upset"] = violations(page)
    page.get_by_role("button", name="Cerrar el chat").click()
    found["closed"] = violations(page)
    assert not any(found.values()), found


def test_each_message_says_who_and_when_and_in_which_language(page, stage):
    say(page, "Hola")
    bubble(page, "Anotado").wait_for()
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    said = log.locator(".bubble").all_text_contents()
    assert re.match(r"Asistente automático, \d\d:\d\d: Hola\. Soy", said[0])
    assert re.match(r"Usted, \d\d:\d\d: Hola", said[1])
    assert log.locator(".bubble").first.get_attribute("lang") == "es"


def test_escape_closes_and_the_focus_goes_in_and_back(page):
    page.locator("remanso-chat textarea").press("Escape")
    launcher = page.get_by_role("button", name="Abrir el chat")
    expect(launcher).to_be_focused()
    launcher.press("Enter")
    expect(page.locator("remanso-chat textarea")).to_be_focused()


def test_messages_that_come_while_it_is_closed_are_counted(page, stage):
    page.get_by_role("button", name="Cerrar el chat").click()
    stage.act("bot", "Una novedad")
    stage.act("bot", "Otra novedad")
    launcher = page.get_by_role("button", name="Abrir el chat, 2 mensajes nuevos")
    launcher.click()
    bubble(page, "Otra novedad").wait_for()
    page.get_by_role("button", name="Cerrar el chat").click()
    expect(page.locator("remanso-chat .badge")).to_be_hidden()


def test_shift_enter_breaks_the_line_and_enter_sends(page, stage):
    field = page.locator("remanso-chat textarea")
    field.fill("Primera")
    field.press("Shift+Enter")
    field.press_sequentially("Segunda")
    field.press("Enter")
    bubble(page, "Anotado").wait_for()
    assert stage.said() == ["Primera\nSegunda"] == shown(page)


def test_the_field_grows_to_five_lines_and_tells_the_limit_before_sending(page):
    field = page.locator("remanso-chat textarea")
    one = field.bounding_box()["height"]
    field.fill("línea\n" * 12)
    assert 100 < field.bounding_box()["height"] < 5 * one
    field.fill("a" * 3900)
    count = page.locator("remanso-chat .count")
    expect(count).to_have_text("Quedan 100 caracteres.")
    field.fill("a" * 4010)
    expect(count).to_have_text("Sobran 10 caracteres. Puede enviarlo en dos mensajes.")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.press("Enter")
    assert shown(page) == []


def test_quick_replies_stay_after_a_reload_and_are_used_once(page, stage):
    page.reload()
    reply = page.get_by_role("button", name="Un pedido que no llega")
    expect(reply).to_be_enabled()
    stage.act("answers", "")
    reply.click()
    expect(reply).to_be_disabled()
    expect(page.get_by_role("button", name="Un cobro que no cuadra")).to_be_disabled()
    page.reload()
    expect(page.get_by_role("button", name="Un cobro que no cuadra")).to_be_disabled()
    assert shown(page) == ["Un pedido que no llega"]


def test_asking_for_a_person_shows_place_range_and_reference(page, stage):
    header_button(page).click()
    queue = page.locator("remanso-chat .queue")
    expect(queue).to_contain_text("Puesto 2 de la cola, entre 3 y 8 minutos")
    expect(queue).to_contain_text("Puede cerrar esta ventana: el caso R-7K2QXM sigue abierto")
    expect(header_button(page)).to_be_hidden()
    stage.act("claim")
    expect(queue).to_be_hidden()
    expect(page.locator("remanso-chat .role")).to_have_text("Marta Ruiz")


def test_a_wish_for_a_person_survives_a_lost_line(page, stage):
    page.context.set_offline(True)
    header_button(page).click()
    expect(header_button(page)).to_contain_text("Avisando a una persona…")
    page.context.set_offline(False)
    page.get_by_text("En espera de una persona").wait_for()
    assert len(stage.said("system")) == 1


def test_an_upset_customer_sees_less(page, stage):
    stage.act("mood", "high")
    stage.act("choices", "¿Qué prefiere?|Reenvío|Reembolso|Vale")
    bubble(page, "¿Qué prefiere?").wait_for()
    expect(page.locator("remanso-chat .message.bot .mark").last).to_be_hidden()
    expect(page.get_by_role("button", name="Vale")).to_be_hidden()
    page.get_by_role("button", name="Ver más opciones").click()
    expect(page.get_by_role("button", name="Vale")).to_be_focused()


def test_who_waits_chooses_what_is_offered_during_the_wait_until_a_person_comes(page, stage):
    leave = page.get_by_role("button", name="Dejar correo o teléfono")
    stage.act("choices", "¿Qué prefiere?|Reenvío|Reembolso")
    page.get_by_role("button", name="Reenvío").wait_for()
    stage.act("queue")
    expect(page.get_by_role("button", name="Reenvío")).to_be_hidden()  # a person has it now
    stage.act("notice", "Nadie ha podido todavía.|Dejar correo o teléfono|Esperar a una persona")
    leave.click()
    wait_until(lambda: stage.said() == ["Dejar correo o teléfono"])
    stage.act("notice", "Sigue en la cola.|Dejar correo o teléfono|Esperar a una persona")
    expect(leave.last).to_be_enabled()
    stage.act("claim")
    expect(leave).to_have_count(0)


def test_markup_in_a_message_is_only_text(page, stage):
    attack = "<img src=x onerror=\"document.title='mal'\"><b>hola</b>"
    stage.act("say", attack)
    say(page, attack)
    bubble(page, "Anotado").wait_for()
    assert shown(page) == [attack] == shown(page, "agent")
    assert page.title() == "Remanso, atención al cliente"


def test_the_widget_speaks_english(page, stage):
    page.get_by_role("button", name="Read this chat in English").click()
    expect(header_button(page)).to_have_text("Talk to a person")
    page.reload()
    expect(header_button(page)).to_have_text("Talk to a person")


def test_it_works_on_another_origin_with_hostile_css_and_a_strict_policy(context, stage):
    page = open_in_shop(context, stage)
    say(page, "Desde la tienda")
    bubble(page, "Anotado: «Desde la tienda»").wait_for()
    look = page.locator("remanso-chat").evaluate(
        """chat => { const style = (name) => getComputedStyle(chat.shadowRoot.querySelector(name));
        return [style("textarea").color, style(".panel").width, style(".person").textTransform,
        style(".bubble").fontFamily.includes("cursive"), style(".bubble").letterSpacing]; }"""
    )
    assert look == ["rgb(29, 42, 44)", "380px", "none", False, "normal"]
    assert not [each for each in violations(page) if "remanso-chat" in each]


def test_two_widgets_on_one_page_are_two_conversations(context, stage):
    page = open_in_shop(context, stage)
    page.evaluate(
        """url => { const script = document.createElement("script"); script.src = url + "widget.js";
        Object.assign(script.dataset, { name: "ventas", side: "left", open: "" });
        document.body.append(script); }""",
        stage.url,
    )
    second = page.locator("remanso-chat").nth(1)
    second.locator(".bubble").first.wait_for()
    second.locator("textarea").fill("Para ventas")
    second.locator("textarea").press("Enter")
    second.locator(".bubble", has_text="Anotado: «Para ventas»").wait_for()
    assert shown(page) == []


def test_a_phone_gets_the_whole_screen_and_fields_that_do_not_zoom(chromium, stage):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, locale="es-ES"
    )
    page = context.new_page()
    page.goto(stage.url)
    bubble(page, "¿Qué ha pasado?").wait_for()
    assert page.locator("remanso-chat .panel").bounding_box() == {
        "x": 0,
        "y": 0,
        "width": 390,
        "height": 844,
    }
    size = page.locator("remanso-chat textarea").evaluate("e => getComputedStyle(e).fontSize")
    assert size == "16px"
    small = page.locator("remanso-chat").evaluate(
        """chat => [...chat.shadowRoot.querySelectorAll("button")].filter((button) => {
        const box = button.getBoundingClientRect();
        return box.height && (box.height < 40 || box.width < 40); }).map((b) => b.className)"""
    )
    assert small == []
    context.close()


def test_the_widget_weighs_at_most_thirty_kilobytes(context, stage):
    page = context.new_page()
    page.goto(stage.url)
    bubble(page, "¿Qué ha pasado?").wait_for()
    weight = page.evaluate(
        """() => performance.getEntriesByType("resource")
        .filter((each) => each.name.endsWith(".js") && !each.name.includes("/demo/"))
        .reduce((sum, each) => sum + each.encodedBodySize, 0)"""
    )
    assert 5_000 < weight <= 30_000
