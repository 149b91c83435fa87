"""The course of a practice: what an agent wrote and did, and what the customer made of it.

Nothing is kept: the same seed and the same replies play the same course again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.errors import RequestError
from bot.simulation.acts import Impression, Screen
from bot.simulation.customer import Customer
from bot.simulation.situation import MONEY, Situation

SUPERVISOR, TRANSFER, END = "supervisor", "transfer", "end"
Over = Literal["", "solved", "only_said", "missed", "handed_over", "wrong_team", "left", "ended"]
"""How it ended.

``only_said``: the customer was told of something that nobody did. ``missed``: something was done,
but the case belonged to a team, which does not have it.
"""


class NotPlayable(RequestError):
    """A reply cannot be played.

    Args:
        field: Which, as ``replies[2].amount``.
        detail: What is wrong.
        accepted: What would be accepted.
    """

    def __init__(self, field: str, detail: str, accepted: str = "") -> None:
        super().__init__(f"{field}: {detail}")
        self.field, self.detail, self.accepted = field, detail, accepted


@dataclass(frozen=True)
class Reply:
    """What an agent does: writes, or presses a deed.

    Args:
        text: What is written; empty when a deed is pressed.
        deed: One of the situation's, ``supervisor``, ``transfer`` or ``end``.
        amount: Of a refund or voucher.
        team: That a transfer goes to.
    """

    text: str = ""
    deed: str = ""
    amount: float | None = None
    team: str = ""


@dataclass(frozen=True)
class Line:
    """One line of the conversation.

    Args:
        who: customer, agent, or deed.
        text: What was written; of a deed, its name.
        reply: Place of the agent's reply that it is or answers, from 0; None of the opening.
        amount: Of a deed with one.
        team: Of a transfer.
        allowed: Of asking a supervisor: what may be given from now on; None otherwise.
    """

    who: Literal["customer", "agent", "deed"]
    text: str
    reply: int | None = None
    amount: float | None = None
    team: str = ""
    allowed: tuple[tuple[str, float | None], ...] | None = None


@dataclass(frozen=True)
class Moment:
    """What one reply did to the customer.

    Args:
        reply: Its place, from 0.
        text: What was written.
        before: Mood before it, in [0, 1].
        impression: What was seen, and the mood after it.
    """

    reply: int
    text: str
    before: float
    impression: Impression


@dataclass
class Course:
    """A practice up to now.

    Args:
        lines: All that can be read.
        moments: What each of the agent's texts did.
        start: Mood at the start.
        mood: Mood now.
        over: How it ended; empty while it goes on.
        may: What the agent may give now.
        booked: Deeds that were done.
    """

    lines: list[Line] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    start: float = 0.0
    mood: float = 0.0
    over: Over = ""
    may: dict[str, float | None] = field(default_factory=dict)
    booked: list[str] = field(default_factory=list)


def play(situation: Situation, seed: str, replies: Sequence[Reply]) -> Course:
    """Play a practice; what comes after its end is not looked at.

    Args:
        situation: What is practised.
        seed: The same makes the customer write and decide the same.
        replies: What the agent did, in order.

    Raises:
        NotPlayable: a deed is not possible here.
    """
    played = _Play(situation, seed)
    for place, reply in enumerate(replies):
        if played.course.over:
            break
        played.take(place, reply)
    return played.course


class _Play:
    def __init__(self, situation: Situation, seed: str) -> None:
        self.situation = situation
        told = (situation.said("customer"), situation.said("bot"))
        self.customer = Customer(situation.persona, seed, by_person=True, told=told)
        self.shown: list[str] = []  # deeds that the customer has not reacted to yet
        start = self.customer.mood
        self.course = Course(start=start, mood=start, may=dict(situation.may))
        self.course.lines.append(Line("customer", self.customer.opening().text))

    def take(self, place: int, reply: Reply) -> None:
        where = f"replies[{place}]"
        if bool(reply.text.strip()) == bool(reply.deed):
            raise NotPlayable(where, "It has a text or a deed, not both.")
        if reply.text:
            self.write(place, reply.text)
        elif reply.deed in (TRANSFER, END):
            self.finish(place, reply, where)
        elif reply.deed == SUPERVISOR:
            self.consult(place, where)
        else:
            self.do(place, reply, where)

    def write(self, place: int, text: str) -> None:
        self.course.lines.append(Line("agent", text, place))
        screen = self.read(place, text)
        act = self.customer.answer(screen, self.course.moments[-1].impression)
        if act is not None:
            self.course.lines.append(Line("customer", act.text, place))
        if act is None:
            self.course.over = "left" if self.customer.over == "left" else self.outcome()
        elif act.need == "leave":
            self.course.over = "left"

    def read(self, place: int, text: str, *, moved: bool = False, right: bool = True) -> Screen:
        texts, deeds = (text,) if text else (), tuple(self.shown)
        screen = Screen(texts, handed_over=moved, wrong_hands=not right, deeds=deeds)
        before, self.shown = self.customer.mood, []
        impression = self.customer.read(screen)
        self.course.moments.append(Moment(place, text, before, impression))
        self.course.mood = self.customer.mood
        return screen

    def do(self, place: int, reply: Reply, where: str) -> None:
        may = self.course.may
        if reply.deed not in may:
            known = ", ".join([*may, SUPERVISOR, TRANSFER, END])
            raise NotPlayable(f"{where}.deed", f"'{reply.deed}' is not possible here.", known)
        most = may[reply.deed]
        if reply.deed in MONEY and most is not None:
            accepted = f"0.01-{most:g}"
            if reply.amount is None or not 0.01 <= reply.amount <= most:
                raise NotPlayable(f"{where}.amount", "It is above what may be given.", accepted)
        amount = reply.amount if reply.deed in MONEY else None
        self.course.lines.append(Line("deed", reply.deed, place, amount))
        self.course.booked.append(reply.deed)
        self.shown.append(reply.deed)

    def consult(self, place: int, where: str) -> None:
        allowed = self.situation.supervisor
        if allowed is None:
            raise NotPlayable(f"{where}.deed", "There is no supervisor to ask here.")
        self.course.may |= allowed
        self.course.lines.append(
            Line("deed", SUPERVISOR, place, allowed=tuple(sorted(allowed.items())))
        )
        self.shown.append(SUPERVISOR)

    def finish(self, place: int, reply: Reply, where: str) -> None:
        if reply.deed == TRANSFER and not reply.team:
            raise NotPlayable(f"{where}.team", "A transfer goes to a team.")
        moved = reply.deed == TRANSFER
        team = reply.team if moved else ""
        self.course.lines.append(Line("deed", reply.deed, place, team=team))
        if moved:
            right = team == self.situation.team
            self.read(place, "", moved=True, right=right)
            self.course.over = "handed_over" if right else "wrong_team"
        else:
            if self.shown:
                self.read(place, "")
            self.course.over = self.outcome()

    def outcome(self) -> Over:
        """Return how it ends now, whatever the customer believes."""
        told = "told" in self.situation.persona.goal and self.customer.served
        if told or set(self.course.booked) & set(self.situation.deeds):
            return "solved"
        if not self.customer.served:
            return "ended"
        wanted = set(self.situation.persona.wanted)
        return "missed" if set(self.course.booked) & wanted else "only_said"
