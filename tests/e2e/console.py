"""The agent's side of a browser test: what a person sees and does in the console."""

from __future__ import annotations

import re
from typing import Any

from tests.system import PASSWORD


class Console:
    """The agents' console, logged in."""

    def __init__(self, page: Any, username: str = "marta") -> None:
        self.page = page
        page.get_by_label("Usuario").fill(username)
        page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Entrar").click()
        page.locator("ticket-queue").wait_for()
        page.get_by_text("En directo").wait_for()

    def row(self, reference: str) -> Any:
        return self.page.locator("ticket-queue button.row").filter(has_text=reference)

    def show(self, name: str) -> None:
        """Choose a list from the menu of the rest."""
        self.page.locator("queue-views [data-part=more]").click()
        self.page.locator("queue-views").get_by_role("button", name=name).click()

    def open(self, reference: str) -> None:
        self.row(reference).click()
        self.page.get_by_role("heading", name=re.compile(reference)).wait_for()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).last.click()

    def claim(self, reference: str) -> None:
        self.open(reference)
        self.press("Atender")
        self.page.get_by_role("button", name="Devolver a la cola").wait_for()
        self.page.locator("#reply:focus").wait_for()
        self.page.locator("ticket-context #part-clocks").wait_for(state="attached")  # it is read

    def say(self, text: str) -> None:
        field = self.page.get_by_label("Respuesta al cliente")
        field.fill(text)
        field.press("Enter")

    def sees(self, text: str) -> None:
        found = self.page.locator("ticket-chat").get_by_text(re.compile(text, re.I))
        found.last.wait_for()

    def context(self) -> str:
        return self.page.locator("ticket-context").inner_text()

    def hand_back(self, agreed: str) -> None:
        self.press("Devolver al bot")
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_label("Qué se ha acordado").fill(agreed)
        dialog.get_by_role("button", name="Devolver al bot").click()
        dialog.wait_for(state="hidden")
