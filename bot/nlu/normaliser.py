"""Keeps how a message was typed as signals, then normalises it for the encoder."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.deescalation import cues
from bot.nlu import text
from bot.nlu.component import Component, fingerprint, text_of

NORMALISED = "normalised"
TYPED = "typed"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class Normaliser(Component):
    """Adds ``normalised`` (the text to encode) and ``typed`` (name to strength) to a message.

    ``typed`` holds the signals of :data:`bot.deescalation.cues.SURFACE`: capitals, elongations,
    emoji, laughter, exclamations. The message's own text is left as it is.
    """

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return the hash of the code that normalises."""
        return fingerprint(code=[text, cues])

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Normalise the examples."""
        self.process([one for one in training_data.training_examples if one.get("text")])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Normalise the messages."""
        for message in messages:
            strengths, _ = cues.surface(text_of(message))
            message.set(NORMALISED, text.normalise(text_of(message)))
            message.set(TYPED, dict(zip(cues.SURFACE, strengths, strict=True)))
        return messages
