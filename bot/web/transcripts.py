"""The transcript of a conversation, to be kept: what was said, by whom and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handoff.records import Conversation, Message
from bot.handoff.rules import DeskRules
from bot.web import paper
from bot.web.customers import PATH, opened
from bot.web.openapi import Operation
from bot.web.paper import Block, Paper
from bot.web.problems import Problem

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

ONE = PATH + "/{conversation}/transcript"


def written_out(
    conversation: Conversation,
    messages: Sequence[Message],
    references: Sequence[str],
    rules: DeskRules,
    *,
    company: str,
) -> Paper:
    """Return a transcript in words.

    Args:
        conversation: Which one.
        messages: What the customer has seen of it, in order.
        references: Of its cases.
        rules: The desk's, for the time zone.
        company: Whom the customer talked to.
    """
    language = conversation.language
    said: dict[str, Any] = paper.words(language)["transcript"]

    def instant(at: Any) -> str:
        return paper.say_instant(at, rules.zone, language)

    blocks = [
        Block("fact", company, said["company"]),
        Block("fact", instant(conversation.created_at), said["begun"]),
    ]
    if references:
        blocks.append(Block("fact", ", ".join(references), said["cases"]))
    blocks.append(Block("text", paper.say_zone(conversation.created_at, rules.zone, language)))
    blocks.append(Block("heading", said["messages"]))
    if not messages:
        blocks.append(Block("text", said["none"]))
    for message in messages:
        who = said["authors"].get(message.author) or said["person"].format(name=message.name)
        blocks.append(Block("said", _text(message), f"{instant(message.created_at)} · {who}"))
    return Paper(said["title"], language, tuple(blocks)).sealed()


def _text(message: Message) -> str:
    """What was said, and the names of the files that came with it."""
    files = [str(each.get("name") or "") for each in getattr(message, "attachments", None) or ()]
    return "\n".join([message.text, *files]).strip("\n")


async def show(request: Request) -> Response:
    """Hand out a transcript."""
    _, conversation = await opened(request)
    gateway: Gateway = request.app.state.gateway
    form = request.query_params.get("format", "html")
    if form not in paper.FORMATS:
        language = conversation.language
        raise Problem(400, "bad_format", language=language, accepted=", ".join(paper.FORMATS))
    messages = await gateway.io(gateway.store.messages, conversation.id)
    references = await gateway.io(gateway.status_page.references, conversation.id)
    sheet = written_out(
        conversation, messages, references, gateway.desk.rules, company=gateway.settings.company
    )
    name = "-".join(["remanso", *references[-1:]])
    inline = request.query_params.get("show") == "1"
    return await gateway.io(paper.response, sheet, form, name, inline=inline)


routes = [Route(ONE, show, methods=["GET"])]

OPERATIONS = (
    Operation(
        "GET",
        ONE,
        "The conversation, to be kept",
        statuses=(200, 400, 401, 404),
        query={"format": "html, txt or pdf", "show": "1: to look at, not to save"},
        security="conversation",
        tag="customers",
        media=("text/html", "text/plain", "application/pdf"),
    ),
)
