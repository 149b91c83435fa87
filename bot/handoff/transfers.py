"""Giving a case to another team or colleague, with a note; rarely more than once.

Every transfer costs the customer patience, so the second one wants to be confirmed, and each is
counted. The customer is told once, with the new name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.errors import Conflict, DeskError, NotAllowed, did_you_mean
from bot.handoff import agents, clocks, people, status, tickets
from bot.handoff.desk import Desk
from bot.handoff.presence import Change, actor
from bot.handoff.records import Agent, Json, Ticket
from bot.handoff.rules_read import TIERS
from bot.handoff.waking import awaken

TO_AGENT = "utter_notice_transferred_agent"
TO_TEAM = "utter_notice_transferred_team"


@dataclass(frozen=True)
class Target:
    """Where a case goes.

    Args:
        team: The team that has it then.
        agent: The colleague who has it then; None puts it in the team's queue.
        tier: The level of support it needs then; None leaves it.
    """

    team: str
    agent: Agent | None
    tier: str | None


class Transfers:
    """Gives cases on.

    Args:
        desk: Whose tickets.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def transfer(
        self,
        ref: str,
        agent: Agent,
        *,
        note: str,
        team: str | None = None,
        to: str | None = None,
        tier: str | None = None,
        confirmed: bool = False,
    ) -> tuple[Change, Json]:
        """Give a case to a team, to a colleague, or to a higher level of support.

        Args:
            ref: The ticket.
            agent: Who has it, or a supervisor; of a waiting case, anybody who sees it.
            note: What the next one must know, so that nobody asks again.
            team: A team of ``desk.yml``.
            to: A colleague's user name; without ``team`` the team stays, if it is theirs.
            tier: L1, L2 or L3; alone it puts the case in its team's queue for that level.
            confirmed: The customer is passed on for the second time, and it must be.

        Returns:
            The change, and the note as JSON.

        Raises:
            DeskError: there is no such team, colleague or tier, nothing to do, or no note.
            Conflict: it is the second transfer and not confirmed, or the colleague is not there.
            NotAllowed: somebody else has the case.
        """
        if not note.strip():
            raise DeskError("Say what the next one must know.", "transfer_note")
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._mine(connection, ref, agent)
            target = self._target(connection, ticket, team, to, tier)
            if ticket.transfers >= 1 and not confirmed:
                raise Conflict(
                    f"{ticket.ref} was passed on {ticket.transfers} times already. "
                    "Send 'confirmed': true to do it all the same.",
                    "second_transfer",
                    transfers=ticket.transfers,
                )
            ticket, data = self._move(connection, ticket, target, at)
            heirs = [target.agent.username] if target.agent else []
            written = people.add_note(connection, ticket.ref, agent, at, "transfer", note, heirs)
            data["note"] = written["id"]
            tickets.log(connection, ticket.ref, at, actor(agent), "transferred", data)
            said = self._tell(connection, ticket, target, at)
            return Change(ticket, (said,)), written

    def _mine(self, connection: Any, ref: str, agent: Agent) -> Ticket:
        """Return a case that an agent may give on, locked."""
        ticket = self._desk.visible(connection, ref, agent, lock=True)
        status.check(ticket, "transfer")
        free = ticket.status == "queued" or agent.role in agents.ALL_TEAMS
        if not free and ticket.owner_agent != agent.username:
            raise NotAllowed(
                f"{ticket.ref} is claimed by {ticket.owner_agent}.",
                "not_yours",
                owner=str(ticket.owner_agent),
            )
        return ticket

    def _target(
        self,
        connection: Any,
        ticket: Ticket,
        team: str | None,
        to: str | None,
        tier: str | None,
    ) -> Target:
        known = self._desk.rules.teams
        if team is not None and team not in known:
            accepted = ", ".join(known)
            raise DeskError(
                f"Unknown team '{team}'.{did_you_mean(team, known)}", "team", accepted=accepted
            )
        if tier is not None and tier not in TIERS:
            accepted = ", ".join(TIERS)
            raise DeskError(
                f"Unknown tier '{tier}'.{did_you_mean(tier, TIERS)}", "tier", accepted=accepted
            )
        heir = people.account(connection, to) if to else None
        if heir is not None:
            return Target(self._team_of(ticket, heir, team), self._there(ticket, heir), tier)
        wanted = team or ticket.team
        if ticket.status == "queued" and wanted == ticket.team and tier in (None, ticket.tier):
            raise DeskError(f"{ticket.ref} waits for {wanted} already.", "same_team")
        if team is None and tier is None:
            raise DeskError("Say to which team, colleague or tier.", "transfer_to")
        return Target(wanted, None, tier)

    def _team_of(self, ticket: Ticket, heir: Agent, team: str | None) -> str:
        """Return the team that a colleague takes a case for."""
        if team is not None:
            if not agents.sees(heir, team):
                raise DeskError(
                    f"{heir.username} is not in the team '{team}'.", "not_in_team", agent=heir.name
                )
            return team
        if agents.sees(heir, ticket.team):
            return ticket.team
        theirs = [each for each in heir.teams if each in self._desk.rules.teams]
        if not theirs:
            raise DeskError(f"{heir.username} is in no team.", "not_in_team", agent=heir.name)
        return theirs[0]

    def _there(self, ticket: Ticket, heir: Agent) -> Agent:
        """Return a colleague who can take a case now."""
        if heir.username == ticket.owner_agent:
            raise Conflict(f"{ticket.ref} is {heir.username}'s already.", "owner_already")
        if ticket.channel == "chat" and heir.live_since is None:
            raise Conflict(
                f"{heir.username} has no console open: a customer would wait for nobody. "
                "Give it to the team instead.",
                "not_there",
                agent=heir.name,
            )
        return heir

    def _move(
        self, connection: Any, ticket: Ticket, target: Target, at: datetime
    ) -> tuple[Ticket, Json]:
        """Change whose a case is; return it and what the log says."""
        data: Json = {
            "from": ticket.owner_agent,
            "to": target.agent.username if target.agent else None,
            "from_team": ticket.team,
            "team": target.team,
            "number": ticket.transfers + 1,
        }
        ticket = awaken(connection, self._desk.rules, ticket, at)
        if target.team != ticket.team:
            ticket = clocks.retarget(connection, self._desk.rules, ticket, at, team=target.team)
        values: Json = {"transfers": ticket.transfers + 1}
        if target.tier is not None and target.tier != ticket.tier:
            data["tier"] = values["tier"] = target.tier
        tickets.update(connection, ticket.ref, **values)
        return self._hand(connection, ticket, target, at), data

    def _hand(self, connection: Any, ticket: Ticket, target: Target, at: datetime) -> Ticket:
        if target.agent is None:
            return self._desk.queue_up(connection, ticket, at)
        return self._desk.take(connection, ticket, target.agent, at)

    def _tell(self, connection: Any, ticket: Ticket, target: Target, at: datetime) -> Any:
        if target.agent is not None:
            return self._desk.tell(connection, ticket, TO_AGENT, at, agent=target.agent.name)
        return self._desk.tell(connection, ticket, TO_TEAM, at)
