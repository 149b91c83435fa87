"""The ledger of promises, and an index by which live conversations are found.

What agents had promised on handing back becomes rows of the ledger. What was due before this ran
raises no alarm any more: nobody should be called about last year.
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the table and fill it from the agents' notes."""
    op.create_table(
        "promises",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("conversation", sa.String(40), sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("ticket", sa.String(12), sa.ForeignKey("tickets.ref")),
        sa.Column("turn", sa.String(24), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True)),
        sa.Column("owner", sa.String(60), nullable=False),
        sa.Column("made_by", sa.String(8), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True)),
        sa.Column("alarmed_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("conversation", "turn", "name", name="promises_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_promises_conversation", "promises", ["conversation"])
    op.create_index("promises_by_due", "promises", ["due"])
    op.create_index("messages_by_time", "messages", ["created_at"])
    _fill()


def downgrade() -> None:
    """Drop them."""
    op.drop_index("messages_by_time", "messages")
    op.drop_table("promises")


def _fill() -> None:
    connection = op.get_bind()
    tickets = sa.table(
        "tickets",
        *(sa.column(name) for name in ("ref", "conversation", "team")),
        sa.column("resolved_at", sa.DateTime(timezone=True)),
        sa.column("resolution", sa.JSON()),
    )
    rows = []
    for ticket in connection.execute(sa.select(tickets).where(tickets.c.resolution.is_not(None))):
        for number, promise in enumerate((ticket.resolution or {}).get("promised") or ()):
            rows.append(_row(connection, ticket, number, promise))
    promises = sa.table(
        "promises",
        *(
            sa.column(name, sa.DateTime(timezone=True))
            for name in ("due", "made_at", "kept_at", "alarmed_at")
        ),
        *(
            sa.column(name)
            for name in ("conversation", "ticket", "turn", "name", "text", "owner", "made_by")
        ),
    )
    if rows:
        op.bulk_insert(promises, rows)


def _row(connection: Any, ticket: Any, number: int, promise: Any) -> dict[str, Any]:
    promise = promise if isinstance(promise, dict) else {"text": json.dumps(promise)}
    now, due = datetime.now(timezone.utc), _instant(promise.get("due"))
    made = ticket.resolved_at or now
    return {
        "conversation": ticket.conversation,
        "ticket": ticket.ref,
        "turn": f"note_{ticket.ref}",  # which turn it was is not known any more
        "name": f"note_{number + 1}",
        "text": str(promise.get("text") or ""),
        "due": _stored(connection, due),
        "owner": ticket.team,
        "made_by": "agent",
        "made_at": _stored(connection, made),
        "alarmed_at": _stored(connection, now) if due is not None and due <= now else None,
    }


def _instant(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text).strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _stored(connection: Any, at: datetime | None) -> datetime | None:
    """As the table keeps instants: in UTC, without a zone where the database knows none."""
    if at is None:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=timezone.utc)
    at = at.astimezone(timezone.utc)
    return at.replace(tzinfo=None) if connection.dialect.name == "sqlite" else at
