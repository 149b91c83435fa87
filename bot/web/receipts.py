"""The receipt of a complaint, to be kept: by HTTP, as HTML, text or PDF."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import NotFound
from bot.handoff.clock_state import stands_still
from bot.handoff.receipts import Receipt
from bot.handoff.rules import DeskRules
from bot.handoff.status_page import plain_reference
from bot.web import paper
from bot.web.openapi import Operation
from bot.web.paper import Block, Paper
from bot.web.problems import Problem
from bot.web.status import OPEN, bearer, opened_by_code

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

PATH = "/api/v1/receipts/{reference}"


def written_out(
    receipt: Receipt, rules: DeskRules, *, company: str, link: str, now: datetime | None = None
) -> Paper:
    """Return a receipt in words, with its fingerprint.

    Args:
        receipt: What it says.
        rules: The desk's: names of teams, time zone, what the law asks to be said.
        company: Whom the customer complained to.
        link: Address of the status page.
        now: This instant, to say what is late; None says nothing of that.
    """
    ticket, language = receipt.ticket, receipt.language
    all_words = paper.words(language)
    said: dict[str, Any] = all_words["receipt"]

    def instant(at: Any) -> str:
        return paper.say_instant(at, rules.zone, language)

    blocks = [
        Block("fact", ticket.ref, said["reference"]),
        Block("fact", company, said["company"]),
        Block("fact", instant(ticket.created_at), said["received"]),
        Block("fact", said["channels"].get(ticket.channel, ticket.channel), said["channel"]),
    ]
    if receipt.customer:
        blocks.append(Block("fact", receipt.customer, said["customer"]))
    blocks.append(Block("fact", rules.label("teams", ticket.team, language), said["team"]))
    blocks.append(Block("text", paper.say_zone(ticket.created_at, rules.zone, language)))
    blocks.append(Block("heading", said["words"]))
    if not receipt.written:
        blocks.append(Block("text", said["no_words"]))
    for each in receipt.written:
        files = f"\n{said['files']}: {', '.join(each.files)}" if each.files else ""
        blocks.append(Block("said", each.text + files, instant(each.at)))
    blocks.append(Block("heading", said["next"]))
    blocks += [Block("text", line) for line in _next(receipt, rules, said, instant, now)]
    if ticket.code:
        text = said["follow_how"].format(link=link, reference=ticket.ref, code=ticket.code)
        blocks += [Block("heading", said["follow"]), Block("text", text)]
    if law := law_text(rules, language):
        blocks += [Block("heading", said["law"]), Block("text", law)]
    return Paper(f"{said['title']} {ticket.ref}", language, tuple(blocks)).sealed()


def _next(
    receipt: Receipt, rules: DeskRules, said: dict[str, Any], instant: Any, now: datetime | None
) -> list[str]:
    """What happens now and by when; what is late already is said to be late."""

    def line(name: str, due: datetime) -> str:
        late = now is not None and due < now
        return str(said[f"{name}_late" if late else name]).format(team=team, at=instant(due))

    ticket = receipt.ticket
    if ticket.status not in OPEN:
        return [said["closed"].format(at=instant(ticket.resolved_at))]
    team = rules.label("teams", ticket.team, receipt.language)
    answered = ticket.first_response_at
    lines = [said["answered"].format(team=team, at=instant(answered))] if answered else []
    if not answered:
        lines.append(line("first_response", ticket.due_first_response))
    if stands_still(ticket, "update"):
        return [*lines, said["paused"]]
    for name in ("update", "resolution"):
        if (due := getattr(ticket, f"due_{name}")) and not stands_still(ticket, name):
            lines.append(line(name, due))
    if ticket.due_answer:
        lines.append(said["law_answer"].format(at=instant(ticket.due_answer)))
    return lines


def law_text(rules: DeskRules, language: str) -> str:
    """Return what the country's law asks a receipt to say; empty where there is nothing."""
    texts = getattr(getattr(rules, "law", None), "receipt", None) or {}
    return str(texts.get(language) or "")


async def show(request: Request) -> Response:
    """Hand out a receipt to who holds the case's code, a link to it, or its conversation's key."""
    gateway: Gateway = request.app.state.gateway
    form = request.query_params.get("format", "html")
    if form not in paper.FORMATS:
        raise Problem(400, "bad_format", accepted=", ".join(paper.FORMATS))
    reference = request.path_params["reference"]
    conversation = await _allowed(request, reference)
    try:
        receipt = await gateway.io(gateway.receipts.of, reference, conversation)
    except NotFound as error:
        raise Problem(404, "no_case") from error
    link = f"{gateway.settings.public()}/status"
    company = gateway.settings.company
    rules, now = gateway.desk.rules, gateway.desk.clock()
    sheet = written_out(receipt, rules, company=company, link=link, now=now)
    await gateway.io(gateway.receipts.handed_out, receipt, sheet.seal, form)
    inline = request.query_params.get("show") == "1"
    return await gateway.io(paper.response, sheet, form, receipt.ticket.ref, inline=inline)


async def _allowed(request: Request, reference: str) -> str:
    """Return the conversation of a case that the request may see.

    Raises:
        Problem: no key, code or link, or one that opens something else.
    """
    gateway: Gateway = request.app.state.gateway
    query = request.query_params
    if "code" in query:
        return (await opened_by_code(request, reference, query["code"])).conversation
    if "link" in query and gateway.tokens.read_link(query["link"]) == plain_reference(reference):
        return (await gateway.io(gateway.status_page.ticket, reference)).conversation
    try:
        ticket = await gateway.io(gateway.status_page.ticket, reference)
    except NotFound as error:
        raise Problem(401, "token") from error
    if not gateway.tokens.opens(bearer(request), ticket.conversation):
        raise Problem(401, "token")
    return ticket.conversation


routes = [Route(PATH, show, methods=["GET"])]

OPERATIONS = (
    Operation(
        "GET",
        PATH,
        "The receipt of a complaint: open with its code, a signed link, or the conversation's key",
        statuses=(200, 400, 401, 404, 429),
        query={
            "code": "The case's code",
            "link": "A signed link's token",
            "format": "html, txt or pdf",
            "show": "1: to look at, not to save",
        },
        security="conversation",
        tag="customers",
        media=("text/html", "text/plain", "application/pdf"),
    ),
)
