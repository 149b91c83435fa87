"""One case in the console: writing, notes, dialogs, money, context; against the real gateway."""

import re

import pytest
from playwright.sync_api import expect

from bot.handoff import agents
from tests.e2e.console_stage import Stage, angry_customer
from tests.e2e.fake_case import FakeCase
from tests.e2e.widget_stage import violations
from tests.fake_engine import wait_until
from tests.system import PASSWORD

pytestmark = pytest.mark.browser

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8"
    "cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    stage = Stage(tmp_path_factory.mktemp("desk"))
    agents.add(stage.store, "lola", name="Lola Vidal", password=PASSWORD, teams=["managers"])
    yield stage
    stage.close()


@pytest.fixture
def stage(served):
    served.engine.reset()
    return served


@pytest.fixture
def case(stage, console):
    """An agent who has the case of an angry customer: ``desk``, ``customer``."""
    desk = console("lola")
    customer = angry_customer(stage)
    desk.claim(customer.reference)
    return desk, customer


def look(desk, reference):
    """Open a case that somebody else has."""
    desk.show("Todos")
    desk.open(reference)


def field(desk):
    return desk.page.locator("#reply")


def press(desk, key):
    """Press a key where nothing is written."""
    desk.page.locator("ticket-head h2").focus()
    desk.page.keyboard.press(key)


def dialog(desk):
    return desk.page.get_by_role("dialog")


def confirm(desk, name):
    dialog(desk).get_by_role("button", name=name, exact=True).click()


def marks(desk):
    return desk.page.locator("ticket-head [data-part=marks]")


def context(desk):
    return desk.page.locator("ticket-context")


def toast(desk, text):
    return desk.page.locator(".toast").filter(has_text=text)


def prove(desk):
    """Note that the customer proved order 48213."""
    press(desk, "Shift+I")
    dialog(desk).get_by_label("Código postal", exact=True).fill("28013")
    confirm(desk, "Comprobar")
    expect(context(desk)).to_contain_text("Cafetera Alba")


# Writing


def say_once_checked(desk, text):
    """Send a reply once its wording was looked at: what takes too long goes unchecked."""
    field(desk).fill(text)
    expect(desk.page.locator("reply-composer [data-part=findings]")).to_be_visible()
    field(desk).press("Enter")


def test_wording_is_underlined_told_why_and_better_with_one_key(case):
    desk, _ = case
    field(desk).fill("Cálmese, por favor.")
    mark = desk.page.locator("reply-composer .mirror mark")
    expect(mark).to_have_text("Cálmese")
    findings = desk.page.locator("reply-composer [data-part=findings]")
    expect(findings).to_contain_text("Niega el derecho a estar molesto.")
    field(desk).press("Alt+Enter")
    expect(field(desk)).to_have_value("Quiero ayudarle a resolverlo. Vamos paso a paso.")
    expect(findings).to_be_hidden()
    field(desk).press("Control+z")
    expect(field(desk)).to_have_value("Cálmese, por favor.")


def test_underlines_stand_under_their_words_whatever_comes_before(case):
    desk, _ = case
    field(desk).fill("Lucía 👩‍👧 dice 🙂 que cálmese ya.")
    marks_of = desk.page.locator("reply-composer .mirror mark")
    expect(marks_of.filter(has_text=re.compile("^cálmese$"))).to_have_count(1)


def test_a_wording_that_inflames_is_held_back_once_and_sent_all_the_same(case):
    desk, customer = case
    say_once_checked(desk, "Cálmese, por favor.")
    held = desk.page.get_by_text("No se ha enviado todavía")
    expect(held).to_be_visible()
    assert "Cálmese, por favor." not in customer.hears()
    desk.press("Enviar de todos modos")
    customer.waits_for("Cálmese, por favor.")
    expect(held).to_be_hidden()
    expect(field(desk)).to_have_value("")


def test_a_reply_goes_when_the_wording_cannot_be_checked(stage, console):
    desk = console("lola")
    fake = FakeCase(desk.page.context)
    fake.fail["/check"] = (500, "server", "Ha fallado algo.")
    customer = angry_customer(stage)
    desk.claim(customer.reference)
    desk.say("Cálmese, por favor.")
    sent = desk.page.locator("chat-message.agent:not(.pending)")
    expect(sent).to_contain_text("Cálmese, por favor.")
    assert customer.hears() == ["Cálmese, por favor."]


LATER = """() => {
    const real = setTimeout;
    window.setTimeout = (then, ms, ...rest) => real(then, ms === 1500 ? 60_000 : ms, ...rest);
}"""  # the page waits longer for a look at the wording than a busy machine takes


def checked_while_sent(desk):
    """Send a reply before its wording was looked at; return the looks, which wait."""
    looks = []
    desk.page.route("**/check", lambda look: looks.append(look))
    field(desk).fill("Cálmese, por favor.")
    field(desk).press("Enter")
    wait_until(lambda: desk.page.evaluate("true") and looks)
    return looks


def test_a_reply_sent_before_its_wording_was_looked_at_waits_for_the_look(case):
    desk, customer = case
    desk.page.evaluate(LATER)
    looks = checked_while_sent(desk)
    assert not customer.hears()
    for look_at in looks:
        look_at.continue_()
    expect(desk.page.get_by_text("No se ha enviado todavía")).to_be_visible()
    assert not customer.hears()


def test_a_reply_whose_look_takes_too_long_goes(case):
    desk, customer = case
    checked_while_sent(desk)
    customer.waits_for("Cálmese, por favor.")


def test_a_canned_reply_is_found_by_its_code_and_its_gap_is_selected(case):
    desk, _ = case
    field(desk).press_sequentially("/revi")
    option = desk.page.get_by_role("option").filter(has_text="/reviso")
    expect(option).to_be_visible()
    field(desk).press("Enter")
    expect(field(desk)).to_have_value(re.compile(r"^Estoy mirando el pedido 48213\."))
    selected = "f => f.value.slice(f.selectionStart, f.selectionEnd)"
    assert field(desk).evaluate(selected) == "[...]"
    desk.page.keyboard.type("10")
    expect(field(desk)).to_have_value(re.compile("en menos de 10 minutos"))


def test_a_gap_is_not_sent_by_oversight(case):
    desk, customer = case
    say_once_checked(desk, "El reenvío llega el [...].")
    expect(desk.page.get_by_text("No se ha enviado todavía")).to_be_visible()
    expect(desk.page.locator("[data-part=findings]")).to_contain_text("Falta un dato")
    assert not customer.hears()


def test_calm_words_for_this_case_are_suggested(case):
    desk, _ = case
    desk.press("Sugerencias")
    panel = desk.page.get_by_role("region", name="Sugerencias para este cliente")
    calm = panel.get_by_role("button", name=re.compile("^escuchar"))
    expect(calm.first).to_contain_text(re.compile("48213|paquete|pedido"))
    expect(panel).not_to_contain_text("nombrar la espera")  # used already
    words = calm.first.locator("span").last.inner_text()
    calm.first.click()
    expect(field(desk)).to_have_value(words)
    expect(panel).to_be_hidden()


def test_drafts_are_kept_per_case_and_mode_over_a_reload(case):
    desk, customer = case
    field(desk).fill("Lo que iba a contestar")
    press(desk, "n")
    expect(field(desk)).to_be_focused()
    expect(field(desk)).to_have_value("")
    field(desk).fill("Lo que iba a anotar")
    desk.page.reload()
    desk.show("Míos")
    desk.open(customer.reference)
    expect(field(desk)).to_have_value("Lo que iba a anotar")
    press(desk, "r")
    expect(field(desk)).to_have_value("Lo que iba a contestar")


def test_files_are_sent_shown_and_never_opened(case, stage):
    desk, customer = case
    desk.page.locator("reply-composer input[type=file]").set_input_files(
        [
            {"name": "foto.png", "mimeType": "image/png", "buffer": PIXEL},
            {"name": "plazos.txt", "mimeType": "text/plain", "buffer": b"Llega el jueves."},
        ]
    )
    waiting = desk.page.locator("reply-composer [data-part=files]")
    expect(waiting).to_contain_text("foto.png · 0,1 kB")
    expect(waiting).to_contain_text("plazos.txt · 0 kB")
    desk.page.reload()
    desk.show("Míos")
    desk.open(customer.reference)
    expect(waiting).to_contain_text("foto.png")
    desk.say("Le adjunto la etiqueta.")
    customer.waits_for("Le adjunto la etiqueta.")
    message = desk.page.locator("chat-message.agent").last
    picture = message.locator("img.picture")
    expect(picture).to_have_attribute("src", re.compile("^blob:"))
    with desk.page.expect_download() as download:
        message.get_by_role("button", name=re.compile("Guardar plazos.txt")).click()
    assert download.value.suggested_filename == "plazos.txt"


def test_a_file_of_a_refused_kind_says_why_and_can_be_taken_out(case):
    desk, _ = case
    wrong = {"name": "x.svg", "mimeType": "image/svg+xml", "buffer": b"<svg onload=alert(1)>"}
    desk.page.locator("reply-composer input[type=file]").set_input_files([wrong])
    line = desk.page.locator("reply-composer [data-part=files] li.bad")
    expect(line).to_contain_text("x.svg")
    line.get_by_role("button", name="Quitar x.svg").click()
    expect(line).to_have_count(0)


# Colleagues


def test_colleagues_that_are_fetched_late_are_listed_all_the_same(case):
    desk, _ = case
    held = []
    desk.page.route("**/api/v1/agents*", lambda route: held.append(route))
    with desk.page.expect_request("**/api/v1/agents*"):
        press(desk, "n")
    field(desk).press_sequentially("@bru")
    option = desk.page.get_by_role("option", name=re.compile("@bruno"))
    expect(option).to_have_count(0)
    for route in held:
        route.continue_()
    expect(option).to_be_visible()


def test_a_note_with_a_mention_reaches_the_colleague_and_never_the_customer(case, console):
    desk, customer = case
    other = console("bruno")
    look(other, customer.reference)
    press(desk, "n")
    field(desk).press_sequentially("@bru")
    expect(desk.page.get_by_role("option", name=re.compile("@bruno"))).to_be_visible()
    field(desk).press("Tab")
    desk.page.keyboard.type("¿lo reenviamos hoy?")
    field(desk).press("Enter")
    note = other.page.locator("team-note").filter(has_text="@bruno ¿lo reenviamos hoy?")
    expect(note).to_contain_text("solo equipo")
    expect(note).to_contain_text("Lola Vidal")
    expect(desk.page.locator("team-note")).to_have_count(1)
    for author in ("agent", "system", "bot"):
        assert not any("reenviamos" in text for text in customer.hears(author))


def test_a_note_to_nobody_known_says_so_and_keeps_what_was_written(case):
    desk, _ = case
    press(desk, "n")
    field(desk).fill("@nadie mira esto")
    field(desk).press("Enter")
    expect(desk.page.locator("reply-composer [data-part=error]")).to_contain_text("nadie")
    expect(field(desk)).to_have_value("@nadie mira esto")


def test_two_in_one_case_see_each_other_write(case, console):
    desk, customer = case
    other = console("bruno")
    look(other, customer.reference)
    viewers = desk.page.locator("case-viewers")
    expect(viewers).to_have_text("Bruno Sáez tiene abierto este caso.")
    press(other, "n")
    field(other).press_sequentially("Un mom")
    expect(viewers).to_have_text("Bruno Sáez está escribiendo en este caso.")
    field(other).fill("")
    expect(viewers).to_have_text("Bruno Sáez tiene abierto este caso.")
    other.page.close()
    expect(viewers).to_be_hidden()


def test_a_question_to_a_supervisor_is_answered_where_it_was_asked(case, console):
    desk, customer = case
    press(desk, "s")
    confirm(desk, "Preguntar")
    expect(dialog(desk)).to_contain_text("Escriba qué pregunta.")
    dialog(desk).get_by_role("textbox").fill("¿Puedo dar 40 € por el retraso?")
    confirm(desk, "Preguntar")
    boss = console("bruno")
    look(boss, customer.reference)
    boss.press("Contestar")
    expect(field(boss)).to_have_value("@lola ")
    boss.page.keyboard.type("Sí, adelante.")
    field(boss).press("Enter")
    expect(desk.page.locator("team-note.answer")).to_contain_text("Sí, adelante.")
    expect(desk.page.locator("ticket-head h2")).to_contain_text(customer.reference)
    assert not any("40 €" in text for text in customer.hears("system"))


def test_participants_work_along_without_a_transfer(case, console):
    desk, customer = case
    press(desk, "Shift+A")
    dialog(desk).get_by_label(re.compile("Bruno Sáez")).check()
    confirm(desk, "Guardar")
    expect(marks(desk)).to_contain_text("Con Bruno Sáez")
    other = console("bruno")
    look(other, customer.reference)
    other.say("Soy Bruno, de logística: sale hoy a las 18:00.")
    customer.waits_for("Soy Bruno, de logística: sale hoy a las 18:00.")
    expect(desk.page.locator("ticket-head [data-part=state]")).to_contain_text("con usted")


def test_a_transfer_needs_a_note_and_warns_before_the_second(case, console):
    desk, customer = case
    other = console("bruno")
    press(desk, "t")
    confirm(desk, "Trasladar")
    expect(dialog(desk)).to_contain_text("Elija a quién pasa el caso.")
    dialog(desk).get_by_role("combobox").select_option("agent:bruno")
    confirm(desk, "Trasladar")
    expect(dialog(desk)).to_contain_text("así el cliente no lo repite")
    dialog(desk).get_by_role("textbox").fill("Reenvío pedido; falta confirmar la fecha.")
    confirm(desk, "Trasladar")
    expect(dialog(desk)).to_be_hidden()
    look(other, customer.reference)
    expect(other.page.locator("team-note.transfer")).to_contain_text("falta confirmar la fecha")
    expect(marks(other)).to_contain_text("Transferido una vez")
    press(other, "t")
    expect(dialog(other).locator(".warning")).to_contain_text("traslado número 2")


# Where it stands


def test_priority_and_tier_change_with_a_reason(case):
    desk, _ = case
    press(desk, "Shift+P")
    dialog(desk).get_by_label("Urgente").check()
    confirm(desk, "Cambiar la prioridad")
    expect(dialog(desk)).to_contain_text("Escriba por qué")
    dialog(desk).get_by_role("textbox").fill("Viaja mañana")
    confirm(desk, "Cambiar la prioridad")
    expect(toast(desk, "prioridad urgente")).to_be_visible()
    expect(context(desk).locator("#part-trigger")).to_contain_text("Urgente")
    press(desk, "q")
    dialog(desk).get_by_label(re.compile("^L2")).check()
    dialog(desk).get_by_role("textbox").fill("Supera lo que puedo dar")
    confirm(desk, "Cambiar el nivel")
    expect(marks(desk)).to_contain_text("L2")
    expect(context(desk).locator("#tier-L2")).to_have_class(re.compile("now"))


def test_labels_known_and_free(case):
    desk, _ = case
    press(desk, "Shift+L")
    dialog(desk).get_by_label("Se repite").check()
    dialog(desk).get_by_label(re.compile("^Otras")).fill("boda, sillas")
    confirm(desk, "Guardar")
    for label in ("Se repite", "boda", "sillas"):
        expect(marks(desk)).to_contain_text(label)


def test_waiting_stops_the_clocks_and_can_be_undone(case):
    desk, _ = case
    press(desk, "w")
    expect(marks(desk)).to_contain_text("Espera del cliente")
    expect(context(desk).locator("#part-clocks")).to_contain_text("Parado")
    toast(desk, "espera al cliente").get_by_role("button", name="Deshacer").click()
    expect(marks(desk)).not_to_contain_text("Espera del cliente")


def test_a_case_is_snoozed_until_a_time(case):
    desk, _ = case
    press(desk, "z")
    dialog(desk).get_by_label(re.compile("Mañana por la mañana")).check()
    confirm(desk, "Posponer")
    expect(marks(desk)).to_contain_text("Pospuesto")
    press(desk, "w")
    expect(marks(desk)).not_to_contain_text("Pospuesto")


def test_a_call_to_the_customer_is_noted_and_counts_as_the_answer(case):
    desk, _ = case
    desk.page.locator("ticket-head h2").focus()
    desk.page.keyboard.press("Shift+*")
    confirm(desk, "Guardar")
    expect(dialog(desk).get_by_role("alert")).to_have_text("Escriba qué se le ha dicho.")
    dialog(desk).get_by_role("textbox").fill("Sabe que sale hoy")
    confirm(desk, "Guardar")
    note = desk.page.locator("team-note")
    expect(note).to_contain_text("llamada")
    expect(note).to_contain_text("Sabe que sale hoy")
    expect(context(desk).locator("#part-clocks")).to_contain_text("Cumplido")


def test_resolving_needs_how_it_ended_and_why_a_person_was_needed(case):
    desk, _ = case
    press(desk, "e")
    confirm(desk, "Resolver")
    expect(dialog(desk)).to_contain_text("Elija cómo termina el caso.")
    dialog(desk).get_by_label("Pedido reenviado").check()
    confirm(desk, "Resolver")
    expect(dialog(desk)).to_contain_text("Elija por qué hizo falta una persona.")
    dialog(desk).get_by_label("Falló un sistema").check()
    confirm(desk, "Resolver")
    expect(dialog(desk)).to_be_hidden()
    desk.press("Reabrir")
    expect(marks(desk)).to_contain_text("Reabierto")


# Money


def test_money_within_authority_is_given_and_the_customer_is_told(case):
    desk, customer = case
    expect(context(desk).locator("#part-shop")).to_contain_text("acredite un pedido")
    prove(desk)
    expect(context(desk).locator("#part-shop")).to_contain_text("300 € de reembolso")
    press(desk, "b")
    dialog(desk).get_by_label(re.compile("^48377")).check()
    dialog(desk).get_by_label("Importe en euros").fill("12,50")
    confirm(desk, "Dar un vale")
    expect(toast(desk, "Vale de 12,50 € dado")).to_be_visible()
    expect(context(desk).locator("#part-shop")).to_contain_text("17,50 € en vales")
    wait_until(lambda: any("12,50" in text for text in customer.hears("system")))


def test_an_amount_that_is_none_or_too_much_changes_nothing(case):
    desk, _ = case
    prove(desk)
    press(desk, "m")
    amount = dialog(desk).get_by_label("Importe en euros")
    expect(amount).to_have_value("89,90")
    amount.fill("nada")
    confirm(desk, "Devolver dinero")
    expect(dialog(desk)).to_contain_text("Escriba un importe")
    amount.fill("90")
    confirm(desk, "Devolver dinero")
    expect(dialog(desk)).to_contain_text("Como mucho 89,90 €")
    expect(context(desk).locator("#part-shop")).to_contain_text("300 € de reembolso")


def test_amounts_are_read_as_people_write_them(stage, visitor):
    page = visitor(f"{stage.url}/console/")
    read = "async (text) => (await import('/static/console/money.js')).centsOf(text)"
    known = {"12": 1200, "12,5": 1250, "12.50 €": 1250, "1.200,00": 120000, "1,200.5": 120050}
    assert {text: page.evaluate(read, text) for text in known} == known
    for text in ("", "doce", "-3", "1e3", "12,345,6,7x"):
        assert page.evaluate(f"async () => Number.isNaN(await ({read})({text!r}))")


def test_above_authority_a_supervisor_decides_and_both_see_it(case, console):
    desk, customer = case
    prove(desk)
    press(desk, "b")
    dialog(desk).get_by_label("Importe en euros").fill("45")
    confirm(desk, "Dar un vale")
    expect(dialog(desk)).to_contain_text("Pasa de lo que puede dar usted")
    confirm(desk, "Pedir aprobación")
    dialog(desk).get_by_label("Por qué conviene darlo").fill("Tres semanas de espera")
    confirm(desk, "Pedir")
    shop = context(desk).locator("#part-shop")
    expect(shop.locator(".approval")).to_contain_text("pedida")
    boss = console("bruno")
    look(boss, customer.reference)
    press(boss, "d")
    asked = dialog(boss).locator(".approval").filter(has_text=customer.reference)
    expect(asked).to_contain_text("Tres semanas de espera")
    asked.get_by_role("button", name="Aprobar", exact=True).click()
    dialog(boss).last.get_by_label("Respuesta a quien lo pide").fill("Adelante.")
    dialog(boss).last.get_by_role("button", name="Aprobar", exact=True).click()
    expect(dialog(boss).first.get_by_role("status")).to_have_text("Aprobado: 45 €.")
    expect(shop.locator(".approval")).to_contain_text("hecha")
    expect(shop.locator(".approval")).to_contain_text("Adelante.")


# Around the case


def test_the_context_begins_with_the_summary_and_has_clocks_and_guide(case):
    desk, _ = case
    first = context(desk).locator("[data-part=body] > section").nth(1)
    for part in ("Entrega con retraso", "Que se le devuelva el dinero.", "2 intentos de calmar."):
        expect(first).to_contain_text(part)
    expect(context(desk).locator("#part-avoid")).to_contain_text("Paso del bot")
    expect(context(desk).locator("#part-clocks")).to_contain_text("Plazo legal")
    guide = context(desk).locator("#part-playbook")
    expect(guide).to_contain_text("Entrega con retraso · enfadado")
    expect(guide.locator("#tier-L1")).to_contain_text("Mire el seguimiento")
    expect(guide.locator("#tier-L2")).to_contain_text("Supervisión del equipo")
    expect(guide.locator("#tier-L2")).to_contain_text("Pasa de lo que usted puede dar")
    expect(guide).to_contain_text("Cálmese.")
    context(desk).get_by_role("button", name="Guía").click()
    expect(guide.get_by_role("heading", name="Guía para este asunto")).to_be_in_viewport()


def test_the_guide_is_in_the_agents_language(case):
    desk, _ = case
    desk.page.locator("console-bar [data-part=language]").evaluate("button => button.click()")
    guide = context(desk).locator("#part-playbook")
    expect(guide).to_contain_text("Late delivery · angry")
    expect(guide).to_contain_text("Look at the tracking")
    expect(context(desk)).not_to_contain_text("Quien atiende")


def test_the_guide_says_which_version_holds_and_since_when(case):
    desk, _ = case
    sources = context(desk).locator("#part-playbook .sources li")
    expect(sources).to_have_count(3)
    for place, words in enumerate(("Guía: cambio del", "Cómo hablar: cambio", "Límites y plazos")):
        expect(sources.nth(place)).to_contain_text(words)
        expect(sources.nth(place).locator("time")).to_have_text(re.compile(r"^\d+ \w+"))
    expect(sources.first).to_contain_text(re.compile(r"late_delivery\.yml, versión [0-9a-f]{8}"))
    expect(sources.last).to_contain_text("desk.yml")


def test_what_the_bot_should_have_done_is_kept_for_trainers(case, stage):
    desk, _ = case
    spoken = desk.page.locator("chat-message.bot").last
    spoken.hover()
    spoken.get_by_role("button", name="El bot debería…").click()
    expect(dialog(desk).locator("blockquote")).to_have_text("Paso el caso a una persona.")
    dialog(desk).get_by_role("textbox").fill("Decir antes el número de seguimiento")
    confirm(desk, "Guardar")
    expect(dialog(desk)).to_be_hidden()
    found = stage.call("GET", "/api/v1/moments", token=stage.token("marta"))["moments"]
    assert found[0]["text"] == "Decir antes el número de seguimiento"


def test_a_supervisors_comment_is_read_by_who_attended(case, console):
    desk, customer = case
    boss = console("bruno")
    look(boss, customer.reference)
    press(boss, "g")
    dialog(boss).get_by_role("textbox").fill("Bien la primera frase: el dato y la hora.")
    confirm(boss, "Guardar")
    expect(toast(boss, "comentario guardado")).to_be_visible()
    desk.page.reload()
    desk.show("Míos")
    desk.open(customer.reference)
    expect(context(desk)).to_contain_text("Bien la primera frase")
    press(desk, "g")
    expect(dialog(desk)).to_have_count(0)


def test_the_profile_of_a_customer_is_kept(case):
    desk, _ = case
    press(desk, "Shift+F")
    expect(toast(desk, "Sin identificar")).to_be_visible()
    prove(desk)
    context(desk).locator("#part-customer [data-focus=profile]").wait_for(state="attached")
    press(desk, "Shift+F")
    dialog(desk).get_by_label("Nota").fill("Prefiere la tarde.")
    dialog(desk).get_by_label("Letra grande").check()
    confirm(desk, "Guardar")
    expect(context(desk).locator("#part-customer")).to_contain_text("Prefiere la tarde.")
    expect(context(desk).locator("#part-customer")).to_contain_text("Letra grande")
    press(desk, "Shift+F")
    expect(dialog(desk).get_by_label("Nota")).to_have_value("Prefiere la tarde.")


def test_a_case_is_opened_by_hand_from_a_call(console):
    desk = console("marta")
    desk.page.locator("body").press("+")
    dialog(desk).get_by_label("Qué dice el cliente").fill("Llamó: la silla llegó rota.")
    confirm(desk, "Abrir el caso")
    expect(desk.page.locator("ticket-chat .log")).to_contain_text("la silla llegó rota")
    expect(desk.page.locator("ticket-head [data-part=state]")).to_contain_text("con usted")


def test_a_case_by_hand_has_who_calls_what_about_and_their_language(console, stage):
    desk = console("marta")
    begin_before_the_rules_are_read(desk)
    form = dialog(desk)
    form.get_by_label("Qué dice el cliente").fill("The parcel is empty")
    form.get_by_label("Nombre del cliente").fill("Joan")
    form.get_by_label("Teléfono del cliente").fill("600 111 222")
    form.locator("select[name=language]").select_option("en")
    form.locator("select[name=issue]").select_option("double_charge")
    confirm(desk, "Abrir el caso")
    expect(desk.page.locator("ticket-head h2")).to_contain_text("Joan")
    expect(context(desk).locator("#part-customer")).to_contain_text("600111222")
    expect(context(desk).locator("#part-customer")).to_contain_text("Sin acreditar")


def begin_before_the_rules_are_read(desk):
    """Press "+" on a page that does not know yet what a case can be about, and let it learn it."""
    page, held = desk.page, []
    page.route("**/api/v1/desk", lambda route: held.append(route))
    page.reload()
    page.locator("console-bar").wait_for()
    wait_until(lambda: page.wait_for_timeout(50) or held)
    page.locator("body").press("+")
    for route in held:
        route.continue_()
    page.unroute("**/api/v1/desk")


def test_what_is_sent_again_after_a_lost_answer_is_there_once(case):
    desk, _ = case
    page, lost = desk.page, re.compile(r"/api/v1/tickets(/[^/]+/(notes|consult))?$")

    def lose_the_answer(route):
        if route.request.method == "POST":
            route.fetch()
            return route.abort()
        return route.continue_()

    def twice(press, failed):
        page.route(lost, lose_the_answer)
        press()
        expect(failed).to_contain_text("El servidor no contesta")
        page.unroute(lost)
        press()

    press(desk, "n")
    field(desk).fill("Lo miro con logística")
    note = page.get_by_role("button", name="Guardar nota")
    twice(note.click, page.locator("reply-composer [data-part=error]"))
    expect(field(desk)).to_have_value("")
    press(desk, "s")
    dialog(desk).get_by_label("Qué necesita saber").fill("¿Puedo devolver?")
    twice(lambda: confirm(desk, "Preguntar"), dialog(desk))
    expect(dialog(desk)).to_have_count(0)
    expect(page.locator("team-note")).to_have_count(2)
    press(desk, "+")
    dialog(desk).get_by_label("Qué dice el cliente").fill("Llamó por una silla de teca")
    twice(lambda: confirm(desk, "Abrir el caso"), dialog(desk))
    expect(page.locator("ticket-chat .log")).to_contain_text("silla de teca")
    page.locator("#find").fill("teca")
    expect(page.locator("ticket-row")).to_have_count(1)


def test_a_case_goes_to_a_higher_level_with_its_note(case):
    desk, _ = case
    press(desk, "t")
    dialog(desk).get_by_label("A quién").select_option("tier:L2")
    dialog(desk).get_by_label("Qué tiene que saber").fill("Hace falta un técnico")
    confirm(desk, "Trasladar")
    expect(marks(desk)).to_contain_text("L2")
    expect(desk.page.locator("ticket-head [data-part=state]")).to_contain_text("En cola")


# Keys


def test_every_action_is_in_the_menu_with_its_key_and_in_the_palette(case):
    desk, _ = case
    desk.press("Más acciones")
    items = desk.page.get_by_role("menuitem")
    assert items.count() > 12
    for index in range(items.count()):
        expect(items.nth(index).locator("kbd")).not_to_be_empty()
    desk.page.keyboard.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("button", name="Más acciones")).to_be_focused()
    desk.page.keyboard.press("Control+k")
    desk.page.keyboard.type("prioridád")
    desk.page.keyboard.press("Enter")
    expect(dialog(desk).get_by_role("heading")).to_have_text("Cambiar la prioridad")


def test_the_help_names_every_key_once(case):
    desk, _ = case
    desk.page.locator("ticket-head h2").focus()
    desk.page.keyboard.press("?")
    shown = dialog(desk).locator("dt").all_inner_texts()
    keys = [each.strip() for each in shown]
    assert len(keys) == len(set(keys))
    for key in ("N", "T", "W", "⇧ P", "Ctrl K"):
        assert key in keys


# When something is missing


def test_what_cannot_be_read_says_so_and_comes_back(stage, console):
    desk = console("lola")
    fake = FakeCase(desk.page.context)
    lost = "La tienda no contesta. Vuelva a intentarlo."
    fake.fail = {"/notes": (500, "server", "Fallo"), "/shop": (503, "back_office", lost)}
    customer = angry_customer(stage)
    desk.claim(customer.reference)
    expect(desk.page.get_by_text("No se han podido leer las notas")).to_be_visible()
    expect(context(desk).locator("#part-shop")).to_contain_text(lost)
    fake.fail.clear()
    fake.note("Ya está localizado.")
    desk.page.locator("ticket-chat .lost button").click()
    expect(desk.page.locator("team-note")).to_contain_text("Ya está localizado.")
    context(desk).locator("#part-shop").get_by_role("button", name="Reintentar").click()
    expect(context(desk).locator("#part-shop")).to_contain_text("Silla Nórdica")


def test_a_dialog_that_is_refused_stays_with_what_was_written(stage, console):
    desk = console("lola")
    fake = FakeCase(desk.page.context)
    fake.fail["/consult"] = (409, "conflict", "El caso ha cambiado mientras tanto.")
    customer = angry_customer(stage)
    desk.claim(customer.reference)
    press(desk, "s")
    dialog(desk).get_by_role("textbox").fill("¿Reenviamos?")
    confirm(desk, "Preguntar")
    expect(dialog(desk).get_by_role("alert")).to_have_text("El caso ha cambiado mientras tanto.")
    expect(dialog(desk).get_by_role("textbox")).to_have_value("¿Reenviamos?")


def test_text_from_others_is_never_markup(stage, console):
    desk = console("lola")
    fake = FakeCase(desk.page.context)
    bad = "<img src=x onerror=alert(1)>"
    fake.note(f"{bad} @lola")
    fake.orders = [{**fake.orders[0], "product": bad}]
    fake.profile = {"text": bad, "needs": [bad]}
    customer = angry_customer(stage)
    desk.claim(customer.reference)
    expect(desk.page.locator("team-note")).to_contain_text(bad)
    expect(context(desk)).to_contain_text(bad)
    assert desk.page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize(
    ("width", "height", "scheme"),
    [(1440, 900, "light"), (1024, 768, "dark"), (768, 1024, "light"), (420, 900, "dark")],
)
def test_nothing_is_cut_off_and_axe_finds_nothing(stage, console, width, height, scheme):
    desk = console("marta", viewport={"width": width, "height": height}, color_scheme=scheme)
    fake = FakeCase(desk.page.context)
    fake.row = {"tier": "L2", "labels": ["goodwill"], "transfers": 1}
    fake.note("@marta ¿lo reenviamos? " + "larguísimo" * 12, kind="consult")
    fake.approvals = [
        {
            "id": 1,
            "ticket": "R-ABCDEF",
            "kind": "refund",
            "cents": 42000,
            "subject": "order:48213",
            "reason": "Tres semanas",
            "asked_by": "bruno",
            "asked_at": "2026-11-26T10:05:00Z",
            "state": "asked",
            "decided_by": None,
            "answer": None,
            "booking": None,
            "problem": None,
            "retry": False,
        }
    ]
    customer = angry_customer(stage)
    desk.claim(customer.reference)
    field(desk).fill("Cálmese, por favor. Le escribimos lo antes posible.")
    expect(desk.page.locator("reply-composer .mirror mark")).to_have_count(2)
    wide = "document.documentElement.scrollWidth <= innerWidth"
    assert desk.page.evaluate(wide)
    assert violations(desk.page) == []
    for key in ("t", "m", "d", "Shift+L", "Control+k"):
        press(desk, key)
        expect(dialog(desk)).to_be_visible()
        assert violations(desk.page) == []
        assert desk.page.evaluate(wide)
        desk.page.keyboard.press("Escape")
    desk.press("Más acciones")
    expect(desk.page.get_by_role("menu")).to_be_visible()
    assert violations(desk.page) == []
