"""The intent: a logistic regression on the sentence vector, or the quick reply that was pressed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.errors import ConfigError
from bot.nlu import development, intents, ngrams, shared_encoder, text
from bot.nlu.component import Component, choice, fingerprint, text_of
from bot.nlu.encoder_featurizer import vector_of
from bot.nlu.intents import Apart, Reader
from bot.nlu.text import normalise
from bot.settings import ROOT

RANKING = 10  # intents in the ranking
ENOUGH = 100  # development texts from which the confidence is calibrated on them


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class IntentClassifier(Component):
    """Sets ``intent`` and ``intent_ranking``.

    A pressed quick reply (``metadata["choice"]``) is obeyed with confidence 1; Rasa's own
    classifier cannot be used because it ignores how strongly it should be regularised.
    """

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """Build an untrained classifier."""
        super().__init__(config, storage, resource)
        self._intents: list[str] = []
        self._reader: Reader | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration."""
        return {
            # inverse of the L2 penalty; vectors are centred and scaled to standard deviation 1
            "C": 0.1,
            # share of letters and words against meaning, in [0, 1]
            "words": 0.6,
            # inverse of their L2 penalty
            "words_strength": 5.0,
            # intents whose miss costs most -> logits more that they get, at least 0
            "favour": {},
            # most iterations of the solver
            "iterations": 300,
            # folder of texts apart from the examples, on which the confidence is calibrated
            "development": "evaluation/nlu",
            # intents that only go with a message: "hola, ¿qué formas de pago hay? soy Ana"
            "courtesies": ["greet", "thanks", "bye", "inform"],
            # confidence from which another intent is what the message is about
            "matter_from": 0.25,
        }

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples that have an intent."""
        examples = [one for one in training_data.intent_examples if one.get("text")]
        names = sorted({str(one.get("intent")) for one in examples})
        if len(names) > 1:
            vectors = np.stack([vector_of(one) for one in examples])
            targets = [str(one.get("intent")) for one in examples]
            texts = [str(one.get("text")) for one in examples]
            reader = Reader.fit(vectors, texts, targets, self.config, self._apart(targets))
            self._reader = replace(reader, favour=self._favour(names))
        self._intents = names
        self.save({"intents": names}, self._reader.to_arrays() if self._reader else {})
        return self._resource

    def _favour(self, names: list[str]) -> dict[int, float]:
        """Return what favoured intents get, by number; those that the model lacks get nothing."""
        favour = {str(name): float(more) for name, more in dict(self.config["favour"]).items()}
        if any(more < 0 for more in favour.values()):
            raise ConfigError(
                f"config.yml (pipeline > IntentClassifier > favour) has a number below 0: {favour}."
            )
        return {names.index(name): more for name, more in favour.items() if name in names}

    def _apart(self, names: list[str]) -> Apart | None:
        """Return the development texts of these intents; None when there are too few."""
        known = set(names)
        found = development.labelled_texts(ROOT / self.config["development"])
        texts = [one for one in found if one.intent in known]
        if len(texts) < ENOUGH:
            return None
        encoder = shared_encoder.for_training()
        vectors = encoder.encode([normalise(one.text) for one in texts], threads=2)
        return Apart(vectors, [one.text for one in texts], [one.intent for one in texts])

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return the hash of the development texts and the encoder."""
        folder = ROOT / {**cls.get_default_config(), **config}["development"]
        files = development.labelled_files(folder)
        return fingerprint(
            files=files, code=[development, intents, ngrams, text], extra=shared_encoder.mark()
        )

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """Load a trained classifier."""
        component = cls(config, model_storage, resource)
        texts, arrays = cls.saved(model_storage, resource)
        component._intents = texts["intents"]
        if arrays:
            reader = Reader.from_arrays(arrays, component.config)
            favour = component._favour(component._intents)
            component._reader = replace(reader, favour=favour)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify the messages."""
        for message in messages:
            pressed = choice(message)
            ranking = [{"name": pressed["intent"], "confidence": 1.0}] if pressed else []
            ranking = ranking or self._ranking(message)
            best = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set("intent", best, add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        if self._reader is None:  # no intent or only one: nothing to tell apart
            return [{"name": name, "confidence": 1.0} for name in self._intents]
        chances = self._reader.chances(vector_of(message)[None, :], [text_of(message)])[0]
        chances = self._without_courtesies(chances)
        best = np.argsort(-chances, kind="stable")[:RANKING]
        return [{"name": self._intents[i], "confidence": float(chances[i])} for i in best]

    def _without_courtesies(self, chances: NDArray[Any]) -> NDArray[Any]:
        """Leave a greeting or thanks out of account when the message has a matter as well."""
        matter = np.array([name not in self.config["courtesies"] for name in self._intents])
        if not matter.any() or (chances * matter).max() < self.config["matter_from"]:
            return chances
        return np.asarray(chances * matter / (chances * matter).sum())
