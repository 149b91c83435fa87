"""kill -9 of each process between storing and answering: nothing lost, doubled, or paid twice.

Each round is a customer who was charged twice. The process is killed at a random moment after the
customer's last message was acknowledged and before it was answered, as long as this machine takes
to answer one; some rounds hold the shop's database so that the kill lands inside the refund.
"""

import random
import sqlite3
import statistics
import time
from contextlib import contextmanager
from datetime import date, timedelta
from urllib.error import URLError

import jwt
import pytest

from tests.system import Customer, Installation

pytestmark = [pytest.mark.server, pytest.mark.alone]

ROUNDS = 10
WARM = 3  # conversations without a kill, which tell how long an answer takes here
PATIENCE = 150  # seconds until a customer must have been answered, engine restart included
CENTS = 4250


@pytest.fixture(scope="module")
def installation(model, tmp_path_factory):
    with Installation(tmp_path_factory.mktemp("crash"), REMANSO_MESSAGES_PER_MINUTE="1000") as one:
        fill(one)
        yield one


def fill(installation):
    """Give the shop one twice-charged order for each round of each process."""
    day = date.today() - timedelta(days=6)
    due = date.today() + timedelta(days=3)
    with sqlite3.connect(installation.settings.home / "shop.db", timeout=30) as shop:
        put(shop, "products", name="Manta Bruma", units=12)
        for number in range(3 * ROUNDS + WARM):
            customer, order = f"C-9{number:03}", f"7{number:04}"
            put(
                shop,
                "customers",
                **{"id": customer, "name": "Nuria Prat", "email": f"n{number}@ejemplo.es"},
                **{"postcode": "46001", "address": "Calle Colón 1, 46001 Valencia", "phone": ""},
                **{"vip": False, "vulnerable": False, "locked": False},
            )
            put(
                shop,
                "orders",
                **{"number": order, "customer_id": customer, "product": "Manta Bruma"},
                **{"total_cents": CENTS, "ordered_on": day, "promised_on": due},
                **{"status": "in_transit", "carrier": "Correos Exprés", "tracking": order},
                address="Calle Colón 1, 46001 Valencia",
            )
            for charge in (1, 2):
                put(
                    shop,
                    "payments",
                    **{"id": f"CH-{order}-{charge}", "order_number": order, "charged_on": day},
                    **{"amount_cents": CENTS, "method": "tarjeta", "state": "charged"},
                )


def put(shop, table, **row):
    """Insert one row into a table of the shop."""
    names = ", ".join(row)
    marks = ", ".join("?" * len(row))
    shop.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))


def proof(installation, number):
    claims = {
        "sub": f"C-9{number:03}",
        "name": "Nuria Prat",
        "email": f"n{number}@ejemplo.es",
        "aud": "remanso",
        "jti": f"crash-{number}",
        "iat": int(time.time()),
        "exp": int(time.time()) + 300,
    }
    return jwt.encode(claims, installation.settings.identity_secret(), algorithm="HS256")


@contextmanager
def shop_held(installation, held):
    """Hold the shop's database, so that a refund waits inside its write."""
    if not held:
        yield
        return
    path = installation.settings.home / "shop.db"
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def post(customer, body):
    """Send until it is acknowledged, as the widget does; return once it is."""
    deadline = time.monotonic() + PATIENCE
    path = f"{customer.path}/messages?wait=0"
    while time.monotonic() < deadline:
        try:
            status, answer = customer.installation.call(
                "POST", path, body, token=customer.token, timeout=10
            )
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
            continue
        assert status in (200, 201, 202), answer
        return
    pytest.fail("never acknowledged")


def unanswered(installation, conversation):
    rows = installation.rows(
        "SELECT count(*) FROM turns WHERE conversation = ? AND status IN ('open', 'running')",
        conversation,
    )
    return rows[0][0] > 0


def transcript(customer):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            return customer.messages()
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail("the transcript cannot be read")


def answered(customer):
    """Wait until the last message has an answer; return the transcript."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if not unanswered(customer.installation, customer.conversation):
            messages = transcript(customer)
            if messages[-1]["author"] != "customer":
                return messages
        time.sleep(0.1)
    pytest.fail(f"the customer was left without an answer: {transcript(customer)[-3:]}")


def complain(installation, number):
    """Start the conversation of a customer whose order was charged twice."""
    customer = Customer(installation, identity=proof(installation, number), language="es")
    text = f"me habéis cobrado dos veces el pedido 7{number:04}, devolvedme lo que sobra"
    post(customer, {"text": text, "client_id": "m1"})
    return customer


@pytest.fixture(scope="module")
def usual(installation):
    """Return the seconds from a complaint's acknowledgement to its answer, nothing killed."""
    seconds = []
    for number in range(3 * ROUNDS, 3 * ROUNDS + WARM):
        customer = complain(installation, number)
        start = time.monotonic()
        while unanswered(installation, customer.conversation):
            time.sleep(0.002)
        seconds.append(time.monotonic() - start)
    return statistics.median(seconds)


def round_of(installation, name, number, moment):
    """Play one conversation with a kill at the moment; return whether it hit an open turn."""
    with shop_held(installation, number % 3 == 0):
        customer = complain(installation, number)
        time.sleep(moment)
        hit = unanswered(installation, customer.conversation)
        installation.kill(name)
    answered(customer)
    post(customer, {"text": "gracias, ¿queda así?", "client_id": "m2"})
    check(customer, answered(customer), f"7{number:04}")
    installation.ready()
    return hit


def check(customer, messages, order):
    ours = [message for message in messages if message["author"] == "customer"]
    assert [message["client_id"] for message in ours] == ["m1", "m2"]
    said = [message["text"] for message in messages if message["author"] != "customer"]
    assert len(said) == len(set(said)), f"said twice: {said}"
    refunds = customer.installation.rows(
        "SELECT amount_cents FROM ledger WHERE subject LIKE ?", f"CH-{order}-%", database="shop"
    )
    assert refunds in ([], [(CENTS,)])
    done = customer.installation.rows(
        "SELECT count(*) FROM messages WHERE conversation = ? AND response = 'utter_refund_done'",
        customer.conversation,
    )
    if done[0][0]:
        assert refunds == [(CENTS,)], "the customer reads of a refund that is not in the ledger"


@pytest.mark.parametrize("name", ["web", "actions", "engine"])
def test_a_killed_process_loses_doubles_and_pays_nothing_twice(installation, usual, name):
    offset = ["web", "actions", "engine"].index(name) * ROUNDS
    dice = random.Random(offset)
    hits = 0
    for number in range(offset, offset + ROUNDS):
        hits += round_of(installation, name, number, dice.uniform(0, 0.9 * usual))
    assert hits >= ROUNDS // 2, f"only {hits} kills fell between storing and answering"
