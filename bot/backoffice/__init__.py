"""Orders, charges, invoices, cases, refunds and vouchers behind one protocol.

:func:`open_back_office` gives what the settings name: a company's own systems over REST
(``openapi.yml`` describes them), or the demo shop (SQLAlchemy, SQLite by default). Another system
implements :class:`~bot.backoffice.protocol.BackOffice` and is opened in its place.
"""

from bot.backoffice.opening import open_back_office
from bot.backoffice.protocol import (
    RETURN_DAYS,
    BackOffice,
    Booking,
    Case,
    Charge,
    Customer,
    Invoice,
    Order,
    Outage,
    ShipmentEvent,
)
from bot.backoffice.rest import RestBackOffice
from bot.backoffice.shop import Shop, open_shop

__all__ = [
    "RETURN_DAYS",
    "BackOffice",
    "Booking",
    "Case",
    "Charge",
    "Customer",
    "Invoice",
    "Order",
    "Outage",
    "RestBackOffice",
    "ShipmentEvent",
    "Shop",
    "open_back_office",
    "open_shop",
]
