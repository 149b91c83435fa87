"""What is done without a pointer, found by name, and told of a case in the lists and beside it."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.fake_desk import iso, mine, row
from tests.e2e.widget_stage import violations

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.e2e.cardboard",)

REF = "R-000001"


def palette(page, words):
    """Find an action by name and do it."""
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)


def feeling(score, level, *cues):
    told = [{"name": name, "text": text, "start": 0, "end": 1} for name, text in cues]
    return {"score": score, "level": level, "cues": told}


@pytest.mark.parametrize("words, answer", [("aceptar", "accept"), ("rechazar", "decline")])
def test_an_offer_is_answered_from_the_palette(desk, lists, words, answer):
    desk.add(row(1, offered_to="marta"))
    page = lists()
    expect(page.locator("offer-cards .offer")).to_be_visible()
    palette(page, words)
    expect(page.locator("offer-cards .offer")).to_have_count(0)
    assert any(path.startswith(f"/api/v1/tickets/{REF}/{answer}") for path in desk.asked)


def test_without_an_offer_the_palette_has_no_answer_to_one(desk, lists):
    page = lists()
    page.keyboard.press("Control+k")
    page.keyboard.type("aceptar")
    expect(page.locator("#palette-list li")).to_have_count(0)


def test_what_is_searched_for_from_the_palette_has_the_cursor_afterwards(desk, lists):
    page = lists()
    palette(page, "buscar")
    expect(page.locator("#find")).to_be_focused()


def test_kept_views_are_shown_and_deleted_by_keyboard(desk, lists):
    desk.views = [{"id": 1, "name": "Cobros", "query": {"view": "mine"}}]
    page = lists()
    page.keyboard.press("0")
    saved = page.locator("queue-views .saved")
    expect(saved.locator("li")).to_have_count(1)
    for _ in range(20):
        if page.evaluate("document.activeElement.closest('.saved') !== null"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("queue-views [data-view=mine]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("0")
    for _ in range(20):
        if page.evaluate("document.activeElement.matches('.saved .drop')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(saved.locator("li")).to_have_count(0)


def test_files_and_suggestions_open_with_a_key(desk, lists):
    desk.add(mine(1))
    page = lists()
    page.on("filechooser", lambda _: None)  # now: Chromium may take the key before the listening
    page.keyboard.press("2")
    page.keyboard.press("j")
    page.get_by_role("heading", name=re.compile(REF)).wait_for()
    with page.expect_file_chooser():
        page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+G")
    expect(page.locator("reply-composer [data-part=panel]")).to_be_visible()


def test_without_a_case_a_tablet_opens_one_by_hand_from_the_menu(desk, lists):
    page = lists(viewport={"width": 1024, "height": 768}, has_touch=True)
    page.locator(".account [data-part=menu]").tap()
    page.get_by_role("button", name="Acciones", exact=True).tap()
    page.get_by_role("option", name=re.compile("Abrir un caso a mano")).tap()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("Abrir un caso a mano")
    assert not violations(page)


def test_a_waiting_case_says_how_long_it_waits_and_any_other_how_old_it_is(desk, lists):
    old = {"created_at": iso(-3 * 86_400), "queued_at": iso(-310)}
    desk.add(row(1, **old), mine(2, **old))
    desk.overview = {
        "at": iso(0),
        "teams": [],
        "agents": [],
        "missed": {"count": 0, "tickets": []},
        "unaccepted": {"count": 1, "tickets": [desk.rows[REF]]},
    }
    page = lists()
    age = page.locator("ticket-row .age")
    expect(age).to_have_text("Espera 5 min")
    expect(age).to_have_attribute("title", re.compile("^En cola desde .*; abierto "))
    page.keyboard.press("o")
    expect(page.locator("team-board [data-part=unaccepted]")).to_contain_text("Espera 5 min")
    page.keyboard.press("2")
    expect(age).to_have_text("3 d")


def test_the_curve_tells_from_which_words_one_knows(desk, lists):
    desk.add(mine(1))
    said = [
        feeling(0.2, "calm"),
        feeling(0.9, "angry", ("insult", "inútiles"), ("caps", "YA")),
        feeling(0.5, "frustrated"),
    ]
    for number, each in enumerate(said):
        desk.said(REF, f"mensaje {number}")
        desk.messages[REF][-1]["frustration"] = each
    page = lists()
    page.keyboard.press("2")
    page.keyboard.press("j")
    told = page.locator("mood-curve .told li")
    expect(told).to_have_count(2)
    expect(told.nth(0)).to_contain_text("Pico, mensaje 2: 0,90, enfadado")
    expect(told.nth(0)).to_contain_text("«inútiles»")
    expect(told.nth(0)).to_contain_text("«YA»")
    expect(told.nth(1)).to_contain_text("Ahora, mensaje 3: 0,50, frustrado")
    expect(told.nth(1)).to_contain_text("Sin señales concretas en las palabras.")


@pytest.mark.parametrize(
    "orders, words",
    [
        pytest.param([], "Sin acreditar", id="a name that somebody gave"),
        pytest.param(["48213"], "Ha acreditado un pedido", id="an order proved to the bot"),
    ],
)
def test_only_who_proved_an_order_is_said_to_have(desk, lists, orders, words):
    desk.add(mine(1))
    desk.customer = {"name": "Pía", "identity_status": "claimed", "proven_orders": orders}
    page = lists()
    page.keyboard.press("2")
    page.keyboard.press("j")
    expect(page.locator("#part-customer .identity strong")).to_have_text(words)
