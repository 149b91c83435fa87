"""What the widget offers around a case: status, copies, contact, files, rating, the end."""

import re
import threading
from dataclasses import replace

import pytest
import uvicorn
from playwright.sync_api import expect

from bot.web import demo_shop
from bot.web.standing import standing
from tests.e2e.console_stage import Stage
from tests.e2e.customer_stage import WORDS, Case, ask_rating, rated
from tests.e2e.widget_stage import hide, violations
from tests.fake_engine import wait_until
from tests.system import free_port

pytestmark = pytest.mark.browser

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763a8a8a8000003050182a4a8b4ba0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    stage = Stage(tmp_path_factory.mktemp("after"))
    stage.stop()
    stage.settings = replace(stage.settings, shop_port=free_port())
    stage.start()
    yield stage
    stage.close()


@pytest.fixture
def visit(browser, stage):
    """Visit the demo page and ask for a person; a script error or a blocked resource fails."""
    contexts, errors = [], []

    def open_page(address=stage.url):
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="es-ES")
        context.set_default_timeout(15_000)
        contexts.append(context)
        opened = context.new_page()
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on("console", lambda message: blocked(message.text) and errors.append(message.text))
        opened.goto(address)
        field = opened.get_by_role("textbox", name="Su mensaje")
        launcher = opened.get_by_role("button", name="Abrir el chat")
        field.or_(launcher).first.wait_for()
        if not field.is_visible():
            launcher.click()
        say(opened, WORDS)
        opened.get_by_text(f"eco: {WORDS}").wait_for()
        opened.locator("remanso-chat .person").click()
        opened.get_by_text("En espera de una persona").wait_for()
        return opened

    yield open_page
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def strict_shop(stage):
    """The address of a shop on another origin, with a policy of its own."""
    shop, port = demo_shop.create_app(stage.settings), stage.settings.shop_port
    config = uvicorn.Config(shop, port=port, ws="none", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def page(visit):
    return visit()


def blocked(text):
    """Whether a line of the console tells of something the policy stopped; axe's own aside."""
    return "Content Security Policy" in text and "Applying inline style" not in text


def say(page, text):
    field = page.get_by_role("textbox", name="Su mensaje")
    field.fill(text)
    field.press("Enter")


def reference(page):
    strip = page.locator("remanso-chat .case").inner_text()
    return re.search(r"R-\w{6}", strip).group()


def more(page, name):
    page.get_by_role("button", name="Más opciones").click()
    page.get_by_role("button", name=name).click()


def agent(stage, page, action, **body):
    path = f"/api/v1/tickets/{reference(page)}/{action}"
    return stage.call("POST", path, body, stage.token("marta"))


def events(stage, page):
    seen = stage.call("GET", f"/api/v1/tickets/{reference(page)}", token=stage.token("marta"))
    return [each["kind"] for each in seen["events"]]


def test_reference_and_code_stand_in_the_chat_and_lead_to_the_status_page(page):
    strip = page.locator("remanso-chat .case")
    expect(strip).to_contain_text(re.compile(r"Caso R-\w{6} · código \w{8}"))
    with page.expect_popup() as popup:
        strip.get_by_role("link", name="Ver estado").click()
    expect(popup.value.get_by_role("heading", level=1)).to_have_text(f"Caso {reference(page)}")
    expect(popup.value.get_by_role("log")).to_contain_text(WORDS)


def test_the_place_in_the_queue_moves_when_others_are_served(visit, stage):
    ahead = [Case(stage) for _ in range(2)]
    page = visit()
    place = page.locator("remanso-chat .queue [role=status]")
    begun = int(re.search(r"Puesto (\d+) de la cola", place.inner_text()).group(1))
    assert begun > 2
    for number, each in enumerate(ahead, start=1):
        each.act("claim")
        expect(place).to_contain_text(f"Puesto {begun - number} de la cola")


def test_an_agent_by_name_takes_the_queue_away(page, stage):
    agent(stage, page, "claim")
    expect(page.locator("remanso-chat .role")).to_have_text("Marta Gil")
    expect(page.locator("remanso-chat .queue")).to_be_hidden()
    expect(page.locator("remanso-chat .notice")).to_contain_text("Le atiende una persona")


def test_receipt_and_copy_come_in_three_forms(page, stage):
    more(page, "Guardar el justificante o una copia")
    for label, start in (("PDF", b"%PDF-"), ("Página web", b"<!doctype html>"), ("Texto", b"Just")):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Justificante de su reclamación: {label}").click()
        content = download.value.path().read_bytes()
        assert content.startswith(start)
        assert label == "PDF" or WORDS.encode() in content
    with page.expect_download() as download:
        page.get_by_role("button", name="Copia de la conversación: Texto").click()
    assert WORDS.encode() in download.value.path().read_bytes()
    assert events(stage, page).count("receipt") == 3


def test_the_end_is_asked_once_more_and_keeps_the_case(page, stage):
    more(page, "Terminar la conversación")
    expect(page.get_by_role("button", name="Seguir aquí")).to_be_focused()
    page.get_by_role("button", name="Seguir aquí").click()
    expect(page.get_by_role("button", name="Seguir aquí")).to_have_count(0)
    more(page, "Terminar la conversación")
    page.get_by_role("button", name="Terminar", exact=True).click()

    expect(page.locator("remanso-chat .ended")).to_contain_text("El caso sigue con el equipo")
    expect(page.locator("remanso-chat .role")).to_have_text("Equipo avisado")
    assert "customer_left" in events(stage, page)
    say(page, "Una cosa más")
    expect(page.locator("remanso-chat .ended")).to_be_hidden()
    expect(page.get_by_text("En espera de una persona")).to_be_visible()


def test_a_phone_number_is_left_with_consent_and_forgotten(page, stage):
    page.get_by_role("button", name="Dejar un correo o un teléfono").click()
    page.get_by_label("Teléfono").fill("600 123 456")
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(page.get_by_role("alert").last).to_contain_text("Falta marcar la casilla")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Guardar", exact=True).click()

    expect(page.locator("remanso-chat .part [role=status]")).to_contain_text("600123456")
    page.get_by_role("button", name="Cerrar", exact=True).click()
    expect(page.locator("remanso-chat .queue")).to_contain_text("Se le avisa también en …456")
    page.get_by_role("button", name="Cambiar dónde se le avisa").click()
    page.get_by_role("button", name="Olvidar mis datos").click()
    expect(page.locator("remanso-chat .part [role=status]")).to_contain_text("borrados")


def test_what_was_left_is_withdrawn_after_the_case_too(page, stage):
    page.get_by_role("button", name="Dejar un correo o un teléfono").click()
    page.get_by_label("Teléfono").fill("600 123 456")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(page.locator("remanso-chat .part [role=status]")).to_contain_text("600123456")
    page.get_by_role("button", name="Cerrar", exact=True).click()
    agent(stage, page, "claim")
    agent(stage, page, "resolve", disposition="solved", note="hecho", cause="knowledge")
    expect(page.locator("remanso-chat .role")).to_have_text("Asistente automático")

    more(page, "Cambiar o retirar dónde se le avisa")
    page.get_by_role("button", name="Olvidar mis datos").click()

    expect(page.locator("remanso-chat .part [role=status]")).to_contain_text("borrados")
    page.get_by_role("button", name="Cerrar", exact=True).click()
    page.get_by_role("button", name="Más opciones").click()
    menu = page.locator("remanso-chat .menu")
    expect(menu.get_by_role("button", name="Dejar un correo o un teléfono")).to_be_visible()


def test_files_are_chosen_shown_and_sent(page, stage):
    page.locator("remanso-chat input[type=file]").set_input_files(
        [
            {"name": "foto.png", "mimeType": "image/png", "buffer": PNG},
            {"name": "dibujo.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"},
            {"name": "nada.txt", "mimeType": "text/plain", "buffer": b""},
        ]
    )
    tray = page.locator("remanso-chat .uploads")
    expect(tray).to_contain_text("Listo para enviar")
    expect(tray).to_contain_text("Ese tipo de archivo no se admite")
    expect(tray).to_contain_text("El archivo está vacío")
    page.get_by_role("button", name="Quitar dibujo.svg").click()
    page.get_by_role("button", name="Quitar nada.txt").click()
    say(page, "Aquí está la foto")

    message = page.locator("remanso-chat .customer", has_text="Aquí está la foto")
    expect(message.locator(".filename")).to_have_text("foto.png")
    expect(message.locator("canvas.thumb")).to_be_visible()
    with page.expect_download() as download:
        message.locator(".file").click()
    assert download.value.suggested_filename == "foto.png"
    expect(tray.locator("li")).to_have_count(0)
    page.reload()
    expect(message.locator(".filename")).to_have_text("foto.png")


def test_a_file_alone_is_a_message(page):
    page.locator("remanso-chat input[type=file]").set_input_files(
        {"name": "recibo.txt", "mimeType": "text/plain", "buffer": b"pagado"}
    )
    expect(page.locator("remanso-chat .uploads")).to_contain_text("Listo para enviar")
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.locator("remanso-chat .customer .filename")).to_have_text("recibo.txt")


def test_files_are_dropped_and_pasted(page):
    script = """(chat, kind) => {
        const data = new DataTransfer();
        data.items.add(new File(["hola"], `${kind}.txt`, {type: "text/plain"}));
        const root = chat.shadowRoot;
        const target = root.querySelector(kind === "drop" ? ".panel" : ".composer textarea");
        target.dispatchEvent(kind === "drop"
            ? new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true})
            : new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
    }"""
    for kind in ("drop", "paste"):
        page.locator("remanso-chat").evaluate(script, kind)
        expect(page.locator("remanso-chat .uploads")).to_contain_text(f"{kind}.txt")


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(page):
    page.locator("remanso-chat input[type=file]").set_input_files(
        {"name": "todo.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-" + b"x" * 10_000_001}
    )
    expect(page.locator("remanso-chat .uploads")).to_contain_text("caben hasta 10 MB")
    expect(page.get_by_role("button", name="Enviar", exact=True)).to_be_disabled()


def test_a_rating_is_asked_once_and_given(page, stage):
    agent(stage, page, "claim")
    agent(stage, page, "resolve", disposition="solved", note="hecho", cause="knowledge")
    ref = reference(page)
    ask_rating(stage, ref)
    page.reload()
    page.get_by_role("radio", name="1 Muy mal").wait_for()
    page.get_by_role("button", name="Enviar valoración").click()
    expect(page.get_by_role("alert").last).to_contain_text("Elija una de las cinco opciones")
    page.get_by_role("radio", name="4 Bien").check()
    page.get_by_label("Qué ha ido bien o mal").fill("Rápido al final.")
    page.get_by_role("button", name="Enviar valoración").click()

    expect(page.locator("remanso-chat .part [role=status]")).to_contain_text("Gracias")
    assert rated(stage, ref) == (4, "Rápido al final.")
    page.reload()
    page.get_by_role("textbox", name="Su mensaje").wait_for()
    expect(page.locator("remanso-chat .case")).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(0)


def test_the_chat_is_there_though_its_look_comes_after_the_rating(page, stage):
    agent(stage, page, "claim")
    agent(stage, page, "resolve", disposition="solved", note="hecho", cause="knowledge")
    ref, address, held = reference(page), page.url, {}
    page.goto("about:blank")  # the page of now would ask for the look of the rating too
    ask_rating(stage, ref)
    for name in ("widget", "after"):
        page.route(f"**/widget/{name}.css", lambda route, name=name: held.update({name: route}))
    page.goto(address, wait_until="commit")
    wait_until(lambda: page.wait_for_timeout(20) or len(held) == 2, 20)
    for route in held.values():  # the look of the chat, then that of the rating
        with page.expect_response(route.request.url):
            route.continue_()
    page.get_by_role("radio", name="1 Muy mal").wait_for()


def test_a_rating_can_be_put_away_or_refused(page, stage):
    agent(stage, page, "claim")
    agent(stage, page, "resolve", disposition="solved", note="hecho", cause="knowledge")
    ask_rating(stage, reference(page))
    page.reload()
    page.get_by_role("radio").first.wait_for()
    page.get_by_role("textbox", name="Su mensaje").fill("sin prisa")  # it takes no focus
    page.get_by_role("button", name="Cerrar", exact=True).click()
    expect(page.get_by_role("radio")).to_have_count(0)
    page.reload()
    page.get_by_role("button", name="No valorar").click()
    expect(page.locator("remanso-chat .part [role=status]")).to_contain_text("No se vuelve")
    assert rated(stage, reference(page)) == (None, None)


def test_the_next_question_takes_the_place_of_thanks(page, stage):
    ref, radios = reference(page), page.locator("remanso-chat").get_by_role("radio")

    def closed(*steps):
        for step in steps:
            agent(stage, page, step)
        agent(stage, page, "resolve", disposition="solved", note="hecho", cause="knowledge")
        ask_rating(stage, ref)
        answers = page.get_by_text("eco: gracias")
        before = answers.count()
        say(page, "gracias")
        expect(radios).to_have_count(5)
        expect(answers).to_have_count(before + 1)  # what is written before it is one turn with it

    closed("claim")
    page.get_by_role("radio", name="4 Bien").check()
    page.get_by_role("button", name="Enviar valoración").click()
    expect(page.locator("remanso-chat .part [role=status]")).to_contain_text("Gracias")
    closed("reopen")
    agent(stage, page, "reopen")
    expect(radios).to_have_count(0)
    closed()
    page.get_by_role("button", name="Cerrar", exact=True).click()
    say(page, "ahora no")
    page.get_by_text("eco: ahora no").wait_for()
    expect(radios).to_have_count(0)
    closed("reopen")


def test_files_speak_the_language_that_is_chosen(page):
    page.locator("remanso-chat input[type=file]").set_input_files(
        {"name": "recibo.txt", "mimeType": "text/plain", "buffer": b"pagado"}
    )
    tray = page.locator("remanso-chat .uploads")
    expect(tray).to_contain_text("Listo para enviar")
    page.get_by_role("button", name="Read this chat in English").click()
    expect(tray).to_contain_text("Ready to send")


def test_a_chat_in_the_background_says_so(page):
    told = []
    page.on("websocket", lambda ws: ws.on("framesent", lambda frame: told.append(frame)))
    page.reload()
    page.get_by_text("En espera de una persona").wait_for()
    wait_until(lambda: page.wait_for_timeout(20) or any('"seen":true' in each for each in told))
    hide(page, True)
    wait_until(lambda: page.wait_for_timeout(20) or '{"type":"seen","on":false}' in told)


def test_out_of_hours_the_next_opening_is_said(page, stage, monkeypatch):
    import bot.web.chat as chat

    def closed(gateway, name):
        view = standing(gateway, name)
        view.opens, view.queue = "mañana a las 9:00", None
        return view

    monkeypatch.setattr(chat, "standing", closed)
    page.reload()
    queue = page.locator("remanso-chat .queue")
    expect(queue).to_contain_text("El equipo está fuera de horario y vuelve mañana a las 9:00.")
    expect(queue.get_by_role("button", name="Dejar un correo o un teléfono")).to_be_visible()


def test_escape_closes_the_form_first_and_gives_the_focus_back(page):
    button = page.get_by_role("button", name="Más opciones")
    button.click()
    page.get_by_role("button", name="Terminar la conversación").wait_for()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(page.get_by_role("textbox", name="Su mensaje")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_form_breaks_an_accessibility_rule(page, stage, scheme):
    page.emulate_media(color_scheme=scheme)
    found = {}
    for name in ("Guardar el justificante", "Dejar un correo", "Terminar la conversación"):
        page.get_by_role("button", name="Más opciones").click()
        found["menu"] = violations(page)
        page.locator("remanso-chat .menu").get_by_role("button", name=name).click()
        page.locator("remanso-chat .part h3", has_not_text="Más opciones").wait_for()
        found[name] = violations(page)
        page.get_by_role("button", name="Cerrar", exact=True).click()
    page.locator("remanso-chat input[type=file]").set_input_files(
        {"name": "foto.png", "mimeType": "image/png", "buffer": PNG}
    )
    expect(page.locator("remanso-chat .uploads")).to_contain_text("Listo para enviar")
    found["uploads"] = violations(page)
    page.get_by_role("button", name="Enviar", exact=True).click()
    page.locator("remanso-chat .customer canvas").wait_for()
    found["files"] = violations(page)
    agent(stage, page, "claim")
    agent(stage, page, "resolve", disposition="solved", note="hecho", cause="knowledge")
    ask_rating(stage, reference(page))
    page.reload()
    page.get_by_role("radio").first.wait_for()
    found["rating"] = violations(page)
    assert not any(found.values()), found


def test_on_a_phone_the_field_stays_in_sight_with_any_form(page, stage):
    page.set_viewport_size({"width": 360, "height": 640})
    for name in ("Guardar el justificante", "Dejar un correo", "Terminar la conversación"):
        page.get_by_role("button", name="Más opciones").click()
        page.locator("remanso-chat .menu").get_by_role("button", name=name).click()
        page.locator("remanso-chat .part h3", has_not_text="Más opciones").wait_for()
        box = page.locator("remanso-chat .composer").bounding_box()
        assert box["y"] + box["height"] <= 641, name
        page.get_by_role("button", name="Cerrar", exact=True).click()


def test_in_a_site_with_a_strict_policy_all_of_it_works(visit, stage, strict_shop):
    page = visit(strict_shop)
    page.locator("remanso-chat input[type=file]").set_input_files(
        {"name": "foto.png", "mimeType": "image/png", "buffer": PNG}
    )
    expect(page.locator("remanso-chat .uploads")).to_contain_text("Listo para enviar")
    page.get_by_role("button", name="Enviar", exact=True).click()
    expect(page.locator("remanso-chat .customer canvas.thumb")).to_be_visible()
    more(page, "Guardar el justificante o una copia")
    with page.expect_download() as download:
        page.get_by_role("button", name="Justificante de su reclamación: PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    shown = page.locator("remanso-chat .forms .plain").first
    assert shown.evaluate("each => getComputedStyle(each).borderTopWidth") == "1px"


def test_what_is_seldom_needed_is_not_fetched_before(page):
    def fetched():
        return page.evaluate(
            """() => performance.getEntriesByType("resource")
            .filter((each) => each.name.includes("/widget/after")).length"""
        )

    assert fetched() == 0
    page.get_by_role("button", name="Más opciones").click()
    page.get_by_role("button", name="Terminar la conversación").wait_for()
    assert fetched() > 0
