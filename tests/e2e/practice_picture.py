"""A practice as far as its debrief, for the picture in the documentation."""

from __future__ import annotations

from playwright.sync_api import Page, expect

REPLIES = (
    "Tranquilícese, por favor. ¿Me da su número de pedido?",
    "Tiene razón, Rosario: tres semanas sin el cochecito y el parto encima. Lo siento mucho.",
    "Sale otro hoy antes de las 16 h y mañana lo tiene en casa.",
    "Gracias a usted por avisar. Que vaya muy bien.",
)


def practise(page: Page, url: str) -> None:
    """Play a practice that begins badly and ends well; the page shows what it was."""
    page.goto(f"{url}/console/practice")
    page.get_by_role("button", name="El cochecito que no llega").click()
    field = page.get_by_label("Respuesta al cliente")
    for place, text in enumerate(REPLIES):
        if place == 2:
            page.get_by_role("button", name="Enviar otro").click()
            page.get_by_text("Ha pedido el envío de otro.").wait_for()
        field.fill(text)
        field.press("Enter")
        said = page.locator("[role=log] .said.customer:last-child, .debrief")
        said.wait_for()
        expect(field.or_(page.locator(".debrief"))).to_be_visible()
        if page.locator(".debrief").count():
            return
    page.keyboard.press("Escape")
    page.get_by_role("dialog").get_by_role("button", name="Terminar").click()
    page.locator(".debrief").wait_for()
