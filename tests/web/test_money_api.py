"""Money over the API: the panel, gifts within authority, approvals above it."""

import pytest
from agents_client import Agent, add_agent, next_frame, refused, strictly
from fake_engine import wait_until

from bot.handoff import agents
from bot.handoff.records import Identity
from bot.web import money_wire, ticket_wire

pytestmark = pytest.mark.server

TICKETS = "/api/v1/tickets"
APPROVALS = "/api/v1/approvals"
CARMEN = Identity("verified", "C-1006", "Carmen Iglesias Vidal", "carmen.iglesias@ejemplo.es")
DEAR, CHEAP = "CH-50112-1", "CH-50118-1"  # 400 €, above an agent's authority, and 40 €


@pytest.fixture
def client(gateway):
    client = gateway()
    add_agent(client)
    add_agent(client, "boss", role="supervisor", name="Berta Jefa")
    return client


@pytest.fixture
def ana(client):
    return Agent(client)


@pytest.fixture
def boss(client):
    return Agent(client, "boss")


@pytest.fixture
def eva(client, customer, ana):
    eva = customer(client)
    eva.say("llegó roto")
    eva.ref = eva.person()["reference"]
    client.app.state.gateway.store.set_identity(eva.id, CARMEN)
    ana.act(eva.ref, "claim")
    return eva


def called(eva, why):
    return {"type": "mention", "ref": eva.ref, "why": why}


def test_a_refund_within_authority_is_booked_and_told(ana, eva):
    panel = strictly(ana.get(f"{TICKETS}/{eva.ref}/shop"), money_wire.ShopOut)
    assert CHEAP in [each.subject for each in panel.actions]

    given = strictly(ana.post(f"{TICKETS}/{eva.ref}/refund", charge=CHEAP), money_wire.GivenOut)

    assert (given.approval.state, given.approval.cents) == ("done", 4000)
    assert any(given.approval.booking in text for _, text in eva.texts())
    panel = strictly(ana.get(f"{TICKETS}/{eva.ref}/shop"), money_wire.ShopOut)
    assert CHEAP not in [each.subject for each in panel.actions]
    assert panel.authority.left.refund_cents == 26_000
    assert [each.state for each in panel.approvals] == ["done"]
    refused(ana.post(f"{TICKETS}/{eva.ref}/refund", charge=CHEAP), 409, "paid_back")


def test_above_authority_it_is_asked_approved_and_booked_once(client, ana, boss, eva):
    error = refused(ana.post(f"{TICKETS}/{eva.ref}/refund", charge=DEAR), 403, "above_authority")
    assert error["facts"]["left_cents"] == 30_000 and "300,00 €" in error["text"]

    with boss.live() as socket:
        next_frame(socket, "ready")
        wish = {"kind": "refund", "cents": 40_000, "subject": DEAR, "reason": "Roto al llegar"}
        asked = strictly(ana.post(f"{TICKETS}/{eva.ref}/approvals", **wish), money_wire.GivenOut)
        frame = next_frame(socket, "approval")
        assert next_frame(socket, "mention") == called(eva, "approval")
    number = asked.approval.id
    assert (frame["ref"], frame["approval"]["state"]) == (eva.ref, "asked")
    listed = strictly(boss.get(APPROVALS), money_wire.ApprovalsOut)
    assert [each.id for each in listed.approvals] == [number]
    assert ana.post(f"{APPROVALS}/{number}", decision="approve").status_code == 403

    with ana.live() as socket:
        next_frame(socket, "ready")
        done = boss.post(f"{APPROVALS}/{number}", decision="approve", answer="De acuerdo")
        assert next_frame(socket, "mention") == called(eva, "approved")

    assert strictly(done, money_wire.GivenOut).approval.state == "done"
    refused(boss.post(f"{APPROVALS}/{number}", decision="approve"), 409, "decided")
    assert sum("400,00" in text for _, text in eva.texts()) == 1
    ledger = client.app.state.gateway.cashier._back_office().ledger("50112")
    assert [each.amount_cents for each in ledger] == [40_000]


def test_a_refusal_comes_back_with_words(ana, boss, eva):
    wish = {"kind": "voucher", "cents": 8_000, "subject": "50112", "reason": "Muy molesta"}
    number = ana.post(f"{TICKETS}/{eva.ref}/approvals", **wish).json()["approval"]["id"]
    refused(boss.post(f"{APPROVALS}/{number}", decision="refuse"), 400, "reason")

    with ana.live() as socket:
        next_frame(socket, "ready")
        boss.post(f"{APPROVALS}/{number}", decision="refuse", answer="Mejor el reenvío")
        assert next_frame(socket, "mention") == called(eva, "refused")

    panel = strictly(ana.get(f"{TICKETS}/{eva.ref}/shop"), money_wire.ShopOut)
    (approval,) = panel.approvals
    assert (approval.state, approval.answer) == ("refused", "Mejor el reenvío")
    assert strictly(ana.get(APPROVALS), money_wire.ApprovalsOut).approvals == []


def test_vouchers_and_sending_again(ana, eva):
    voucher = ana.post(f"{TICKETS}/{eva.ref}/voucher", order="50118", cents=1500)
    again = ana.post(f"{TICKETS}/{eva.ref}/resend", order="50118")
    assert strictly(voucher, money_wire.GivenOut).approval.state == "done"
    assert strictly(again, money_wire.GivenOut).approval.state == "done"


@pytest.mark.parametrize(
    "path, body, status, code",
    [
        ("refund", {"charge": "CH-48213-1"}, 400, "not_their_order"),
        ("refund", {"charge": CHEAP, "cents": 4001}, 400, "cents_most"),
        ("refund", {"charge": CHEAP, "cents": -1}, 400, "bad_request"),
        ("voucher", {"order": "48213", "cents": 500}, 400, "not_their_order"),
        ("voucher", {"order": "50118"}, 400, "cents"),
        ("approvals", {"kind": "gift", "subject": "50118", "reason": "x"}, 400, "money_kind"),
        ("approvals", {"kind": "refund", "subject": DEAR}, 400, "reason"),
    ],
)
def test_a_wrong_wish_gives_nothing(client, ana, eva, path, body, status, code):
    refused(ana.post(f"{TICKETS}/{eva.ref}/{path}", **body), status, code)
    assert client.app.state.gateway.cashier._back_office().ledger() == []


def test_who_proved_nothing_proves_it_to_the_agent(client, customer, ana):
    pia = customer(client)
    pia.say("llegó roto")
    pia.ref = pia.person()["reference"]
    ana.act(pia.ref, "claim")
    panel = strictly(ana.get(f"{TICKETS}/{pia.ref}/shop"), money_wire.ShopOut)
    assert (panel.problem, panel.orders) == ("unproven", [])
    refused(ana.post(f"{TICKETS}/{pia.ref}/refund", charge=CHEAP), 409, "unproven")
    wrong = ana.post(f"{TICKETS}/{pia.ref}/identity", order="50118", postcode="28013")
    refused(wrong, 400, "prove")

    right = ana.post(f"{TICKETS}/{pia.ref}/identity", order="50118", postcode="41004")

    assert strictly(right, ticket_wire.ChangeOut).ticket.customer == CARMEN.name
    assert ana.get(f"{TICKETS}/{pia.ref}/shop").json()["customer"]["id"] == "C-1006"


def test_what_a_dead_process_approved_is_booked_at_the_next_start(gateway, client, ana, eva):
    approvals = client.app.state.gateway.approvals
    store = client.app.state.gateway.store

    who = agents.get(store, "ana")
    number = approvals.give(eva.ref, who, "refund", 4000, CHEAP).approval.id
    client.__exit__(None, None, None)

    again = gateway()

    state = again.app.state.gateway.approvals
    wait_until(lambda: state.get(number).state == "done")
