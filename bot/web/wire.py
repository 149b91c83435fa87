"""What goes over the wire of the customers' API, typed: bodies, answers, frames.

Times are UTC, ISO 8601 with Z. The OpenAPI document is made from these classes.
"""

import re
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from bot.errors import RequestError
from bot.handoff.records import Message

Body = TypeVar("Body")
BODY_BYTES = 65_536
"""Bytes a request body or a WebSocket frame may have."""

_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")  # means nothing, and PostgreSQL keeps none

Language = Literal["es", "en"]


class ChoiceOut(msgspec.Struct):
    """A quick reply. ``id`` is opaque; what it means stays on the server."""

    id: str
    title: str
    used: bool


class AttachmentOut(msgspec.Struct):
    """A file that was sent with a message; ``type`` is by its content, ``size`` in bytes."""

    id: str
    name: str
    type: str
    size: int


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
    attachments: list[AttachmentOut] = []


class AgentOut(msgspec.Struct):
    """The person who has the conversation."""

    name: str


class QueueOut(msgspec.Struct):
    """Place in the queue, from 1, and the estimated wait as a range of minutes."""

    position: int
    minutes: tuple[int, int] | None


class CaseOut(msgspec.Struct):
    """The newest case of a conversation; reference and code open its status page."""

    reference: str
    code: str | None
    open: bool


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
    case: CaseOut | None
    opens: str | None  # when the team is back, in words, for who waits for a closed one
    reach: list[str]  # where the customer is written to or called, masked
    survey: bool  # how they were served is asked for: POST /rating
    survey_id: int | None  # which question that is; asked again it is another one
    attachment_limit: int  # bytes a file may have


class ErrorBody(msgspec.Struct, omit_defaults=True):
    """A short code for programs, a sentence for people, and for some what would be accepted."""

    code: str
    text: str
    facts: dict[str, Any] | None = None


class ErrorOut(msgspec.Struct):
    """Every refusal looks like this."""

    error: ErrorBody


class NewConversation(msgspec.Struct):
    """Opens a conversation. ``identity`` is a token signed by the embedding site's server.

    ``time_zone`` is the browser's, such as Europe/Madrid: times are told in it.
    """

    language: Language | None = None
    identity: str | None = None
    page: str | None = None
    time_zone: str | None = None


class CreatedOut(ConversationOut):
    """A new conversation, the token that opens it and the bot's greeting."""

    token: str
    messages: list[MessageOut]
    identity_problem: ErrorBody | None = None  # why the identity was refused: then anonymous


class NewMessage(msgspec.Struct):
    """A message of the customer: ``text`` or the id of a quick reply, not both; or files."""

    client_id: str
    text: str | None = None
    choice: str | None = None
    attachments: list[str] = []


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
    """First frame of a socket: who it is, the last message it has, and whether it is in sight."""

    token: str
    after: int = 0
    seen: bool = True


class Send(msgspec.Struct, tag_field="type", tag="send"):
    """A message of the customer."""

    client_id: str
    text: str | None = None
    choice: str | None = None
    attachments: list[str] = []


class Typing(msgspec.Struct, tag_field="type", tag="typing"):
    """The customer started or stopped typing."""

    on: bool


class AskPerson(msgspec.Struct, tag_field="type", tag="person"):
    """The person button."""


class Seen(msgspec.Struct, tag_field="type", tag="seen"):
    """The page came into sight, or went into the background."""

    on: bool


class Ping(msgspec.Struct, tag_field="type", tag="ping"):
    """Is anybody there?"""


Frame = Hello | Send | Typing | AskPerson | Seen | Ping


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


class Unfit(msgspec.ValidationError):
    """A body that is not what the operation takes: which field, and what is accepted there."""

    def __init__(self, text: str, kind: Any) -> None:
        super().__init__(text)
        path = re.search(r"at `\$\.?([^`]*)`", text)
        named = re.search(r"field `(\w+)`", text)
        parts = [found[1] for found in (path, named) if found and found[1]]
        self.field = ".".join(parts)
        fields = get_type_hints(kind) if isinstance(kind, type) else {}
        expected = fields.get(self.field)
        self.accepted = ", ".join(map(str, get_args(expected))) if _is_choice(expected) else ""


def _is_choice(kind: Any) -> bool:
    return get_origin(kind) is Literal


class TooLarge(RequestError):
    """A body has more than :data:`BODY_BYTES`."""


async def body(request: Request, kind: type[Body]) -> Body:
    """Read a JSON body; an absent one is ``{}``.

    Raises:
        TooLarge: it is longer than :data:`BODY_BYTES`.
        Unfit: it is not of this kind.
        msgspec.DecodeError: it is not JSON.
    """
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > BODY_BYTES:
            raise TooLarge
    try:
        content.decode()  # also where no field is read
        return msgspec.json.decode(_NUL.sub(rb"\1", bytes(content)) or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise Unfit(str(error), kind) from error
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError("The body is not UTF-8.") from error
    except RecursionError as error:
        raise msgspec.DecodeError("The JSON is nested too deeply.") from error
