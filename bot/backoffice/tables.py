"""Tables of the demo shop."""

from __future__ import annotations

import sqlalchemy as sa

VERSION = 2
"""Of the tables below; a shop of another version is laid out anew (see ``database.prepare``)."""

metadata = sa.MetaData()

layout = sa.Table(
    "shop_layout",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
)

customers = sa.Table(
    "customers",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("email", sa.String, nullable=False),
    sa.Column("postcode", sa.String, nullable=False),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("phone", sa.String, nullable=False),
    sa.Column("vip", sa.Boolean, nullable=False),
    sa.Column("vulnerable", sa.Boolean, nullable=False),
    sa.Column("locked", sa.Boolean, nullable=False),
)

products = sa.Table(
    "products",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("units", sa.Integer, sa.CheckConstraint("units >= 0"), nullable=False),
)

orders = sa.Table(
    "orders",
    metadata,
    sa.Column("number", sa.String, primary_key=True),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("product", sa.ForeignKey("products.name"), nullable=False),
    sa.Column("total_cents", sa.Integer, nullable=False),
    sa.Column("ordered_on", sa.Date, nullable=False),
    sa.Column("promised_on", sa.Date, nullable=False),
    sa.Column("delivered_on", sa.Date),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("carrier", sa.String, nullable=False),
    sa.Column("tracking", sa.String, nullable=False),
    sa.Column("address", sa.String, nullable=False),
)

events = sa.Table(
    "shipment_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("order_number", sa.ForeignKey("orders.number"), nullable=False, index=True),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("place", sa.String, nullable=False),
    sa.Column("text", sa.String, nullable=False),
)

payments = sa.Table(
    "payments",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("order_number", sa.ForeignKey("orders.number"), nullable=False, index=True),
    sa.Column("amount_cents", sa.Integer, nullable=False),
    sa.Column("charged_on", sa.Date, nullable=False),
    sa.Column("method", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),  # charged, pending or failed
)

invoices = sa.Table(
    "invoices",
    metadata,
    sa.Column("number", sa.String, primary_key=True),
    sa.Column("order_number", sa.ForeignKey("orders.number"), nullable=False, unique=True),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Column("total_cents", sa.Integer, nullable=False),
    sa.Column("tax_cents", sa.Integer, nullable=False),
)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),  # the order in which they were opened
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("issue", sa.String, nullable=False),
    sa.Column("order_number", sa.ForeignKey("orders.number")),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("text", sa.String, nullable=False),
)

outages = sa.Table(
    "outages",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("service", sa.String, nullable=False),
    sa.Column("since", sa.DateTime, nullable=False),  # UTC
    sa.Column("until", sa.DateTime),  # UTC
)

# Written to, never changed. "once" makes the database itself refuse to give something twice; it is
# empty for what may be done again, such as sending an invoice.
ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("operation", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("order_number", sa.String, index=True),
    sa.Column("amount_cents", sa.Integer, nullable=False),
    sa.Column("key", sa.String, nullable=False, unique=True),
    sa.Column("once", sa.String, unique=True),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)
