"""Tables of the demo shop."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

customers = sa.Table(
    "customers",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("email", sa.String, nullable=False),
    sa.Column("postcode", sa.String, nullable=False),
)

orders = sa.Table(
    "orders",
    metadata,
    sa.Column("number", sa.String, primary_key=True),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False),
    sa.Column("product", sa.String, nullable=False),
    sa.Column("total_cents", sa.Integer, nullable=False),
    sa.Column("ordered_on", sa.Date, nullable=False),
    sa.Column("promised_on", sa.Date, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("carrier", sa.String, nullable=False),
    sa.Column("tracking", sa.String, nullable=False),
    sa.Column("in_stock", sa.Boolean, nullable=False),
    sa.Column("invoice", sa.String, nullable=False),
)

events = sa.Table(
    "shipment_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("order_number", sa.ForeignKey("orders.number"), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("place", sa.String, nullable=False),
    sa.Column("text", sa.String, nullable=False),
)

charges = sa.Table(
    "charges",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("order_number", sa.ForeignKey("orders.number"), nullable=False),
    sa.Column("amount_cents", sa.Integer, nullable=False),
    sa.Column("charged_on", sa.Date, nullable=False),
    sa.Column("method", sa.String, nullable=False),
)

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("operation", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("amount_cents", sa.Integer, nullable=False),
    sa.Column("key", sa.String, nullable=False, unique=True),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("operation", "subject"),
)
