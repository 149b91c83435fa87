"""What goes over the wire of practice, typed."""

from typing import Annotated, Literal

import msgspec

from bot.web.aids_wire import Level
from bot.web.wire import Language

MOST = 40
"""Replies of one practice."""
LONGEST = 2000
"""Characters of one of them."""


class PracticeReply(msgspec.Struct):
    """What the agent wrote, or the deed that was pressed.

    A deed is one of the situation's, ``supervisor``, ``transfer`` (with a team) or ``end``.
    """

    text: Annotated[str, msgspec.Meta(max_length=LONGEST)] = ""
    deed: Annotated[str, msgspec.Meta(max_length=20)] = ""
    amount: float | None = None
    team: Annotated[str, msgspec.Meta(max_length=40)] = ""


class PracticeIn(msgspec.Struct):
    """All replies so far: the same seed and replies play the same course. Nothing is kept."""

    seed: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    replies: Annotated[list[PracticeReply], msgspec.Meta(max_length=MOST)]


class NamedOut(msgspec.Struct):
    """A name for programs, and what it is called."""

    name: str
    label: str


class FactOut(msgspec.Struct):
    """Something the customer has said of the matter."""

    name: str
    value: str


class SituationLine(msgspec.Struct):
    """A situation in the list; ``level`` is the customer's frustration at the start."""

    name: str
    title: str
    issue: NamedOut
    level: Level
    language: Language
    region: str
    happened: str


class SituationsOut(msgspec.Struct):
    """All situations."""

    situations: list[SituationLine]


class BeforeOut(msgspec.Struct):
    """A line of the conversation with the bot."""

    who: Literal["customer", "bot"]
    text: str


class MayOut(msgspec.Struct):
    """What the agent may do; ``most`` is the largest amount, null where there is none."""

    deed: str
    most: float | None


class SituationOut(SituationLine):
    """What an agent sees of a real handoff, and what may be done."""

    called: str
    wants: str
    tried: list[str]
    refused: list[str]
    known: list[str]
    facts: list[FactOut]
    before: list[BeforeOut]
    may: list[MayOut]
    supervisor: bool
    teams: list[NamedOut]
    money: str


class PracticeLine(msgspec.Struct):
    """A line of the practice; ``reply`` is the place of the reply that it is or answers."""

    who: Literal["customer", "agent", "deed"]
    text: str
    reply: int | None
    amount: float | None
    team: NamedOut | None
    allowed: list[MayOut] | None


class NoticedOut(msgspec.Struct):
    """Something the customer noticed in a reply, and which way it moved the mood."""

    code: str
    facts: list[str]
    calms: bool


class PracticeFinding(msgspec.Struct):
    """A place that may inflame, why, and what to say instead."""

    rule: str
    text: str
    reason: str
    better: str


class ReplyOut(msgspec.Struct):
    """What one reply did; moods are in [0, 1], 1 is furious."""

    reply: int
    text: str
    before: float
    after: float
    level: Level
    noticed: list[NoticedOut]
    findings: list[PracticeFinding]


class StepReached(msgspec.Struct):
    """A step of L.A.S.T., and whether it was reached."""

    step: Literal["listen", "apologise", "solve", "thank"]
    reached: Literal["yes", "no", "too_often", "not_needed"]


class DebriefOut(msgspec.Struct):
    """What a practice showed: of the words, never of whoever wrote them."""

    start: float
    end: float
    replies: list[ReplyOut]
    steps: list[StepReached]
    unused: list[FactOut]
    guide: list[str]
    first: str
    say: list[str]


class CourseOut(msgspec.Struct):
    """A practice up to now; ``debrief`` comes with its end."""

    name: str
    seed: str
    lines: list[PracticeLine]
    moods: list[float]
    may: list[MayOut]
    over: (
        Literal["solved", "only_said", "missed", "handed_over", "wrong_team", "left", "ended"]
        | None
    )
    debrief: DebriefOut | None
