"""Help for whoever writes to a customer: wording check, canned and calm replies, the playbook.

Nothing here changes a case or leaves the desk; the words are data (``data/canned``,
``data/playbooks``, ``data/responses``).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.deescalation.wording import apologises, check
from bot.handoff import tickets
from bot.handoff.context import frustration
from bot.handoff.desk import Desk
from bot.handoff.presence import actor
from bot.handoff.records import Agent, Json, Message, Ticket
from bot.handoff.rules import DeskRules
from bot.handoff.store import messages
from bot.settings import ROOT
from bot.web import aids_wire, auth, wire
from bot.web.canned import CannedReplies
from bot.web.notices import preferred_language
from bot.web.openapi import Operation
from bot.web.playbooks import Playbooks
from bot.web.rewording import findings

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

ONE = "/api/v1/tickets/{ref}"
CALM_KEYS = ("utter_acknowledge", "utter_deescalate")
"""Responses an agent may borrow from; what only a bot can say is left out."""
MOST_CALM = 4
"""Suggestions at once, each of another technique."""

_ONLY_THE_BOT = re.compile(r"\b(asistente|persona|assistant|person|bot)\b", re.IGNORECASE)


class Aids:
    """What helps an agent to write.

    Args:
        desk: Tickets, and who sees them.
        canned: Canned replies.
        playbooks: What to do for each issue.
    """

    def __init__(self, desk: Desk, canned: CannedReplies, playbooks: Playbooks) -> None:
        self._desk, self._canned, self._playbooks = desk, canned, playbooks

    @classmethod
    def from_data(cls, desk: Desk, rules: Path) -> Aids:
        """Read ``data/canned`` and ``data/playbooks``; the desk's rules were read from ``rules``.

        Raises:
            ConfigError: a file there is wrong.
        """
        teams = {name: team.names for name, team in desk.rules.teams.items()}
        data = ROOT / "data"
        return cls(
            desk,
            CannedReplies.from_folder(data / "canned"),
            Playbooks.from_folder(
                data / "playbooks", teams=teams, limits=_limits(desk.rules), desk=rules
            ),
        )

    def check(self, ref: str, agent: Agent, text: str) -> list[Json]:
        """Return what may inflame in a text for this customer now; see ``rewording.findings``.

        Raises:
            NotFound: there is no such ticket.
            NotAllowed: it is another team's.
        """
        ticket, written = self._read(ref, agent)
        return findings(
            text,
            language=ticket.language,
            level=_level(written),
            previous=[each.text for each in written if each.author in ("agent", "bot")],
        )

    def suggestions(self, ref: str, agent: Agent) -> Json:
        """Return canned replies filled in, and calm ones for what was said so far.

        They name the customer and the order: that is a read, and logged.

        Raises:
            NotFound: there is no such ticket.
            NotAllowed: it is another team's.
        """
        ticket, written = self._read(ref, agent)
        with self._desk.store.database.write() as connection:
            at = self._desk.clock()
            tickets.log_read(connection, ticket.ref, at, actor(agent), "suggestions")
        facts = ticket.context.get("facts") or {}
        customer = (ticket.context.get("customer") or {}).get("name")
        team = self._desk.rules.teams.get(ticket.team)
        orders = ticket.context.get("orders") or []
        canned = self._canned.filled(
            ticket.language,
            register=ticket.context.get("register"),
            facts={
                "name": str(customer).split()[0] if customer else None,
                "reference": ticket.ref,
                "agent": agent.name,
                "order": str(facts.get("order") or (orders[0] if orders else "")) or None,
                "team": team.names.get(ticket.language) if team else None,
            },
        )
        return {"canned": canned, "calm": self._calm(ticket, written)}

    def playbook(self, ref: str, agent: Agent, language: str) -> Json:
        """Return what to do for this issue, tier and level; see ``Playbooks.of``.

        Raises:
            NotFound: there is no such ticket.
            NotAllowed: it is another team's.
        """
        ticket, written = self._read(ref, agent)
        return self._playbooks.of(
            getattr(ticket, "issue", None) or ticket.context.get("issue"),
            level=_level(written),
            tier=getattr(ticket, "tier", None) or ticket.context.get("tier") or "L1",
            priority=ticket.priority,
            language=language,
        )

    def _read(self, ref: str, agent: Agent) -> tuple[Ticket, list[Message]]:
        with self._desk.store.database.read() as connection:
            ticket = self._desk.visible(connection, ref, agent)
            return ticket, messages.listing(connection, ticket.conversation)

    def _calm(self, ticket: Ticket, written: list[Message]) -> list[Json]:
        book: Any = self._desk.phrasebook
        level, context = _level(written), ticket.context
        told = [each.text for each in written if each.author in ("agent", "bot")]
        found: dict[str, Json] = {}
        for key in (key for key in CALM_KEYS if key in book.keys()):
            for phrase in book.candidates(
                key,
                language=ticket.language,
                register=context.get("register"),
                level=level,
                issue=context.get("issue"),
                facts=context.get("facts") or {},
                said=told,
                avoid=context.get("techniques") or (),
                apologised=any(apologises(text, ticket.language) for text in told),
            ):
                fits = phrase.technique and not _ONLY_THE_BOT.search(phrase.text)
                if (
                    fits
                    and phrase.technique not in found
                    and not check(
                        phrase.text, language=phrase.language, level=level, by_person=True
                    )
                ):
                    found[phrase.technique] = {
                        "step": phrase.last or "",
                        "technique": phrase.technique,
                        "text": phrase.text,
                    }
        return list(found.values())[:MOST_CALM]


def _level(written: list[Message]) -> str:
    return str(frustration(written).get("level") or "calm")


def _limits(rules: DeskRules) -> Json:
    return {
        "authority": rules.authority,
        "resolve": {name: each.resolve for name, each in rules.priorities.items()},
    }


async def check_text(request: Request) -> Response:
    """Tell what in a text may inflame."""
    agent = await auth.authenticated(request, auth.READ)
    asked = await wire.body(request, aids_wire.CheckIn)
    gateway: Gateway = request.app.state.gateway
    ref = request.path_params["ref"]
    found = await gateway.io(gateway.aids.check, ref, agent, asked.text)
    return wire.answer(msgspec.convert({"findings": found}, aids_wire.CheckOut))


async def suggest(request: Request) -> Response:
    """List what could be written."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    found = await gateway.io(gateway.aids.suggestions, request.path_params["ref"], agent)
    return wire.answer(msgspec.convert(found, aids_wire.SuggestionsOut))


async def playbook(request: Request) -> Response:
    """Show what to do."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    language = preferred_language(request.headers.get("accept-language", ""))
    found = await gateway.io(gateway.aids.playbook, request.path_params["ref"], agent, language)
    return wire.answer(msgspec.convert(found, aids_wire.PlaybookOut))


routes = [
    Route(ONE + "/check", check_text, methods=["POST"]),
    Route(ONE + "/suggestions", suggest, methods=["GET"]),
    Route(ONE + "/playbook", playbook, methods=["GET"]),
]


def _operation(method: str, path: str, summary: str, **more: Any) -> Operation:
    return Operation(method, ONE + path, summary, security="agent", **more)


OPERATIONS = (
    _operation(
        "POST",
        "/check",
        "What in a text may inflame this customer, why, and what to say instead",
        body=aids_wire.CheckIn,
        answer=aids_wire.CheckOut,
        statuses=(200, 400, 401, 403, 404, 413),
    ),
    _operation(
        "GET",
        "/suggestions",
        "Canned replies filled in, and calm ones for this conversation",
        answer=aids_wire.SuggestionsOut,
        statuses=(200, 401, 403, 404),
    ),
    _operation(
        "GET",
        "/playbook",
        "What to do for this issue, at this tier and level of frustration",
        answer=aids_wire.PlaybookOut,
        statuses=(200, 401, 403, 404),
    ),
)
