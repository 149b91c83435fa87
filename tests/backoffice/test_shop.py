"""The demo shop: reads, proofs, and money that is never given twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from bot.backoffice import open_shop
from bot.errors import AboveAuthority, BackOfficeDown

pytestmark = pytest.mark.unit
TODAY = date(2026, 3, 31)


@pytest.fixture
def shop(tmp_path):
    return open_shop(f"sqlite:///{tmp_path / 'shop.db'}", today=TODAY)


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


def test_refunds_at_once_are_one(shop):
    def refund(number):
        return shop.refund(
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
