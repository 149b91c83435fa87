"""What goes over the wire of the agents' API, typed: bodies, answers, frames."""

from typing import Annotated, Any, Literal

import msgspec

from bot.web import wire

Text = Annotated[str, msgspec.Meta(max_length=4000)]
Line = Annotated[str, msgspec.Meta(max_length=500)]
Lines = Annotated[list[Line], msgspec.Meta(max_length=20)]
Once = Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | None
"""The sender's own id of what is sent: the same one twice is kept once."""
Seen = Annotated[int, msgspec.Meta(ge=0, le=2**53)]  # newest message that was read; 0: not said


class FrustrationOut(msgspec.Struct):
    """How the customer feels, scores in [0, 1]; null while nothing was scored."""

    now: float | None
    peak: float | None
    trend: Literal["rising", "steady", "falling"] | None
    level: Literal["calm", "annoyed", "frustrated", "angry"] | None


class ColleagueOut(msgspec.Struct):
    """Somebody who works at the desk."""

    username: str
    name: str


class ClockOut(msgspec.Struct):
    """A deadline, and how it stands; ``due`` is UTC, or null for none."""

    due: str | None
    state: Literal["running", "soon", "missed", "met", "paused", "none"]


class ClocksOut(msgspec.Struct):
    """A ticket's clocks; ``answer`` is the law's, where there is one."""

    first_response: ClockOut
    update: ClockOut
    resolution: ClockOut
    answer: ClockOut | None


class TicketRow(msgspec.Struct):
    """A ticket's line in the queue. ``wait`` is seconds; times are UTC."""

    ref: str
    conversation: str
    priority: Literal["urgent", "high", "medium", "low"]
    reason: str
    reason_code: str
    trigger: str
    team: str
    wait: int
    frustration: FrustrationOut
    language: str
    status: Literal["queued", "claimed", "returned", "resolved"]
    owner: str | None
    owner_name: str | None
    summary: str
    customer: str | None
    created_at: str
    queued_at: str  # when it last entered the queue
    claimed_at: str | None
    due_first_response: str
    first_response_at: str | None
    resolved_at: str | None
    disposition: str | None
    cause: str | None
    lost_at: str | None
    tier: Literal["L1", "L2", "L3"]
    labels: list[str]
    issue: str | None
    channel: str
    phase: Literal["queued", "open", "waiting", "snoozed", "returned", "resolved"]
    sla: ClocksOut
    heat: bool  # frustrated or angry, now or at the peak
    waiting_since: str | None
    snoozed_until: str | None
    transfers: int
    reopened: int
    offered_to: str | None
    participants: list[ColleagueOut]
    mentioned: bool  # a colleague wants the agent's eyes here
    last_customer_message: int | None  # its id: what is newer than what one has seen is unread


class TicketsOut(msgspec.Struct):
    """A page of the queue; ``next`` is passed as ``after`` for the next one."""

    tickets: list[TicketRow]
    next: str | None


class EventOut(msgspec.Struct):
    """A line of the append-only log."""

    at: str
    actor: str
    kind: str
    data: dict[str, Any]


class AgentChoice(msgspec.Struct):
    """A quick reply that the customer was offered."""

    id: str
    title: str
    used: bool


class AgentMessage(msgspec.Struct):
    """A message as agents see it; the customer never saw one that is ``late``."""

    id: int
    author: Literal["customer", "bot", "agent", "system"]
    name: str | None
    text: str
    at: str
    choices: list[AgentChoice]
    client_id: str | None
    turn: str | None
    language: str | None
    late: bool
    frustration: dict[str, Any] | None  # {score, level, cues}
    attachments: list[wire.AttachmentOut] = []


class TicketOut(msgspec.Struct):
    """All about a ticket; ``context`` is a HandoffContext."""

    ticket: TicketRow
    context: dict[str, Any]
    messages: list[AgentMessage]
    events: list[EventOut]


class ChangeOut(msgspec.Struct):
    """A ticket after a change, and what was said by it."""

    ticket: TicketRow
    messages: list[AgentMessage]


class BotChatOut(msgspec.Struct):
    """A chat that the bot has. ``waiting`` is seconds since an unanswered message, or null."""

    conversation: str
    since: str
    last_message_at: str
    waiting: int | None
    frustration: FrustrationOut
    issue: str | None
    team: str
    language: str
    customer: str | None


class BotChatsOut(msgspec.Struct):
    """The bot's live chats, the most frustrated customer first."""

    conversations: list[BotChatOut]


class DeskOut(msgspec.Struct):
    """What an agent chooses from: code to its names by language."""

    dispositions: dict[str, dict[str, str]]
    reasons: dict[str, dict[str, str]]
    teams: dict[str, dict[str, str]]
    authority: dict[str, dict[str, int]]
    issues: list[str]  # what cases may be about, by code
    causes: dict[str, dict[str, str]]
    labels: dict[str, dict[str, str]]
    needs: dict[str, dict[str, str]]
    priorities: list[str]  # the most pressing first
    tiers: list[str]
    phases: dict[str, list[str]]  # phase to what can be done in it
    participants_write: bool  # whether who takes part may write to the customer


class Say(msgspec.Struct):
    """A message to the customer; the same ``client_id`` twice is one message."""

    text: Text
    client_id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    attachments: Annotated[list[str], msgspec.Meta(max_length=20)] = []


class Promise(msgspec.Struct):
    """Something promised; ``due`` is UTC, ISO 8601, or null."""

    text: Line
    due: Annotated[str, msgspec.Meta(max_length=40)] | None = None


class PromiseIn(msgspec.Struct):
    """Something an agent promises while they have the case, and by when (ISO 8601)."""

    text: Line = ""
    due: Annotated[str, msgspec.Meta(max_length=40)] = ""
    client_id: Once = None


class Note(msgspec.Struct):
    """What was agreed, for the bot to go on from."""

    agreed: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    promised: Annotated[list[Promise], msgspec.Meta(max_length=20)] = []
    offers_refused: Lines = []
    facts: Annotated[dict[str, Line], msgspec.Meta(max_length=20)] = {}
    cause: Annotated[str, msgspec.Meta(max_length=60)] = ""  # why a person was needed, if known
    seen: Seen = 0


class Resolve(msgspec.Struct):
    """How a case ends, and why a person was needed: codes of ``desk.yml``."""

    disposition: Annotated[str, msgspec.Meta(max_length=60)] = ""
    cause: Annotated[str, msgspec.Meta(max_length=60)] = ""
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    seen: Seen = 0


class Typing(msgspec.Struct, tag_field="type", tag="typing"):
    """The agent started or stopped typing."""

    ref: str
    on: bool


class Viewing(msgspec.Struct, tag_field="type", tag="viewing"):
    """The console shows this case (null: none), and whether the agent writes in it."""

    ref: Annotated[str, msgspec.Meta(max_length=20)] | None
    typing: bool = False


class Ping(msgspec.Struct, tag_field="type", tag="ping"):
    """Is anybody there?"""


Frame = Typing | Viewing | Ping
