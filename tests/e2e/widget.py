"""The customer's side of a browser test: what a person sees and does in the widget."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import TimeoutError


class Widget:
    """One chat widget on a page. Playwright looks through its open shadow root."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.log = page.get_by_role("log")
        self.field = page.get_by_role("textbox", name=re.compile("Su mensaje|Your message"))

    def open(self) -> Widget:
        """Open the panel where it is closed."""
        launcher = page_button(self.page, "Abrir el chat|Open the chat")
        self.field.or_(launcher).first.wait_for(state="visible")
        if not self.field.is_visible():
            launcher.first.click()
        self.field.wait_for(state="visible")
        self.page.locator("remanso-chat .message").first.wait_for(state="attached")  # the greeting
        return self

    def say(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def press(self, title: str) -> None:
        """Press a quick reply or any other button."""
        page_button(self.page, title).last.click()

    def sees(self, pattern: str, *, seconds: float = 20) -> None:
        """Wait until the log shows a text (a regular expression)."""
        found = self.log.get_by_text(re.compile(pattern, re.I)).last
        try:
            found.wait_for(timeout=seconds * 1000)
        except TimeoutError as error:
            raise AssertionError(f"{pattern!r} is not in the log:\n{self.text()}") from error

    def bot_texts(self) -> list[str]:
        """What the bot said, oldest first."""
        bubbles = self.page.locator(".message.bot .bubble").all_inner_texts()
        return [text.split(": ", 1)[-1].strip() for text in bubbles]

    def text(self) -> str:
        return self.log.inner_text()


def page_button(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=re.compile(name, re.I))
