"""The status page in a browser: opened by code or link, live, in two languages, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from bot.settings import Settings
from bot.web.tokens import Tokens
from tests.e2e.console_stage import Stage
from tests.e2e.customer_stage import WORDS, Case
from tests.e2e.widget_stage import hide, violations
from tests.fake_engine import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    stage = Stage(tmp_path_factory.mktemp("status"))
    yield stage
    stage.close()


@pytest.fixture
def case(stage):
    return Case(stage)


@pytest.fixture
def page(browser, stage):
    """A visitor's page; a script error or a blocked resource fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="es-ES")
    context.set_default_timeout(15_000)
    opened = context.new_page()
    errors = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on(
        "console",
        lambda message: "Content Security Policy" in message.text and errors.append(message.text),
    )
    yield opened
    context.close()
    assert not errors


def enter(page, stage, reference, code):
    page.goto(f"{stage.url}/status")
    page.get_by_label("Referencia").fill(reference)
    page.get_by_label("Código").fill(code)
    page.get_by_role("button", name="Ver el caso").click()


def open_case(page, stage, case):
    page.goto(f"{stage.url}/status#r={case.reference}&c={case.code}")
    page.get_by_role("heading", name=f"Caso {case.reference}").wait_for()


def now(page):
    return page.locator(".now[role=status]")


def test_reference_and_code_open_the_case_as_dictated(page, stage, case):
    enter(page, stage, case.reference.lower().replace("-", " "), f" {case.code.lower()} ")

    expect(page.get_by_role("heading", level=1)).to_have_text(f"Caso {case.reference}")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("log")).to_contain_text(WORDS)
    expect(now(page)).to_contain_text("Puesto")
    expect(now(page)).to_contain_text("Próxima noticia: como tarde el")


def test_a_wrong_code_is_said_and_nothing_typed_is_lost(page, stage, case):
    enter(page, stage, case.reference, "AAAA2222")

    expect(page.get_by_role("alert")).to_contain_text("Ningún caso se abre")
    expect(page.get_by_label("Referencia")).to_have_value(case.reference)
    expect(page.get_by_label("Código")).to_be_focused()


def test_what_is_missing_is_said_before_anything_is_sent(page, stage, case):
    enter(page, stage, case.reference, "")
    expect(page.get_by_role("alert")).to_have_text("Faltan la referencia o el código.")
    expect(page.get_by_label("Código")).to_be_focused()


def test_the_key_in_the_address_is_taken_out_of_sight(page, stage, case):
    open_case(page, stage, case)
    assert page.url == f"{stage.url}/status"
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Caso {case.reference}")


def test_a_signed_link_opens_the_case_and_a_spoilt_one_says_so(page, stage, case):
    link = Tokens(Settings(home=stage.settings.home, secret="s" * 40)).sign_link(case.reference)
    page.goto(f"{stage.url}/status#l={link}x")
    expect(page.get_by_role("alert")).to_contain_text("El enlace ya no vale")
    page.goto(f"{stage.url}/status#l={link}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Caso {case.reference}")


def test_it_follows_the_case_while_it_is_looked_at(page, stage, case):
    open_case(page, stage, case)
    case.act("claim")
    expect(now(page)).to_contain_text("Lo lleva Marta Gil")
    expect(page.locator("[aria-current=step]")).to_contain_text("Con Marta Gil")
    case.act("messages", text="Buenas tardes, soy Marta.", client_id="a1")
    expect(page.get_by_role("log")).to_contain_text("Buenas tardes, soy Marta.")
    case.resolve()
    expect(now(page)).to_contain_text("Resuelto el")
    expect(page.locator(".happened")).to_contain_text("Marta Gil da el caso por resuelto")


def test_a_message_from_the_page_is_in_the_chat(page, stage, case):
    case.act("claim")
    open_case(page, stage, case)
    page.get_by_label("Su mensaje").fill("¿Y cuándo llega?")
    page.get_by_role("button", name="Enviar", exact=True).click()

    expect(page.get_by_role("log")).to_contain_text("¿Y cuándo llega?")
    expect(page.get_by_label("Su mensaje")).to_have_value("")
    assert "¿Y cuándo llega?" in case.customer.hears("customer")


def test_markup_in_messages_and_names_is_only_text(page, stage):
    case = Case(stage)
    case.customer.say("<img src=x onerror=\"document.title='roto'\"><b>negrita</b>")
    open_case(page, stage, case)

    expect(page.get_by_role("log")).to_contain_text("<b>negrita</b>")
    assert page.locator("article img, article b:has-text('negrita')").count() == 0
    assert "roto" not in page.title()


def test_a_file_goes_with_a_message_and_is_shown(page, stage, case):
    open_case(page, stage, case)
    page.locator(".chat input[type=file]").set_input_files(
        {"name": "recibo.txt", "mimeType": "text/plain", "buffer": b"pagado"}
    )
    expect(page.locator(".uploads")).to_contain_text("Listo para enviar")
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.locator("article .file")).to_contain_text("recibo.txt")
    with page.expect_download() as download:
        page.locator("article .file").click()
    assert download.value.suggested_filename == "recibo.txt"


def test_a_rating_is_given_by_keyboard(page, stage, case):
    case.act("claim")
    case.resolve()
    case.ask_rating()
    open_case(page, stage, case)
    page.get_by_role("radio", name="1 Muy mal").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Tardaron mucho.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator(".rating [role=status]")).to_contain_text("Gracias")
    assert case.rated() == (2, "Tardaron mucho.")


def test_a_rating_goes_with_its_question_and_comes_with_the_next(page, stage, case):
    case.act("claim")
    case.resolve()
    case.ask_rating()
    open_case(page, stage, case)
    radios = page.locator(".rating").get_by_role("radio")
    expect(radios).to_have_count(5)
    path, key = f"{case.customer.path}/rating", case.customer.token
    stage.call("POST", path, {"score": 4}, key)  # in the chat
    case.customer.say("gracias")
    expect(radios).to_have_count(0)

    case.act("reopen")
    case.resolve()
    case.ask_rating()
    case.customer.say("ya está")
    radios.first.check()
    page.get_by_role("button", name="Enviar valoración").click()
    expect(page.locator(".rating [role=status]")).to_contain_text("Gracias")

    case.act("reopen")
    case.resolve()
    case.ask_rating()
    case.customer.say("otra vez")
    expect(radios).to_have_count(5)
    case.act("reopen")
    expect(radios).to_have_count(0)


def test_what_was_typed_and_chosen_stays_in_another_language(page, stage, case):
    case.act("claim")
    case.resolve()
    case.ask_rating()
    open_case(page, stage, case)
    page.locator(".chat input[type=file]").set_input_files(
        {"name": "recibo.txt", "mimeType": "text/plain", "buffer": b"pagado"}
    )
    expect(page.locator(".uploads")).to_contain_text("Listo para enviar")
    page.get_by_label("Su mensaje").fill("Aquí está el recibo")
    page.get_by_role("radio", name="2 Mal").check()
    page.get_by_label("Qué ha ido bien o mal").fill("Tardaron.")

    page.get_by_role("button", name="Read this page in English").click()

    expect(page.get_by_label("Your message")).to_have_value("Aquí está el recibo")
    expect(page.locator(".uploads")).to_contain_text("Ready to send")
    expect(page.get_by_role("button", name="Remove recibo.txt")).to_be_visible()
    expect(page.get_by_role("radio", name="2 Badly")).to_be_checked()
    expect(page.get_by_label("What went well or badly")).to_have_value("Tardaron.")
    expect(page.get_by_role("log")).to_contain_text(WORDS)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("article .file")).to_contain_text("recibo.txt")
    assert page.locator("article.customer", has_text="Aquí está el recibo").count() == 1


def test_what_was_typed_before_a_case_opens_stays_in_another_language(page, stage, case):
    enter(page, stage, case.reference, "")
    page.get_by_role("button", name="Read this page in English").click()
    expect(page.get_by_label("Reference")).to_have_value(case.reference)


def test_a_page_in_the_background_says_so(page, stage, case):
    told, asked = [], []
    page.on("websocket", lambda ws: ws.on("framesent", lambda frame: told.append(frame)))
    page.on("request", lambda request: "/cases/" in request.url and asked.append(request))
    open_case(page, stage, case)
    expect(page.locator(".live")).to_contain_text("se actualiza sola")
    seen = '"seen":true'  # the socket is open, and says so
    wait_until(lambda: page.wait_for_timeout(20) or any(seen in each for each in told), 20)
    hide(page, True)
    case.act("claim")
    expect(now(page)).to_contain_text("Marta Gil")
    assert asked[-1].headers.get("x-remanso-hidden") == "1"
    hide(page, False)
    wait_until(lambda: page.wait_for_timeout(20) or '{"type":"seen","on":true}' in told)
    assert '{"type":"seen","on":false}' in told


def test_receipt_and_copy_are_saved(page, stage, case):
    open_case(page, stage, case)
    for name, file in (
        ("Justificante de su reclamación: PDF", f"{case.reference}.pdf"),
        ("Copia de la conversación: Página web", f"remanso-{case.reference}.html"),
    ):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert download.value.suggested_filename == file
        content = download.value.path().read_bytes()
        assert content.startswith(b"%PDF-") or WORDS.encode() in content
    assert case.events().count("receipt") == 1


def test_the_page_speaks_english_too(page, stage, case):
    open_case(page, stage, case)
    page.get_by_role("button", name="Read this page in English").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(f"Case {case.reference}")
    expect(now(page)).to_contain_text("customer care")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Case {case.reference}")


def test_leaving_forgets_the_case(page, stage, case):
    open_case(page, stage, case)
    page.get_by_role("button", name="Salir").click()
    expect(page.get_by_label("Referencia")).to_be_focused()
    page.reload()
    expect(page.get_by_label("Referencia")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_breaks_an_accessibility_rule(page, stage, case, scheme):
    page.emulate_media(color_scheme=scheme)
    enter(page, stage, case.reference, "AAAA2222")
    expect(page.get_by_role("alert")).not_to_be_empty()
    found = {"wrong code": violations(page)}
    open_case(page, stage, case)
    page.get_by_role("radio").count()
    page.locator("details.contact summary").click()
    page.get_by_label("Teléfono").wait_for()
    found["waiting"] = violations(page)
    case.act("claim")
    case.resolve()
    case.ask_rating()
    page.reload()
    page.get_by_role("radio").first.wait_for()
    found["solved"] = violations(page)
    assert not any(found.values()), found


def test_on_a_phone_nothing_is_too_small_or_too_wide(browser, stage, case):
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, locale="es-ES"
    )
    page = context.new_page()
    open_case(page, stage, case)
    wide = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, summary, textarea")].filter((each) => {
        const box = each.getBoundingClientRect();
        return box.height && box.height < 40; }).map((each) => each.textContent)"""
    )
    context.close()
    assert wide
    assert small == []


def test_it_prints_on_a_page_of_paper_without_its_buttons(page, stage, case, tmp_path):
    open_case(page, stage, case)
    page.emulate_media(media="print")
    printed = page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    expect(page.get_by_role("button", name="Salir")).to_be_hidden()
    expect(page.get_by_label("Su mensaje")).to_be_hidden()


def test_without_a_connection_it_says_so_and_catches_up(page, stage, case):
    open_case(page, stage, case)
    case.act("claim")
    expect(now(page)).to_contain_text("Marta Gil")
    stage.stop()
    expect(page.locator(".live")).to_contain_text("Sin conexión", timeout=20_000)
    stage.start()
    expect(page.locator(".live")).to_contain_text("se actualiza sola", timeout=30_000)
    case.act("messages", text="Aquí sigo.", client_id="a9")
    expect(page.get_by_role("log")).to_contain_text("Aquí sigo.")
