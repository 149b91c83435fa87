"""Money that agents give: within their authority at once, above it when a supervisor approves.

Every gift is a row of ``approvals`` before the back office hears of it::

    asked -> approved -> done
    asked -> refused     approved -> failed -> approved (tried again)

What is within one's authority begins as ``approved``. The row's number makes the back office's
key, so it is booked at most once, however many click; what a dead process left ``approved`` the
next one goes on with. The customer is told when it is done. Who books is not known here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.errors import DeskError, NotAllowed
from bot.handoff import agents, authority, gifts, people, status, tickets
from bot.handoff.authority import money
from bot.handoff.desk import Desk
from bot.handoff.gifts import Approval, Given
from bot.handoff.presence import Call, Change, actor
from bot.handoff.records import Agent, Json, Ticket
from bot.handoff.store import conversations


class Approvals:
    """Keeps what is given, from the wish to the booking.

    Args:
        desk: Whose tickets and limits.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def get(self, number: int) -> Approval:
        """Return a gift.

        Raises:
            NotFound: there is none with this number.
        """
        with self._desk.store.database.read() as connection:
            return gifts.get(connection, number)

    def of_case(self, ref: str, agent: Agent) -> list[Json]:
        """Return what was given or asked for in a case, oldest first."""
        with self._desk.store.database.read() as connection:
            ticket = self._desk.visible(connection, ref, agent)
            return [gift.as_dict() for gift in gifts.of_case(connection, ticket.ref)]

    def asked(self, agent: Agent) -> list[Json]:
        """Return what waits for a decision or another try: to supervisors all, else one's own."""
        mine = None if agent.role in agents.ALL_TEAMS else agent.username
        with self._desk.store.database.read() as connection:
            return [gift.as_dict() for gift in gifts.pending(connection, mine)]

    def unfinished(self) -> list[int]:
        """Return what is approved and neither done nor failed: a start goes on with it."""
        with self._desk.store.database.read() as connection:
            return gifts.unfinished(connection)

    def authority(self, ref: str, agent: Agent) -> Json:
        """Return what an agent may give in a case, and what was given there."""
        with self._desk.store.database.read() as connection:
            return authority.as_json(connection, self._desk.rules, agent, ref)

    def may_give(self, ref: str, agent: Agent) -> None:
        """Check that an agent may give something in a case at all, before anybody is asked.

        Raises:
            NotAllowed: somebody else has it.
            Conflict: it is closed, or nobody has it.
        """
        with self._desk.store.database.write() as connection:
            self._serving(connection, ref, agent)

    # Giving and asking

    def give(
        self, ref: str, agent: Agent, kind: str, cents: int, subject: str, reason: str = ""
    ) -> Given:
        """Approve what is within the agent's own authority; who called books it then.

        The same gift again is the one there is; one that failed is tried again.

        Raises:
            NotAllowed: it is above what the agent may still give in this case (code
                ``above_authority``), or somebody else has the case.
            Conflict: another sum was given for this, or the case is closed.
        """
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._serving(connection, ref, agent)
            states = ("approved", "done", "failed")
            known = self._before(connection, ticket, kind, cents, subject, states)
            if known is not None and known.state == "failed":  # it was approved before
                return self._again(connection, ticket, known, agent, at)
            if known is not None:
                return Given(Change(ticket, created=False), known)
            authority.check(connection, self._desk.rules, agent, ticket, kind, cents)
            row = {"state": "approved", "decided_by": agent.username, "decided_at": at}
            approval = gifts.insert(
                connection, ticket, agent, at, kind, cents, subject, reason, **row
            )
            self._log(connection, ticket, approval, at, actor(agent), "approved")
            return Given(Change(ticket), approval)

    def ask(
        self, ref: str, agent: Agent, kind: str, cents: int, subject: str, reason: str
    ) -> Given:
        """Ask the supervisors for what is above the agent's authority.

        Raises:
            DeskError: no reason is given, or it is above what anybody may give.
            Conflict: it was given already, or the case is closed.
        """
        if not reason.strip():
            raise DeskError("Say why: the supervisor decides by it.", "reason")
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._serving(connection, ref, agent)
            states = ("asked", "approved", "done", "failed")
            known = self._before(connection, ticket, kind, cents, subject, states)
            if known is not None:
                return Given(Change(ticket, created=False), known)
            most = authority.highest(self._desk.rules, kind)
            if kind in authority.MONEY and cents > most:
                raise DeskError(
                    f"Nobody may give {cents} cents as a {kind}: {most} at most.",
                    "above_everybody",
                    limit_cents=most,
                )
            approval = gifts.insert(
                connection, ticket, agent, at, kind, cents, subject, reason, state="asked"
            )
            call = Call(_supervisors(connection, agent), "approval")
            people.mention(connection, ticket.ref, call.to, at)
            self._log(connection, ticket, approval, at, actor(agent), "approval_asked")
            return Given(Change(ticket, call=call), approval)

    def decide(self, number: int, agent: Agent, *, approve: bool, answer: str = "") -> Given:
        """Approve or refuse what was asked; who called books what is approved then.

        Raises:
            NotAllowed: the agent is no supervisor, asked it themselves, or may not give so much.
            Conflict: it is decided already, or somebody gave something for the same meanwhile.
            DeskError: a refusal without a word.
        """
        if agent.role not in agents.ALL_TEAMS:
            raise NotAllowed("Only a supervisor decides.")
        if not approve and not answer.strip():
            raise DeskError("Say why not: the agent passes it on.", "reason")
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket, approval = self._locked(connection, number)
            if approval.state != "asked":
                raise gifts.decided(approval)
            if approval.asked_by == agent.username:
                raise NotAllowed("Somebody else decides what you asked for.", "own_approval")
            if approve:
                gifts.check_not_given(connection, approval)
                authority.check(
                    connection, self._desk.rules, agent, ticket, approval.kind, approval.cents
                )
            to = "approved" if approve else "refused"
            approval = gifts.update(
                connection,
                approval.id,
                state=to,
                decided_by=agent.username,
                decided_at=at,
                answer=answer.strip() or None,
            )
            people.mention(connection, ticket.ref, [approval.asked_by], at)
            people.read_mentions(connection, ticket.ref, agent.username, at)
            self._log(connection, ticket, approval, at, actor(agent), to)
            return Given(Change(ticket, call=_told(approval)), approval)

    def retry(self, number: int, agent: Agent) -> Given:
        """Approve anew what failed because the back office did not answer: the key is the same.

        Raises:
            Conflict: it did not fail, or was refused for good.
            NotAllowed: the agent neither asked it nor supervises.
        """
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket, approval = self._locked(connection, number)
            if agent.username != approval.asked_by and agent.role not in agents.ALL_TEAMS:
                raise NotAllowed("Who asked it, or a supervisor, tries it again.")
            if not approval.perhaps:
                raise gifts.decided(approval)
            return self._again(connection, ticket, approval, agent, at)

    # After the back office

    def finish(
        self, number: int, *, booking: str | None = None, problem: str | None = None
    ) -> Given:
        """Keep how the booking went, once; the customer is told what was done.

        Args:
            number: Which gift.
            booking: The back office's reference; it was done.
            problem: Why it was not: down, uncertain, refused, not_ours.
        """
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket, approval = self._locked(connection, number)
            if approval.state != "approved":
                return Given(Change(ticket, created=False), approval)
            state = "failed" if problem else "done"
            approval = gifts.update(
                connection, approval.id, state=state, booking=booking, problem=problem
            )
            self._log(connection, ticket, approval, at, "system", state)
            if problem:
                people.mention(connection, ticket.ref, [approval.asked_by], at)
                return Given(Change(ticket, call=_told(approval)), approval)
            said = self._desk.tell(
                connection,
                ticket,
                f"utter_notice_{approval.kind}_booked",
                at,
                amount=money(approval.cents, ticket.language),
                booking=str(booking),
            )
            return Given(Change(ticket, (said,), call=_told(approval)), approval)

    # Inside one transaction

    def _serving(self, connection: Any, ref: str, agent: Agent) -> Ticket:
        """Return a case in which an agent may give something, locked: owner or supervisor."""
        ticket = self._desk.visible(connection, ref, agent, lock=True)
        status.check(ticket, "money")
        if ticket.owner_agent != agent.username and agent.role not in agents.ALL_TEAMS:
            owner = str(ticket.owner_agent)
            raise NotAllowed(f"{ticket.ref} is claimed by {owner}.", "not_yours", owner=owner)
        return ticket

    def _before(
        self,
        connection: Any,
        ticket: Ticket,
        kind: str,
        cents: int,
        subject: str,
        states: tuple[str, ...],
    ) -> Approval | None:
        """Return the same gift if it is under way, done, or failed and may have been done.

        Raises:
            DeskError: there is no such kind, or no such sum.
            Conflict: another sum was given for the same thing.
        """
        authority.check_sum(kind, cents)
        known = gifts.find(connection, ticket.ref, kind, subject, states)
        if known is not None and known.state == "failed" and not known.perhaps:
            return None
        if known is not None and known.cents != cents:
            raise gifts.given_already(known)
        return known

    def _again(
        self, connection: Any, ticket: Ticket, approval: Approval, agent: Agent, at: datetime
    ) -> Given:
        approval = gifts.update(connection, approval.id, state="approved", problem=None)
        self._log(connection, ticket, approval, at, actor(agent), "approved")
        return Given(Change(ticket), approval)

    def _locked(self, connection: Any, number: int) -> tuple[Ticket, Approval]:
        """Return a gift and its case; nobody else changes them meanwhile."""
        ticket = tickets.get(connection, gifts.get(connection, number).ticket)
        conversations.get(connection, ticket.conversation, lock=True)
        return tickets.get(connection, ticket.ref), gifts.get(connection, number)

    def _log(
        self, connection: Any, ticket: Ticket, approval: Approval, at: datetime, who: str, kind: str
    ) -> None:
        data: Json = {"approval": approval.id, "kind": approval.kind, "cents": approval.cents}
        if approval.problem:
            data["problem"] = approval.problem
        tickets.log(connection, ticket.ref, at, who, kind, data)


def _told(approval: Approval) -> Call | None:
    """Call who asked, once somebody else's answer and what came of it are known."""
    why = {"done": "approved", "refused": "refused", "failed": "failed"}.get(approval.state)
    own = approval.asked_by == approval.decided_by
    return Call((approval.asked_by,), why) if why and not own else None


def _supervisors(connection: Any, but: Agent) -> tuple[str, ...]:
    return tuple(
        each.username
        for each in people.active(connection)
        if each.role == "supervisor" and each.username != but.username
    )
