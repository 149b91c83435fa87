"""Fixtures of the console at a desk of cardboard: the desk, and the page logged in at it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.fake_desk import FakeDesk


@pytest.fixture(scope="module")
def served():
    desk = FakeDesk()
    yield desk
    desk.close()


@pytest.fixture
def desk(served):
    served.reset()
    return served


@pytest.fixture
def lists(desk, browser):
    """Open pages of the console, logged in: ``lists()``; a script error fails the test."""
    errors, contexts = [], []

    def open_console(locale="es-ES", *, before="", **options):
        context = browser.new_context(locale=locale, **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        if before:
            page.add_init_script(before)
        page.goto(f"{desk.url}/console/")
        page.locator("queue-views").wait_for()
        expect(page.locator(".link")).to_have_attribute("data-state", "live")
        expect(page.locator(".none .strong").filter(has_text="…")).to_have_count(0)  # it is read
        return page

    yield open_console
    for context in contexts:
        context.close()
    assert not errors
