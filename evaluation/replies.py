"""What the bot answered, as the customer sees it and as it was understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bot.errors import RemansoError

ENGINE_FAILURE = "engine_failure"
"""The trigger of a handoff that the engine's own failure makes; the gateway's name for it."""


class PlayError(RemansoError):
    """A conversation was asked for something that no customer could do."""


class Choice(NamedTuple):
    """A quick reply as the customer sees it, and what it stands for."""

    title: str
    payload: str


@dataclass(frozen=True)
class Message:
    """One message of the bot.

    Args:
        text: What the customer reads.
        choices: The quick replies below it.
        response: Key of the response; None when an action wrote it.
        id: Id of the variation.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    response: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Reply:
    """What came back for one turn of the customer.

    Args:
        said: What the customer wrote, pressed, or, in brackets, an agent's hand-back.
        messages: What the customer may read.
        handoff: The request for a person; None while the bot goes on.
        error: What failed inside; None when nothing did.
        state: Summary of the conversation's state.
        parse: How the message was understood.
        promises: What the bot promised in this turn.
        silent: A person has the conversation, so the bot was not asked.
    """

    said: str
    messages: tuple[Message, ...] = ()
    handoff: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    state: Mapping[str, Any] = field(default_factory=dict)
    parse: Mapping[str, Any] = field(default_factory=dict)
    promises: tuple[Mapping[str, Any], ...] = ()
    silent: bool = False

    @property
    def text(self) -> str:
        """All that the customer reads, one message a line."""
        return "\n".join(message.text for message in self.messages)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The quick replies of all messages."""
        return tuple(choice for message in self.messages for choice in message.choices)

    @property
    def responses(self) -> tuple[str, ...]:
        """The keys of the responses, in order."""
        return tuple(message.response or "" for message in self.messages)
