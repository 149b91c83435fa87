"""The words of the desk's notices: they come from a phrasebook that is given to the desk."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from bot.handoff.records import Conversation, Message
from bot.handoff.store import messages


class Phrase(Protocol):
    """One wording, ready to be sent."""

    @property
    def id(self) -> str:
        """Which variation it is."""

    @property
    def text(self) -> str:
        """What the customer reads."""

    @property
    def buttons(self) -> Sequence[Any]:
        """Quick replies: {title, payload} each."""


class Phrasebook(Protocol):
    """Chooses words; raises an error of its own for a key it does not have."""

    def choose(
        self,
        key: str,
        *,
        language: str,
        register: str | None,
        level: str,
        issue: str | None,
        facts: Mapping[str, str],
        said: Collection[str],
    ) -> Phrase | None:
        """Return a wording not yet said whose facts are all known; None when there is none."""


def say(
    connection: Any,
    phrasebook: Phrasebook,
    conversation: Conversation,
    at: Any,
    key: str,
    *,
    facts: Mapping[str, str],
    repeat: bool = True,
    turn: str | None = None,
) -> Message | None:
    """Store a notice to the customer, inside the caller's transaction.

    A notice that must come is said again in known words when nothing fresh is left, and if there
    are no words at all for these facts the bare facts are sent: never silence.

    Args:
        connection: The caller's.
        phrasebook: Where the words are.
        conversation: Who is told.
        at: This instant.
        key: ``utter_notice_…``
        facts: What the words may mention.
        repeat: False gives None instead of words already said.
        turn: The turn it answers, if it does.
    """
    phrase = _choose(
        phrasebook, conversation, key, facts, messages.said(connection, conversation.id)
    )
    if phrase is None and not repeat:
        return None
    if phrase is None:
        phrase = _choose(phrasebook, conversation, key, facts, ())
    text = phrase.text if phrase else " · ".join(facts.values()) or "…"
    return messages.insert(
        connection,
        conversation.id,
        at,
        turn=turn,
        author="system",
        text=text,
        language=conversation.language,
        response=key,
        variation=phrase.id if phrase else None,
        choices=messages.new_choices(phrase.buttons if phrase else ()),
    )


def _choose(
    phrasebook: Phrasebook,
    conversation: Conversation,
    key: str,
    facts: Mapping[str, str],
    said: Collection[str],
) -> Phrase | None:
    state = conversation.state or {}
    return phrasebook.choose(
        key,
        language=conversation.language,
        register=conversation.register,
        level="calm",
        issue=state.get("issue"),
        facts=facts,
        said=said,
    )
