"""What protects proofs of identity: every function works inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.handoff.tables import identity_tries, used_identities


def use(connection: Any, jti: str, expires_at: datetime, now: datetime) -> bool:
    """Use up a signed identity; False when it was used before. Expired ones are forgotten."""
    connection.execute(sa.delete(used_identities).where(used_identities.c.expires_at < now))
    known = sa.select(used_identities.c.jti).where(used_identities.c.jti == jti)
    if connection.execute(known).first() is not None:
        return False
    connection.execute(sa.insert(used_identities).values(jti=jti, expires_at=expires_at))
    return True


def count_try(connection: Any, conversation: str) -> int:
    """Count one more try to prove an order in a locked conversation; return how many."""
    table = identity_tries
    query = sa.select(table.c.count).where(table.c.conversation == conversation)
    count = connection.execute(query).scalar_one_or_none()
    if count is None:
        connection.execute(sa.insert(table).values(conversation=conversation, count=1))
        return 1
    changed = sa.update(table).where(table.c.conversation == conversation)
    connection.execute(changed.values(count=count + 1))
    return int(count) + 1
