"""Where conversations live: what a customer wrote is here before anybody looks at it.

Every public method of :class:`Store` is one transaction and may be called from any thread. Who may
answer (``owner``) is decided in here and nowhere else: while it is not ``bot``, what the bot says
is stored as late and no customer ever sees it. Tickets have a door of their own,
:class:`bot.handoff.desk.Desk`, which works on the same database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.handoff.instants import utc_now
from bot.handoff.records import Conversation, Identity, Json, Message, Reply, Turn, Vow
from bot.handoff.store import conversations, files, identities, messages, turns
from bot.handoff.store.database import Database

__all__ = ["Store"]


class Store:
    """Conversations, their messages and the turns the bot owes.

    Args:
        url: SQLAlchemy URL of the database; its tables are created or updated at once.
        clock: Returns this instant in UTC.
    """

    def __init__(self, url: str, clock: Callable[[], datetime] = utc_now) -> None:
        self.database = Database(url)
        self.clock = clock
        self.database.migrate()

    def close(self) -> None:
        """Close all connections."""
        self.database.close()

    def ping(self) -> None:
        """Check that the database answers.

        Raises:
            StoreError: it does not.
        """
        with self.database.read() as connection:
            connection.execute(sa.text("SELECT 1"))

    # Conversations

    def create_conversation(
        self,
        *,
        language: str = "es",
        origin: str | None = None,
        page: str | None = None,
        identity: Identity | None = None,
        welcome: Reply | None = None,
        disclosure: str | None = None,
        time_zone: str | None = None,
    ) -> Conversation:
        """Begin a conversation, which the bot owns.

        Args:
            language: ``es`` or ``en``.
            origin: The site that embeds the widget.
            page: The page the customer is on.
            identity: Who the customer is; anonymous by default.
            welcome: The first message, stored in the same transaction.
            disclosure: Version of the text that says it is an automatic assistant.
            time_zone: Of the customer's browser; one that does not exist is ignored.
        """
        at = self.clock()
        with self.database.write() as connection:
            conversation = conversations.insert(
                connection,
                at,
                identity or Identity(),
                language=language,
                origin=origin,
                page=page,
                disclosure_version=disclosure,
                disclosure_at=at if disclosure else None,
                time_zone=conversations.known_zone(time_zone),
            )
            if welcome is not None:
                name = conversation.id
                messages.add_replies(
                    connection, name, at, [welcome], turn=None, language=language, late=False
                )
            return conversation

    def conversation(self, conversation: str) -> Conversation:
        """Return a conversation.

        Raises:
            NotFound: there is none with this id.
        """
        with self.database.read() as connection:
            return conversations.get(connection, conversation)

    def set_language(self, conversation: str, language: str) -> None:
        """Change the language of a conversation: ``es`` or ``en``."""
        with self.database.write() as connection:
            conversations.update(connection, conversation, language=language)

    def end_conversation(self, conversation: str) -> None:
        """Mark a conversation as ended by the customer."""
        with self.database.write() as connection:
            conversations.update(connection, conversation, status="ended", ended_at=self.clock())

    # Identity

    def set_identity(self, conversation: str, identity: Identity) -> None:
        """Store who the customer is."""
        with self.database.write() as connection:
            columns = conversations.identity_columns(identity)
            conversations.update(connection, conversation, **columns)

    def use_identity(self, jti: str, expires_at: datetime) -> bool:
        """Use up a signed identity; False when it was used before."""
        with self.database.write() as connection:
            return identities.use(connection, jti, expires_at, self.clock())

    def count_identity_try(self, conversation: str) -> int:
        """Count one more try to prove an order; return how many there were."""
        with self.database.write() as connection:
            conversations.get(connection, conversation, lock=True)
            return identities.count_try(connection, conversation)

    # Messages

    def add_customer_message(
        self,
        conversation: str,
        text: str,
        client_id: str,
        *,
        choice_id: str | None = None,
        attachments: Collection[str] = (),
    ) -> tuple[Message, bool]:
        """Store what the customer sent, before anything else happens to it.

        While the bot owns the conversation the message joins the turn that is being gathered, or
        opens one. The same ``client_id`` twice, or the same quick reply twice, is one message.

        Args:
            conversation: Its id.
            text: What was typed; ignored with ``choice_id``, whose title is stored.
            client_id: The sender's own id of this message.
            choice_id: The quick reply taken.
            attachments: Uploads that go with it; without text it is no turn of the bot's.

        Returns:
            The message, and whether it is new.

        Raises:
            NotFound: no such conversation (any more) or upload, or a quick reply never offered.
        """
        with self.database.write() as connection:
            owner = conversations.written_to(connection, conversation)
            known = messages.sent_before(connection, conversation, client_id, choice_id)
            if known is not None:
                return known, False
            take = messages.take_choice
            text, choice = take(connection, conversation, choice_id) if choice_id else (text, None)
            message = messages.insert(
                connection,
                conversation,
                at := self.clock(),
                turn=turns.gathering(connection, owner, at) if text else None,
                author="customer",
                text=text,
                language=owner.language,
                choice=choice,
                client_id=client_id,
            )
            message = files.send(connection, message, attachments)
            if owner.status == "ended":  # who writes takes it up again
                conversations.update(connection, conversation, status="open", ended_at=None)
            return message, True

    def add_system_message(
        self, conversation: str, text: str, *, response: str | None, variation: str | None
    ) -> Message:
        """Store a notice of the gateway to the customer."""
        with self.database.write() as connection:
            known = conversations.get(connection, conversation, lock=True)
            return messages.insert(
                connection,
                conversation,
                self.clock(),
                author="system",
                text=text,
                language=known.language,
                response=response,
                variation=variation,
            )

    def messages(self, conversation: str, after: int = 0, *, late: bool = False) -> list[Message]:
        """Return the messages after an id; ``late`` ones are for agents only."""
        with self.database.read() as connection:
            return messages.listing(connection, conversation, after=after, late=late)

    def said(self, conversation: str) -> list[str]:
        """Return the ids of the variations already said in a conversation."""
        with self.database.read() as connection:
            return messages.said(connection, conversation)

    def last_parse(self, conversation: str) -> Json | None:
        """Return what was understood of the customer's newest message that was understood."""
        with self.database.read() as connection:
            return messages.last_parse(connection, conversation)

    def set_parse(self, message_id: int, parse: Json) -> None:
        """Store what the engine understood of a customer's message."""
        with self.database.write() as connection:
            messages.set_parse(connection, message_id, parse)

    # Turns

    def turn(self, turn: str) -> Turn:
        """Return a turn.

        Raises:
            NotFound: there is none with this id.
        """
        with self.database.read() as connection:
            return conversations.turn(connection, turn)

    def turn_messages(self, turn: str, author: str = "customer") -> list[Message]:
        """Return what the customer (or another author) wrote in a turn, in order."""
        with self.database.read() as connection:
            return messages.of_turn(connection, turn, author)

    def open_turn(self, conversation: str) -> Turn | None:
        """Return the turn that is still gathering messages, if there is one."""
        with self.database.read() as connection:
            return conversations.open_turn(connection, conversation)

    def start_turn(self, turn: str) -> Turn | None:
        """Close a turn to further messages: the bot answers it now.

        A turn that was already running is started again (the process died meanwhile). None when
        it needs no answer of the bot's any more: it is finished, or a person has the chat.
        """
        with self.database.write() as connection:
            conversation = conversations.turn(connection, turn).conversation
            owner = conversations.get(connection, conversation, lock=True).owner
            present = conversations.turn(connection, turn)
            if present.status not in ("open", "running"):
                return None
            if owner != "bot":
                turns.close(connection, turn, "late", self.clock())
                return None
            conversations.update_turn(connection, turn, status="running", started_at=self.clock())
            return conversations.turn(connection, turn)

    def finish_turn(
        self,
        turn: str,
        *,
        replies: Sequence[Reply],
        state: Json | None = None,
        parse: Json | None = None,
        identity: Identity | None = None,
        vows: Sequence[Vow] = (),
        kept: Collection[str] = (),
        late: bool = False,
    ) -> list[Message]:
        """Store the bot's answer to a turn, what it understood, promised and kept.

        Finishing twice stores nothing twice. The replies are late, so that only agents see them,
        when the conversation was handed over meanwhile, the turn was given up, or ``late`` says so.

        Returns:
            The stored replies; look at their ``late`` before showing them.
        """
        with self.database.write() as connection:
            at = self.clock()
            owner, stored = turns.finish(
                connection, turn, at, replies=replies, parse=parse, vows=vows, kept=kept, late=late
            )
            if owner.owner == "bot" and owner.erased_at is None:
                turns.learn(connection, owner.id, state=state, identity=identity)
            return stored

    def fail_turn(self, turn: str, error: Json | str) -> None:
        """Give an unfinished turn up: what still comes for it is late."""
        with self.database.write() as connection:
            conversation = conversations.turn(connection, turn).conversation
            conversations.get(connection, conversation, lock=True)
            turns.give_up(connection, turn, self.clock(), error)

    def unfinished_turns(self, conversation: str | None = None) -> list[Turn]:
        """Return the turns the bot still owes an answer to, oldest first; of one, or of all."""
        with self.database.read() as connection:
            return conversations.unfinished(connection, conversation)
