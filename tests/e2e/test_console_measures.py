"""The way from the console to the measures, and what is told of them without being asked."""

import pytest
from playwright.sync_api import expect

from tests.e2e.console_stage import Stage, angry_customer
from tests.e2e.test_console_queue import overview
from tests.e2e.widget_stage import violations
from tests.fake_engine import wait_until

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.e2e.cardboard",)

FITS = "document.documentElement.scrollWidth <= innerWidth"
TOLD = "En la semana del 23/11/2026 el 62 % de las conversaciones llegó a una persona"


def test_the_measures_open_in_the_language_chosen_in_the_console(desk, lists):
    desk.overview = overview(desk)
    page = lists()
    page.keyboard.press("o")
    link = page.locator("team-board").get_by_role("link", name="Medidas e informes")
    expect(link).to_have_attribute("href", "/console/measures?language=es")

    page.keyboard.press("Shift+Y")
    link = page.locator("team-board").get_by_role("link", name="Measures and reports")
    expect(link).to_have_attribute("href", "/console/measures?language=en")


def test_a_week_outside_the_band_is_told_in_open_consoles_and_stays(desk, lists):
    page = lists()
    told = page.locator(".toast.bad").filter(has_text=TOLD)
    expect(told).to_have_count(0)
    desk.notices = [TOLD]
    desk.push({"type": "band"})
    expect(told).to_be_visible()
    told.get_by_role("button", name="Cerrar").click()
    expect(told).to_have_count(0)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    stage = Stage(tmp_path_factory.mktemp("desk"))
    yield stage
    stage.close()


def test_the_page_switches_its_language_and_its_charts_are_tables_too(stage, console):
    ref = angry_customer(stage).reference
    token = stage.token("marta")
    for deed, body in (
        ("claim", {}),
        ("messages", {"text": "Lo miro.", "client_id": "1"}),
        ("resolve", {"disposition": "solved", "cause": "authority"}),
    ):
        stage.call("POST", f"/api/v1/tickets/{ref}/{deed}", body, token)
    page = console().page
    page.goto(f"{stage.url}/console/measures?language=es")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Service measures")
    page.get_by_label("Team").select_option("general")
    with page.expect_navigation():
        page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Service measures")
    page.get_by_label("Team").select_option("")
    with page.expect_navigation():
        page.get_by_role("button", name="Show").click()

    for summary in page.get_by_text("The same figures as a table").all():
        summary.click()
    weeks = page.get_by_role("region", name="5. Conversations that reach a person, by week")
    expect(weeks.get_by_role("cell").last).to_have_text("100 %")
    times = page.get_by_role("region", name="2. Time to solution, by priority")
    expect(times.get_by_role("rowheader", name="High")).to_be_visible()
    assert violations(page) == []
    for width in (1200, 390):
        page.set_viewport_size({"width": width, "height": 900})
        wait_until(lambda: page.evaluate(FITS))  # plotly draws again
