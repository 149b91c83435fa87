"""The demo shop: reads, proofs, and money that is never given twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta, timezone

import pytest

from bot.backoffice import open_shop
from bot.errors import AboveAuthority, BackOfficeDown, NotPossible

pytestmark = pytest.mark.unit
TODAY = date(2026, 3, 31)


def test_an_order_knows_how_late_it_is(shop):
    order = shop.order("48213")
    assert order.days_late(TODAY) == 21
    assert order.events[-1].place == "Centro logístico de Coslada"


def test_a_delivered_order_is_never_late(shop):
    assert shop.order("48377").days_late(TODAY) == 0


def test_opening_again_does_not_fill_again(tmp_path):
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    first = open_shop(url, today=TODAY).orders_of("C-1001")
    assert open_shop(url).orders_of("C-1001") == first


@pytest.mark.parametrize(
    "proof, expected",
    [
        pytest.param({"email": " LUCIA.ferrer@ejemplo.es "}, "C-1001", id="e-mail, any case"),
        pytest.param({"postcode": "28013"}, "C-1001", id="postcode"),
        pytest.param({"email": "otra@ejemplo.es"}, None, id="somebody else's e-mail"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_a_guest_proves_an_order(shop, proof, expected):
    customer = shop.prove("48213", **proof)
    assert (customer.id if customer else None) == expected


@pytest.mark.parametrize("written", ["1425", "C1425", "c1425 abc", " 1425 "])
def test_a_postcode_is_the_same_however_it_is_written(shop, written):
    assert shop.prove("47950", postcode=written).id == "C-1002"
    assert shop.prove("48213", postcode=written) is None


def test_an_unknown_order_proves_nothing(shop):
    assert shop.prove("00000", postcode="28013") is None


def test_the_repeated_charge_is_found_and_only_that(shop):
    assert [charge.id for charge in shop.duplicate_charges("47950")] == ["CH-47950-2"]
    assert shop.duplicate_charges("48213") == []


def test_a_repeated_key_gives_the_same_refund(shop):
    terms = {"key": "c:t:refund", "reason": "double_charge", "limit_cents": 15000}
    first = shop.refund("CH-47950-2", 6499, **terms)
    again = shop.refund("CH-47950-2", 6499, **terms)
    assert (first.new, again.new, first.id) == (True, False, again.id)
    assert [charge.refunded for charge in shop.charges("47950")] == [False, True]


def test_a_charge_is_refunded_once_whatever_the_key(shop):
    for key in ("c:t1:refund", "c:t2:refund"):
        shop.refund("CH-47950-2", 6499, key=key, reason="double_charge", limit_cents=15000)
    assert len(shop.ledger()) == 1


def test_refunds_at_once_are_one(file_shop):
    def refund(number):
        return file_shop.refund(
            "CH-47950-2", 6499, key=f"c:t{number}:refund", reason="double_charge", limit_cents=15000
        )

    with ThreadPoolExecutor(8) as pool:
        bookings = list(pool.map(refund, range(16)))
    assert len({booking.id for booking in bookings}) == 1
    assert sum(booking.new for booking in bookings) == 1


def test_money_above_the_limit_is_refused_and_not_booked(shop):
    with pytest.raises(AboveAuthority, match=r"desk\.yml"):
        shop.refund("order:49102", 24900, key="k", reason="lost", limit_cents=15000)
    assert shop.ledger() == []


def test_a_database_that_cannot_be_opened_is_a_back_office_that_is_down(tmp_path):
    with pytest.raises(BackOfficeDown):
        open_shop(f"sqlite:///{tmp_path / 'missing' / 'shop.db'}")


def test_an_order_paid_back_whole_has_its_oldest_charges_paid_back(shop):
    shop.refund("order:47950", 6499, key="k", reason="late", limit_cents=15000)
    assert [charge.refunded for charge in shop.charges("47950")] == [True, False]


@pytest.mark.parametrize(
    "subject, cents",
    [
        pytest.param("CH-47950-2", 6500, id="more than the charge"),
        pytest.param("order:47950", 12999, id="more than the order was charged"),
        pytest.param("CH-47950-2", 0, id="nothing"),
        pytest.param("CH-47950-2", -100, id="less than nothing"),
        pytest.param("CH-00000-1", 100, id="no such charge"),
        pytest.param("other:48213", 100, id="neither a charge nor an order"),
        pytest.param("CH-50518-2", 100, id="only held by the bank"),
        pytest.param("CH-50677-1", 100, id="a payment that failed"),
    ],
)
def test_money_that_was_not_taken_is_not_paid_back(shop, subject, cents):
    with pytest.raises(NotPossible):
        shop.refund(subject, cents, key="k", reason="other", limit_cents=100_000)
    assert shop.ledger() == []


def test_charge_and_order_together_pay_back_no_more_than_was_charged(shop):
    terms = {"reason": "other", "limit_cents": 100_000}
    shop.refund("order:48213", 8990, key="a", **terms)
    with pytest.raises(NotPossible, match="0 cents"):
        shop.refund("CH-48213-1", 8990, key="b", **terms)
    assert len(shop.ledger("48213")) == 1


def test_a_key_is_for_one_thing(shop):
    shop.resend("48213", key="k")
    with pytest.raises(NotPossible, match="key"):
        shop.resend("49555", key="k")
    assert [one.subject for one in shop.ledger()] == ["order:48213"]


def test_a_resend_takes_one_unit_and_the_last_one_is_the_last(shop):
    assert shop.stock("Robot de cocina Arrecife") == 1
    shop.resend("50112", key="k")
    assert shop.stock("Robot de cocina Arrecife") == 0
    assert not shop.order("50112").in_stock
    assert not shop.resend("50112", key="k").new
    with pytest.raises(NotPossible, match="No unit"):
        shop.resend("49102", key="other")


def test_what_was_paid_back_is_not_sent_again(shop):
    shop.refund("order:48213", 8990, key="a", reason="late", limit_cents=15000)
    with pytest.raises(NotPossible, match="paid back"):
        shop.resend("48213", key="b")


def test_cancelling_pays_back_every_charge_at_once(shop):
    booking = shop.cancel("49560", key="k")
    assert (booking.operation, booking.amount_cents) == ("cancel", 51800)
    assert shop.order("49560").status == "cancelled"
    assert all(charge.refunded for charge in shop.charges("49560"))
    refunds = [one.amount_cents for one in shop.ledger("49560") if one.operation == "refund"]
    assert refunds == [51800]
    assert shop.order("49560").days_late(TODAY + timedelta(days=30)) == 0


def test_cancelling_pays_back_only_what_was_not_yet(shop):
    shop.refund("CH-49560-2", 25900, key="a", reason="double_charge", limit_cents=100_000)
    shop.refund("order:49560", 900, key="b", reason="late", limit_cents=100_000)
    assert shop.cancel("49560", key="c").amount_cents == 25000
    repeated = shop.cancel("49560", key="c"), shop.cancel("49560", key="later")
    assert [(one.new, one.key) for one in repeated] == [(False, "c"), (False, "c")]
    assert sum(one.amount_cents for one in shop.ledger() if one.operation == "refund") == 51800


@pytest.mark.parametrize("number", ["50560", "48377", "50677", "00000"])
def test_what_is_not_in_preparation_is_neither_cancelled_nor_sent_elsewhere(shop, number):
    with pytest.raises(NotPossible):
        shop.cancel(number, key="a")
    with pytest.raises(NotPossible):
        shop.change_address(number, "Calle Nueva 1, 28001 Madrid", key="b")
    assert shop.ledger() == []


def test_an_address_may_change_again_but_not_twice_with_one_key(shop):
    first = shop.change_address("50719", " Calle  Uno 1 ", key="a")
    second = shop.change_address("50719", "Calle Dos 2", key="b")
    assert (first.new, second.new) == (True, True)
    assert not shop.change_address("50719", "Calle Uno 1", key="a").new
    assert shop.order("50719").address == "Calle Dos 2"
    with pytest.raises(NotPossible, match="empty"):
        shop.change_address("50719", "  ", key="c")


@pytest.mark.parametrize(
    "number, why",
    [
        pytest.param("48377", "30 days", id="delivered too long ago"),
        pytest.param("48213", "not delivered", id="still on its way"),
        pytest.param("50768", "returning", id="already on its way back"),
    ],
)
def test_a_label_is_only_for_what_came_lately(shop, number, why):
    with pytest.raises(NotPossible, match=why):
        shop.return_label(number, key="k")


def test_a_label_is_sent_once_and_the_order_is_on_its_way_back(shop):
    first = shop.return_label("50760", key="a")
    assert shop.order("50760").status == "returning"
    assert shop.return_label("50760", key="b").id == first.id


def test_thirty_days_after_delivery_are_within_thirty_days(tmp_path):
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    open_shop(url, today=TODAY).close()
    last_day = open_shop(url, today=TODAY + timedelta(days=5))  # 50760 came 25 days before
    day_after = open_shop(url, today=TODAY + timedelta(days=6))
    with pytest.raises(NotPossible):
        day_after.return_label("50760", key="a")
    assert last_day.return_label("50760", key="b").new


def test_an_invoice_is_sent_as_often_as_asked_but_once_for_each_key(shop):
    sent = [shop.send_invoice("48213", key=key) for key in ("a", "a", "b")]
    assert [one.new for one in sent] == [True, False, True]
    invoice = shop.invoice("48213")
    assert (invoice.number, invoice.total_cents) == (shop.order("48213").invoice, 8990)
    assert invoice.tax_cents == 1560  # 21 % contained in 89.90


def test_an_invoice_that_is_not_issued_is_not_sent(shop):
    assert (shop.order("50518").invoice, shop.invoice("50518")) == ("", None)
    with pytest.raises(NotPossible, match="not issued"):
        shop.send_invoice("50518", key="k")


def test_an_access_link_unlocks_the_account(shop):
    assert shop.customer("C-1010").locked
    assert shop.send_access_link("C-1010", key="a").operation == "access_link"
    assert not shop.customer("C-1010").locked


def test_cases_are_newest_first_and_a_new_one_is_among_them(shop):
    before = shop.cases("C-1007")
    calls = [one for one in before if (TODAY - one.opened_on).days <= 7]
    assert [one.channel for one in calls] == ["phone"] * 3
    assert {one.order_number for one in calls} == {"50233"}
    reported = shop.report("C-1007", "technical", None, "La app se cierra.", key="k")
    again = shop.report("C-1007", "technical", None, "La app se cierra.", key="k")
    assert (reported.operation, again.new, again.id) == ("case", False, reported.id)
    after = shop.cases("C-1007")
    assert [one.id for one in after] == [reported.id, *(one.id for one in before)]
    assert (after[0].status, after[0].opened_on, after[0].channel) == ("open", TODAY, "chat")


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda s: s.report("C-0", "other", None, "x", key="k"), id="case"),
        pytest.param(lambda s: s.report("C-1001", "other", "0", "x", key="k"), id="its order"),
        pytest.param(lambda s: s.send_access_link("C-0", key="k"), id="access link"),
        pytest.param(lambda s: s.resend("0", key="k"), id="resend"),
        pytest.param(lambda s: s.return_label("0", key="k"), id="return label"),
        pytest.param(lambda s: s.send_invoice("0", key="k"), id="invoice"),
        pytest.param(
            lambda s: s.voucher("C-0", 100, key="k", reason="late:1", limit_cents=1000),
            id="voucher",
        ),
    ],
)
def test_nothing_is_written_about_what_does_not_exist(shop, write):
    with pytest.raises(NotPossible):
        write(shop)
    assert shop.ledger() == []


def test_a_service_that_breaks_down_is_out_until_repaired(shop):
    assert shop.outages() == []
    broken = shop.break_down("app")
    assert shop.break_down("app").id == broken.id
    assert [(one.service, one.until) for one in shop.outages()] == [("app", None)]
    assert shop.outages()[0].since == broken.since
    shop.repair("app")
    assert shop.outages() == []


def test_an_outage_ends_when_it_was_expected_to(tmp_path):
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    noon = datetime.combine(TODAY, time(12), timezone.utc)
    open_shop(url, today=TODAY).break_down("web", until=noon + timedelta(hours=2))
    assert open_shop(url, today=TODAY).outages()[0].until == noon + timedelta(hours=2)
    assert open_shop(url, today=TODAY + timedelta(days=1)).outages() == []


def test_a_shop_can_open_with_an_outage(tmp_path):
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    shop = open_shop(url, today=TODAY, outages=["payments"])
    assert [one.service for one in shop.outages()] == ["payments"]


def test_a_service_that_does_not_exist_cannot_break_down(shop):
    with pytest.raises(NotPossible, match="payments"):
        shop.break_down("payment")


def test_payments_that_took_no_money_are_no_charges(shop):
    assert [one.state for one in shop.payments("50518")] == ["charged", "pending"]
    assert [one.id for one in shop.charges("50518")] == ["CH-50518-1"]
    assert shop.duplicate_charges("50518") == []


def test_the_ledger_of_an_order_has_its_vouchers_too(shop):
    shop.voucher("C-1001", 1000, key="a", reason="late:48213", limit_cents=1000)
    shop.resend("49555", key="b")
    assert [one.operation for one in shop.ledger("48213")] == ["voucher"]
    assert [one.operation for one in shop.ledger()] == ["voucher", "resend"]
