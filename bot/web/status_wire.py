"""What goes over the wire of the status page, typed. Times are UTC, ISO 8601 with Z."""

from typing import Literal

import msgspec

from bot.web import wire

Status = Literal["team", "person", "waiting", "solved", "returned"]


class StatusIn(msgspec.Struct):
    """Reference and code of a case, as dictated; or the token of a signed link."""

    reference: str = ""
    code: str = ""
    link: str | None = None


class CaseStepOut(msgspec.Struct):
    """A step on the way of a case; ``at`` is when it began."""

    step: Literal["received", "team", "person", "waiting", "solved"]
    at: str | None
    state: Literal["done", "now", "next"]


class NextUpdateOut(msgspec.Struct):
    """By when the customer hears something next; ``late``: it should have come already."""

    due: str
    late: bool


class HistoryOut(msgspec.Struct):
    """Something that happened; ``who`` is a person's or a team's name."""

    at: str
    kind: str
    who: str | None


class VowOut(msgspec.Struct):
    """Something that was promised."""

    text: str
    due: str | None
    kept_at: str | None


class OtherCaseOut(msgspec.Struct):
    """Another case of the same customer."""

    reference: str
    issue: str
    status: Status
    created_at: str
    closed_at: str | None


class CaseView(msgspec.Struct):
    """Where a case stands."""

    reference: str
    code: str | None
    status: Status
    created_at: str
    closed_at: str | None
    team: str
    agent: str | None
    steps: list[CaseStepOut]
    next_update: NextUpdateOut | None
    queue: wire.QueueOut | None
    opens: str | None
    history: list[HistoryOut]
    promises: list[VowOut]
    cases: list[OtherCaseOut]
    reach: list[str]
    survey: bool
    survey_id: int | None


class StatusOut(msgspec.Struct):
    """An opened case, and the key to its conversation for some hours."""

    conversation: str
    token: str
    case: CaseView
