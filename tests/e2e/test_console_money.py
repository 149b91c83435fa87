"""What agents see of orders and money: what a guest proved, the approvals, who read the case."""

import pytest
from playwright.sync_api import expect

from bot.handoff import agents
from tests.e2e.console_stage import PAYLOAD, Customer, Stage, angry_customer
from tests.e2e.widget_stage import violations
from tests.system import PASSWORD

pytestmark = pytest.mark.browser

PROOF = {
    "status": "claimed",
    "customer_id": "C-1001",
    "name": "Lucía Ferrer Ortega",
    "email": "lucia.ferrer@ejemplo.es",
    "order": "48213",
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    stage = Stage(tmp_path_factory.mktemp("desk"))
    agents.add(stage.store, "lola", name="Lola Vidal", password=PASSWORD, teams=["managers"])
    yield stage
    stage.close()


def press(desk, key):
    """Press a key where nothing is written."""
    desk.page.locator("ticket-head h2").focus()
    desk.page.keyboard.press(key)


def sheet(desk):
    return desk.page.get_by_role("dialog").first


def test_an_order_that_was_proved_to_the_bot_is_there_and_nothing_else(stage, console):
    said = "Soy la del 48213, lucia.ferrer@ejemplo.es, y quiero a alguien"
    stage.engine.script[said] = {"say": ["Paso."], "identity": PROOF, "handoff": PAYLOAD}
    customer = Customer(stage)
    customer.say(said)
    reference = stage.call("GET", customer.path, token=customer.token)["reference"]
    desk = console("lola")

    desk.claim(reference)

    panel = desk.page.locator("ticket-context #part-shop")
    expect(panel.locator("details.order")).to_have_count(1)
    expect(panel).to_contain_text("Cafetera Alba")
    expect(panel).to_contain_text("lo acreditó ante el bot")
    expect(panel).to_contain_text("300 € de reembolso")
    press(desk, "m")
    expect(desk.page.get_by_role("dialog")).to_contain_text("89,90")


def test_a_decided_approval_leaves_the_list_and_the_next_one_has_the_focus(stage, console):
    marta = stage.token("marta")
    for cents, order in ((7_000, "50112"), (8_000, "50112")):
        customer = angry_customer(stage)
        path = f"/api/v1/tickets/{customer.reference}"
        lola = stage.token("lola")
        stage.call("POST", f"{path}/claim", {}, lola)
        stage.call("POST", f"{path}/identity", {"order": order, "postcode": "41004"}, lola)
        wish = {"kind": "voucher", "cents": cents, "subject": order, "reason": f"Por {cents}"}
        stage.call("POST", f"{path}/approvals", wish, lola)
    assert len(stage.call("GET", "/api/v1/approvals", token=marta)["approvals"]) == 2
    boss = console("bruno")
    boss.show("Todos")
    boss.open(customer.reference)
    press(boss, "d")
    first, second = (
        sheet(boss).locator(".approval").filter(has_text=f"Por {cents}") for cents in (7_000, 8_000)
    )
    expect(second).to_be_visible()

    first.get_by_role("button", name="No aprobar").click()
    answer = boss.page.get_by_role("dialog").last
    answer.get_by_label("Respuesta a quien lo pide").fill("Es mucho.")
    answer.get_by_role("button", name="No aprobar").click()

    expect(first).to_have_count(0)
    expect(sheet(boss).get_by_role("status")).to_have_text("No aprobado: 70 €.")
    expect(second.get_by_role("button", name="Aprobar", exact=True)).to_be_focused()
    assert violations(boss.page) == []

    boss.page.keyboard.press("Tab")
    boss.page.keyboard.press("Enter")
    answer = boss.page.get_by_role("dialog").last
    answer.get_by_label("Respuesta a quien lo pide").fill("También.")
    boss.page.keyboard.press("Control+Enter")

    none = sheet(boss).get_by_text("Nadie pide nada ahora")
    expect(none).to_be_visible()
    expect(none).to_be_focused()


def test_reads_of_a_case_are_one_line_for_each_agent_in_its_log(stage, console):
    customer = angry_customer(stage)
    for username in ("marta", "marta", "bruno", "marta"):
        path = f"/api/v1/tickets/{customer.reference}"
        stage.call("GET", path, token=stage.token(username))
    desk = console("lola")

    desk.open(customer.reference)

    log = desk.page.locator("ticket-context ol.events")
    of_marta = log.locator("li[data-kind=read]").filter(has_text="marta")
    expect(of_marta).to_have_count(1)
    expect(of_marta).to_contain_text("3 veces hasta")
    expect(log.locator("li[data-kind=read]").filter(has_text="bruno")).to_have_count(1)
