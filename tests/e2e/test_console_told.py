"""What the console tells of by itself, and what it still knows after a reload."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.fake_desk import iso, mine, row
from tests.e2e.test_console_queue import SPIES, card, choice, ref
from tests.e2e.widget_stage import violations
from tests.fake_engine import wait_until

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.e2e.cardboard",)

# As Chrome on Android: the class is there, permission is given, and the constructor throws.
NO_NOTES = """window.Notification = class {
    static permission = "granted";
    constructor() { throw new TypeError("Illegal constructor"); }
};"""


@pytest.fixture
def console(lists):
    return lists


def toasts(page):
    return page.locator(".toast")


def others(number, **more):
    return mine(number, **{"owner": "bruno", "owner_name": "Bruno Sáez", **more})


def approval(number=1, **more):
    asked = {"id": number, "ticket": ref(1), "kind": "refund", "cents": 40_000, "subject": "CH-1"}
    asked |= {"reason": "Roto", "asked_by": "bruno", "asked_at": "2026-11-26T10:00:00Z"}
    empty = dict.fromkeys(("decided_by", "decided_at", "answer", "booking", "problem"))
    return {**asked, **empty, "state": "asked", "retry": False, **more}


@pytest.mark.parametrize(
    "why, words",
    [
        ("approval", "Le piden que apruebe algo en"),
        ("approved", "Aprobado y hecho: lo que pidió en"),
        ("refused", "No se aprueba lo que pidió en"),
        ("failed", "se aprobó, pero no se ha hecho"),
        ("woke", "vuelve: ha pasado el tiempo que lo pospuso"),
        ("promise", "ha vencido algo que se prometió al cliente"),
    ],
)
def test_who_is_called_to_a_case_is_told_why(desk, console, why, words):
    desk.add(others(1), mine(2))
    page = console(before=SPIES)
    desk.rows[ref(1)]["mentioned"] = True
    desk.push({"type": "mention", "ref": ref(1), "why": why})
    expect(toasts(page)).to_contain_text(words)
    assert words in page.evaluate("notes[0][0]")
    assert page.evaluate("sounds") == 2  # one call
    expect(page).to_have_title(re.compile(r"^\(1\) "))


def test_alarms_that_are_no_deadline_say_what_is_the_matter(desk, console):
    desk.add(mine(1), others(2, status="resolved", phase="resolved"))
    page = console(before=SPIES)
    desk.push({"type": "alarm", "ref": ref(1), "clock": "update", "stage": "unreachable"})
    expect(toasts(page)).to_contain_text("toca informar al cliente y nada le llega")
    desk.push({"type": "alarm", "ref": ref(2), "clock": "follow_up", "stage": "due"})
    expect(toasts(page).last).to_contain_text("es la hora del seguimiento que planeó")


def test_what_was_read_before_the_socket_told_of_it_is_news_all_the_same(desk, console):
    desk.add(mine(1, customer="Lucía"), mine(2))
    page = console(before=SPIES)
    page.keyboard.press("2")
    page.locator(".row").nth(1).wait_for()
    begun = [f"/tickets/{ref(number)}?" for number in (1, 2)]  # answered later, it would be told
    wait_until(lambda: all(any(own in each for each in desk.asked) for own in begun), 20)
    desk.rows[ref(1)] = row(1)
    written = desk.write(ref(2), "¿Hay alguien?")
    for number in (2, 1):
        with page.expect_response(f"**/tickets/{ref(number)}"):
            page.locator(".row").filter(has_text=ref(number)).click()
    expect(page.locator("ticket-head")).to_contain_text("En cola")
    desk.push({"type": "ticket", "ticket": desk.rows[ref(1)], "by": "bruno"})
    desk.push({"type": "message", "ref": ref(2), "message": written})
    expect(toasts(page).first).to_contain_text("ha vuelto a la cola")
    page.wait_for_function("notes.length === 2")
    felt = {"score": 0.7, "level": "frustrated", "cues": []}
    desk.push({"type": "message", "ref": ref(2), "message": {**written, "frustration": felt}})
    desk.push({"type": "notice", "text": "y después"})
    expect(toasts(page).last).to_contain_text("y después")
    assert page.evaluate("notes.length") == 2  # what only got its mood is not told again


def test_messages_keep_their_order_among_notes_whatever_their_clocks_say(desk, console):
    desk.add(mine(1))
    for seconds, text in ((-300, "uno"), (-301, "dos"), (-100, "tres")):
        desk.write(ref(1), text)["at"] = iso(seconds)
    note = {"id": 1, "agent": "bruno", "agent_name": "Bruno Sáez", "kind": "note", "mentions": []}
    page = console()
    notes = {"notes": [{**note, "at": iso(-200), "text": "entre dos y tres"}]}
    page.route("**/notes", lambda route: route.fulfill(json=notes))
    page.keyboard.press("2")
    page.locator(".row").click()
    expect(page.locator("team-note")).to_contain_text("entre dos y tres")
    said = page.locator("ticket-chat").locator("chat-message, team-note")
    expect(said).to_contain_text(["uno", "dos", "entre dos y tres", "tres"])


def test_an_approval_waits_in_the_bar_until_it_is_decided(desk, console):
    desk.add(others(1))
    page = console()
    waiting = page.get_by_role("button", name="por aprobar")
    expect(waiting).to_be_hidden()
    desk.approvals = [approval(), approval(2, asked_by="marta"), approval(3, state="failed")]
    desk.push({"type": "approval", "ref": ref(1), "approval": approval()})
    expect(waiting).to_have_text("1 por aprobar")
    page.reload()
    waiting.click()
    expect(page.get_by_role("dialog")).to_contain_text("Aprobaciones pendientes")
    page.keyboard.press("Escape")
    desk.approvals = []
    desk.push({"type": "approval", "ref": ref(1), "approval": approval(state="done")})
    expect(waiting).to_be_hidden()


@pytest.mark.parametrize("width", [1440, 1280, 1200, 768, 390])
def test_the_bar_has_room_for_approvals_beside_a_pause(desk, console, width):
    desk.approvals = [approval()]
    pause = {"presence": "wrap_up", "wrap_up_until": iso(200)}
    desk.presence = {**desk.presence, **pause}
    page = console(viewport={"width": width, "height": 800})
    expect(page.get_by_role("button", name="1 por aprobar")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def test_an_agent_who_decides_nothing_is_shown_no_approvals(desk, console):
    desk.role, desk.approvals = "agent", [approval()]
    page = console()
    expect(page.get_by_role("button", name="por aprobar")).to_be_hidden()
    assert not [path for path in desk.asked if "approvals" in path]


def test_a_browser_that_shows_no_desktop_notes_tells_by_all_the_rest(desk, console):
    desk.add(mine(1), row(2))
    page = console(before=SPIES + NO_NOTES)
    desk.change(ref(2), offered_to="marta")
    desk.push({"type": "offer", "ref": ref(2), "seconds": 20})
    expect(page.locator("offer-cards .offer")).to_be_visible()
    desk.said(ref(1), "¿Hay alguien ahí?")
    expect(toasts(page)).to_contain_text("Mensaje de Cliente 1")
    assert page.evaluate("sounds") == 4
    expect(page.locator("[data-part=notify]")).to_be_hidden()


@pytest.mark.parametrize(
    "change",
    [
        {"status": "resolved", "phase": "resolved"},
        {"status": "returned", "phase": "returned"},
        {"status": "queued", "phase": "queued", "owner": None},
        {"owner": "bruno", "owner_name": "Bruno Sáez"},
    ],
    ids=["resolved", "handed back", "released", "transferred"],
)
def test_what_one_does_in_another_tab_is_no_news(desk, console, change):
    desk.add(mine(1), mine(2))
    page = console(before=SPIES)
    desk.change(ref(1), by="marta", **change)
    desk.said(ref(2), "¿Y lo mío?")
    expect(toasts(page)).to_contain_text(["Mensaje de Cliente 2"])
    assert page.evaluate("sounds") == 2


def test_who_loses_a_case_is_told_where_it_went(desk, console):
    desk.add(mine(1), mine(2), mine(3))
    page = console(before=SPIES)
    desk.change(ref(1), by="elena", owner="bruno", owner_name="Bruno Sáez")
    expect(toasts(page)).to_contain_text(re.compile("Bruno Sáez atiende ahora R.000001"))
    desk.change(ref(2), by="elena", status="resolved", phase="resolved")
    desk.change(ref(3), status="queued", phase="queued", owner=None)
    expect(toasts(page)).to_contain_text(
        [re.compile("R.000001"), re.compile("R.000003 ha vuelto a la cola: ya no lo tiene usted")]
    )


def test_a_waiting_case_that_was_read_is_unread_again_after_what_comes_later(desk, console):
    desk.add(row(1))
    desk.said(ref(1), "Quiero hablar con alguien")
    page = console()
    page.keyboard.press("j")
    expect(page).to_have_title(re.compile(r"^Consola"))
    page.goto("about:blank")
    desk.said(ref(1), "¿Nadie?")
    page.goto(f"{desk.url}/console/")
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(card(page, 1)).to_contain_text("Sin leer")
    page.reload()
    expect(page).to_have_title(re.compile(r"^\(1\) "))


def test_who_takes_part_is_told_of_the_customers_messages(desk, console):
    along = [{"username": "marta", "name": "Marta Gil"}]
    desk.add(others(1, participants=along), others(2), mine(3))
    page = console(before=SPIES)
    desk.said(ref(2), "Esto es de otro")
    desk.said(ref(1), "¿Me leen?")
    expect(toasts(page)).to_contain_text(["Mensaje de Cliente 1"])
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    page.reload()
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    page.keyboard.press("4")
    expect(card(page, 1)).to_contain_text("Sin leer")


def test_what_came_while_the_connection_was_lost_is_told_when_it_is_back(desk, console):
    desk.add(mine(1), mine(2))
    page = console(before=SPIES)
    desk.down.add("/console/live")
    desk.push(None)
    expect(page.locator(".link")).not_to_have_attribute("data-state", "live")
    desk.said(ref(1), "¿Sigue ahí?")
    desk.add(row(3))
    desk.down.clear()
    expect(toasts(page)).to_contain_text("ha entrado algo en 2 casos")
    assert page.evaluate("sounds") == 2
    toasts(page).get_by_role("button", name="Ver").click()
    expect(page.get_by_role("heading", name=re.compile(r"R.00000[13]"))).to_be_visible()


def test_a_reload_comes_back_to_the_same_case_list_and_filters(desk, console):
    desk.add(mine(1, priority="high"), mine(2))
    page = console()
    page.keyboard.press("2")
    page.keyboard.press("f")
    choice(page, "Prioridad").select_option("Alta")
    page.keyboard.press("Escape")
    card(page, 1).locator("button").click()
    page.reload()
    expect(page.get_by_role("heading", name=re.compile(ref(1)))).to_be_visible()
    expect(page.locator("[data-part=filter]")).to_have_text("Filtros · 1")
    expect(page.locator("ticket-row")).to_have_count(1)
    expect(page.locator("queue-views [data-view=mine]")).to_have_attribute("aria-pressed", "true")


def test_a_link_opens_a_case_and_one_to_nothing_opens_none(desk, console):
    desk.add(mine(1), row(2))
    page = console()
    page.evaluate(f"location.hash = 'view=mine&case={ref(1)}'")
    expect(page.get_by_role("heading", name=re.compile(ref(1)))).to_be_visible()
    expect(page.locator("queue-views [data-view=mine]")).to_have_attribute("aria-pressed", "true")
    desk.down.add(f"/api/v1/tickets/{ref(2)}")
    page.evaluate(f"location.hash = 'case={ref(2)}'")
    expect(toasts(page)).to_contain_text("El servidor no puede ahora.")
    expect(page.locator("ticket-chat .open")).to_be_hidden()
    page.evaluate("location.hash = 'case=\"]&view=<b>'")
    expect(page.locator("ticket-chat .open")).to_be_hidden()


def test_who_logs_out_leaves_no_place_behind(desk, console):
    desk.add(mine(1))
    page = console()
    page.keyboard.press("2")
    card(page, 1).locator("button").click()
    expect(page.get_by_role("heading", name=re.compile(ref(1)))).to_be_visible()
    assert ref(1) in page.url
    page.get_by_role("button", name="Salir").click()
    page.wait_for_url(f"{desk.url}/console/*")
    page.wait_for_function("!location.hash.includes('case')")
