"""The running installation that the browser and server tests share."""

import pytest

from bot.settings import load
from bot.training.test_suite import browser as find_browser
from bot.training.train import ensure_model
from tests.system import Installation


@pytest.fixture(scope="session")
def model():
    """A published model of the present data, trained if there is none."""
    return ensure_model(load(), say=lambda line: None)


@pytest.fixture(scope="session")
def installation(model, tmp_path_factory):
    """One installation with two agents, shared by the tests that do not break it."""
    with Installation(tmp_path_factory.mktemp("home")) as running:
        running.add_agent("marta", name="Marta Gil")
        running.add_agent("bruno", name="Bruno Sáez")
        yield running


PATIENCE = 20_000
"""ms: what a page may take on a machine that does other things too."""

FLAGS = [
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser():
    """The system's Chromium, without a window."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_browser(lambda line: None), args=FLAGS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def visitor(browser):
    """Open pages as different people: each call is a browser profile of its own."""
    contexts = []

    def open_page(url, **options):
        context = browser.new_context(locale="es-ES", **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def console(stage, visitor):
    """The console of an agent, opened when asked for; a script error fails the test."""
    from tests.e2e.console import Console

    errors = []

    def open_console(username="marta", **options):
        page = visitor(f"{stage.url}/console/", **options)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return Console(page, username)

    yield open_console
    assert not errors
