"""What is done once a case is over: planning the follow-up, looking at low ratings."""

import re
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from bot.handoff.tables import ticket_events
from bot.handoff.tables_desk import jobs, surveys
from tests.e2e.console_stage import Stage, angry_customer
from tests.e2e.widget_stage import violations

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    stage = Stage(tmp_path_factory.mktemp("desk"))
    yield stage
    stage.close()


@pytest.fixture
def closed(stage):
    """A case that Bruno has resolved."""
    ref, token = angry_customer(stage).reference, stage.token("bruno")
    cause = next(iter(stage.call("GET", "/api/v1/desk", token=token)["causes"]))
    stage.call("POST", f"/api/v1/tickets/{ref}/claim", {}, token)
    end = {"disposition": "solved", "cause": cause}
    stage.call("POST", f"/api/v1/tickets/{ref}/resolve", end, token)
    return ref


def rate(stage, ref, score, comment):
    at = datetime.now(timezone.utc)
    with stage.store.database.write() as connection:
        known = sa.select(sa.literal_column("conversation")).select_from(sa.text("tickets"))
        chat = connection.execute(known.where(sa.text("ref = :ref")), {"ref": ref}).scalar()
        row = {"ticket": ref, "conversation": chat, "asked_at": at, "answered_at": at}
        connection.execute(sa.insert(surveys).values(**row, score=score, comment=comment))


def press(desk, key):
    """Press a key where nothing is written."""
    desk.page.locator("body").click(position={"x": 3, "y": 3})
    desk.page.keyboard.press(key)


def show(desk, ref):
    """Find a case that is in no open list, open it, and wait for all that is known of it."""
    desk.page.get_by_role("searchbox").fill(ref)
    desk.open(ref)
    desk.page.get_by_text("Cumplido").first.wait_for()


def test_a_low_rating_is_found_looked_at_and_gone_after_the_comment(stage, closed, console):
    rate(stage, closed, 1, "Nadie me llamó")
    desk = console("marta")
    press(desk, "o")
    board = desk.page.locator("team-board [data-part=toReview]")
    row = board.get_by_role("button").filter(has_text=closed)
    expect(row).to_contain_text("Valoración baja · 1 de 5 · Bruno Sáez")
    expect(row).to_contain_text("«Nadie me llamó»")
    expect(row).to_contain_text("Cerrado")
    assert violations(desk.page) == []

    row.click()
    desk.page.get_by_role("heading", name=re.compile(closed)).wait_for()
    press(desk, "g")
    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_contain_text("El cliente lo valoró con 1 de 5: «Nadie me llamó»")
    dialog.get_by_role("textbox").fill("La próxima vez, llama antes de cerrar.")
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog).to_have_count(0)

    press(desk, "o")
    expect(board.get_by_role("heading")).to_have_text("Por revisar · 0")
    expect(board).to_contain_text("Nada por revisar.")
    with stage.store.database.read() as connection:
        by = connection.execute(sa.select(surveys.c.reviewed_by)).scalar()
    assert by == "marta"


def test_a_queue_of_reviews_that_cannot_be_read_says_so(stage, console):
    desk = console("marta")
    desk.page.route("**/api/v1/reviews/queue", lambda route: route.abort())
    press(desk, "o")
    board = desk.page.locator("team-board [data-part=toReview]")
    expect(board.get_by_role("status")).to_contain_text("El servidor no contesta")
    expect(board.get_by_role("heading")).to_have_text("Por revisar")


def test_the_follow_up_is_planned_by_key_and_moved(stage, closed, console):
    desk = console("bruno")
    show(desk, closed)
    press(desk, "Shift+S")
    dialog = desk.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Planear el seguimiento")
    expect(dialog.get_by_role("radio", name="Con la valoración")).to_be_enabled()
    assert violations(desk.page) == []
    dialog.get_by_role("radio", name="Otra fecha y hora").check()
    dialog.get_by_role("button", name="Planear").click()
    expect(dialog.get_by_role("alert")).to_contain_text("que todavía no haya pasado")
    dialog.get_by_role("radio", name="Dentro de tres días").check()
    dialog.get_by_role("button", name="Planear").click()
    expect(desk.page.locator(".toast")).to_contain_text("seguimiento planeado")

    log = desk.page.locator("ticket-context")
    expect(log).to_contain_text("seguimiento planeado")
    press(desk, "Shift+S")
    dialog.get_by_role("radio", name="Ninguno").check()
    dialog.get_by_role("button", name="Planear").click()
    expect(log).to_contain_text("seguimiento quitado")
    press(desk, "Shift+S")
    expect(dialog.get_by_role("radio", name="En persona")).to_be_checked()
    expect(dialog.get_by_role("radio", name="Ninguno")).to_have_count(0)
    dialog.get_by_role("radio", name="Dentro de tres días").check()
    dialog.get_by_role("button", name="Planear").click()
    expect(dialog).to_have_count(0)
    expect(log.get_by_text("seguimiento planeado")).to_have_count(2)
    press(desk, "Shift+S")
    expect(dialog).to_contain_text("Ya está planeado (")
    dialog.get_by_role("radio", name="Con la valoración").check()
    dialog.get_by_role("radio", name="Dentro de una semana").check()
    dialog.get_by_role("button", name="Planear").click()
    expect(dialog).to_have_count(0)

    with stage.store.database.read() as connection:
        mine = sa.select(jobs.c.kind, jobs.c.due).where(jobs.c.ticket == closed)
        due = dict(connection.execute(mine).all())
        planned = sa.select(ticket_events.c.data).where(
            ticket_events.c.ticket == closed, ticket_events.c.kind == "follow_up_planned"
        )
        ways = [each["how"] for each in connection.execute(planned).scalars()]
        assert ways == ["person", "person", "survey"]
    now = datetime.now(timezone.utc)
    assert timedelta(days=2) < due["personal_follow_up"] - now < timedelta(days=4)
    assert timedelta(days=6) < due["survey"] - now < timedelta(days=8)


def test_no_rating_is_planned_of_a_case_that_is_open_or_was_rated(stage, closed, console):
    waiting = angry_customer(stage).reference
    desk = console("bruno")
    desk.open(waiting)
    press(desk, "Shift+S")
    survey = desk.page.get_by_role("dialog").get_by_role("radio", name="Con la valoración")
    expect(survey).to_be_disabled()
    expect(desk.page.get_by_role("dialog")).to_contain_text("cuando el caso está cerrado")
    desk.page.keyboard.press("Escape")

    with stage.store.database.write() as connection:
        row = {"ticket": closed, "at": datetime.now(timezone.utc), "actor": "system"}
        connection.execute(sa.insert(ticket_events).values(**row, kind="survey_asked", data={}))
    show(desk, closed)
    press(desk, "Shift+S")
    expect(survey).to_be_disabled()
    expect(desk.page.get_by_role("dialog")).to_contain_text("Ya se le ha preguntado")
