"""The REST client over real sockets: what only a connection can do wrong."""

import socket

import pytest
from reference_server import TOKEN, ReferenceServer

from bot.backoffice import RestBackOffice
from bot.errors import BackOfficeDown, Uncertain

pytestmark = pytest.mark.server
REFUND = {"reason": "double_charge", "limit_cents": 15000}
PATIENT = 30.0  # seconds: no answer that comes at all is late
BRIEF = 0.5


@pytest.fixture
def server(file_shop):
    return ReferenceServer(file_shop)


@pytest.fixture
def reach(server):
    """Opens a client of the listening server."""
    with server.listening() as url:
        clients = []

        def client(timeout=PATIENT, retries=1):
            clients.append(RestBackOffice(url, TOKEN, timeout=timeout, retries=retries))
            return clients[-1]

        yield client
        for each in clients:
            each.close()


def test_it_reads_and_writes(reach, file_shop):
    client = reach()
    assert client.order("48213") == file_shop.order("48213")
    assert client.refund("CH-47950-2", 6499, key="a:b:refund", **REFUND).new
    assert [charge.refunded for charge in client.charges("47950")] == [False, True]


def test_numbers_are_numbers_whatever_is_in_them(reach, server):
    assert reach().order("48213/../x?y=ñ") is None
    assert server.asked == [("GET", "/orders/{order_number}")]


@pytest.mark.parametrize(
    "fault, terms",
    [
        ("lost", {}),
        ("cut", {}),
        ("crash_after", {}),
        ("slow", {"timeout": BRIEF, "retries": 9}),
        ("drip", {"timeout": BRIEF, "retries": 9}),
    ],
)
def test_a_refund_whose_answer_was_lost_is_not_paid_twice(reach, file_shop, server, fault, terms):
    server.faults = [fault]
    booking = reach(**terms).refund("CH-47950-2", 6499, key="k", **REFUND)
    assert (booking.key, booking.new) == ("k", False)
    assert set(server.keys) == {"k"} and len(server.keys) > 1
    assert [one.amount_cents for one in file_shop.ledger()] == [6499]


@pytest.mark.parametrize("fault, timeout", [("lost", PATIENT), ("slow", BRIEF), ("drip", BRIEF)])
def test_a_refund_whose_answers_are_all_lost_is_uncertain(reach, server, fault, timeout):
    server.faults = [fault] * 2
    with pytest.raises(Uncertain):
        reach(timeout=timeout).refund("CH-47950-2", 6499, key="k", **REFUND)


def test_an_answer_that_drips_is_not_waited_for(reach, server):
    server.faults = ["drip"]
    with pytest.raises(BackOfficeDown, match=r"within 0\.5 s"):
        reach(timeout=BRIEF, retries=0).orders_of("C-1001")


def test_a_port_where_nobody_listens_is_down_for_sure():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        client = RestBackOffice(url, TOKEN, timeout=PATIENT, retries=0)
        with pytest.raises(BackOfficeDown, match="nobody can be reached") as raised:
            client.refund("CH-47950-2", 6499, key="k", **REFUND)
        assert not isinstance(raised.value, Uncertain)
        client.close()
