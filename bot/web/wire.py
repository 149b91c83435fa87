"""What goes over the wire of the customers' API, typed: bodies, answers, frames.

Times are UTC, ISO 8601 with Z. The OpenAPI document is made from these classes.
"""

from typing import Any, Literal, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from bot.errors import RequestError
from bot.handoff.records import Message

Body = TypeVar("Body")
BODY_BYTES = 65_536
"""Bytes a request body or a WebSocket frame may have."""

Language = Literal["es", "en"]


class ChoiceOut(msgspec.Struct):
    """A quick reply. ``id`` is opaque; what it means stays on the server."""

    id: str
    title: str
    used: bool


class MessageOut(msgspec.Struct):
    """One message of a conversation."""

    id: int
    author: Literal["customer", "bot", "agent", "system"]
    name: str | None
    text: str
    at: str
    choices: list[ChoiceOut]
    client_id: str | None
    turn: str | None
    language: str | None


class AgentOut(msgspec.Struct):
    """The person who has the conversation."""

    name: str


class QueueOut(msgspec.Struct):
    """Place in the queue, from 1, and the estimated wait as a range of minutes."""

    position: int
    minutes: tuple[int, int] | None


class ConversationOut(msgspec.Struct):
    """Where a conversation stands."""

    conversation: str
    owner: Literal["bot", "queue", "agent"]
    status: Literal["open", "ended"]
    agent: AgentOut | None
    reference: str | None
    queue: QueueOut | None
    language: Language
    identity: Literal["anonymous", "claimed", "verified"]
    messages_limit: int
    mood: Literal["high"] | None  # the customer is upset: the page becomes plainer


class ErrorBody(msgspec.Struct):
    """A short code for programs, a sentence for people."""

    code: str
    text: str


class ErrorOut(msgspec.Struct):
    """Every refusal looks like this."""

    error: ErrorBody


class NewConversation(msgspec.Struct):
    """Opens a conversation. ``identity`` is a token signed by the embedding site's server."""

    language: Language | None = None
    identity: str | None = None
    page: str | None = None


class CreatedOut(ConversationOut):
    """A new conversation, the token that opens it and the bot's greeting."""

    token: str
    messages: list[MessageOut]
    identity_problem: ErrorBody | None = None  # why the identity was refused: then anonymous


class NewMessage(msgspec.Struct):
    """A message of the customer: ``text`` or the id of a quick reply, not both."""

    client_id: str
    text: str | None = None
    choice: str | None = None


class PostedOut(msgspec.Struct):
    """The stored message, its turn (None when a person has the chat) and the replies so far."""

    message: MessageOut
    turn: str | None
    replies: list[MessageOut]
    conversation: ConversationOut


class MessagesOut(msgspec.Struct):
    """Messages after the one asked for, in order."""

    messages: list[MessageOut]
    conversation: ConversationOut


class PersonOut(msgspec.Struct):
    """The reference of the request for a person, and what the customer was told."""

    reference: str
    messages: list[MessageOut]
    conversation: ConversationOut


class IdentityIn(msgspec.Struct):
    """A token signed by the embedding site's server."""

    token: str


class Hello(msgspec.Struct, tag_field="type", tag="hello"):
    """First frame of a socket: who it is and the last message it has."""

    token: str
    after: int = 0


class Send(msgspec.Struct, tag_field="type", tag="send"):
    """A message of the customer."""

    client_id: str
    text: str | None = None
    choice: str | None = None


class Typing(msgspec.Struct, tag_field="type", tag="typing"):
    """The customer started or stopped typing."""

    on: bool


class AskPerson(msgspec.Struct, tag_field="type", tag="person"):
    """The person button."""


class Ping(msgspec.Struct, tag_field="type", tag="ping"):
    """Is anybody there?"""


Frame = Hello | Send | Typing | AskPerson | Ping


def message(stored: Message) -> MessageOut:
    """Return a stored message as the customer may see it."""
    return msgspec.convert(stored.as_dict(), MessageOut)


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON response that no cache keeps."""
    return Response(
        msgspec.json.encode(value),
        status,
        {"Cache-Control": "no-store", **(headers or {})},
        media_type="application/json",
    )


class TooLarge(RequestError):
    """A body has more than :data:`BODY_BYTES`."""


async def body(request: Request, kind: type[Body]) -> Body:
    """Read a JSON body; an absent one is ``{}``.

    Raises:
        TooLarge: it is longer than :data:`BODY_BYTES`.
        msgspec.DecodeError: it is not JSON, or not of this kind.
    """
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > BODY_BYTES:
            raise TooLarge
    return msgspec.json.decode(bytes(content) or b"{}", type=kind)
