"""What goes over the wire of the queue's API, typed: saved views and the overview."""

from typing import Annotated

import msgspec

from bot.web.ticket_wire import TicketRow

Word = Annotated[str, msgspec.Meta(max_length=100)]


class ViewIn(msgspec.Struct):
    """Filters to keep under a name; a name that is there already gets the new ones."""

    name: Word
    query: Annotated[dict[Word, Word], msgspec.Meta(max_length=20)] = {}


class ViewOut(msgspec.Struct):
    """A view that an agent keeps; ``query`` holds parameters of GET /tickets."""

    id: int
    name: str
    query: dict[str, str]


class ViewsOut(msgspec.Struct):
    """An agent's own views, by name."""

    views: list[ViewOut]


class TeamOverview(msgspec.Struct):
    """One team now. ``longest_wait`` is seconds, null when nobody waits."""

    team: str
    waiting: int
    longest_wait: int | None
    open: int
    paused: int
    missed: int
    unaccepted: int
    agents: int


class PersonOverview(msgspec.Struct):
    """One agent now; ``presence`` is online, busy, away, wrap_up or offline."""

    username: str
    name: str
    teams: list[str]
    role: str
    presence: str
    load: int
    capacity: int | None
    wrap_up_until: str | None


class Alarms(msgspec.Struct):
    """How many cases, and the most pressing of them."""

    count: int
    tickets: list[TicketRow]


class OverviewOut(msgspec.Struct):
    """What goes on at the desk."""

    at: str
    teams: list[TeamOverview]
    agents: list[PersonOverview]
    missed: Alarms
    unaccepted: Alarms
