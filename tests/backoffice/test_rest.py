"""The REST client without a socket: the same answers as the shop's, and what faults become."""

import httpx
import pytest
from reference_server import TOKEN

from bot.backoffice import BackOffice, RestBackOffice
from bot.backoffice.breaker import CircuitBreaker
from bot.errors import AboveAuthority, BackOfficeDown, NotPossible, Uncertain

pytestmark = pytest.mark.unit

READS = {
    "ping": lambda b: b.ping(),
    "customer": lambda b: b.customer("C-1007"),
    "nobody": lambda b: b.customer("C-0"),
    "orders_of": lambda b: b.orders_of("C-1001"),
    "orders of nobody": lambda b: b.orders_of("C-0"),
    "order": lambda b: b.order("50311"),
    "no order": lambda b: b.order("0"),
    "prove": lambda b: b.prove("48213", postcode="28013"),
    "prove wrong": lambda b: b.prove("48213", email="otra@ejemplo.es"),
    "prove nothing": lambda b: b.prove("48213"),
    "charges": lambda b: b.charges("50518"),
    "payments": lambda b: b.payments("50518"),
    "duplicates": lambda b: b.duplicate_charges("47950"),
    "invoice": lambda b: b.invoice("48213"),
    "no invoice": lambda b: b.invoice("50518"),
    "cases": lambda b: b.cases("C-1007"),
    "outages": lambda b: b.outages(),
    "stock": lambda b: b.stock("Robot de cocina Arrecife"),
    "no product": lambda b: b.stock("Nada"),
    "ledger": lambda b: b.ledger(),
    "ledger of an order": lambda b: b.ledger("48213"),
}
WRITES = {
    "refund": lambda b, key="k": b.refund(
        "CH-47950-2", 6499, key=key, reason="x", limit_cents=15000
    ),
    "resend": lambda b, key="k": b.resend("48213", key=key),
    "voucher": lambda b, key="k": b.voucher(
        "C-1001", 500, key=key, reason="late:48213", limit_cents=1000
    ),
    "cancel": lambda b, key="k": b.cancel("49560", key=key),
    "change_address": lambda b, key="k": b.change_address("50719", "Calle Dos 2", key=key),
    "return_label": lambda b, key="k": b.return_label("50760", key=key),
    "send_invoice": lambda b, key="k": b.send_invoice("48213", key=key),
    "send_access_link": lambda b, key="k": b.send_access_link("C-1010", key=key),
    "report": lambda b, key="k": b.report("C-1001", "technical", "48213", "La app falla.", key=key),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_it_reads_what_the_shop_says(client, shop, read):
    shop.break_down("app")
    shop.resend("48213", key="earlier")
    assert read(client) == read(shop)


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_it_writes_once_and_gives_the_same_booking_again(client, shop, server, write):
    first, again = write(client), write(client)
    assert (first.new, again.new) == (True, False)
    assert (first.id, first.key) == (again.id, "k")
    assert [one.id for one in shop.ledger() if one.operation == first.operation] == [first.id]
    assert server.keys == ["k", "k"]


def test_it_offers_all_that_the_protocol_asks_for():
    asked = {name for name in vars(BackOffice) if not name.startswith("_")}
    assert asked <= set(dir(RestBackOffice))
    assert asked <= {*(name.split()[0] for name in READS), *WRITES, "duplicate_charges"}


@pytest.mark.parametrize("fault", ["crash_after", "lost", "cut", "types", "slow"])
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_booking_whose_answer_was_lost_is_found_by_the_next_try(
    client, shop, server, waits, fault, write
):
    server.faults = [fault]
    booking = write(client)
    assert booking.key == "k"
    assert [one.id for one in shop.ledger() if one.operation == booking.operation] == [booking.id]
    assert len(server.keys) == 2 and len(waits) == 1


@pytest.mark.parametrize("fault", ["crash_after", "lost", "cut", "slow", "html", "down"])
def test_a_write_that_nobody_knows_the_outcome_of_is_uncertain(client, server, fault):
    server.faults = [fault] * 3
    with pytest.raises(Uncertain, match=r"POST /refunds.*may have been done or not"):
        WRITES["refund"](client)


@pytest.mark.parametrize(
    "faults, what",
    [
        pytest.param(["busy"] * 3, "429", id="asked too often"),
        pytest.param(["token"], "REMANSO_BACK_OFFICE_TOKEN", id="wrong token"),
        pytest.param(["proxy"], "REMANSO_BACK_OFFICE_URL", id="wrong address"),
    ],
)
def test_a_write_that_was_surely_not_done_is_down_and_not_uncertain(
    client, shop, server, faults, what
):
    server.faults = faults
    with pytest.raises(BackOfficeDown, match=what) as raised:
        WRITES["refund"](client)
    assert not isinstance(raised.value, Uncertain)
    assert shop.ledger() == []


def test_a_lost_answer_stays_uncertain_whatever_comes_after(client, server):
    server.faults = ["lost", "token"]
    with pytest.raises(Uncertain):
        WRITES["refund"](client)


def test_nobody_there_is_down_and_nothing_was_done():
    def refuse(request):
        raise httpx.ConnectError("refused")

    transport = httpx.MockTransport(refuse)
    client = RestBackOffice("http://erp.test", TOKEN, transport=transport, sleep=lambda _: None)
    with pytest.raises(BackOfficeDown, match="nobody can be reached") as raised:
        WRITES["resend"](client)
    assert not isinstance(raised.value, Uncertain)


def test_half_a_refund_is_not_taken_for_a_whole_one(client, shop, server):
    server.faults = ["half"]
    with pytest.raises(Uncertain, match="3249 cents instead of 6499"):
        WRITES["refund"](client)
    assert [one.amount_cents for one in shop.ledger()] == [3249]
    with pytest.raises(Uncertain):  # nor later, with the same key
        WRITES["refund"](client)


@pytest.mark.parametrize(
    "fault, what",
    [
        ("html", "something else than agreed"),
        ("cut", "something else than agreed"),
        ("types", r"Expected `int`, got `str` - at `\$\.total_cents`"),
        ("crash", "500"),
        ("down", "503"),
        ("slow", "within 1.2 s"),
        ("lost", "connection broke"),
        ("proxy", "404"),
    ],
)
def test_a_read_without_a_usable_answer_is_down_and_says_what_and_where(
    client, server, fault, what
):
    server.faults = [fault] * 3
    with pytest.raises(BackOfficeDown, match=what) as raised:
        client.order("48213")
    assert "GET /orders/{order_number}" in str(raised.value)
    assert not isinstance(raised.value, Uncertain)


@pytest.mark.parametrize("fault", ["html", "cut", "types", "crash", "down", "busy", "slow", "lost"])
def test_a_read_is_tried_again(client, shop, server, fault):
    server.faults = [fault, fault]
    assert client.order("48213") == shop.order("48213")


def test_it_waits_longer_before_each_further_try(client, server, waits):
    server.faults = ["down"] * 3
    with pytest.raises(BackOfficeDown, match="try 3"):
        client.order("48213")
    first, second = waits
    assert 0.05 <= first <= 0.1 <= second <= 0.2


@pytest.mark.parametrize("fault", ["token", "proxy"])
def test_what_will_not_get_better_is_not_tried_again(client, server, waits, fault):
    server.faults = [fault]
    with pytest.raises(BackOfficeDown):
        client.order("48213")
    assert waits == []


def test_refusals_are_the_shops_own(client):
    with pytest.raises(NotPossible, match="in_transit"):
        client.cancel("50560", key="k")
    with pytest.raises(NotPossible):
        client.resend("0", key="k")


def test_money_above_the_limit_is_refused_without_asking(client, server):
    with pytest.raises(AboveAuthority):
        client.refund("order:49102", 24900, key="k", reason="lost", limit_cents=15000)
    assert server.asked == []


def test_the_other_side_may_be_stricter_about_money():
    content = b'{"error": {"code": "above_authority", "detail": "over 50 euro"}}'
    transport = httpx.MockTransport(lambda _: httpx.Response(422, content=content))
    client = RestBackOffice("http://erp.test", TOKEN, transport=transport)
    with pytest.raises(AboveAuthority, match="over 50 euro"):
        WRITES["refund"](client)


def test_a_frameworks_422_is_no_limit_of_authority():
    transport = httpx.MockTransport(lambda _: httpx.Response(422, json={"detail": "bad body"}))
    client = RestBackOffice("http://erp.test", TOKEN, transport=transport)
    with pytest.raises(BackOfficeDown, match="422"):
        WRITES["refund"](client)


@pytest.mark.parametrize(
    "text", ["..", ".", "", " ", "x" * 101], ids=["up", "here", "empty", "space", "long"]
)
def test_what_cannot_be_a_number_is_not_asked_for(client, server, text):
    assert client.order(text) is None
    assert client.charges(text) == []
    with pytest.raises(NotPossible):
        client.cancel(text, key="k")
    assert server.asked == []


def test_a_number_cannot_lead_to_another_address(client, server):
    assert client.order("48213/../../ledger?x=1#y") is None
    assert server.asked == [("GET", "/orders/{order_number}")]


def test_messages_and_log_hold_nothing_that_a_customer_wrote(client, server, caplog):
    server.faults = ["down"] * 3
    with pytest.raises(BackOfficeDown) as raised:
        client.prove("mi pedido", email="lucia@ejemplo.es")
    assert "503" in caplog.text
    for text in (str(raised.value), caplog.text):
        assert "mi pedido" not in text and "lucia" not in text


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_system_that_keeps_failing_is_left_alone_then_tried_again(server):
    clock = Clock()
    client = RestBackOffice(
        "http://erp.test",
        TOKEN,
        retries=0,
        breaker=CircuitBreaker(failures=2, rest=10, clock=clock),
        transport=httpx.MockTransport(server.handle),
    )
    server.faults = ["down", "down"]
    for _ in range(2):
        with pytest.raises(BackOfficeDown, match="503"):
            client.ping()
    with pytest.raises(BackOfficeDown, match="left alone") as raised:
        WRITES["refund"](client)
    assert not isinstance(raised.value, Uncertain)
    assert len(server.asked) == 2
    clock.now = 10
    client.ping()
    assert WRITES["refund"](client).new


def test_refusals_and_missing_things_do_not_open_the_breaker(server):
    breaker = CircuitBreaker(failures=1)
    client = RestBackOffice(
        "http://erp.test",
        TOKEN,
        breaker=breaker,
        transport=httpx.MockTransport(server.handle),
    )
    assert client.order("0") is None
    with pytest.raises(NotPossible):
        client.cancel("48377", key="k")
    server.faults = ["token"]
    with pytest.raises(BackOfficeDown):
        client.ping()
    assert breaker.state == "closed"


def test_a_breaker_that_opens_in_mid_write_leaves_it_uncertain(server):
    client = RestBackOffice(
        "http://erp.test",
        TOKEN,
        breaker=CircuitBreaker(failures=1),
        transport=httpx.MockTransport(server.handle),
        sleep=lambda _: None,
    )
    server.faults = ["crash_after"]
    with pytest.raises(Uncertain, match="left alone"):
        WRITES["refund"](client)


def test_an_answer_without_end_is_not_swallowed_whole():
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=b"[" * 1_000_001))
    client = RestBackOffice("http://erp.test", TOKEN, transport=transport)
    with pytest.raises(BackOfficeDown, match="longer than"):
        client.outages()
