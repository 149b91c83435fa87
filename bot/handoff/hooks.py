"""Webhooks: addresses of other systems that are told of ticket events.

The key that signs what they are sent is made of a random number in the database and a key of the
installation: a copy of the database signs nothing. It is shown once.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from bot.errors import DeskError, NotFound, did_you_mean
from bot.handoff.instants import iso
from bot.handoff.records import Json, record
from bot.handoff.store import Store
from bot.handoff.tables import ticket_events
from bot.handoff.tables_desk import deliveries, hooks

KINDS = frozenset(
    "opened read offered declined offer_timeout claimed said told waiting resumed snoozed woke "
    "labelled priority tier routed noted mentioned joined left transferred consulted answered "
    "approval_asked approved refused done failed returned resolved reopened released requeued lost "
    "back sla_soon sla_missed escalated update_sent update_missed survey_asked survey_reminded "
    "follow_up_planned follow_up_cancelled followed_up proved replaced rated reviewed moment "
    "contact_left customer_left attached mailed bounced promised promise_kept promise_due "
    "receipt erased".split()
)
"""Events a hook may ask for."""
LONGEST_URL = 2000


@dataclass(frozen=True)
class Hook:
    """An address that is told of events."""

    id: int
    url: str
    secret: str  # the number its key is made of
    events: list[str]
    active: bool
    made_by: str
    made_at: datetime
    cursor: int
    failing_since: datetime | None
    disabled_at: datetime | None

    @property
    def host(self) -> str:
        """Return the host it goes to: what a person recognises it by."""
        return urlsplit(self.url).hostname or self.url

    def as_dict(self) -> Json:
        """Return the hook as the API shows it, without its key."""
        return {
            "id": self.id,
            "url": self.url,
            "events": self.events,
            "active": self.active,
            "made_by": self.made_by,
            "made_at": iso(self.made_at),
            "failing_since": iso(self.failing_since),
            "disabled_at": iso(self.disabled_at),
        }


class Hooks:
    """The hooks of an installation and what is on its way to them.

    Args:
        store: Where they are kept.
        key: Of this installation, for hooks.
    """

    def __init__(self, store: Store, key: str) -> None:
        self._store = store
        self._key = key

    def key_of(self, hook: Hook) -> str:
        """Return the key that signs what a hook is sent."""
        made = hmac.new(self._key.encode(), hook.secret.encode(), sha256).hexdigest()
        return f"whsec_{made}"

    def add(self, url: str, events: Collection[str], made_by: str) -> Hook:
        """Make a hook; it is told of what happens from now on.

        Raises:
            DeskError: the address or an event makes no sense.
        """
        _check_url(url)
        for event in events:
            if event not in KINDS:
                hint = did_you_mean(event, KINDS)
                accepted = ", ".join(sorted(KINDS))
                raise DeskError(
                    f"Unknown event '{event}'.{hint}", "hook_event", value=event, accepted=accepted
                )
        with self._store.database.write() as connection:
            last = connection.execute(sa.select(sa.func.max(ticket_events.c.id))).scalar()
            row = {
                "url": url,
                "secret": secrets.token_hex(16),
                "events": sorted(set(events)),
                "active": True,
                "made_by": made_by,
                "made_at": self._store.clock(),
                "cursor": last or 0,
            }
            number = connection.execute(sa.insert(hooks).values(**row)).inserted_primary_key[0]
            return one(connection, number)

    def all(self) -> list[Hook]:
        """Return all hooks, oldest first."""
        with self._store.database.read() as connection:
            rows = connection.execute(sa.select(hooks).order_by(hooks.c.id))
            return [record(Hook, row) for row in rows]

    def get(self, number: int) -> Hook:
        """Return a hook.

        Raises:
            NotFound: there is none of this number.
        """
        with self._store.database.read() as connection:
            return one(connection, number)

    def remove(self, number: int) -> None:
        """Forget a hook and what was on its way to it.

        Raises:
            NotFound: there is none of this number.
        """
        with self._store.database.write() as connection:
            one(connection, number)
            connection.execute(sa.delete(deliveries).where(deliveries.c.hook == number))
            connection.execute(sa.delete(hooks).where(hooks.c.id == number))

    def turn_on(self, number: int) -> Hook:
        """Try a hook again that was turned off; what it missed is sent.

        Raises:
            NotFound: there is none of this number.
        """
        at = self._store.clock()
        with self._store.database.write() as connection:
            one(connection, number)
            values = {"active": True, "failing_since": None, "disabled_at": None}
            mine = hooks.c.id == number
            connection.execute(sa.update(hooks).where(mine).values(**values))
            undone = sa.and_(deliveries.c.hook == number, deliveries.c.delivered_at.is_(None))
            connection.execute(sa.update(deliveries).where(undone).values(next_at=at))
            return one(connection, number)


def signature(key: str, body: bytes, at: datetime) -> str:
    """Return the header that proves that a body is ours, and of now."""
    stamp = int(at.timestamp())
    made = hmac.new(key.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()
    return f"t={stamp},v1={made}"


def _check_url(url: str) -> None:
    """Check that an address can be a hook's.

    Raises:
        DeskError: it cannot.
    """
    why = "Accepted: https://host/path, or http:// on this machine."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise DeskError(f"This is no address. {why}", "hook_url") from None
    plain = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    odd = not url.isascii() or not url.isprintable() or " " in url or len(url) > LONGEST_URL
    if odd or not (parts.scheme == "https" or plain) or not parts.hostname or port == 0:
        raise DeskError(f"This address is not taken. {why}", "hook_url")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise DeskError(f"No user, password or fragment in an address. {why}", "hook_url")


def one(connection: Any, number: int) -> Hook:
    """Return a hook inside the caller's transaction.

    Raises:
        NotFound: there is none of this number.
    """
    row = connection.execute(sa.select(hooks).where(hooks.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"There is no webhook {number}.")
    return record(Hook, row)
