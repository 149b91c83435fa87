"""The customers' side of the desk: handing over, the queue, notices."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.errors import Conflict, DeskError
from bot.handoff import agents, clocks, opening, tickets
from bot.handoff.instants import utc_now
from bot.handoff.opening import Place
from bot.handoff.phrases import Phrasebook, say
from bot.handoff.records import Agent, Conversation, Identity, Json, Message, Reply, Ticket, Vow
from bot.handoff.rules import DeskRules
from bot.handoff.store import Store, conversations, messages, promises, turns

NO_VERSIONS: Mapping[str, str] = {}


class FrontDesk:
    """Opens tickets and tells customers about them.

    Args:
        store: The conversations; tickets live in the same database.
        phrasebook: The words of notices.
        rules: ``desk.yml``.
        clock: Returns this instant in UTC.
        grace: Seconds an agent who lost the connection keeps a chat.
        versions: Returns what runs now, such as {"model": "…"}; it goes with each handoff.

    ``known_history`` may be replaced by what returns more of a conversation's customer than the
    desk has itself, at once: it goes with each handoff too. ``reach`` may be replaced by what
    returns how a ticket's customer hears of something now: ``page``, ``mail`` or None; ``said`` by
    what else is to be done, in the same transaction, with something said to them: it is mailed.
    """

    def __init__(
        self,
        store: Store,
        phrasebook: Phrasebook,
        rules: DeskRules,
        clock: Callable[[], datetime] = utc_now,
        *,
        grace: float = 180.0,
        versions: Callable[[], Mapping[str, str]] = lambda: NO_VERSIONS,
    ) -> None:
        self.store = store
        self.phrasebook = phrasebook
        self.rules = rules
        self.clock = clock
        self.grace = grace
        self.versions = versions
        self.known_history: Callable[[str], Json] = lambda conversation: {}
        self.reach: Callable[[Any, Ticket], str | None] = lambda connection, ticket: "page"
        self.said: Callable[[Any, Ticket, Message], None] = lambda connection, ticket, message: None

    # Opening

    def open_ticket(
        self,
        conversation: str,
        payload: Json | None,
        *,
        trigger: str,
        replies: Sequence[Reply] = (),
        turn: str | None = None,
        state: Json | None = None,
        parse: Json | None = None,
        identity: Identity | None = None,
        vows: Sequence[Vow] = (),
        kept: Collection[str] = (),
        error: Json | str | None = None,
    ) -> tuple[Ticket, Message]:
        """Hand a conversation over: the replies, the ticket and the notice in one transaction.

        When it was handed over already, the replies are late and the ticket is the one there is.

        Args:
            conversation: Its id.
            payload: What the bot asks for; None for the button or a failing engine.
            trigger: A trigger's name, ``person_button``, ``engine_failure``…
            replies: What the bot said in this turn.
            turn: The turn that ends with this.
            state: The engine's state after the turn.
            parse: What the engine understood of the turn.
            identity: Who the customer proved to be in the turn.
            vows: What the bot promised in the turn.
            kept: Names of the promises it kept.
            error: Why the turn failed, if it did; the turn is then given up.

        Returns:
            The ticket, and the message that told the customer of it.

        Raises:
            Conflict: the conversation was erased.
        """
        at = self.clock()
        with self.store.database.write() as connection:
            known = conversations.get(connection, conversation, lock=True)
            if known.erased_at is not None:
                raise Conflict("This conversation was erased.")
            if turn is not None:
                if error is not None:
                    turns.give_up(connection, turn, at, error)
                turns.finish(
                    connection, turn, at, replies=replies, parse=parse, vows=vows, kept=kept
                )
            elif replies:
                turns.say_unasked(connection, known, at, replies)
            if known.owner != "bot":
                return self._known(connection, conversation)
            turns.learn(connection, conversation, state=state, identity=identity)
            known = conversations.get(connection, conversation)
            return self.hand_over(connection, known, payload, trigger, at, turn)

    def _known(self, connection: Any, conversation: str) -> tuple[Ticket, Message]:
        ticket = tickets.current(connection, conversation)
        if ticket is None or ticket.notice is None:
            raise Conflict("A person has this conversation, but no ticket of it is open.")
        return ticket, messages.by_id(connection, ticket.notice)

    def hand_over(
        self,
        connection: Any,
        conversation: Conversation,
        payload: Json | None,
        trigger: str,
        at: datetime,
        turn: str | None = None,
        **facts: str,
    ) -> tuple[Ticket, Message]:
        """Create a ticket, silence the bot, and tell the customer who comes and when."""
        ticket = self.new_ticket(connection, conversation, payload, trigger, at)
        is_open = opening.is_open(connection, self.rules, ticket.team, at)
        key = opening.notice_key(trigger, is_open, payload)
        notice = self.tell(connection, ticket, key, at, turn=turn, **facts)
        return tickets.update(connection, ticket.ref, notice=notice.id), notice

    def new_ticket(
        self,
        connection: Any,
        conversation: Conversation,
        payload: Json | None,
        trigger: str,
        at: datetime,
        who: str = "",
        channel: str = "chat",
    ) -> Ticket:
        """Create a ticket and silence the bot; the customer is told by the caller.

        Args:
            connection: The caller's, with the conversation locked.
            conversation: Nobody has a ticket of it open.
            payload: What the bot asks for, or nothing.
            trigger: What opened it.
            at: This instant.
            who: Who opened it, for the log; by default the customer or the bot.
            channel: Where the customer said it.
        """
        waiting = ("open",)  # what runs now comes too late, and says so itself
        conversations.close_turns(connection, conversation.id, at, of=waiting, to="answered")
        ticket = opening.open_for(
            connection,
            self.rules,
            conversation,
            payload,
            trigger=trigger,
            at=at,
            versions=self.versions(),
            known=self.known_history(conversation.id),
            channel=channel,
        )
        taken_up = {"status": "open", "ended_at": None}
        conversations.update(connection, conversation.id, owner="queue", **taken_up)
        promises.attach(connection, conversation.id, ticket.ref)
        actor = who or ("customer" if ticket.context["initiator"] == "customer" else "bot")
        data = opening.told_of(connection, ticket)
        tickets.log(connection, ticket.ref, at, actor, "opened", data)
        return clocks.begin(connection, self.rules, ticket, at)

    def tell(
        self,
        connection: Any,
        ticket: Ticket,
        key: str,
        at: datetime,
        *,
        turn: str | None = None,
        **facts: str,
    ) -> Message:
        """Store a notice to the customer with all that is known of their ticket."""
        known = opening.notice_facts(connection, self.rules, ticket, at)
        message = say(
            connection,
            self.phrasebook,
            conversations.get(connection, ticket.conversation),
            at,
            key,
            facts={**known, **facts},
            turn=turn,
        )
        if message is None:
            raise DeskError(f"No words for {key}.")
        self.said(connection, ticket, message)
        return message

    # What customers are told

    def place(self, conversation: str) -> Place | None:
        """Return where a waiting customer is in the queue; None when nobody is awaited."""
        with self.store.database.read() as connection:
            ticket = tickets.current(connection, conversation)
            if ticket is None or ticket.status != "queued":
                return None
            return opening.place(connection, ticket, self.clock())

    def current(self, conversation: str) -> tuple[Ticket, Agent | None] | None:
        """Return the open ticket of a conversation and the agent who has it."""
        with self.store.database.read() as connection:
            ticket = tickets.current(connection, conversation)
            if ticket is None:
                return None
            owner = ticket.owner_agent
            return ticket, agents.by_username(connection, owner) if owner else None

    def open_cases(self) -> list[Ticket]:
        """Return all waiting and claimed tickets."""
        with self.store.database.read() as connection:
            return tickets.open_ones(connection)

    def contacts(self, conversation: str) -> Json:
        """Return a verified customer's other contacts in 30 days, and their open tickets.

        Nothing of anybody who has not proved who they are: a claimed name opens nothing.
        """
        with self.store.database.read() as connection:
            known = conversations.get(connection, conversation)
            if known.identity_status != "verified" or not known.customer_id:
                return {"contacts": [], "open": []}
            return tickets.contacts(connection, known, self.clock())

    def waiting(self) -> list[str]:
        """Return the conversations that wait for a person."""
        with self.store.database.read() as connection:
            return tickets.waiting(connection)

    def notice(
        self, conversation: str, key: str, *, repeat: bool = True, **facts: str
    ) -> Message | None:
        """Store a notice to the customer, with all that is known of an open ticket.

        Args:
            conversation: Its id.
            key: ``utter_notice_…``
            repeat: False gives None instead of words already said.
            facts: More that the words may mention.
        """
        at = self.clock()
        with self.store.database.write() as connection:
            known = conversations.get(connection, conversation, lock=True)
            ticket = tickets.current(connection, conversation)
            if ticket is not None:
                about = opening.notice_facts(connection, self.rules, ticket, at)
                facts = {**about, **facts}
            return say(connection, self.phrasebook, known, at, key, facts=facts, repeat=repeat)
