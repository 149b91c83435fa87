"""The tables of conversations and tickets, for SQLite and PostgreSQL.

Columns are explained here and nowhere else; how they change over time is in ``migrations/``.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator):  # SQLAlchemy 1.4 has no types
    """An instant: an aware ``datetime`` in UTC, also on SQLite, which knows no time zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Convert to UTC before writing."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: instants are stored in UTC.")
        value = value.astimezone(timezone.utc)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give the time zone back that SQLite forgets."""
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=timezone.utc)
        return value.astimezone(timezone.utc)


metadata = sa.MetaData()
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _conversation(**options: Any) -> sa.Column:
    return sa.Column(
        "conversation", sa.String(40), sa.ForeignKey("conversations.id"), nullable=False, **options
    )


conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),  # c_…
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("language", sa.String(8), nullable=False),  # es | en
    sa.Column("register", sa.String(8)),  # tu | usted | vos, once known
    sa.Column("owner", sa.String(8), nullable=False),  # whose turn it is: bot | queue | agent
    sa.Column("status", sa.String(8), nullable=False),  # open | ended
    sa.Column("identity_status", sa.String(16), nullable=False),  # anonymous | claimed | verified
    sa.Column("customer_id", sa.String(100)),
    sa.Column("customer_name", sa.String(200)),
    sa.Column("customer_email", sa.String(320)),
    sa.Column("origin", sa.String(300)),  # the site that embeds the widget
    sa.Column("page", sa.String(2000)),  # the page the customer was on
    sa.Column("disclosure_version", sa.String(80)),  # which text said "automatic assistant"
    sa.Column("disclosure_at", UtcDateTime),
    sa.Column(
        "state", sa.JSON(none_as_null=True)
    ),  # the engine's conversation state after its last turn
    sa.Column("resume", sa.JSON(none_as_null=True)),  # to tell the bot before its next answer
    sa.Column("ended_at", UtcDateTime),
    sa.Column("contact_email", sa.String(320)),  # where the customer agreed to be written to
    sa.Column("contact_phone", sa.String(40)),  # where they asked to be called back
    sa.Column("consent_at", UtcDateTime),  # when they agreed
    sa.Column("opted_out_at", UtcDateTime),  # no more mail since then
    sa.Column("bounced_at", UtcDateTime),  # mail does not arrive there
    sa.Column("erased_at", UtcDateTime),  # its words and who wrote them are gone
    sa.Column("time_zone", sa.String(60)),  # of the customer's browser, by its IANA name
    sa.Column("proven_orders", sa.JSON(none_as_null=True)),  # orders proved to the bot: [number]
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),  # grows, also within one conversation
    _conversation(),
    sa.Column("turn", sa.String(24)),  # null while a person has the chat
    sa.Column("author", sa.String(8), nullable=False),  # customer | bot | agent | system
    sa.Column("sender", sa.String(70), nullable=False),  # author, of agents also the user name
    sa.Column("name", sa.String(200)),  # the agent's
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("language", sa.String(8)),
    sa.Column("choices", sa.JSON, nullable=False),  # offered: [{id, title, payload, used}]
    sa.Column("choice", sa.JSON(none_as_null=True)),  # taken by the customer: {id, payload}
    sa.Column("client_id", sa.String(100)),  # the sender's own id: twice is once
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("late", sa.Boolean, nullable=False),  # came too late: agents see it, customers not
    sa.Column(
        "parse", sa.JSON(none_as_null=True)
    ),  # what the engine understood, of a customer's message
    sa.Column("score", sa.Float),  # frustration in [0, 1], copied from parse
    sa.Column("level", sa.String(12)),  # calm | annoyed | frustrated | angry
    sa.Column("response", sa.String(100)),  # utter_…
    sa.Column("variation", sa.String(100)),  # which wording of it
    sa.Column("attachments", sa.JSON(none_as_null=True)),  # sent with it: [{id, name, type, size}]
    sa.UniqueConstraint("conversation", "sender", "client_id", name="messages_once"),
    sa.Index("messages_in_order", "conversation", "id"),
    sa.Index("messages_by_time", "created_at"),  # which conversations are live
    sqlite_autoincrement=True,
)

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("id", sa.String(24), primary_key=True),  # t_…
    _conversation(index=True),
    sa.Column("kind", sa.String(10), nullable=False),  # message | handback | person
    sa.Column("status", sa.String(10), nullable=False),  # open | running | answered | failed | late
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("started_at", UtcDateTime),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("error", sa.JSON(none_as_null=True)),
    sa.Column(
        "note", sa.JSON(none_as_null=True)
    ),  # what an agent agreed, for the bot to go on from
    sa.Index("turns_by_status", "status"),
)

tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("ref", sa.String(12), primary_key=True),  # R-7KM2QX
    _conversation(index=True),
    sa.Column("status", sa.String(10), nullable=False),  # queued | claimed | returned | resolved
    sa.Column("priority", sa.String(8), nullable=False),  # urgent | high | medium | low
    sa.Column("rank", sa.Integer, nullable=False),  # 0 urgent … 3 low, for sorting
    sa.Column("team", sa.String(40), nullable=False),
    sa.Column("reason_code", sa.String(60), nullable=False),
    sa.Column("trigger", sa.String(60), nullable=False),
    sa.Column("owner_agent", sa.String(60)),  # user name
    sa.Column("context", sa.JSON, nullable=False),  # HandoffContext as it was handed over
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("queued_at", UtcDateTime, nullable=False),  # when it last entered the queue
    sa.Column("claimed_at", UtcDateTime),
    sa.Column("first_response_at", UtcDateTime),
    sa.Column("due_first_response", UtcDateTime, nullable=False),
    sa.Column("resolved_at", UtcDateTime),
    sa.Column("disposition", sa.String(60)),
    sa.Column(
        "resolution", sa.JSON(none_as_null=True)
    ),  # the agent's note on resolving or handing back
    sa.Column("lost_at", UtcDateTime),  # when its agent's connection was lost
    sa.Column("notice", _NUMBER),  # id of the message that told the customer
    sa.Column(
        "channel", sa.String(16), nullable=False, server_default="chat"
    ),  # where it came from
    sa.Column("code", sa.String(12)),  # with the reference, opens the customer's status page
    sa.Column("tier", sa.String(2), nullable=False, server_default="L1"),  # L1 | L2 | L3
    sa.Column("labels", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("issue", sa.String(60)),  # what the case is about, copied from context, editable
    sa.Column("due_update", UtcDateTime),  # by when the customer must hear something
    sa.Column("due_resolution", UtcDateTime),
    sa.Column("due_answer", UtcDateTime),  # the law's clock: working days
    sa.Column("told_at", UtcDateTime),  # when the customer last heard something that counts
    sa.Column("waiting_since", UtcDateTime),  # claimed, and the customer's turn
    sa.Column("snoozed_until", UtcDateTime),  # claimed, and to be looked at again then
    sa.Column("paused_at", UtcDateTime),  # its clocks stand still since then
    sa.Column("transfers", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reopened", sa.Integer, nullable=False, server_default="0"),
    sa.Column("offered_to", sa.String(60)),  # whom it was given to, to be accepted
    sa.Column("offered_at", UtcDateTime),
    sa.Column("cause", sa.String(60)),  # why a person was needed, chosen on resolving
    sa.Column("opened_as", sa.String(170)),  # by hand: agent and their program's id, twice is once
    sa.Index("tickets_opened_once", "opened_as", unique=True),
    sa.Index("tickets_in_order", "status", "rank", "created_at"),
    sa.Index("tickets_waits", "team", "claimed_at"),
)

ticket_events = sa.Table(  # append-only: the audit trail
    "ticket_events",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),
    sa.Column("ticket", sa.String(12), sa.ForeignKey("tickets.ref"), nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor", sa.String(70), nullable=False),  # bot | customer | system | agent:<name>
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),  # never the text of a message
    sqlite_autoincrement=True,
)

promises = sa.Table(
    "promises",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),
    _conversation(index=True),
    sa.Column("ticket", sa.String(12), sa.ForeignKey("tickets.ref")),  # of the case it belongs to
    sa.Column("turn", sa.String(24), nullable=False),  # in which it was made, or handed back with
    sa.Column("name", sa.String(100), nullable=False),  # what it is about: refund, call_back
    sa.Column("text", sa.Text, nullable=False),  # what was promised, in words
    sa.Column("due", UtcDateTime),  # null: an agent gave no time
    sa.Column("owner", sa.String(60), nullable=False),  # who keeps it: bot, or a team
    sa.Column("made_by", sa.String(8), nullable=False),  # bot | agent
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("kept_at", UtcDateTime),
    sa.Column("alarmed_at", UtcDateTime),  # when the desk was told that it was due
    sa.UniqueConstraint("conversation", "turn", "name", name="promises_once"),
    sa.Index("promises_by_due", "due"),
    sqlite_autoincrement=True,
)

agents = sa.Table(
    "agents",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),
    sa.Column("username", sa.String(60), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("password_hash", sa.String(300), nullable=False),
    sa.Column("teams", sa.JSON, nullable=False),
    sa.Column("role", sa.String(20), nullable=False),  # agent | supervisor | trainer | admin
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("live_since", UtcDateTime),  # connected to the console since
    sa.Column("presence", sa.String(8), nullable=False, server_default="online"),
    sa.Column("presence_since", UtcDateTime),  # online | busy | away | wrap_up, as they chose
    sa.Column("wrap_up_until", UtcDateTime),  # nothing new before then
    sa.Column("cool_until", UtcDateTime),  # nothing heated before then
    sa.Column("idle_since", UtcDateTime),  # without any chat since then
    sa.Column("capacity", sa.Integer),  # chats at once; null: desk.yml's
    sa.Column("languages", sa.JSON, nullable=False, server_default="[]"),  # spoken; none: all
    sa.Column("skills", sa.JSON, nullable=False, server_default="[]"),  # issues known well
    sa.Column("tier", sa.String(2), nullable=False, server_default="L1"),
    sa.Column("totp_secret", sa.String(64)),
    sa.Column("totp_at", UtcDateTime),  # when the second factor was confirmed
    sa.Column("totp_step", _NUMBER),  # the last time step that was used: each is good once
    sa.Column("failed_logins", sa.Integer, nullable=False, server_default="0"),
    sa.Column("locked_until", UtcDateTime),
    sa.Column("preferences", sa.JSON, nullable=False, server_default="{}"),  # of their console
)

agent_sessions = sa.Table(
    "agent_sessions",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),  # SHA-256, hex
    sa.Column("agent", _NUMBER, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime),  # last used; too long ago is over
    sa.Column("device", sa.String(60)),  # browser and system, in a few words
)

agent_tokens = sa.Table(
    "agent_tokens",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("agent", _NUMBER, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("scopes", sa.JSON, nullable=False),  # tickets:read, tickets:write
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("revoked_at", UtcDateTime),
)

used_identities = sa.Table(  # signed identities are good once
    "used_identities",
    metadata,
    sa.Column("jti", sa.String(200), primary_key=True),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)

identity_tries = sa.Table(  # how often a guest tried to prove an order
    "identity_tries",
    metadata,
    sa.Column("conversation", sa.String(40), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)
