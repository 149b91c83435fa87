"""One vector for each message, from the sentence encoder."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoder import runtime
from bot.encoder.runtime import Encoder
from bot.nlu import shared_encoder, text
from bot.nlu.component import Component, fingerprint, text_of
from bot.nlu.normaliser import NORMALISED


def vector_of(message: Message) -> NDArray[Any]:
    """Return the vector that the featurizer gave a message."""
    _, sentence = message.get_dense_features(TEXT, [EncoderFeaturizer.ORIGIN])
    return np.asarray(sentence.features[0])


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=True)
class EncoderFeaturizer(Component):
    """Adds the sentence vector (float32, length 1) as a dense sentence feature.

    It learns nothing but which encoder it is, and refuses any other afterwards.
    """

    ORIGIN = "encoder"
    encoder: Encoder | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration."""
        return {
            # texts encoded at once while training; serving encodes one, with one thread
            "threads": 2,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return the hash of the encoder and of the code before it."""
        return fingerprint(code=[text, runtime], extra=shared_encoder.mark())

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EncoderFeaturizer:
        """Load the featurizer with the encoder that it was trained with.

        Raises:
            WrongEncoder: that one is missing or damaged.
        """
        texts, _ = cls.saved(model_storage, resource)
        component = cls(config, model_storage, resource)
        component.encoder = shared_encoder.for_model(texts["encoder"])
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Record the current encoder."""
        self.encoder = shared_encoder.for_training()
        self.save({"encoder": self.encoder.hash}, {})
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Encode the examples."""
        shared_encoder.for_training()  # which is this one, and remembers more from now on
        examples = [one for one in training_data.training_examples if one.get("text")]
        self._encode(examples, threads=int(self.config["threads"]))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Encode the messages."""
        self._encode(messages, threads=1)
        return messages

    def _encode(self, messages: list[Message], *, threads: int) -> None:
        encoder = self.encoder or shared_encoder.for_training()
        texts = [
            message.get(NORMALISED) or text.normalise(text_of(message)) for message in messages
        ]
        for message, vector in zip(messages, encoder.encode(texts, threads=threads), strict=True):
            features = Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, self.ORIGIN)
            message.add_features(features)
