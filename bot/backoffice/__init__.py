"""Orders, charges, refunds and vouchers behind one protocol.

``open_shop(url)`` gives the demo shop (SQLAlchemy, SQLite by default); a company's own system
implements :class:`~bot.backoffice.protocol.BackOffice` and is opened in its place.
"""

from bot.backoffice.protocol import BackOffice, Booking, Charge, Customer, Order, ShipmentEvent
from bot.backoffice.shop import Shop, open_shop

__all__ = [
    "BackOffice",
    "Booking",
    "Charge",
    "Customer",
    "Order",
    "ShipmentEvent",
    "Shop",
    "open_shop",
]
