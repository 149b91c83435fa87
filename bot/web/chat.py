"""What a customer can do in a conversation. Every message enters here, by HTTP or by socket.

A message is stored before anything else happens to it. Then its turn is told to the runner, or,
while a person has the conversation, the agent sees it and the engine only scores it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

from bot.errors import Conflict, NotFound
from bot.handoff.records import Conversation, Identity, Message, Reply
from bot.web import identity, unread, wire
from bot.web.problems import Problem
from bot.web.standing import standing

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

CLIENT_ID = 100
"""Characters a sender's own id of a message may have."""
PAGE = 2000
"""Characters of a page's address that are kept."""
WELCOME = "utter_notice_welcome"
QUEUE_MESSAGE = "utter_notice_queue_message"
PERSON_TRIGGER = "person_button"
WAIT_MARGIN = 8.0
"""Seconds a POST waits for the bot beyond the engine's own time."""


@dataclass(frozen=True)
class Posted:
    """A stored message of the customer."""

    message: Message
    new: bool  # False: it was sent twice


class Chat:
    """The customer's side of the gateway.

    Args:
        gateway: The parts to work with.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def begin(
        self, wish: wire.NewConversation, *, language: str, origin: str | None
    ) -> wire.CreatedOut:
        """Begin a conversation; an identity that does not hold leaves it anonymous."""
        gateway = self._gateway
        notice = gateway.notices.choose(WELCOME, language=language)
        welcome = Reply(notice.text, (), notice.key, notice.variation) if notice else None
        conversation = await gateway.io(
            gateway.store.create_conversation,
            language=language,
            origin=origin,
            page=wish.page[:PAGE] if wish.page else None,
            time_zone=wish.time_zone,
            welcome=welcome,
            disclosure=notice.variation if notice else None,
        )
        problem = None
        if wish.identity:
            try:
                await self.identify(conversation, wish.identity)
            except Problem as error:
                text = gateway.notices.text(error.key, language=language)
                problem = wire.ErrorBody(code=error.code, text=text)
        view = await self.view(conversation.id)
        return wire.CreatedOut(
            **{name: getattr(view, name) for name in view.__struct_fields__},
            token=gateway.tokens.sign(conversation.id),
            messages=await self.messages(conversation.id),
            identity_problem=problem,
        )

    async def conversation(self, name: str, token: str) -> Conversation:
        """Return a conversation to who holds its token.

        Raises:
            Problem: 401 for any other token, whether or not the conversation exists.
        """
        if not self._gateway.tokens.opens(token, name):
            raise Problem(401, "token", headers={"WWW-Authenticate": "Bearer"})
        try:
            known = await self._gateway.io(self._gateway.store.conversation, name)
        except NotFound as error:
            raise Problem(404, "conversation") from error
        if known.erased_at is not None:
            raise Problem(404, "conversation")
        return known

    async def post(self, conversation: Conversation, wish: wire.NewMessage | wire.Send) -> Posted:
        """Store a message of the customer and set its answer going.

        Raises:
            Problem: empty, too long, too many a minute, or a quick reply never offered.
        """
        gateway = self._gateway
        text = self._checked(conversation, wish)
        self._count(conversation)
        with anyio.CancelScope(shield=True):  # what is stored is answered, even if they hang up
            try:
                message, new = await gateway.io(
                    gateway.store.add_customer_message,
                    conversation.id,
                    text,
                    wish.client_id,
                    choice_id=wish.choice,
                    attachments=wish.attachments[: gateway.settings.attachments_per_conversation],
                )
            except (NotFound, Conflict) as error:
                status, code = (404 if isinstance(error, NotFound) else 409), error.code or "choice"
                raise Problem(status, code, language=conversation.language) from error
            if new:
                await self._stored(message)
            else:
                gateway.limits.messages.give_back(conversation.id)
        return Posted(message, new)

    async def replies(self, posted: Posted) -> list[wire.MessageOut]:
        """Wait for the bot and return what it said to the turn that this message ended."""
        gateway = self._gateway
        seconds = gateway.settings.engine_timeout + WAIT_MARGIN
        await gateway.turns.finished(posted.message, seconds)
        return await gateway.io(self._replies, posted.message)

    async def person(self, conversation: Conversation) -> wire.PersonOut:
        """Ask for a person, whatever the bot is doing. Asking twice is asking once."""
        gateway = self._gateway
        with anyio.CancelScope(shield=True):
            last = await gateway.io(self._last, conversation.id)
            ticket, notice = await gateway.io(
                gateway.desk.open_ticket, conversation.id, None, trigger=PERSON_TRIGGER
            )
            new = await gateway.io(gateway.store.messages, conversation.id, last)
            gateway.hub.messages(conversation.id, new)
            gateway.hub.changed(conversation.id)
            gateway.hub.ticket(ticket.ref)
        told = {message.id: message for message in (*new, notice) if message}
        return wire.PersonOut(
            reference=ticket.ref,
            messages=[wire.message(told[number]) for number in sorted(told)],
            conversation=await self.view(conversation.id),
        )

    async def identify(self, conversation: Conversation, token: str) -> None:
        """Store who the customer is, as the embedding site's server signed it.

        Raises:
            Problem: the proof does not hold; the conversation stays as it is.
        """
        gateway = self._gateway
        language = conversation.language
        if wait := gateway.limits.identities.wait(conversation.id):
            raise _too_fast(wait, language)
        try:
            proved = identity.read(token, gateway.settings.identity_secret())
        except identity.IdentityRefused as error:
            raise Problem(403, error.code, language=language) from error
        known = conversation.customer_id
        if conversation.identity_status == "verified" and known != proved.customer_id:
            raise Problem(409, "identity_conflict", language=language)
        if not await gateway.io(gateway.store.use_identity, proved.jti, proved.expires_at):
            raise Problem(403, "identity_replayed", language=language)
        who = Identity("verified", proved.customer_id, proved.name, proved.email)
        await gateway.io(gateway.store.set_identity, conversation.id, who)
        gateway.hub.changed(conversation.id)
        gateway.answerer.background(self._learn(conversation.id))

    async def _learn(self, conversation: str) -> None:
        """Read who the customer was until now, before their first message needs it."""
        gateway = self._gateway
        known = await gateway.io(gateway.store.conversation, conversation)
        await gateway.histories.of(known)

    async def messages(self, conversation: str, after: int = 0) -> list[wire.MessageOut]:
        """Return what the customer may see after a message."""
        store = self._gateway.store
        stored = await self._gateway.io(store.messages, conversation, after)
        return [wire.message(message) for message in stored]

    async def view(self, name: str) -> wire.ConversationOut:
        """Return where a conversation stands."""
        return await self._gateway.io(self._view, name)

    def typing(self, conversation: str, on: bool) -> None:
        """Take note that the customer types."""
        self._gateway.turns.typing(conversation, on)
        self._gateway.hub.typing(conversation, "customer", on)

    def _checked(self, conversation: Conversation, wish: wire.NewMessage | wire.Send) -> str:
        """Return the text to store; ``choice`` alone has none.

        Raises:
            Problem: nothing, both, too long, or no usable ``client_id``.
        """
        language = conversation.language
        text = (wish.text or "").replace("\x00", "").strip()
        known = 0 < len(wish.client_id) <= CLIENT_ID and "\x00" not in wish.client_id
        if not known or (wish.choice and text):
            raise Problem(400, "bad_request", language=language)
        if not wish.choice and not text and not wish.attachments:
            raise Problem(400, "empty", language=language)
        limit = self._gateway.settings.message_limit
        if len(text) > limit:
            key = "utter_notice_too_long"
            raise Problem(413, "too_long", key=key, language=language, limit=limit)
        return text

    def _count(self, conversation: Conversation) -> None:
        wait = self._gateway.limits.messages.wait(conversation.id)
        if wait:
            raise _too_fast(wait, conversation.language)

    async def _stored(self, message: Message) -> None:
        gateway = self._gateway
        gateway.hub.messages(message.conversation, [message])
        if message.attachments:
            await unread.tell(gateway, message)
        if message.turn:
            gateway.turns.arrived(message)
            return
        if message.text:
            gateway.answerer.background(gateway.answerer.score(message))
        went_on = await gateway.io(gateway.progress.customer_wrote, message.conversation)
        if went_on is not None:  # the case waited for them, or was put aside
            gateway.hub.ticket(went_on.ticket.ref)
        if not await gateway.assigning.heard(gateway, message):
            await self._comfort(message)

    async def _comfort(self, message: Message) -> None:
        """Tell a customer who writes while waiting, once a wait, that it is read."""
        gateway = self._gateway
        notice = await gateway.io(self._comforting, message.conversation)
        if notice is not None:
            gateway.hub.messages(message.conversation, [notice])

    def _comforting(self, name: str) -> Message | None:
        gateway = self._gateway
        if gateway.store.conversation(name).owner != "queue" or self._comforted(name):
            return None
        return gateway.desk.notice(name, QUEUE_MESSAGE, repeat=False)

    def _comforted(self, conversation: str) -> bool:
        """Whether they were told since the bot or an agent last spoke."""
        for message in reversed(self._gateway.store.messages(conversation)):
            if message.response == QUEUE_MESSAGE:
                return True
            if message.author in ("bot", "agent"):
                return False
        return False

    def _last(self, conversation: str) -> int:
        stored = self._gateway.store.messages(conversation)
        return stored[-1].id if stored else 0

    def _replies(self, message: Message) -> list[wire.MessageOut]:
        store = self._gateway.store
        if message.turn is None or store.turn_messages(message.turn)[-1].id != message.id:
            return []
        replies, followed = [], False
        for later in store.messages(message.conversation, message.id):
            followed = followed or later.author == "customer"
            mine = later.turn == message.turn or (later.turn is None and not followed)
            if mine and later.author in ("bot", "system"):
                replies.append(wire.message(later))
        return replies

    def _view(self, name: str) -> wire.ConversationOut:
        return standing(self._gateway, name)


def _too_fast(wait: float, language: str) -> Problem:
    headers = {"Retry-After": str(int(wait) + 1)}
    key = "utter_notice_too_fast"
    return Problem(429, "too_fast", key=key, language=language, headers=headers)
