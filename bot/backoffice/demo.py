"""The people and orders of the demo shop, laid around a given day.

Days count from that day, so that "three weeks late" stays true whenever the demo is filled.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy.engine import Connection

from bot.backoffice import tables

CUSTOMERS = (
    ("C-1001", "Lucía Ferrer Ortega", "lucia.ferrer@ejemplo.es", "28013"),
    ("C-1002", "Martín Quiroga", "martin.quiroga@ejemplo.com.ar", "1425"),
    ("C-1003", "Ximena Robles", "ximena.robles@ejemplo.mx", "03100"),
    ("C-1004", "Andrés Palomino", "andres.palomino@ejemplo.co", "110221"),
    ("C-1005", "Hannah Whitfield", "hannah.whitfield@example.com", "08005"),
)


class _Order(NamedTuple):
    number: str
    customer: str
    product: str
    cents: int
    ordered: int  # days before today
    promised: int  # days before today; negative: still to come
    status: str
    carrier: str
    in_stock: bool
    charged: tuple[int, ...]  # days before today of each charge


ORDERS = (
    _Order(
        "48213",
        "C-1001",
        "Cafetera Alba 12 tazas",
        8990,
        27,
        21,
        "stuck",
        "Correos Exprés",
        True,
        (27,),
    ),
    _Order(
        "48377",
        "C-1001",
        "Juego de sábanas Lino 150",
        5450,
        60,
        55,
        "delivered",
        "Correos Exprés",
        True,
        (60,),
    ),
    _Order(
        "47950",
        "C-1002",
        "Auriculares Brisa",
        6499,
        12,
        5,
        "in_transit",
        "Andreani",
        True,
        (12, 12),
    ),
    _Order(
        "49102",
        "C-1003",
        "Silla de escritorio Nogal",
        24900,
        18,
        9,
        "lost",
        "Estafeta",
        False,
        (18,),
    ),
    _Order(
        "49230", "C-1003", "Lámpara de pie Faro", 4590, 3, -4, "in_transit", "Estafeta", True, (3,)
    ),
    _Order("46011", "C-1004", "Tostadora Duna", 3990, 9, 4, "stuck", "Servientrega", True, (9, 8)),
    _Order(
        "49555",
        "C-1005",
        "Travel backpack Ría 40 l",
        7900,
        20,
        11,
        "stuck",
        "Correos Exprés",
        True,
        (20,),
    ),
    _Order(
        "49560",
        "C-1005",
        "Electric kettle Niebla",
        25900,
        6,
        -2,
        "processing",
        "Correos Exprés",
        True,
        (6, 6),
    ),
)

_TRACK = {
    "processing": (("Almacén de Getafe", "Pedido preparado, pendiente de recogida"),),
    "in_transit": (
        ("Almacén de Getafe", "Recogido por el transportista"),
        ("Centro logístico de destino", "En tránsito"),
    ),
    "stuck": (
        ("Almacén de Getafe", "Recogido por el transportista"),
        ("Centro logístico de Coslada", "Retenido: etiqueta dañada, sin movimiento desde entonces"),
    ),
    "lost": (
        ("Almacén de Getafe", "Recogido por el transportista"),
        ("Centro logístico de Coslada", "Paquete no localizado en inventario"),
    ),
    "delivered": (
        ("Almacén de Getafe", "Recogido por el transportista"),
        ("Domicilio", "Entregado"),
    ),
}


def fill(connection: Connection, today: date) -> None:
    """Insert the demo data, with dates around ``today``."""
    names = ("id", "name", "email", "postcode")
    rows = [dict(zip(names, customer, strict=True)) for customer in CUSTOMERS]
    connection.execute(tables.customers.insert(), rows)
    for order in ORDERS:
        connection.execute(tables.orders.insert().values(**_order_row(order, today)))
        connection.execute(tables.events.insert(), _event_rows(order, today))
        connection.execute(tables.charges.insert(), _charge_rows(order, today))


def _order_row(order: _Order, today: date) -> dict[str, object]:
    return {
        "number": order.number,
        "customer_id": order.customer,
        "product": order.product,
        "total_cents": order.cents,
        "ordered_on": today - timedelta(days=order.ordered),
        "promised_on": today - timedelta(days=order.promised),
        "status": order.status,
        "carrier": order.carrier,
        "tracking": f"RM{order.number}ES",
        "in_stock": order.in_stock,
        "invoice": f"F-{(today - timedelta(days=order.ordered)).year}-{order.number}",
    }


def _event_rows(order: _Order, today: date) -> list[dict[str, object]]:
    start = datetime.combine(today - timedelta(days=order.ordered - 1), time(9, 40))
    return [
        {
            "order_number": order.number,
            "at": start + timedelta(days=index, hours=2 * index),
            "place": place,
            "text": text,
        }
        for index, (place, text) in enumerate(_TRACK[order.status])
    ]


def _charge_rows(order: _Order, today: date) -> list[dict[str, object]]:
    return [
        {
            "id": f"CH-{order.number}-{index}",
            "order_number": order.number,
            "amount_cents": order.cents,
            "charged_on": today - timedelta(days=days),
            "method": "tarjeta terminada en 4417",
        }
        for index, days in enumerate(order.charged, start=1)
    ]
