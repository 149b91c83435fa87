"""Conversations, messages and turns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("register", sa.String(8)),
        sa.Column("owner", sa.String(8), nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("identity_status", sa.String(16), nullable=False),
        sa.Column("customer_id", sa.String(100)),
        sa.Column("customer_name", sa.String(200)),
        sa.Column("customer_email", sa.String(320)),
        sa.Column("origin", sa.String(300)),
        sa.Column("page", sa.String(2000)),
        sa.Column("disclosure_version", sa.String(80)),
        sa.Column("disclosure_at", sa.DateTime(timezone=True)),
        sa.Column("state", sa.JSON()),
        sa.Column("resume", sa.JSON()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "messages",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("conversation", sa.String(40), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("turn", sa.String(24)),
        sa.Column("author", sa.String(8), nullable=False),
        sa.Column("sender", sa.String(70), nullable=False),
        sa.Column("name", sa.String(200)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(8)),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("choice", sa.JSON()),
        sa.Column("client_id", sa.String(100)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("parse", sa.JSON()),
        sa.Column("score", sa.Float()),
        sa.Column("level", sa.String(12)),
        sa.Column("response", sa.String(100)),
        sa.Column("variation", sa.String(100)),
        sa.UniqueConstraint("conversation", "sender", "client_id", name="messages_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("messages_in_order", "messages", ["conversation", "id"])
    op.create_table(
        "turns",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("conversation", sa.String(40), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.JSON()),
        sa.Column("note", sa.JSON()),
    )
    op.create_index("ix_turns_conversation", "turns", ["conversation"])
    op.create_index("turns_by_status", "turns", ["status"])
    op.create_table(
        "used_identities",
        sa.Column("jti", sa.String(200), primary_key=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "identity_tries",
        sa.Column("conversation", sa.String(40), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("identity_tries")
    op.drop_table("used_identities")
    op.drop_table("turns")
    op.drop_table("messages")
    op.drop_table("conversations")
