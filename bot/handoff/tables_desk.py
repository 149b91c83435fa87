"""The tables of what agents do around a ticket, of what runs by the clock, and of what is sent out.

Columns are explained here and nowhere else, as in :mod:`bot.handoff.tables`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.handoff.tables import UtcDateTime, metadata

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _ticket(**options: Any) -> sa.Column:
    options.setdefault("nullable", False)
    return sa.Column("ticket", sa.String(12), sa.ForeignKey("tickets.ref"), index=True, **options)


def _conversation(**options: Any) -> sa.Column:
    return sa.Column(
        "conversation", sa.String(40), sa.ForeignKey("conversations.id"), index=True, **options
    )


notes = sa.Table(  # internal: no customer ever reads them
    "notes",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),
    _ticket(),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("agent", sa.String(60), nullable=False),  # user name
    sa.Column("kind", sa.String(10), nullable=False),  # note | transfer | consult | answer | call
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("mentions", sa.JSON, nullable=False),  # user names
    sa.Column("client_id", sa.String(100)),  # the agent's program's own id: twice is once
    sa.Index("notes_once", "ticket", "agent", "client_id", unique=True),
    sqlite_autoincrement=True,
)

participants = sa.Table(  # who works on a case beside its owner
    "participants",
    metadata,
    sa.Column("ticket", sa.String(12), sa.ForeignKey("tickets.ref"), primary_key=True),
    sa.Column("agent", sa.String(60), primary_key=True),
    sa.Column("added_by", sa.String(60), nullable=False),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sa.Column("left_at", UtcDateTime),
)

mentions = sa.Table(  # what waits for an agent's eyes until it is read
    "mentions",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),
    _ticket(),
    sa.Column("agent", sa.String(60), nullable=False, index=True),
    sa.Column("note", _NUMBER, sa.ForeignKey("notes.id")),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("read_at", UtcDateTime),
    sqlite_autoincrement=True,
)

approvals = sa.Table(  # money above an agent's authority, asked of a supervisor
    "approvals",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),
    _ticket(),
    sa.Column("kind", sa.String(10), nullable=False),  # refund | voucher | resend
    sa.Column("cents", sa.Integer, nullable=False),
    sa.Column("subject", sa.String(60), nullable=False),  # the order or charge it is about
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("asked_by", sa.String(60), nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # asked | approved | refused | done | failed
    sa.Column("decided_by", sa.String(60)),
    sa.Column("decided_at", UtcDateTime),
    sa.Column("answer", sa.Text),  # the supervisor's words
    sa.Column("booking", sa.String(60)),  # the back office's reference of what was done
    sa.Column("problem", sa.String(20)),  # why it failed: down | uncertain | refused | not_ours
    sqlite_autoincrement=True,
)

reviews = sa.Table(  # what a supervisor says to an agent about a case
    "reviews",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),
    _ticket(),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.String(60), nullable=False),
    sa.Column("agent", sa.String(60)),
    sa.Column("text", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

moments = sa.Table(  # "the bot should have…", for trainers
    "moments",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),
    _conversation(nullable=False),
    _ticket(nullable=True),
    sa.Column("message", _NUMBER),  # of the bot or the customer
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.String(60), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("done_at", UtcDateTime),  # a trainer has seen to it
    sqlite_autoincrement=True,
)

reads = sa.Table(  # who looked at a customer's data outside a case, append-only
    "reads",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("agent", sa.String(60), nullable=False),  # user name
    sa.Column("kind", sa.String(20), nullable=False),  # bot_chat | profile | history | a list
    _conversation(nullable=True),
    sa.Column("customer_id", sa.String(100), index=True),
    sa.Column("query", sa.JSON(none_as_null=True)),  # of a list: its filters, never words sought
    sa.Column("refs", sa.JSON(none_as_null=True)),  # of a list: the cases shown
    sa.Index("reads_by_agent", "agent", "id"),
    sqlite_autoincrement=True,
)

profiles = sa.Table(  # what agents know of a customer beyond a case
    "profiles",
    metadata,
    sa.Column("customer_id", sa.String(100), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("needs", sa.JSON, nullable=False),  # declared by the customer: large_print, …
    sa.Column("changed_by", sa.String(60), nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
)

jobs = sa.Table(  # what is to happen at a time; each key once, across restarts
    "jobs",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("key", sa.String(120), nullable=False),
    sa.Column("due", UtcDateTime, nullable=False),
    _ticket(nullable=True),
    _conversation(nullable=True),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("done_at", UtcDateTime),
    sa.Column("outcome", sa.String(200)),  # done | cancelled | gave up: why
    sa.UniqueConstraint("kind", "key", name="jobs_once"),
    sa.Index("jobs_by_due", "done_at", "due"),
    sqlite_autoincrement=True,
)

surveys = sa.Table(  # how a customer was served, asked once and reminded once
    "surveys",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),
    _ticket(),
    _conversation(nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("reminded_at", UtcDateTime),
    sa.Column("answered_at", UtcDateTime),
    sa.Column("score", sa.Integer),  # 1 … 5
    sa.Column("comment", sa.Text),
    sa.Column("skipped_at", UtcDateTime),
    sa.Column("reviewed_by", sa.String(60)),  # of low scores
    sa.Column("reviewed_at", UtcDateTime),
    sa.UniqueConstraint("ticket", "asked_at", name="surveys_once"),
    sqlite_autoincrement=True,
)

attachments = sa.Table(
    "attachments",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),  # a_…
    _conversation(nullable=False),
    sa.Column("message", _NUMBER, index=True),  # null until it is sent with one
    sa.Column("author", sa.String(70), nullable=False),  # customer | agent:<name>
    sa.Column("name", sa.String(200), nullable=False),  # cleaned
    sa.Column("type", sa.String(80), nullable=False),  # by its content, never as claimed
    sa.Column("size", sa.Integer, nullable=False),  # bytes
    sa.Column("digest", sa.String(64), nullable=False),  # SHA-256 of the content, hex
    sa.Column("scan", sa.String(10), nullable=False),  # clean | refused | unscanned
    sa.Column("at", UtcDateTime, nullable=False),
)

mails = sa.Table(  # what goes out by e-mail: one row an event, sent once
    "mails",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),
    sa.Column("event", sa.String(120), nullable=False, unique=True),
    _conversation(nullable=False),
    _ticket(nullable=True),
    sa.Column("kind", sa.String(20), nullable=False),  # receipt | update | answer | survey | …
    sa.Column("recipient", sa.String(320), nullable=False),
    sa.Column("subject", sa.String(300), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("next_at", UtcDateTime),  # null: never again
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("sent_at", UtcDateTime),
    sa.Column("error", sa.String(300)),
    sa.Column("message_id", sa.String(200)),
    sqlite_autoincrement=True,
)

hooks = sa.Table(  # addresses of other systems that want to know
    "hooks",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),
    sa.Column("url", sa.String(2000), nullable=False),
    sa.Column("secret", sa.String(100), nullable=False),  # a number it is made of
    sa.Column("events", sa.JSON, nullable=False),  # kinds of ticket events; none: all
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("made_by", sa.String(60), nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("cursor", _NUMBER, nullable=False, server_default="0"),  # last event looked at
    sa.Column("failing_since", UtcDateTime),  # nothing has arrived since then
    sa.Column("disabled_at", UtcDateTime),  # given up after days of that
    sqlite_autoincrement=True,
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),
    sa.Column("hook", _NUMBER, sa.ForeignKey("hooks.id"), nullable=False),
    sa.Column("event", _NUMBER, sa.ForeignKey("ticket_events.id"), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", UtcDateTime),
    sa.Column("delivered_at", UtcDateTime),
    sa.Column("status", sa.Integer),  # of the last answer; null: none came
    sa.UniqueConstraint("hook", "event", name="deliveries_once"),
    sqlite_autoincrement=True,
)

saved_views = sa.Table(  # an agent's own filters of the queue
    "saved_views",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True),
    sa.Column("agent", sa.String(60), nullable=False, index=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("query", sa.JSON, nullable=False),
    sa.UniqueConstraint("agent", "name", name="saved_views_once"),
    sqlite_autoincrement=True,
)
