"""Whatever is asked, in whatever order, however often: no more goes out than came in."""

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference_server import TOKEN, ReferenceServer

from bot.backoffice import RestBackOffice
from bot.errors import AboveAuthority, BackOfficeDown, NotPossible

pytestmark = pytest.mark.unit

ORDERS = ("49560", "47950", "50518", "50719", "50112")  # two processing ones, double charges
CENTS = (1, 899, 4790, 6499, 12998, 25900, 51800)
KEYS = st.sampled_from([f"c:t{number}" for number in range(6)])
SUBJECTS = st.sampled_from(
    [f"order:{number}" for number in ORDERS]
    + [f"CH-{number}-{index}" for number in ORDERS for index in (1, 2)]
)
CALLS = st.one_of(
    st.tuples(st.just("refund"), KEYS, SUBJECTS, st.sampled_from(CENTS)),
    st.tuples(
        st.sampled_from(["cancel", "resend", "return_label"]),
        KEYS,
        st.sampled_from(ORDERS),
        st.none(),
    ),
)
FAULTS = st.lists(
    st.sampled_from([None, None, "crash_after", "lost", "cut", "types", "crash", "down", "busy"]),
    max_size=30,
)
MANY = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def do(back_office, call):
    """Make the call; refusals and failures are answers too."""
    operation, key, subject, cents = call
    try:
        if operation == "refund":
            terms = {"reason": "other", "limit_cents": 30_000}
            return back_office.refund(subject, cents, key=f"{key}:refund", **terms)
        return getattr(back_office, operation)(subject, key=f"{key}:{operation}")
    except (NotPossible, AboveAuthority, BackOfficeDown):
        return None


def check(shop):
    """No order paid back more than it was charged; nothing was given twice; one key, one thing."""
    ledger = shop.ledger()
    for number in ORDERS:
        charges = shop.charges(number)
        back = [one for one in shop.ledger(number) if one.operation == "refund"]
        out = sum(one.amount_cents for one in back)
        assert out <= sum(charge.amount_cents for charge in charges)
        for charge in charges:
            direct = sum(one.amount_cents for one in back if one.subject == charge.id)
            assert direct <= charge.amount_cents
        if shop.order(number).status == "cancelled":
            assert out == sum(charge.amount_cents for charge in charges)
            assert all(charge.refunded for charge in charges)
    assert all(one.amount_cents > 0 for one in ledger if one.operation == "refund")
    assert len({one.key for one in ledger}) == len(ledger)
    assert len({(one.operation, one.subject) for one in ledger}) == len(ledger)
    assert shop.stock("Robot de cocina Arrecife") in (0, 1)


@MANY
@given(calls=st.lists(CALLS, min_size=1, max_size=15))
def test_whatever_is_asked_of_the_shop(fresh_shop, calls):
    shop = fresh_shop()
    for call in calls:
        do(shop, call)
    check(shop)  # the ledger is only added to: what holds at its end held before


@MANY
@given(calls=st.lists(CALLS, min_size=1, max_size=10), faults=FAULTS)
def test_whatever_goes_wrong_on_the_way(fresh_shop, calls, faults):
    shop = fresh_shop()
    server = ReferenceServer(shop)
    server.faults = list(faults)
    client = RestBackOffice(
        "http://erp.test",
        TOKEN,
        transport=httpx.MockTransport(server.handle),
        sleep=lambda _: None,
    )
    for call in calls:
        booking = do(client, call)
        if booking is not None:  # what the client was told is what the books say
            assert booking.id in {one.id for one in shop.ledger()}
    check(shop)


@MANY
@given(calls=st.lists(CALLS, min_size=1, max_size=8))
def test_asking_again_changes_nothing(fresh_shop, calls):
    shop = fresh_shop()
    calls = [(name, f"{key}:{on}", on, cents) for name, key, on, cents in calls]  # one key a thing
    first = [do(shop, call) for call in calls]
    before = shop.ledger()
    again = [do(shop, call) for call in calls]
    for one, repeated in zip(first, again, strict=True):
        if one is not None:
            assert (repeated.id, repeated.new) == (one.id, False)
    assert shop.ledger()[: len(before)] == before
