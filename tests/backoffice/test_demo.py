"""The demo data: what the documents and the other tests promise is really in it."""

from datetime import date, timedelta

import pytest
import yaml

from bot.backoffice import RETURN_DAYS
from bot.backoffice.demo import DATA
from bot.settings import ROOT

pytestmark = pytest.mark.unit
TODAY = date(2026, 3, 31)
BOT = yaml.safe_load((ROOT / "desk.yml").read_text(encoding="utf-8"))["authority"]["bot"]
ISSUES = yaml.safe_load((ROOT / "desk.yml").read_text(encoding="utf-8"))["routing"]["issues"]


@pytest.fixture
def orders(shop):
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    found = [order for one in data["customers"] for order in shop.orders_of(one["id"])]
    assert len(found) == len(data["orders"]) >= 33
    return found


@pytest.mark.parametrize(
    "fits",
    [
        pytest.param(lambda o, c: o.status == "processing", id="not yet sent"),
        pytest.param(lambda o, c: o.status == "in_transit", id="sent"),
        pytest.param(lambda o, c: o.days_late(TODAY) > 0 and o.in_stock, id="late"),
        pytest.param(lambda o, c: o.status == "lost" and not o.in_stock, id="lost, none left"),
        pytest.param(lambda o, c: c == 2, id="charged twice"),
        pytest.param(lambda o, c: o.status == "delivered", id="delivered"),
    ],
)
def test_there_are_cases_within_and_above_authority(orders, shop, fits):
    amounts = [o.total_cents for o in orders if fits(o, len(shop.charges(o.number)))]
    assert min(amounts) <= BOT["refund_cents"] < max(amounts)


def test_there_are_orders_to_return_and_orders_too_old_for_it(orders):
    ages = {TODAY - o.delivered_on for o in orders if o.status == "delivered"}
    assert min(ages) < timedelta(days=RETURN_DAYS) < max(ages)


def test_there_are_customers_who_need_more_than_an_answer(shop):
    assert shop.customer("C-1006").vip
    assert shop.customer("C-1008").vulnerable
    assert shop.customer("C-1010").locked
    assert shop.customer("C-1019").locked and shop.orders_of("C-1019") == []


def test_the_story_of_each_order_agrees_with_itself(orders):
    for order in orders:
        moments = [event.at for event in order.events]
        assert moments == sorted(moments)
        assert all(order.ordered_on <= moment.date() <= TODAY for moment in moments), order.number
        arrived = order.status in ("delivered", "returning")
        assert arrived == (order.delivered_on is not None)
        if arrived:
            assert order.events[-1].at.date() == order.delivered_on


def test_everybody_is_there_and_every_case_has_a_known_issue(shop):
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    for one in data["customers"]:
        customer = shop.customer(one["id"])
        assert customer.postcode in customer.address
        assert {case.issue for case in shop.cases(customer.id)} <= set(ISSUES)
