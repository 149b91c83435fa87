"""Tickets, their log, agents and how they log in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "tickets",
        sa.Column("ref", sa.String(12), primary_key=True),
        sa.Column("conversation", sa.String(40), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("priority", sa.String(8), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(40), nullable=False),
        sa.Column("reason_code", sa.String(60), nullable=False),
        sa.Column("trigger", sa.String(60), nullable=False),
        sa.Column("owner_agent", sa.String(60)),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True)),
        sa.Column("first_response_at", sa.DateTime(timezone=True)),
        sa.Column("due_first_response", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True)),
        sa.Column("disposition", sa.String(60)),
        sa.Column("resolution", sa.JSON()),
        sa.Column("lost_at", sa.DateTime(timezone=True)),
        sa.Column("notice", _NUMBER),
    )
    op.create_index("ix_tickets_conversation", "tickets", ["conversation"])
    op.create_index("tickets_in_order", "tickets", ["status", "rank", "created_at"])
    op.create_index("tickets_waits", "tickets", ["team", "claimed_at"])
    op.create_table(
        "ticket_events",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("ticket", sa.String(12), sa.ForeignKey("tickets.ref"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(70), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ticket_events_ticket", "ticket_events", ["ticket"])
    op.create_table(
        "agents",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("username", sa.String(60), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("password_hash", sa.String(300), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live_since", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "agent_sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("agent", _NUMBER, sa.ForeignKey("agents.id"), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "agent_tokens",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("agent", _NUMBER, sa.ForeignKey("agents.id"), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("agent_tokens")
    op.drop_table("agent_sessions")
    op.drop_table("agents")
    op.drop_table("ticket_events")
    op.drop_table("tickets")
