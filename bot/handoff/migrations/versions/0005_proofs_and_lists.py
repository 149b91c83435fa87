"""Orders that guests proved to the bot, who saw which cases in a list, where agents logged in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what was proved before is not known, and is proved again."""
    with op.batch_alter_table("conversations") as table:
        table.add_column(sa.Column("proven_orders", sa.JSON()))
    with op.batch_alter_table("agent_sessions") as table:
        table.add_column(sa.Column("device", sa.String(60)))
    with op.batch_alter_table("reads") as table:
        table.add_column(sa.Column("query", sa.JSON()))
        table.add_column(sa.Column("refs", sa.JSON()))
    op.create_index("reads_by_agent", "reads", ["agent", "id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index("reads_by_agent", "reads")
    with op.batch_alter_table("reads") as table:
        for name in ("refs", "query"):
            table.drop_column(name)
    with op.batch_alter_table("agent_sessions") as table:
        table.drop_column("device")
    with op.batch_alter_table("conversations") as table:
        table.drop_column("proven_orders")
