"""The people of a day at the desk, each in a browser of their own, and what is on disk of it."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, expect

from tests.e2e.console import Console
from tests.e2e.widget import Widget
from tests.system import Installation

REFERENCE = re.compile(r"R-[2-9A-HJ-NP-Z]{6}")
PATIENCE = 60_000
"""ms: what a page may take on a machine that does other things too."""


class Worker(Console):
    """An agent or supervisor at the console."""

    def __init__(self, page: Any, username: str) -> None:
        page.context.set_default_timeout(PATIENCE)
        super().__init__(page, username)
        self.username = username

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog").last

    @property
    def field(self) -> Locator:
        return self.page.locator("#reply")

    @property
    def marks(self) -> Locator:
        return self.page.locator("ticket-head [data-part=marks]")

    @property
    def shop(self) -> Locator:
        return self.page.locator("ticket-context #part-shop")

    def key(self, key: str) -> None:
        """Press a key where nothing is written."""
        self.page.locator("ticket-head h2").focus()
        self.page.keyboard.press(key)

    def confirm(self, name: str) -> None:
        self.dialog.get_by_role("button", name=name, exact=True).click()

    def toast(self, text: str) -> None:
        expect(self.page.locator(".toast").filter(has_text=text).first).to_be_visible()

    def accept(self, reference: str) -> None:
        """Accept the case that is offered."""
        offer = self.page.locator(f'offer-cards .offer[data-key="{reference}"]')
        offer.locator("[data-part=accept]").click()
        self.has(reference)

    def has(self, reference: str) -> None:
        """Wait until the case is open and one's own."""
        self.page.get_by_role("heading", name=re.compile(reference)).wait_for()
        expect(self.page.locator("ticket-head [data-part=state]")).to_contain_text("con usted")

    def look(self, reference: str) -> None:
        """Open a case, whoever has it."""
        self.page.locator("body").press("9")
        self.open(reference)

    def note(self, text: str) -> None:
        self.key("n")
        expect(self.page.get_by_label("Nota para el equipo")).to_be_focused()
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.page.locator("team-note").last).to_contain_text(text)
        self.key("r")

    def said(self, text: str) -> None:
        """Send a reply and wait until the server has it."""
        self.say(text)
        sent = self.page.locator("chat-message.agent:not(.pending)")
        expect(sent.filter(has_text=text)).to_have_count(1)

    def reload(self, view: str, reference: str) -> None:
        """Load the page again and come back to a case that is in a list."""
        self.page.reload()
        self.page.get_by_text("En directo").wait_for()
        self.page.keyboard.press(view)
        self.open(reference)

    def resolve(self, disposition: str, cause: str, note: str) -> None:
        self.key("e")
        self.dialog.get_by_label(disposition).check()
        self.dialog.get_by_label(cause).check()
        self.dialog.get_by_label("Nota").fill(note)
        self.confirm("Resolver")
        self.toast("queda resuelto")

    def read(self) -> list[str]:
        """What the open case shows of the conversation, oldest first."""
        script = """rows => rows.map(row => {
            const words = row.querySelector(".bubble, .line").cloneNode(true);
            words.querySelectorAll(".sr, time").forEach(each => each.remove());
            return words.textContent; })"""
        return [flat(text) for text in self.page.locator("chat-message").evaluate_all(script)]


class Visitor(Widget):
    """A customer on the shop's page."""

    def __init__(self, page: Any) -> None:
        page.context.set_default_timeout(PATIENCE)
        super().__init__(page)
        self.open()

    def hears(self, pattern: str) -> None:
        self.sees(pattern, seconds=PATIENCE / 1000)

    def asks_for_a_person(self, known: str = "") -> str:
        """Press the button above the chat; return the new reference, which is not ``known``."""
        self.page.locator("remanso-chat .person").click()
        case = self.page.locator("remanso-chat .case")
        if known:
            expect(case).not_to_contain_text(known)
        return self.reference()

    def reference(self) -> str:
        """The case that the panel names."""
        case = self.page.locator("remanso-chat .case")
        expect(case).to_contain_text(REFERENCE)
        return REFERENCE.search(case.inner_text()).group()

    def reload(self) -> None:
        self.page.reload()
        self.open()

    def read(self) -> list[str]:
        """What the log shows, oldest first, without the days."""
        script = """log => [...log.querySelectorAll(".bubble, .line:has(.sr)")].map(row => {
            const words = row.cloneNode(true);
            words.querySelectorAll(".sr").forEach(each => each.remove());
            return words.textContent; })"""
        return [flat(text) for text in self.log.evaluate(script)]


class Disk:
    """What an installation has stored."""

    def __init__(self, installation: Installation) -> None:
        self._rows = installation.rows
        self.home = installation.settings.home

    def messages(self, reference: str) -> list[str]:
        """The texts of the conversation that a case belongs to, in order; not those withheld."""
        query = """SELECT m.text FROM messages m JOIN tickets t USING (conversation)
            WHERE t.ref = ? AND NOT m.late ORDER BY m.id"""
        return [flat(text) for (text,) in self._rows(query, reference)]

    def log(self, reference: str) -> list[str]:
        """The kinds of a case's events, in order."""
        query = "SELECT kind FROM ticket_events WHERE ticket = ? ORDER BY id"
        return [kind for (kind,) in self._rows(query, reference)]

    def ticket(self, reference: str, column: str) -> Any:
        [(value,)] = self._rows(f"SELECT {column} FROM tickets WHERE ref = ?", reference)
        return value

    def booked(self, order: str) -> list[tuple]:
        query = "SELECT operation, amount_cents FROM ledger WHERE order_number = ? ORDER BY seq"
        return self._rows(query, order, database="shop")


def flat(text: str) -> str:
    return " ".join(text.split())


def in_order(wanted: list[str], found: list[str]) -> bool:
    """Whether all that is wanted happened, in that order, whatever came between."""
    left = iter(found)
    return all(each in left for each in wanted)
