"""A shop of an older version opens: its demo data is made again, what was given stays given."""

import logging
import sqlite3
from datetime import date

import pytest

from bot.backoffice import open_shop

pytestmark = pytest.mark.unit
TODAY = date(2026, 3, 31)
OLDER = """
CREATE TABLE customers (id VARCHAR PRIMARY KEY, name VARCHAR, email VARCHAR, postcode VARCHAR);
CREATE TABLE orders (number VARCHAR PRIMARY KEY, customer_id VARCHAR REFERENCES customers (id),
    product VARCHAR, total_cents INTEGER, in_stock BOOLEAN, invoice VARCHAR);
CREATE TABLE shipment_events (id INTEGER PRIMARY KEY,
    order_number VARCHAR REFERENCES orders (number), at DATETIME, place VARCHAR, text VARCHAR);
CREATE TABLE charges (id VARCHAR PRIMARY KEY, order_number VARCHAR REFERENCES orders (number),
    amount_cents INTEGER, charged_on DATE, method VARCHAR);
CREATE TABLE ledger (id VARCHAR PRIMARY KEY, operation VARCHAR NOT NULL, subject VARCHAR NOT NULL,
    amount_cents INTEGER NOT NULL, "key" VARCHAR NOT NULL UNIQUE, reason VARCHAR NOT NULL,
    at DATETIME NOT NULL, UNIQUE (operation, subject));
INSERT INTO customers VALUES ('C-1001', 'Lucía', 'lucia.ferrer@ejemplo.es', '28013');
INSERT INTO orders VALUES ('48213', 'C-1001', 'Cafetera', 8990, 1, 'F-1');
INSERT INTO ledger VALUES ('REF-1', 'refund', 'CH-47950-2', 6499, 'old', 'double_charge',
    '2026-03-01 10:00:00.000000');
"""


@pytest.fixture
def older(tmp_path):
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(OLDER)
    connection.close()
    return f"sqlite:///{path}"


def test_an_older_shop_opens_and_says_what_became_of_it(older, caplog):
    with caplog.at_level(logging.WARNING):
        shop = open_shop(older, today=TODAY)
    assert "older version" in caplog.text and "1 refunds" in caplog.text
    assert shop.order("48213").days_late(TODAY) == 21
    assert shop.stock("Cafetera Alba 12 tazas") == 12


def test_what_an_older_shop_gave_is_not_given_again(older):
    shop = open_shop(older, today=TODAY)
    terms = {"reason": "double_charge", "limit_cents": 15000}
    assert shop.refund("CH-47950-2", 6499, key="new", **terms).id == "REF-1"
    assert [charge.refunded for charge in shop.charges("47950")] == [False, True]
    assert [one.id for one in shop.ledger("47950")] == ["REF-1"]


def test_a_shop_of_this_version_is_left_as_it_is(older, caplog):
    open_shop(older, today=TODAY).resend("48213", key="k")
    caplog.clear()
    shop = open_shop(older, today=TODAY)
    assert not caplog.records
    assert not shop.resend("48213", key="k").new
