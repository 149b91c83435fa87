"""What goes over the wire of the writing aids, typed."""

from typing import Annotated, Literal

import msgspec

Level = Literal["calm", "annoyed", "frustrated", "angry"]
Tier = Literal["L1", "L2", "L3"]


class CheckIn(msgspec.Struct):
    """A text that is about to be sent."""

    text: Annotated[str, msgspec.Meta(max_length=4000)]


class Replacement(msgspec.Struct):
    """Words to put between two places of the text, counted in characters."""

    start: int
    end: int
    text: str


class FindingOut(msgspec.Struct):
    """A place that may inflame; ``replace`` is null where ``better`` is advice."""

    rule: str
    text: str
    start: int
    end: int
    reason: str
    better: str
    replace: Replacement | None


class CheckOut(msgspec.Struct):
    """All that was found, in the order of the text."""

    findings: list[FindingOut]


class CannedOut(msgspec.Struct):
    """A canned reply; what is not known stands in square brackets."""

    code: str
    title: str
    text: str


class CalmOut(msgspec.Struct):
    """A calm reply; ``step`` is listen, apologise, solve or thank."""

    step: str
    technique: str
    text: str


class SuggestionsOut(msgspec.Struct):
    """What could be written now."""

    canned: list[CannedOut]
    calm: list[CalmOut]


class StepOut(msgspec.Struct):
    """Who does what, and when."""

    who: str
    text: str
    when: str


class TierOut(msgspec.Struct):
    """The steps of one tier."""

    tier: Tier
    steps: list[StepOut]


class MatrixOut(msgspec.Struct):
    """When and to whom a case goes, and what they may give."""

    tier: Tier
    who: str
    when: str
    may: str


class SourceOut(msgspec.Struct):
    """Which version of a file holds, and when it was last changed: an instant."""

    what: Literal["guide", "levels", "limits"]
    file: str
    version: str
    changed: str


class PlaybookOut(msgspec.Struct):
    """What to do for an issue; ``steps`` are those of the tier whose turn it is."""

    issue: str
    level: Level
    tier: Tier
    first: str
    steps: list[StepOut]
    path: list[TierOut]
    say: list[str]
    never: list[str]
    matrix: list[MatrixOut]
    sources: list[SourceOut]
