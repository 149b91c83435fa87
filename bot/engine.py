"""Client of the dialogue engine's one door (the Rasa input channel ``gateway``).

A call either returns what the engine answered or raises one of three errors: :class:`EngineDown`
(nobody listens, or it went away in the middle: the same turn id may be sent again, the engine
answers a turn it has saved from its records), :class:`EngineLate` and :class:`EngineError`.
"""

from typing import Any, TypeVar

import httpx
import msgspec

from bot.errors import EngineDown, EngineError, EngineLate

PREFIX = "/webhooks/gateway"
CONNECT_SECONDS = 2.0
Answer = TypeVar("Answer")


class Choice(msgspec.Struct):
    """A quick reply the engine offers; the payload stays on the server."""

    title: str
    payload: str


class Said(msgspec.Struct):
    """One message of the bot."""

    text: str
    choices: list[Choice] = []
    response: str | None = None  # key of the response, utter_...
    id: str | None = None  # id of the variation


class Promised(msgspec.Struct):
    """Something the bot told the customer will happen."""

    name: str
    text: str
    due: str | None = None  # ISO 8601; without a zone, or a day alone, in the desk's
    owner: str = "bot"  # or the team that sees to it


class TurnReply(msgspec.Struct):
    """What the engine answers to one turn."""

    turn: str
    messages: list[Said]
    replayed: bool = False  # True: answered from the tracker, nothing was run again
    state: dict[str, Any] = {}
    parse: dict[str, Any] | None = None
    handoff: dict[str, Any] | None = None
    identity: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    promises: list[Promised] = []
    promises_kept: list[str] = []  # names of earlier promises that are done now


class Score(msgspec.Struct):
    """A text that was understood without being answered."""

    parse: dict[str, Any]


class Health(msgspec.Struct):
    """Which model the engine has loaded."""

    status: str
    model: str
    model_file: str | None = None
    encoder: str | None = None


class Loaded(msgspec.Struct):
    """The model in use after a swap."""

    model: str


class Engine:
    """The dialogue engine, asked over HTTP.

    Args:
        url: Base address, such as ``http://127.0.0.1:5005``.
        secret: Shared secret of the door.
        timeout: Seconds one call may take before :class:`EngineLate`.
        transport: Another way to reach it (tests).
    """

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        timeout: float = 8.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._timeout = timeout
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/") + PREFIX,
            headers={"Authorization": f"Bearer {secret}"},
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=32),
            transport=transport,
            trust_env=False,
        )

    async def message(
        self,
        conversation: str,
        turn: str,
        text: str,
        *,
        context: dict[str, Any],
        choice: str | None = None,
        timeout: float | None = None,
    ) -> TurnReply:
        """Send one turn of the customer and return the bot's answer.

        Args:
            conversation: Id of the conversation.
            turn: Id of the turn; a turn already answered is not run twice.
            text: What the customer wrote.
            context: Identity, language and time, never from the customer's own words.
            choice: Payload of the quick reply that was taken, if one was.
            timeout: Seconds for this call, instead of the client's.
        """
        body = {
            "conversation": conversation,
            "turn": turn,
            "text": text,
            "choice": choice,
            "context": context,
        }
        return await self._post("/message", body, TurnReply, timeout)

    async def handback(
        self,
        conversation: str,
        turn: str,
        *,
        note: dict[str, Any],
        context: dict[str, Any],
        timeout: float | None = None,
    ) -> TurnReply:
        """Give the conversation back to the bot, which speaks first."""
        body = {"conversation": conversation, "turn": turn, "note": note, "context": context}
        return await self._post("/handback", body, TurnReply, timeout)

    async def score(self, conversation: str, text: str) -> dict[str, Any]:
        """Understand a text without answering it; changes nothing."""
        body = {"conversation": conversation, "text": text}
        return (await self._post("/score", body, Score)).parse

    async def load(self, path: str) -> str:
        """Swap the model for the archive at ``path`` and return its id.

        Raises:
            EngineError: the archive is damaged; the old model stays in use.
        """
        return (await self._post("/model", {"path": path}, Loaded, 120.0)).model

    async def health(self) -> Health:
        """Return which model is loaded. An engine without one counts as down."""
        response = await self._send(self._client.build_request("GET", "/health"), None)
        return _read(response, Health)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(
        self, path: str, body: dict[str, Any], kind: type[Answer], timeout: float | None = None
    ) -> Answer:
        request = self._client.build_request(
            "POST",
            path,
            content=msgspec.json.encode(body),
            headers={"Content-Type": "application/json"},
        )
        return _read(await self._send(request, timeout), kind)

    async def _send(self, request: httpx.Request, timeout: float | None) -> httpx.Response:
        seconds = self._timeout if timeout is None else timeout
        request.extensions["timeout"] = httpx.Timeout(
            seconds, connect=min(seconds, CONNECT_SECONDS)
        ).as_dict()
        try:
            response = await self._client.send(request)
        except (httpx.ConnectTimeout, httpx.ConnectError) as error:
            raise EngineDown(f"Nobody answers at {request.url}: {error}") from error
        except httpx.TimeoutException as error:
            raise EngineLate(f"{request.url.path} took more than {seconds:g} s.") from error
        except httpx.TransportError as error:
            raise EngineDown(f"The engine went away during {request.url.path}.") from error
        if response.status_code in (502, 503):
            raise EngineDown(f"The engine has no model yet ({response.status_code}).")
        if response.is_error:
            raise EngineError(f"{request.url.path}: {response.status_code} {_reason(response)}")
        return response


def _read(response: httpx.Response, kind: type[Answer]) -> Answer:
    try:
        return msgspec.json.decode(response.content, type=kind)
    except msgspec.DecodeError as error:
        path = response.request.url.path
        raise EngineError(f"{path} answered something else than agreed: {error}") from error


def _reason(response: httpx.Response) -> str:
    """The engine's own words about an error, without any of the customer's."""
    try:
        error = response.json()["error"]
    except (ValueError, KeyError, TypeError):
        return response.reason_phrase
    if isinstance(error, dict):
        return " ".join(str(error[key]) for key in ("kind", "action", "detail") if error.get(key))
    return str(error)
