"""Alembic's entry point; the connection is given by ``Database.migrate``."""

from __future__ import annotations

from alembic import context

from bot.handoff import tables_desk  # noqa: F401  (its tables are in the metadata)
from bot.handoff.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
