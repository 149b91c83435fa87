"""Takes the pictures of the desk for the documentation: ``python -m tests.e2e.desk_pictures``.

The real processes with the published model, some weeks of made-up history, and five customers of
the demo shop. Pictures go to ``docs/img`` as ``desk-*.png``.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.handoff import agents
from bot.handoff.desk import Desk
from bot.handoff.rules import DeskRules
from bot.handoff.store import Store
from bot.handoff.tables_desk import jobs, surveys
from bot.settings import ROOT
from bot.training.test_suite import browser as find_browser
from tests.desk_fakes import FakeClock, FakePhrasebook
from tests.e2e.conftest import FLAGS
from tests.e2e.desk_people import PATIENCE, Worker
from tests.e2e.practice_picture import practise
from tests.system import Customer, Installation

IMAGES = ROOT / "docs" / "img"
WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
PAPER = {"width": 800, "height": 1000}
COLORS = 256

LUCIA = ("llevo tres semanas esperando el pedido 48213 y nadie me contesta", ("28013",))
OTHERS = (
    ("me cobraron dos veces el pedido 50409", ("06700",)),
    ("el pedido 49102 no llega y ya van nueve días de retraso", ("03100",)),
    ("sé que ya pasó el plazo, ¿podrían aceptarme la devolución?", ()),
    ("esto es una tomadura de pelo, quiero hablar con una persona", ()),
)


def main() -> None:
    """Take all pictures."""
    IMAGES.mkdir(exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="remanso-pictures-"))
    with Installation(home) as running, sync_playwright() as playwright:
        running.add_agent(
            "marta", name="Marta Gil", role="agent", teams=["logistics", "general", "managers"]
        )
        running.add_agent("bruno", name="Bruno Sáez", role="agent", teams=["billing"])
        running.add_agent("nora", name="Nora Vidal", role="agent", teams=["quality", "technical"])
        running.add_agent("elena", name="Elena Ortiz", role="supervisor")
        history(running)
        chromium = playwright.chromium.launch(
            executable_path=find_browser(lambda line: None), args=[*FLAGS, "--lang=es-ES"]
        )
        expect.set_options(timeout=PATIENCE)
        take(running, chromium)
        chromium.close()


def take(running: Installation, chromium: Browser) -> None:
    """Let a day happen, and photograph it."""
    desk = f"{running.url}/console/"
    with page(chromium, desk, WIDE) as wide, page(chromium, desk, WIDE) as over:
        page_of_bruno = chromium.new_context(locale="es-ES").new_page()
        page_of_bruno.goto(desk)
        marta, bruno = Worker(wide, "marta"), Worker(page_of_bruno, "bruno")
        elena = Worker(over, "elena")
        lucia = complain(running, *LUCIA)
        lucia.choose("persona")
        reference = lucia.state()["reference"]
        marta.accept(reference)
        wide.get_by_role("combobox", name="Su disponibilidad").select_option("Ocupado")
        for words, answers in OTHERS:
            complain(running, words, answers)
        work(marta, elena, bruno, lucia, reference)
        expect(wide.locator(".toast")).to_have_count(0)
        marta.field.fill("Cálmese, por favor. Le escribimos lo antes posible.")
        expect(wide.locator("reply-composer .mirror mark")).to_have_count(2)
        save(wide, "desk-case")
        marta.field.fill("")
        phone_case(chromium, desk, reference)
        over.locator("body").press("o")
        expect(over.locator("team-board tbody tr")).to_have_count(7)
        expect(over.locator(".toast")).to_have_count(0)
        save(over, "desk-overview")
        over.goto(f"{running.url}/console/measures")
        over.locator(".plot-container").last.wait_for()
        save(over, "desk-measures")
        practise(over, running.url)
        save(over, "desk-practice")
        customer_pages(running, chromium, lucia, reference)


def work(marta: Worker, elena: Worker, bruno: Worker, lucia: Customer, reference: str) -> None:
    """What Marta, Elena and Bruno do for Lucía."""
    marta.said(
        "Buenas tardes, Lucía, soy Marta. Su pedido está retenido en Coslada; lo reclamo ya."
    )
    lucia.say("gracias, pero necesito saber cuándo llega")
    marta.note("@bruno ¿el cobro está hecho? Si no aparece hoy, pide la devolución.")
    bruno.page.locator("body").press("3")
    bruno.open(reference)
    bruno.note("@marta sí, 89,90 € el día 30. Puedes devolverlos tú.")
    marta.key("Shift+I")
    marta.dialog.get_by_label("Código postal", exact=True).fill("28013")
    marta.confirm("Comprobar")
    expect(marta.shop).to_contain_text("Cafetera Alba")
    marta.said("Mañana antes de las 12:00 le escribo con lo que diga el transportista.")
    expect(marta.page.locator("team-note")).to_have_count(2)


def phone_case(chromium: Browser, desk: str, reference: str) -> None:
    """The same case on the phone of a supervisor."""
    with page(chromium, desk, PHONE) as phone:
        small = Worker(phone, "elena")
        small.look(reference)
        expect(phone.locator("team-note")).to_have_count(2)
        save(phone, "desk-case-phone")


def customer_pages(
    running: Installation, chromium: Browser, lucia: Customer, reference: str
) -> None:
    """The status page and the receipt."""
    code = lucia.state()["case"]["code"]
    address = f"{running.url}/status#r={reference}&c={code}"
    for name, size in (("desk-status", WIDE), ("desk-status-phone", PHONE)):
        with page(chromium, address, size) as opened:
            opened.get_by_role("heading", name=f"Caso {reference}").wait_for()
            opened.get_by_role("log").get_by_text("Mañana antes de las 12:00").wait_for()
            save(opened, name)
            if size == WIDE:
                receipt(opened)


def receipt(opened: Page) -> None:
    """The receipt as a page, photographed from what is downloaded."""
    with opened.expect_download() as download:
        opened.get_by_role("button", name="Justificante de su reclamación: Página web").click()
    saved = Path(tempfile.mkdtemp()) / "receipt.html"
    download.value.save_as(saved)
    paper = opened.context.new_page()
    paper.set_viewport_size(PAPER)
    paper.goto(saved.as_uri())
    save(paper, "desk-receipt")


def complain(running: Installation, words: str, answers: tuple[str, ...]) -> Customer:
    """A customer who says what is wrong and answers what is asked."""
    customer = Customer(running, language="es")
    for each in (words, *answers):
        customer.say(each)
    return customer


def history(running: Installation) -> None:
    """Five weeks of finished cases, by dice, with their scores."""
    dice = random.Random(7)
    clock = FakeClock(datetime.now(timezone.utc) - timedelta(days=29))
    store = Store(running.settings.database(), clock)
    desk = Desk(store, FakePhrasebook(), DeskRules.from_file(ROOT / "desk.yml"), clock)
    agent = agents.get(store, "elena")
    issues = ("late_delivery", "late_delivery", "double_charge", "quality", "technical", "policy")
    reasons = ("anger_not_lower", "asked_for_person", "out_of_authority", "policy_exception")
    while clock.now < datetime.now(timezone.utc) - timedelta(days=1):
        clock.forward(minutes=dice.randint(100, 420))
        conversation = store.create_conversation(language="es").id
        store.add_customer_message(conversation, "Tengo un problema con mi pedido", "m1")
        clock.forward(seconds=dice.randint(30, 300))
        turn = store.open_turn(conversation)
        if turn is not None and dice.random() < 0.62:
            store.start_turn(turn.id)
            store.finish_turn(turn.id, replies=[])
            continue
        payload = {"reason_code": dice.choice(reasons), "issue": dice.choice(issues)}
        ticket = desk.open_ticket(conversation, payload, trigger="anger")[0]
        clock.forward(seconds=dice.randint(5, 170))
        desk.claim(ticket.ref, agent)
        clock.forward(seconds=dice.randint(10, 60))
        desk.say(ticket.ref, agent, "Lo miro ahora mismo.", "a1")
        clock.forward(minutes=dice.randint(4, 90))
        cause = dice.choice(("authority", "authority", "knowledge", "emotion", "system"))
        desk.resolve(ticket.ref, agent, "solved", "", cause=cause)
        if dice.random() < 0.6:
            rate(store, ticket, clock, dice)
    with store.database.write() as connection:
        connection.execute(sa.delete(jobs))  # nobody is asked anything about them
    store.close()


def rate(store: Store, ticket: Any, clock: FakeClock, dice: random.Random) -> None:
    """A customer's score, as the page's form leaves it."""
    from bot.handoff import tickets

    score = dice.choice((2, 3, 4, 4, 5, 5))
    comment = {2: "Tardaron en contestar.", 5: "Me lo resolvió a la primera."}.get(score)
    row = {"ticket": ticket.ref, "conversation": ticket.conversation, "asked_at": clock.now}
    row |= {"answered_at": clock.now, "score": score, "comment": comment}
    with store.database.write() as connection:
        connection.execute(sa.insert(surveys).values(**row))
        tickets.log(connection, ticket.ref, clock.now, "system", "survey_asked", {})
        tickets.log(connection, ticket.ref, clock.now, "customer", "rated", {"score": score})


@contextmanager
def page(chromium: Browser, address: str, size: Any) -> Iterator[Page]:
    """A page of somebody's own."""
    context = chromium.new_context(locale="es-ES", viewport=size, timezone_id="Europe/Madrid")
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    opened.goto(address)
    yield opened
    context.close()


def save(opened: Page, name: str) -> None:
    """Write a picture with few colours: text stays sharp and the file small."""
    path = IMAGES / f"{name}.png"
    opened.screenshot(path=path)
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
        few.save(path, optimize=True)


if __name__ == "__main__":
    main()
