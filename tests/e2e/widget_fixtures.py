"""Fixtures of the widget's browser tests: the stage, a browser, and a visitor on the demo page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.widget_stage import Stage, bubble


@pytest.fixture(scope="session")
def cardboard() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.process.terminate()
    stage.process.wait(10)


@pytest.fixture
def stage(cardboard: Stage) -> Stage:
    """The stage with every switch as at the start."""
    for switch, state in (("sockets", "on"), ("refuse", ""), ("down", ""), ("answers", "on")):
        cardboard.act(switch, state)
    return cardboard


@pytest.fixture(scope="session")
def chromium(browser: Browser) -> Browser:
    """The browser of all tests: Playwright runs once in a process."""
    return browser


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """One visitor: an empty browser of their own."""
    made = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="es-ES")
    yield made
    made.close()


@pytest.fixture
def page(stage: Stage, context: BrowserContext) -> Iterator[Page]:
    """The demo page with its conversation begun; a script error fails the test."""
    errors: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(stage.url)
    bubble(opened, "¿Qué ha pasado?").wait_for()
    opened.locator("remanso-chat .link[data-link=online]").wait_for(state="attached")
    yield opened
    assert not errors
