"""What goes over the wire when agents work together on a case, typed."""

from typing import Annotated, Any, Literal

import msgspec

from bot.web.ticket_wire import AgentMessage, ColleagueOut, Once, Text, TicketRow

Short = Annotated[str, msgspec.Meta(max_length=500)]
Name = Annotated[str, msgspec.Meta(max_length=60)]
Code = Annotated[str, msgspec.Meta(max_length=60)]


class Snooze(msgspec.Struct):
    """Put aside until a time (ISO 8601), with a note for colleagues."""

    until: Annotated[str, msgspec.Meta(max_length=40)] = ""
    note: Text = ""


class PriorityIn(msgspec.Struct):
    """How pressing a case is from now on, and why."""

    priority: Code = ""
    reason: Short = ""


class TierIn(msgspec.Struct):
    """Which level of support a case needs, and why."""

    tier: Code = ""
    reason: Short = ""


class LabelsIn(msgspec.Struct):
    """The labels of a case from now on, of 30 characters at most."""

    labels: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=200)]], msgspec.Meta(max_length=50)
    ]


class NoteIn(msgspec.Struct):
    """An internal note; ``@username`` mentions a colleague. An answer goes to who consulted."""

    text: Text = ""
    kind: Literal["note", "answer"] = "note"
    client_id: Once = None


class CallIn(msgspec.Struct):
    """What an agent told the customer on the telephone."""

    text: Text = ""
    client_id: Once = None


class NoteOut(msgspec.Struct):
    """An internal note, as stored."""

    id: int
    at: str
    agent: str
    agent_name: str
    kind: Literal["note", "transfer", "consult", "answer", "call"]
    text: str
    mentions: list[str]


class NotesOut(msgspec.Struct):
    """A case's internal notes, oldest first."""

    notes: list[NoteOut]


class NotedOut(msgspec.Struct):
    """A ticket after a note was written."""

    ticket: TicketRow
    messages: list[AgentMessage]  # of a transfer; a note says nothing to the customer
    note: NoteOut


class MentionOut(msgspec.Struct):
    """What waits for an agent's eyes."""

    id: int
    ref: str
    at: str
    kind: Literal["note", "transfer", "consult", "answer", "invited"]
    by: str | None


class MentionsOut(msgspec.Struct):
    """What waits for the agent's eyes, newest first."""

    mentions: list[MentionOut]


class ParticipantIn(msgspec.Struct):
    """A colleague who takes part, by user name."""

    agent: Name = ""


class Transfer(msgspec.Struct):
    """Where a case goes, and what the next one must know. The second time is to be confirmed."""

    note: Text = ""
    team: Code | None = None
    agent: Name | None = None
    tier: Code | None = None
    confirmed: bool = False


class Consult(msgspec.Struct):
    """A question to the supervisors, or to those named with ``@``."""

    text: Text = ""
    client_id: Once = None


class MomentIn(msgspec.Struct):
    """What the bot should have done, at which message."""

    message: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None
    text: Text = ""


class MomentOut(msgspec.Struct):
    """A moment that trainers should look at."""

    id: int
    conversation: str
    ticket: str | None
    message: int | None
    at: str
    by: str
    by_name: str
    text: str
    said: str | None  # the words of the message, personal data and all
    done_at: str | None


class MomentsOut(msgspec.Struct):
    """Moments, newest first."""

    moments: list[MomentOut]


class ReviewIn(msgspec.Struct):
    """What a supervisor says to an agent about a case; by default to its owner."""

    text: Text = ""
    agent: Name | None = None


class ReviewOut(msgspec.Struct):
    """A supervisor's words about a case."""

    id: int
    ref: str
    at: str
    by: str
    by_name: str
    agent: str | None
    agent_name: str | None
    text: str


class ReviewsOut(msgspec.Struct):
    """Reviews, newest first."""

    reviews: list[ReviewOut]


class ToReviewOut(msgspec.Struct):
    """A closed case to look at, why, and what its customer said of it."""

    why: list[Literal["low_score", "reopened", "transfers", "sample"]]
    score: int | None
    comment: str | None
    ticket: TicketRow


class ReviewQueueOut(msgspec.Struct):
    """Closed cases that nobody has reviewed, the most telling first."""

    cases: list[ToReviewOut]


class AgentRow(ColleagueOut):
    """A colleague: who, where, and how busy. ``load`` is chats in hand."""

    teams: list[str]
    role: str
    presence: str
    load: int
    capacity: int


class AgentsOut(msgspec.Struct):
    """All who work at the desk, by user name."""

    agents: list[AgentRow]


class CaseIn(msgspec.Struct):
    """A case opened by hand from any text. Without a team the agent takes it."""

    text: Text = ""
    team: Code | None = None
    customer_email: Annotated[str, msgspec.Meta(max_length=320)] | None = None
    customer_name: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    customer_phone: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    channel: Code = "phone"
    issue: Code | None = None
    language: Literal["es", "en"] | None = None
    client_id: Once = None


class ProfileIn(msgspec.Struct):
    """What agents know of a customer, and what the customer declared to need."""

    text: Text = ""
    needs: Annotated[list[Code], msgspec.Meta(max_length=30)] = []


class ProfileOut(msgspec.Struct):
    """A customer's profile; empty until somebody writes it."""

    customer_id: str
    text: str
    needs: list[str]
    changed_by: str | None
    changed_at: str | None


class PastTicketOut(msgspec.Struct):
    """A customer's earlier case."""

    ref: str
    phase: str
    issue: str | None
    reason_code: str
    team: str
    channel: str
    created_at: str
    resolved_at: str | None
    disposition: str | None
    cause: str | None
    owner: str | None
    summary: str
    score: int | None  # of the survey, 1 to 5


class PastChatOut(msgspec.Struct):
    """A customer's earlier conversation."""

    conversation: str
    at: str
    issue: str | None
    messages: int
    tickets: list[str]


class CustomerHistoryOut(msgspec.Struct):
    """What a customer and the desk had to do with each other, newest first."""

    customer_id: str
    tickets: list[PastTicketOut]
    conversations: list[PastChatOut]


class BotStateOut(msgspec.Struct):
    """How far the bot is, as it keeps it itself."""

    step: str | None
    issue: str | None
    techniques: list[Any] | None
    offers: list[Any] | None
    risk: list[Any] | None


class BotChatTextOut(msgspec.Struct):
    """A chat that the bot has, with all that was said."""

    conversation: str
    since: str
    language: str
    team: str
    customer: str | None
    identity: str
    frustration: dict[str, Any]
    messages: list[AgentMessage]
    state: BotStateOut
