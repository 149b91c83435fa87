"""A stage for the widget: the cardboard gateway on free ports, and how to look at a page."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.system import free_port

HERE = Path(__file__).resolve().parent
AXE = HERE.parents[1] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# A colour on its way from one to another is no colour to judge; what moves for ever is not awaited.
AT_REST = """() => {
  const roots = [document];
  for (const root of roots)
    for (const { shadowRoot } of root.querySelectorAll("*")) if (shadowRoot) roots.push(shadowRoot);
  return roots.flatMap((root) => root.getAnimations()).every(({ effect, playState }) =>
    playState === "finished" || effect.getComputedTiming().endTime === Infinity);
}"""


class Stage:
    """The cardboard gateway (see fake_gateway.py) and its shop on another origin."""

    def __init__(self) -> None:
        ports = [free_port(), free_port()]
        self.url, self.shop_url = (f"http://127.0.0.1:{port}/" for port in ports)
        command = [sys.executable, str(HERE / "fake_gateway.py"), *map(str, ports)]
        self.process = subprocess.Popen(command)
        for url in (self.url, self.shop_url):
            self._wait(url)

    def act(self, act: str, text: str = "") -> None:
        """Bring a state about in the newest conversation, or turn a switch on or off."""
        body = json.dumps({"text": text}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.url}fake/{act}", body)).read()

    def stored(self) -> dict[str, Any]:
        """What the newest conversation holds on the server."""
        return json.loads(urllib.request.urlopen(f"{self.url}fake/stored").read())

    def said(self, author: str = "customer") -> list[str]:
        """The texts of one author on the server, in order."""
        return [each["text"] for each in self.stored()["messages"] if each["author"] == author]

    def _wait(self, url: str) -> None:
        for _ in range(100):
            try:
                urllib.request.urlopen(url).read()
                return
            except urllib.error.URLError:
                time.sleep(0.1)
        raise TimeoutError(f"{url} did not answer in 10 s")


def say(page: Page, text: str) -> None:
    """Write a message and send it with Enter."""
    field = page.locator("remanso-chat textarea")
    field.fill(text)
    field.press("Enter")


def bubble(page: Page, text: str) -> Any:
    """The bubble of a message that contains a text."""
    return page.locator("remanso-chat .bubble", has_text=text)


def shown(page: Page, author: str = "customer") -> list[str]:
    """What the panel shows of one author, without the hidden words that say who and when."""
    script = """(chat, author) => [...chat.shadowRoot.querySelectorAll(`.${author} .bubble`)]
        .map((bubble) => bubble.lastChild.textContent)"""
    return page.locator("remanso-chat").first.evaluate(script, author)


def hide(page: Page, hidden: bool) -> None:
    """Put the page into the background, as another tab in front of it does, or bring it back."""
    page.evaluate(
        """hidden => {
        Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
        document.dispatchEvent(new Event("visibilitychange")); }""",
        hidden,
    )


def violations(page: Page) -> list[str]:
    """What axe-core has against the page, as "impact rule: where"."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run `npm ci`")
    page.evaluate(AXE.read_text("utf-8"))
    page.wait_for_function(AT_REST)
    result = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        f"{each['impact']} {each['id']}: {[node['target'] for node in each['nodes']]}"
        for each in result["violations"]
    ]
