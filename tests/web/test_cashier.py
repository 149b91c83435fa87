"""What is approved is booked once, whatever happens in between."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from desk_fakes import fake_desk

from bot.backoffice import open_shop
from bot.errors import BackOfficeDown, Conflict, DeskError, Uncertain
from bot.handoff import tickets
from bot.handoff.approvals import Approvals
from bot.handoff.records import Identity
from bot.handoff.store import turns
from bot.web.cashier import Cashier
from bot.web.shop_panel import ShopPanel

pytestmark = pytest.mark.database

LUCIA = Identity("verified", "C-1001", "Lucía Ferrer Ortega", "lucia.ferrer@ejemplo.es")
ORDER, CHARGE, CENTS = "48213", "CH-48213-1", 8990


class Flaky:
    """A back office that fails when told to, before or after it has booked."""

    def __init__(self, shop):
        self._shop = shop
        self.before = self.after = None

    def __getattr__(self, name):
        real = getattr(self._shop, name)
        if name not in ("refund", "resend", "voucher"):
            return real

        def write(*args, **options):
            if self.before is not None:
                raise self.before
            booking = real(*args, **options)
            if self.after is not None:
                raise self.after
            return booking

        return write


@pytest.fixture
def here(tmp_path):
    made = fake_desk(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def office(tmp_path):
    return Flaky(open_shop(f"sqlite:///{tmp_path / 'shop.db'}"))


@pytest.fixture
def approvals(here):
    return Approvals(here.desk)


@pytest.fixture
def cashier(here, approvals, office):
    return Cashier(here.desk, approvals, lambda: office)


@pytest.fixture
def ana(here):
    return here.agent("ana")


@pytest.fixture
def ref(here, ana):
    ref = here.ticket("no llega", identity=LUCIA).ref
    here.desk.claim(ref, ana)
    return ref


def refunds(office):
    return [each for each in office.ledger(ORDER) if each.operation == "refund"]


def told(here, ref):
    chat = here.desk.ticket(ref).conversation
    return [each.response for each in here.store.messages(chat)].count("utter_notice_refund_booked")


def test_what_is_approved_is_booked_and_told(here, approvals, cashier, office, ana, ref):
    number = approvals.give(ref, ana, "refund", CENTS, CHARGE).approval.id

    given = cashier.book(number)

    (booking,) = refunds(office)
    assert (given.approval.state, given.approval.booking) == ("done", booking.id)
    assert booking.id in given.change.messages[0].text
    assert cashier.book(number).change.created is False
    assert len(refunds(office)) == told(here, ref) == 1


@pytest.mark.parametrize(
    "before, after, problem, booked",
    [
        pytest.param(BackOfficeDown("down"), None, "down", 0, id="down"),
        pytest.param(None, Uncertain("no answer"), "uncertain", 1, id="its answer lost"),
        pytest.param(None, RuntimeError("bug"), "uncertain", 1, id="a bug"),
    ],
)
def test_what_failed_is_tried_again_under_the_same_key(
    here, approvals, cashier, office, ana, ref, before, after, problem, booked
):
    office.before, office.after = before, after
    number = approvals.give(ref, ana, "refund", CENTS, CHARGE).approval.id

    failed = cashier.book(number).approval

    assert (failed.state, failed.problem, failed.as_dict()["retry"]) == ("failed", problem, True)
    assert (len(refunds(office)), told(here, ref)) == (booked, 0)
    office.before = office.after = None
    approvals.retry(number, ana)
    assert cashier.book(number).approval.state == "done"
    assert len(refunds(office)) == told(here, ref) == 1


@pytest.mark.parametrize("booked", [False, True], ids=["before the booking", "after it"])
def test_a_process_that_died_in_between_is_gone_on_with_once(
    here, approvals, cashier, office, ana, ref, booked
):
    number = approvals.give(ref, ana, "refund", CENTS, CHARGE).approval.id
    if booked:  # the money went out and nobody wrote it down
        chat = here.desk.ticket(ref).conversation
        key = f"{chat}:approval-{number}:refund"
        office.refund(CHARGE, CENTS, key=key, reason="agent", limit_cents=CENTS)

    (given,) = cashier.recover()

    assert given.approval.state == "done"
    assert cashier.recover() == []
    assert len(refunds(office)) == told(here, ref) == 1


def test_many_at_once_book_once(here, approvals, cashier, office, ana, ref):
    number = approvals.give(ref, ana, "refund", CENTS, CHARGE).approval.id
    together = threading.Barrier(4)

    def book(_):
        together.wait()
        return cashier.book(number).change.created

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(book, range(4))) == 1
    assert len(refunds(office)) == told(here, ref) == 1


def test_what_somebody_else_paid_back_before_is_not_told_as_ours(
    here, approvals, cashier, office, ana, ref
):
    office.refund(CHARGE, CENTS, key="bot", reason="late", limit_cents=CENTS)
    number = approvals.give(ref, ana, "refund", CENTS, CHARGE).approval.id

    given = cashier.book(number).approval

    assert (given.state, given.problem) == ("failed", "not_ours")
    assert given.booking == refunds(office)[0].id
    assert told(here, ref) == 0
    assert approvals.authority(ref, ana)["given"]["refund_cents"] == 0


def test_a_voucher_and_sending_again_are_booked(here, approvals, cashier, office, ana, ref):
    subject = cashier.order_subject(ref, ORDER)
    for kind, cents in (("voucher", 1_000), ("resend", 0)):
        number = approvals.give(ref, ana, kind, cents, subject).approval.id
        given = cashier.book(number)
        assert given.approval.state == "done"
        assert given.change.messages[0].response == f"utter_notice_{kind}_booked"
    assert [each.operation for each in office.ledger(ORDER)] == ["voucher", "resend"]


def test_what_the_back_office_refuses_is_final(here, approvals, cashier, office, ana, ref):
    number = approvals.give(ref, ana, "refund", CENTS + 1, CHARGE).approval.id
    failed = cashier.book(number).approval
    assert (failed.problem, failed.as_dict()["retry"]) == ("refused", False)


def test_sums_and_orders_are_checked_against_the_customers_own(cashier, ref):
    assert cashier.refundable(ref, CHARGE, None) == CENTS
    assert cashier.refundable(ref, f"order:{ORDER}", 100) == 100
    for subject, cents in ((CHARGE, CENTS + 1), ("CH-47950-1", None), ("order:47950", None)):
        with pytest.raises(DeskError):
            cashier.refundable(ref, subject, cents)
    with pytest.raises(DeskError):
        cashier.order_subject(ref, "47950")


def test_who_has_not_proved_who_they_are_gets_nothing(here, cashier, ana):
    claimed = Identity("claimed", "C-1001", "Lucía", "lucia.ferrer@ejemplo.es")
    ref = here.ticket("no llega", identity=claimed).ref
    here.desk.claim(ref, ana)

    with pytest.raises(Conflict, match="not proved"):
        cashier.refundable(ref, CHARGE, None)


def test_an_order_proved_to_the_bot_opens_that_order_alone(here, approvals, cashier, office, ana):
    ref = here.ticket("no llega").ref
    here.desk.claim(ref, ana)
    proof = Identity("claimed", "C-1001", "Lucía", "lucia.ferrer@ejemplo.es", orders=(ORDER,))
    with here.store.database.write() as connection:
        turns.learn(connection, here.desk.ticket(ref).conversation, identity=proof)

    panel = ShopPanel(here.desk, approvals, lambda: office).look(ref, ana)

    assert (panel["identity"], panel["problem"], panel["customer"]) == ("claimed", None, None)
    assert [each["number"] for each in panel["orders"]] == [ORDER]
    assert {each["order"] for each in panel["actions"]} == {ORDER}
    assert panel["tickets"] == []
    with here.store.database.read() as connection:
        logged = tickets.events(connection, ref)
    (look,) = [each for each in logged if each.kind == "read"]
    assert look.data == {"what": "shop", "orders": [ORDER]}
    assert cashier.refundable(ref, CHARGE, None) == CENTS
    for of_hers in ("CH-47950-1", "order:47950"):
        with pytest.raises(DeskError, match="of this customer"):
            cashier.refundable(ref, of_hers, None)
    number = approvals.give(ref, ana, "voucher", 1_000, f"order:{ORDER}").approval.id
    assert cashier.book(number).approval.state == "done"


def test_what_is_proved_to_the_bot_changes_nothing_of_who_is_verified(here):
    chat = here.chat("hola", identity=LUCIA)
    other = Identity("claimed", "C-1006", "Carmen", orders=("50118",))
    with here.store.database.write() as connection:
        turns.learn(connection, chat, identity=other)

    known = here.store.conversation(chat)
    assert (known.identity, known.proven_orders) == (LUCIA, ["50118"])


def test_the_panel_shows_a_proved_customers_orders_and_logs_the_look(
    here, approvals, office, ana, ref
):
    panel = ShopPanel(here.desk, approvals, lambda: office).look(ref, ana)

    assert panel["customer"]["name"] == "Lucía Ferrer Ortega"
    assert "postcode" not in panel["customer"]
    order = next(each for each in panel["orders"] if each["number"] == ORDER)
    assert [each["id"] for each in order["charges"]] == [CHARGE]
    assert {"kind": "refund", "subject": CHARGE, "order": ORDER, "most_cents": CENTS} in panel[
        "actions"
    ]
    assert panel["authority"]["left"] == {"refund_cents": 30_000, "voucher_cents": 3_000}
    assert here.desk.view(ref, ana)["events"][-2]["data"] == {"what": "shop"}


def test_the_panel_of_who_proved_nothing_is_empty_until_they_do(here, approvals, office, ana):
    ref = here.ticket("no llega").ref
    here.desk.claim(ref, ana)
    panel = ShopPanel(here.desk, approvals, lambda: office)

    assert (panel.look(ref, ana)["problem"], panel.look(ref, ana)["orders"]) == ("unproven", [])
    with pytest.raises(DeskError, match="does not belong"):
        panel.prove(ref, ana, ORDER, email="otra@ejemplo.es", postcode=None)
    assert panel.look(ref, ana)["problem"] == "unproven"

    panel.prove(ref, ana, ORDER, email=None, postcode="28013")

    assert panel.look(ref, ana)["customer"]["id"] == "C-1001"
    assert here.desk.row(ref)["customer"] == "Lucía Ferrer Ortega"


def test_a_back_office_that_is_down_leaves_its_part_out_and_says_so(here, approvals, ana, ref):
    def down():
        raise BackOfficeDown("no")

    found = ShopPanel(here.desk, approvals, down).look(ref, ana)

    assert (found["problem"], found["orders"], found["authority"]["role"]) == ("down", [], "agent")
