"""Passes on what the channel vouches for: id, identity, language, choice and time of a turn."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import Component, metadata


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=False)
class TurnMetadata(Component):
    """Puts ``metadata["turn"]`` into the parse data as ``turn``.

    Policies and actions read it there. A message without it (``rasa shell``) gets none.
    """

    def process(self, messages: list[Message]) -> list[Message]:
        """Add ``turn`` to each message that came through the gateway."""
        for message in messages:
            turn = metadata(message).get("turn")
            if isinstance(turn, dict):
                message.set("turn", turn, add_to_output=True)
        return messages
