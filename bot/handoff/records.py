"""What the store gives back: plain immutable records, one class a table row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, tzinfo
from typing import Any, TypeVar

from bot.handoff.instants import instant, iso

Json = dict[str, Any]
Record = TypeVar("Record")


def record(kind: type[Record], row: Any) -> Record:
    """Build a record from a database row, ignoring columns it has no field for."""
    values = row._mapping
    return kind(**{each.name: values[each.name] for each in fields(kind)})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Identity:
    """Who the customer is, as far as it was proved."""

    status: str = "anonymous"  # anonymous | claimed | verified
    customer_id: str | None = None
    name: str | None = None
    email: str | None = None
    orders: tuple[str, ...] = ()  # proved to the bot, by address or postcode: only these


@dataclass(frozen=True)
class Conversation:
    """One customer's chat; ``owner`` says who may answer: bot, queue (nobody yet) or agent."""

    id: str
    created_at: datetime
    language: str
    register: str | None
    owner: str
    status: str
    identity_status: str
    customer_id: str | None
    customer_name: str | None
    customer_email: str | None
    origin: str | None
    page: str | None
    disclosure_version: str | None
    disclosure_at: datetime | None
    state: Json | None
    resume: Json | None
    ended_at: datetime | None
    contact_email: str | None = None
    contact_phone: str | None = None
    consent_at: datetime | None = None
    opted_out_at: datetime | None = None
    bounced_at: datetime | None = None
    erased_at: datetime | None = None
    time_zone: str | None = None
    proven_orders: list[str] | None = None

    @property
    def verified_customer(self) -> str | None:
        """Id of the customer, only if the site or an agent vouches for who they are."""
        return self.customer_id if self.identity_status == "verified" else None

    @property
    def identity(self) -> Identity:
        """Return who the customer is."""
        return Identity(
            self.identity_status, self.customer_id, self.customer_name, self.customer_email
        )


@dataclass(frozen=True)
class Reply:
    """One message the bot wants to send."""

    text: str
    choices: tuple[Mapping[str, str], ...] = ()  # {"title", "payload"} each
    response: str | None = None  # utter_…
    variation: str | None = None

    @classmethod
    def from_engine(cls, message: Mapping[str, Any]) -> Reply:
        """Read one of the ``messages`` the engine's door answers with."""
        return cls(
            text=str(message.get("text") or ""),
            choices=tuple(message.get("choices") or ()),
            response=message.get("response"),
            variation=message.get("id"),
        )


@dataclass(frozen=True)
class Vow:
    """A promise about to be stored: what will happen, until when, and who sees to it."""

    name: str
    text: str
    due: datetime | None
    owner: str = "bot"  # or a team

    @classmethod
    def from_engine(cls, promise: Mapping[str, Any], zone: tzinfo) -> Vow:
        """Read one of the ``promises`` the engine's door answers with; ``zone`` is the desk's."""
        return cls(
            name=str(promise.get("name") or "promise")[:100],
            text=str(promise.get("text") or ""),
            due=instant(promise.get("due"), zone),
            owner=str(promise.get("owner") or "bot")[:60],
        )


@dataclass(frozen=True)
class Promise:
    """A promise in the ledger; it is open until it is kept."""

    id: int
    conversation: str
    ticket: str | None
    turn: str
    name: str
    text: str
    due: datetime | None
    owner: str
    made_by: str
    made_at: datetime
    kept_at: datetime | None
    alarmed_at: datetime | None

    def as_dict(self) -> Json:
        """Return the promise as a handoff tells it."""
        return {
            "id": self.id,
            "name": self.name,
            "text": self.text,
            "due": iso(self.due),
            "kept": self.kept_at is not None,
            "kept_at": iso(self.kept_at),
            "owner": self.owner,
            "by": self.made_by,
            "made_at": iso(self.made_at),
            "reference": self.ticket,
        }


@dataclass(frozen=True)
class Message:
    """One message; the customer never sees one that is ``late``."""

    id: int
    conversation: str
    turn: str | None
    author: str
    name: str | None
    text: str
    language: str | None
    choices: list[Json]
    choice: Json | None
    client_id: str | None
    created_at: datetime
    late: bool
    parse: Json | None
    response: str | None
    variation: str | None
    attachments: list[Json] | None = None

    def as_dict(self) -> Json:
        """Return the message object of the API: what the customer may see."""
        return {
            "id": self.id,
            "author": self.author,
            "name": self.name,
            "text": self.text,
            "at": iso(self.created_at),
            "choices": [
                {"id": choice["id"], "title": choice["title"], "used": choice["used"]}
                for choice in self.choices
            ],
            "client_id": self.client_id,
            "turn": self.turn,
            "language": self.language,
            "attachments": list(self.attachments or ()),
        }

    def for_agent(self) -> Json:
        """Return the message object with what only agents see: frustration, and lateness."""
        frustration = (self.parse or {}).get("frustration")
        return {**self.as_dict(), "late": self.late, "frustration": frustration}


@dataclass(frozen=True)
class Turn:
    """What the bot owes an answer to: a burst of messages, or a hand-back."""

    id: str
    conversation: str
    kind: str
    status: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: Json | None
    note: Json | None


@dataclass(frozen=True)
class Ticket:
    """The record of one handoff."""

    ref: str
    conversation: str
    status: str
    priority: str
    rank: int
    team: str
    reason_code: str
    trigger: str
    owner_agent: str | None
    context: Json
    language: str
    created_at: datetime
    queued_at: datetime
    claimed_at: datetime | None
    first_response_at: datetime | None
    due_first_response: datetime
    resolved_at: datetime | None
    disposition: str | None
    resolution: Json | None
    lost_at: datetime | None
    notice: int | None
    channel: str
    code: str | None
    tier: str
    labels: list[str]
    issue: str | None
    due_update: datetime | None
    due_resolution: datetime | None
    due_answer: datetime | None
    told_at: datetime | None
    waiting_since: datetime | None
    snoozed_until: datetime | None
    paused_at: datetime | None
    transfers: int
    reopened: int
    offered_to: str | None
    offered_at: datetime | None
    cause: str | None


@dataclass(frozen=True)
class Event:
    """One line of a ticket's append-only log."""

    id: int
    ticket: str
    at: datetime
    actor: str
    kind: str
    data: Json

    def as_dict(self) -> Json:
        """Return the event as JSON."""
        return {"at": iso(self.at), "actor": self.actor, "kind": self.kind, "data": self.data}


@dataclass(frozen=True)
class Agent:
    """A person who receives handoffs."""

    id: int
    username: str
    name: str
    teams: list[str]
    role: str
    active: bool
    live_since: datetime | None
    presence: str = "online"  # online | busy | away | wrap_up
    presence_since: datetime | None = None
    wrap_up_until: datetime | None = None
    cool_until: datetime | None = None
    idle_since: datetime | None = None
    capacity: int | None = None
    languages: list[str] = field(default_factory=list)
    skills: list[str] = field(default_factory=list)
    tier: str = "L1"
    totp_at: datetime | None = None  # the second factor is on since
    locked_until: datetime | None = None  # after too many wrong logins

    def as_dict(self) -> Json:
        """Return the account as the API shows it."""
        return {
            "username": self.username,
            "name": self.name,
            "teams": self.teams,
            "role": self.role,
        }
