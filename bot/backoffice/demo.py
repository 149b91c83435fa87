"""Fills a shop with the people and orders of ``demo.yml``, laid around a given day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.engine import Connection

from bot.backoffice import tables

DATA = Path(__file__).with_name("demo.yml")
UNITS = 12  # of a product that demo.yml says nothing about
METHOD = "tarjeta terminada en 4417"  # of a payment that it says nothing about


def fill(connection: Connection, today: date) -> None:
    """Insert the demo data, with dates around ``today``."""
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    customers = {each["id"]: each for each in data["customers"]}
    units = {order["product"]: UNITS for order in data["orders"]} | data["stock"]
    _insert(connection, tables.products, [{"name": n, "units": u} for n, u in units.items()])
    _insert(connection, tables.customers, [_customer(each) for each in customers.values()])
    orders = [(order, customers[order["customer"]]) for order in data["orders"]]
    tracks = data["tracks"]
    _insert(connection, tables.orders, [_order(each, owner, today) for each, owner in orders])
    _insert(connection, tables.events, _all(_events(each, tracks, today) for each, _ in orders))
    _insert(connection, tables.payments, _all(_payments(each, today) for each, _ in orders))
    invoices = _all(_invoices(each, owner["tax"], today) for each, owner in orders)
    _insert(connection, tables.invoices, invoices)
    _insert(connection, tables.cases, [_case(each, today) for each in data["cases"]])


def _insert(connection: Connection, table: Any, rows: Iterable[dict[str, Any]]) -> None:
    connection.execute(table.insert(), list(rows))


_all = chain.from_iterable


def _ago(today: date, days: int) -> date:
    return today - timedelta(days=days)


def _customer(given: dict[str, Any]) -> dict[str, Any]:
    flags = {name: given.get(name, False) for name in ("vip", "vulnerable", "locked")}
    names = ("id", "name", "email", "postcode", "address", "phone")
    return {name: given[name] for name in names} | flags


def _order(given: dict[str, Any], owner: dict[str, Any], today: date) -> dict[str, Any]:
    delivered = given.get("delivered")
    return {
        "number": given["number"],
        "customer_id": given["customer"],
        "product": given["product"],
        "total_cents": given["cents"],
        "ordered_on": _ago(today, given["ordered"]),
        "promised_on": _ago(today, given["promised"]),
        "delivered_on": None if delivered is None else _ago(today, delivered),
        "status": given["status"],
        "carrier": given["carrier"],
        "tracking": f"RM{given['number']}ES",
        "address": owner["address"],
    }


def _events(given: dict[str, Any], tracks: dict[str, Any], today: date) -> list[dict[str, Any]]:
    days = [given["ordered"] - 1 - index for index in range(len(tracks[given["status"]]))]
    if "delivered" in given:
        days[-1] = given["delivered"]
    return [
        {
            "order_number": given["number"],
            "at": datetime.combine(_ago(today, days[index]), time(9 + 2 * index, 40)),
            "place": place,
            "text": text,
        }
        for index, (place, text) in enumerate(tracks[given["status"]])
    ]


def _payments(given: dict[str, Any], today: date) -> list[dict[str, Any]]:
    states = ("charged", "pending", "failed")
    made = [(state, days) for state in states for days in given.get(state, ())]
    return [
        {
            "id": f"CH-{given['number']}-{index}",
            "order_number": given["number"],
            "amount_cents": given["cents"],
            "charged_on": _ago(today, days),
            "method": given.get("method", METHOD),
            "state": state,
        }
        for index, (state, days) in enumerate(made, start=1)
    ]


def _invoices(given: dict[str, Any], tax: int, today: date) -> list[dict[str, Any]]:
    if not given.get("invoice", True):
        return []
    day = _ago(today, given["ordered"])
    return [
        {
            "number": f"F-{day.year}-{given['number']}",
            "order_number": given["number"],
            "issued_on": day,
            "total_cents": given["cents"],
            "tax_cents": round(given["cents"] * tax / (100 + tax)),
        }
    ]


def _case(given: dict[str, Any], today: date) -> dict[str, Any]:
    names = ("id", "issue", "status", "channel", "text")
    return {
        **{name: given[name] for name in names},
        "customer_id": given["customer"],
        "order_number": given["order"],
        "opened_on": _ago(today, given["opened"]),
    }
