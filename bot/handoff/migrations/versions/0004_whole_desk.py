"""The whole desk: clocks, teamwork, approvals, jobs, surveys, mail, attachments, webhooks.

Deadlines and issue of the tickets there are come out of the context they were handed over with.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TABLES = (
    "hooks",
    "profiles",
    "saved_views",
    "attachments",
    "approvals",
    "jobs",
    "mails",
    "reads",
    "moments",
    "notes",
    "participants",
    "reviews",
    "surveys",
    "deliveries",
    "mentions",
)
_COLUMNS = (
    ("agent_sessions", "seen_at"),
    ("agents", "presence"),
    ("agents", "presence_since"),
    ("agents", "wrap_up_until"),
    ("agents", "cool_until"),
    ("agents", "idle_since"),
    ("agents", "capacity"),
    ("agents", "languages"),
    ("agents", "skills"),
    ("agents", "tier"),
    ("agents", "totp_secret"),
    ("agents", "totp_at"),
    ("agents", "totp_step"),
    ("agents", "failed_logins"),
    ("agents", "locked_until"),
    ("agents", "preferences"),
    ("conversations", "contact_email"),
    ("conversations", "contact_phone"),
    ("conversations", "consent_at"),
    ("conversations", "opted_out_at"),
    ("conversations", "bounced_at"),
    ("conversations", "erased_at"),
    ("conversations", "time_zone"),
    ("messages", "attachments"),
    ("tickets", "channel"),
    ("tickets", "code"),
    ("tickets", "tier"),
    ("tickets", "labels"),
    ("tickets", "issue"),
    ("tickets", "due_update"),
    ("tickets", "due_resolution"),
    ("tickets", "due_answer"),
    ("tickets", "told_at"),
    ("tickets", "waiting_since"),
    ("tickets", "snoozed_until"),
    ("tickets", "paused_at"),
    ("tickets", "transfers"),
    ("tickets", "reopened"),
    ("tickets", "offered_to"),
    ("tickets", "offered_at"),
    ("tickets", "cause"),
)


def upgrade() -> None:
    """Create the tables, add the columns, and fill those that can be known."""
    _new_columns()
    _new_tables()
    _fill()


def downgrade() -> None:
    """Drop them."""
    for name in reversed(_TABLES):
        op.drop_table(name)
    for table, column in reversed(_COLUMNS):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)


def _new_columns() -> None:
    op.add_column("agent_sessions", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "agents",
        sa.Column("presence", sa.String(length=8), server_default="online", nullable=False),
    )
    op.add_column("agents", sa.Column("presence_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("agents", sa.Column("wrap_up_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("agents", sa.Column("cool_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("agents", sa.Column("idle_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("agents", sa.Column("capacity", sa.Integer(), nullable=True))
    op.add_column("agents", sa.Column("languages", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("agents", sa.Column("skills", sa.JSON(), server_default="[]", nullable=False))
    op.add_column(
        "agents", sa.Column("tier", sa.String(length=2), server_default="L1", nullable=False)
    )
    op.add_column("agents", sa.Column("totp_secret", sa.String(length=64), nullable=True))
    op.add_column("agents", sa.Column("totp_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("agents", sa.Column("totp_step", _NUMBER, nullable=True))
    op.add_column(
        "agents", sa.Column("failed_logins", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("agents", sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "agents", sa.Column("preferences", sa.JSON(), server_default="{}", nullable=False)
    )
    op.add_column("conversations", sa.Column("contact_email", sa.String(length=320), nullable=True))
    op.add_column("messages", sa.Column("attachments", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("conversations", sa.Column("contact_phone", sa.String(length=40), nullable=True))
    op.add_column(
        "conversations", sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "conversations", sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "conversations", sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "conversations", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("conversations", sa.Column("time_zone", sa.String(length=60), nullable=True))
    op.add_column(
        "tickets", sa.Column("channel", sa.String(length=16), server_default="chat", nullable=False)
    )
    op.add_column("tickets", sa.Column("code", sa.String(length=12), nullable=True))
    op.add_column(
        "tickets", sa.Column("tier", sa.String(length=2), server_default="L1", nullable=False)
    )
    op.add_column("tickets", sa.Column("labels", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("tickets", sa.Column("issue", sa.String(length=60), nullable=True))
    op.add_column("tickets", sa.Column("due_update", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tickets", sa.Column("due_resolution", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tickets", sa.Column("due_answer", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tickets", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tickets", sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tickets", sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tickets", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "tickets", sa.Column("transfers", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "tickets", sa.Column("reopened", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("tickets", sa.Column("offered_to", sa.String(length=60), nullable=True))
    op.add_column("tickets", sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tickets", sa.Column("cause", sa.String(length=60), nullable=True))


def _new_tables() -> None:
    op.create_table(
        "hooks",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cursor", _NUMBER, server_default="0", nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "profiles",
        sa.Column("customer_id", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.String(length=60), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("customer_id"),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("agent", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agent", "name", name="saved_views_once"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_saved_views_agent"), "saved_views", ["agent"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation", sa.String(length=40), nullable=False),
        sa.Column("message", _NUMBER, nullable=True),
        sa.Column("author", sa.String(length=70), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scan", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversations.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_attachments_conversation"), "attachments", ["conversation"], unique=False
    )
    op.create_index(op.f("ix_attachments_message"), "attachments", ["message"], unique=False)
    op.create_table(
        "approvals",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("ticket", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.String(length=60), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("booking", sa.String(length=60), nullable=True),
        sa.Column("problem", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.ref"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_approvals_ticket"), "approvals", ["ticket"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ticket", sa.String(length=12), nullable=True),
        sa.Column("conversation", sa.String(length=40), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.ref"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "key", name="jobs_once"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_jobs_conversation"), "jobs", ["conversation"], unique=False)
    op.create_index(op.f("ix_jobs_ticket"), "jobs", ["ticket"], unique=False)
    op.create_index("jobs_by_due", "jobs", ["done_at", "due"], unique=False)
    op.create_table(
        "mails",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("event", sa.String(length=120), nullable=False),
        sa.Column("conversation", sa.String(length=40), nullable=False),
        sa.Column("ticket", sa.String(length=12), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.ref"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_mails_conversation"), "mails", ["conversation"], unique=False)
    op.create_index(op.f("ix_mails_ticket"), "mails", ["ticket"], unique=False)
    op.create_table(
        "moments",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("conversation", sa.String(length=40), nullable=False),
        sa.Column("ticket", sa.String(length=12), nullable=True),
        sa.Column("message", _NUMBER, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.ref"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_moments_conversation"), "moments", ["conversation"], unique=False)
    op.create_index(op.f("ix_moments_ticket"), "moments", ["ticket"], unique=False)
    op.create_table(
        "notes",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("ticket", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.ref"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_notes_ticket"), "notes", ["ticket"], unique=False)
    op.create_table(
        "participants",
        sa.Column("ticket", sa.String(length=12), nullable=False),
        sa.Column("agent", sa.String(length=60), nullable=False),
        sa.Column("added_by", sa.String(length=60), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.ref"],
        ),
        sa.PrimaryKeyConstraint("ticket", "agent"),
    )
    op.create_table(
        "reviews",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("ticket", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("agent", sa.String(length=60), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.ref"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_reviews_ticket"), "reviews", ["ticket"], unique=False)
    op.create_table(
        "surveys",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("ticket", sa.String(length=12), nullable=False),
        sa.Column("conversation", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.String(length=60), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.ref"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ticket", "asked_at", name="surveys_once"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_surveys_conversation"), "surveys", ["conversation"], unique=False)
    op.create_index(op.f("ix_surveys_ticket"), "surveys", ["ticket"], unique=False)
    op.create_table(
        "reads",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("conversation", sa.String(length=40), nullable=True),
        sa.Column("customer_id", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversations.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_reads_conversation"), "reads", ["conversation"], unique=False)
    op.create_index(op.f("ix_reads_customer_id"), "reads", ["customer_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("hook", _NUMBER, nullable=False),
        sa.Column("event", _NUMBER, nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event"],
            ["ticket_events.id"],
        ),
        sa.ForeignKeyConstraint(
            ["hook"],
            ["hooks.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hook", "event", name="deliveries_once"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mentions",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("ticket", sa.String(length=12), nullable=False),
        sa.Column("agent", sa.String(length=60), nullable=False),
        sa.Column("note", _NUMBER, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["note"],
            ["notes.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.ref"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_mentions_agent"), "mentions", ["agent"], unique=False)
    op.create_index(op.f("ix_mentions_ticket"), "mentions", ["ticket"], unique=False)


def _fill() -> None:
    connection = op.get_bind()
    tickets = sa.table(
        "tickets",
        *(sa.column(name) for name in ("ref", "issue", "tier")),
        *(sa.column(name, sa.DateTime(timezone=True)) for name in ("due_update", "due_resolution")),
        sa.column("context", sa.JSON()),
    )
    for ref, context in connection.execute(sa.select(tickets.c.ref, tickets.c.context)).all():
        sla = (context or {}).get("sla") or {}
        values = {
            "issue": (context or {}).get("issue"),
            "tier": (context or {}).get("tier") or "L1",
            "due_update": _stored(connection, sla.get("due_update")),
            "due_resolution": _stored(connection, sla.get("due_resolution")),
        }
        connection.execute(sa.update(tickets).where(tickets.c.ref == ref).values(**values))


def _stored(connection: Any, text: Any) -> datetime | None:
    """As the table keeps instants: in UTC, without a zone where the database knows none."""
    try:
        at = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    at = at.astimezone(timezone.utc)
    return at.replace(tzinfo=None) if connection.dialect.name == "sqlite" else at
