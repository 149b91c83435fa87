"""The customer's side of a browser test: what a person sees and does in the widget."""

from __future__ import annotations

import re
from typing import Any


class Widget:
    """One chat widget on a page. Playwright looks through its open shadow root."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.log = page.get_by_role("log")
        self.field = page.get_by_role("textbox", name=re.compile("Su mensaje|Your message"))

    def open(self) -> Widget:
        """Open the panel where it is closed."""
        if not self.field.is_visible():
            launcher = page_button(self.page, "Abrir el chat|Open the chat")
            if launcher.is_visible():
                launcher.click()
        self.field.wait_for(state="visible")
        return self

    def say(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def press(self, title: str) -> None:
        """Press a quick reply or any other button."""
        page_button(self.page, title).last.click()

    def sees(self, pattern: str, *, seconds: float = 20) -> None:
        """Wait until the log shows a text (a regular expression)."""
        self.log.get_by_text(re.compile(pattern, re.I)).last.wait_for(timeout=seconds * 1000)

    def text(self) -> str:
        return self.log.inner_text()


def page_button(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=re.compile(name, re.I))
