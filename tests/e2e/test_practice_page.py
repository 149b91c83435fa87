"""Practice in the browser: a good end, a bad one, a reload in the middle, the keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.console import Console
from tests.e2e.console_stage import Stage
from tests.e2e.widget_stage import violations

pytestmark = pytest.mark.browser

SIZES = [(1400, 900, "light"), (820, 1100, "dark"), (390, 844, "light")]
HEARD = "Rosario, tres semanas sin el cochecito y el parto encima: es demasiado, lo siento."
SOLVED = "Sale otro hoy antes de las 16 h y mañana lo tiene en casa."
THANKS = "Gracias a usted por avisar. Que vaya muy bien el parto."


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    running = Stage(tmp_path_factory.mktemp("desk"))
    yield running
    running.close()


@pytest.fixture
def practice(stage, visitor):
    """The page of practice, for somebody who is logged in; a script error fails the test."""
    errors = []

    def opened(**options):
        page = visitor(f"{stage.url}/console/", **options)
        Console(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{stage.url}/console/practice")
        expect(page.locator(".cards .card")).not_to_have_count(0)
        return page

    yield opened
    assert not errors


def begin(page, title="El cochecito que no llega"):
    page.get_by_role("button", name=title).click()
    expect(field(page)).to_be_focused()


def field(page):
    return page.get_by_label("Respuesta al cliente")


def said(page, who="customer"):
    return page.locator(f"[role=log] .said.{who}")


def write(page, text):
    before = said(page).count()
    field(page).fill(text)
    field(page).press("Enter")
    page.wait_for_function(
        """before => document.querySelector(".debrief")
            || document.querySelectorAll("[role=log] .said.customer").length > before""",
        arg=before,
    )


def ended(page, how):
    heading = page.locator(".debrief h2")
    expect(heading).to_have_text(how)
    expect(heading).to_be_focused()
    return page.locator(".debrief")


def overflow(page):
    script = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return page.evaluate(script)


def test_a_good_end_shows_what_calmed_and_all_four_steps(practice):
    page = practice()
    begin(page)
    expect(page.locator(".case")).to_contain_text("Hay dos en almacén")
    write(page, HEARD)
    page.get_by_role("button", name="Enviar otro").click()
    expect(page.get_by_text("Ha pedido el envío de otro.")).to_be_visible()
    write(page, SOLVED)
    for _ in range(3):  # some vent once more before they give thanks
        if field(page).count():
            write(page, THANKS)
    shown = ended(page, "Resuelto")
    expect(shown.locator(".steps [data-reached=yes]")).to_have_count(4)
    expect(shown).to_contain_text("Reconoció lo suyo y lo nombró: 3 semanas, cochecito, parto.")
    expect(shown.locator("[data-calms=true]")).not_to_have_count(0)


def test_a_bad_end_shows_what_heated_and_better_words(practice):
    page = practice()
    begin(page)
    write(page, "Cálmese, por favor.")
    write(page, "Es nuestra política, no podemos hacer nada.")
    page.keyboard.press("Escape")
    dialog = page.get_by_role("dialog", name="¿Terminar la práctica?")
    dialog.get_by_role("button", name="Terminar").click()
    shown = ended(page, "Terminado sin solución")
    expect(shown).to_contain_text("Le pidió que se calmara.")
    expect(shown).to_contain_text("Se escudó en la norma")
    expect(shown.locator(".findings").first).to_contain_text("Mejor:")
    expect(shown).to_contain_text("Datos que quedaron sin usar")
    expect(shown.locator(".steps [data-reached=no]")).not_to_have_count(0)


def test_a_reload_keeps_the_talk_and_another_tab_has_its_own(practice):
    page = practice()
    begin(page)
    write(page, HEARD)
    before = said(page).all_inner_texts()
    page.reload()
    expect(said(page)).to_have_count(len(before))
    assert said(page).all_inner_texts() == before
    expect(said(page, "agent")).to_contain_text(["cochecito"])
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator(".cards .card")).not_to_have_count(0)


def test_the_keyboard_is_enough(practice):
    page = practice()
    card = page.get_by_role("button", name="Solo quiere saber el día")
    card.focus()
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    page.keyboard.type("Le llega el jueves")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("entre las 9 y las 13 h")
    assert field(page).input_value().count("\n") == 1
    page.keyboard.press("Enter")
    expect(said(page, "agent")).to_have_count(1)
    expect(field(page)).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")  # not yet
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(field(page)).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    ended(page, "Resuelto")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Elija una situación")).to_be_focused()


def test_leaving_a_practice_that_has_begun_is_asked(practice):
    page = practice()
    begin(page)
    write(page, HEARD)
    page.get_by_role("button", name=re.compile("Otra situación")).click()
    dialog = page.get_by_role("dialog", name="¿Dejar esta práctica?")
    dialog.get_by_role("button", name="Cancelar").click()
    expect(said(page, "agent")).to_have_count(1)
    page.get_by_role("button", name=re.compile("Otra situación")).click()
    dialog.get_by_role("button", name="Dejarla").click()
    expect(page.locator(".cards .card")).not_to_have_count(0)
    assert page.evaluate("sessionStorage.length") == 0


def test_money_above_what_may_be_given_is_not_sent_and_a_supervisor_raises_it(practice):
    page = practice()
    begin(page, "Dos cobros y el alquiler")
    page.get_by_role("button", name="Reembolsar").click()
    dialog = page.get_by_role("dialog", name="Reembolsar")
    dialog.get_by_label("Importe").fill("86500")
    dialog.get_by_role("button", name="Reembolsar").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Puede dar hasta 30.000 $")
    dialog.get_by_role("button", name="Cancelar").click()
    page.get_by_role("button", name="Consultar a supervisión").click()
    expect(page.get_by_text("Supervisión lo autoriza: Reembolsar hasta 90.000 $")).to_be_visible()
    page.get_by_role("button", name="Reembolsar").click()
    dialog.get_by_label("Importe").fill("86500")
    dialog.get_by_role("button", name="Reembolsar").click()
    expect(page.get_by_text("Ha reembolsado 86.500 $.")).to_be_visible()


def test_the_mood_is_hidden_until_it_is_asked_for(practice):
    page = practice()
    begin(page)
    expect(page.locator("[role=log] .meter")).to_have_count(0)
    page.get_by_label("Mostrar el ánimo").check()
    expect(page.locator("[role=log] .meter")).to_have_count(1)


def test_someone_in_distress_is_passed_to_urgent_help(practice):
    page = practice()
    begin(page, "No es por el pedido")
    page.get_by_role("button", name="Pasar a un equipo").click()
    dialog = page.get_by_role("dialog", name="Pasar a un equipo")
    dialog.get_by_label("Equipo").select_option("safety")
    dialog.get_by_role("button", name="Pasar a un equipo").click()
    ended(page, "Pasado a quien lo resuelve")


def test_the_list_is_filtered_and_both_languages_are_spoken(practice):
    page = practice()
    page.get_by_label("Idioma del cliente").select_option("en")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d+ situaciones$"))
    expect(page.locator(".card").first).to_contain_text("Inglés")
    page.get_by_role("button", name="Show the page in English").click()
    expect(page.get_by_role("heading", name="Choose a situation")).to_be_visible()
    expect(page.locator(".card").first).to_contain_text("English")


def test_the_console_leads_there(stage, visitor):
    page = visitor(f"{stage.url}/console/")
    Console(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("practicar")
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    opened.value.get_by_role("heading", name="Elija una situación").wait_for()
    link = page.get_by_role("link", name="Practicar")
    assert link.get_attribute("href") == "/console/practice"


def test_a_server_that_is_away_is_said_and_nothing_written_is_lost(practice):
    page = practice()
    begin(page)
    page.route("**/api/v1/practice/**", lambda route: route.abort())
    field(page).fill(HEARD)
    field(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("El servidor no contesta")
    expect(field(page)).to_have_value(HEARD)
    page.unroute("**/api/v1/practice/**")
    write(page, HEARD)
    expect(said(page, "agent")).to_have_count(1)


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_nothing_is_cut_off_and_axe_finds_nothing(practice, width, height, scheme):
    size = {"width": width, "height": height}
    page = practice(viewport=size, color_scheme=scheme)
    found = {"list": (violations(page), overflow(page))}
    begin(page)
    page.get_by_label("Mostrar el ánimo").check()
    write(page, "Tranquilícese. ¿Me da su número de pedido?")
    found["talk"] = (violations(page), overflow(page))
    page.get_by_role("button", name="Reembolsar").click()
    found["dialog"] = (violations(page), overflow(page))
    page.keyboard.press("Escape")
    page.locator("[data-part=end]").click()
    page.get_by_role("dialog").get_by_role("button", name="Terminar").click()
    ended(page, "Terminado sin solución")
    found["debrief"] = (violations(page), overflow(page))
    assert found == dict.fromkeys(found, ([], 0))
