"""One turn of a conversation: understood, decided, acted on and saved, exactly once.

Rasa's public ``handle_message`` saves inside, reads the tracker anew and tells nothing about a turn
that was cut short; so its four steps are taken here one by one (Rasa is pinned to one version).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels import closing, sessions
from bot.channels.guess import settle

FRESH = 3  # customer turns below which an earlier session is searched for a repeated turn too


class Silent(OutputChannel):
    """Sends nothing: what the bot said is read from the tracker afterwards."""

    @classmethod
    def name(cls) -> str:
        """Return the channel's name."""
        return "gateway"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Drop the message."""


@dataclass(frozen=True)
class Turn:
    """What the gateway asks to be answered.

    Args:
        conversation: Id of the conversation.
        id: Id of the turn; the same id is answered once and then repeated.
        text: The customer's words, or the title of the quick reply.
        context: Identity, language and time, as the gateway vouches for them.
        choice: Intent and entities of the quick reply, if one was pressed.
        note: What an agent agreed, when this is a hand-back and no message.
    """

    conversation: str
    id: str
    text: str
    context: dict[str, Any] = field(default_factory=dict)
    choice: dict[str, Any] | None = None
    note: dict[str, Any] | None = None

    def metadata(self) -> dict[str, Any]:
        """Return what travels with the message; no customer can forge it."""
        context = self.context
        return {
            "turn": {
                "id": self.id,
                "choice": self.choice,
                "identity": context.get("identity") or {"status": "anonymous"},
                "language": context.get("language"),
                "now": context.get("now"),
                "history": context.get("history"),
                **({"note": self.note} if self.note is not None else {}),
            },
            "choice": self.choice,
        }


async def run(agent: Agent, turn: Turn) -> tuple[list[Event], bool]:
    """Answer a turn, or find the answer that it had before.

    Returns:
        The events of the turn, and whether they are from an earlier time.
    """
    processor = agent.processor
    if processor is None:
        raise RuntimeError("No model is loaded.")
    async with agent.lock_store.lock(turn.conversation):
        tracker = await processor.fetch_tracker_and_update_session(turn.conversation)
        earlier = await _answered_before(processor, tracker, turn)
        if earlier:
            return earlier, True
        if turn.note is not None or sessions.is_due(tracker):
            # A form that was open before a person came is over: what they agreed goes before it.
            tracker = await _cut(processor, tracker)
        return await _answer(processor, tracker, turn), False


async def _answer(
    processor: MessageProcessor, tracker: DialogueStateTracker, turn: Turn
) -> list[Event]:
    output = Silent()
    start = len(tracker.events)
    message = await _message(processor, tracker, turn, output)
    await processor._handle_message_with_tracker(message, tracker)
    tracker = await processor.run_action_extract_slots(output, tracker)
    await processor._run_prediction_loop(output, tracker)
    closing.close(tracker, turn.id, since=start, domain=processor.domain)
    await processor.save_tracker(tracker)
    return list(tracker.events)[start:]


async def _message(
    processor: MessageProcessor,
    tracker: DialogueStateTracker,
    turn: Turn,
    output: OutputChannel,
) -> UserMessage:
    metadata = turn.metadata()
    message = UserMessage(
        text=as_text(turn.text),
        output_channel=output,
        sender_id=turn.conversation,
        input_channel=output.name(),
        message_id=turn.id,
        metadata=metadata,
    )
    if turn.note is not None:
        parsed: dict[str, Any] = {"text": "", "intent_ranking": [], "entities": []}
        parsed["intent"] = {"name": "hand_back", "confidence": 1.0}
    else:
        parsed = settle(await processor.parse_message(message, tracker), tracker)
    parsed["turn"] = metadata["turn"]
    if turn.choice:
        parsed["intent"] = {"name": turn.choice["intent"], "confidence": 1.0}
        parsed["entities"] = _entities(turn.choice)
    message.parse_data = parsed
    return message


def _entities(choice: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"entity": name, "value": str(value), "start": 0, "end": 0, "extractor": "choice"}
        for name, value in (choice.get("entities") or {}).items()
    ]


def as_text(text: str) -> str:
    """Return the text with a leading ``/`` made harmless: Rasa reads ``/intent`` as a command."""
    text = text.strip()
    return "\uff0f" + text[1:] if text.startswith("/") else text


async def _cut(processor: MessageProcessor, tracker: DialogueStateTracker) -> DialogueStateTracker:
    tracker.update_with_events(sessions.new_session(tracker), processor.domain)
    await processor.save_tracker(tracker)
    # Read again: the store counts the events of the newest session when it saves.
    return await processor.get_tracker(tracker.sender_id)


async def _answered_before(
    processor: MessageProcessor, tracker: DialogueStateTracker, turn: Turn
) -> list[Event]:
    found = events_of(tracker, turn.id)
    if found or not sessions.is_cut(tracker) or sessions.customer_turns(tracker) >= FRESH:
        return found
    full = await processor.tracker_store.retrieve_full_tracker(turn.conversation)
    return events_of(full, turn.id) if full is not None else []


def events_of(tracker: DialogueStateTracker, turn: str) -> list[Event]:
    """Return the raw events of a turn, those that an acknowledgement took back included."""
    events = list(tracker.events)
    mine = [index for index, event in enumerate(events) if turn_id(event) == turn]
    if not mine:
        return []
    later = [
        index
        for index, event in enumerate(events)
        if index > mine[0] and isinstance(event, UserUttered) and turn_id(event) != turn
    ]
    return events[mine[0] : later[0] if later else None]


def turn_id(event: Event) -> str | None:
    """Return the turn that a customer message belongs to; None for any other event."""
    if not isinstance(event, UserUttered):
        return None
    turn = (event.parse_data or {}).get("turn") or {}
    return str(turn.get("id") or event.message_id or "") or None
