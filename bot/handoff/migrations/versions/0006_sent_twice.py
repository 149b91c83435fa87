"""Ids that agents' programs give to notes and to cases by hand: what is sent twice is kept once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what was written before has no such id."""
    op.add_column("notes", sa.Column("client_id", sa.String(100)))
    op.create_index("notes_once", "notes", ["ticket", "agent", "client_id"], unique=True)
    op.add_column("tickets", sa.Column("opened_as", sa.String(170)))
    op.create_index("tickets_opened_once", "tickets", ["opened_as"], unique=True)


def downgrade() -> None:
    """Take them away."""
    op.drop_index("tickets_opened_once", "tickets")
    op.drop_column("tickets", "opened_as")
    op.drop_index("notes_once", "notes")
    op.drop_column("notes", "client_id")
