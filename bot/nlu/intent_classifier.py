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

from bot.encoder.runtime import Encoder
from bot.errors import ConfigError
from bot.nlu import (
    descent,
    development,
    intents,
    known_words,
    ngrams,
    nonsense,
    shared_encoder,
    text,
)
from bot.nlu.component import Component, choice, fingerprint, text_of
from bot.nlu.encoder_featurizer import vector_of
from bot.nlu.intents import Apart, Nothing, Reader
from bot.nlu.text import normalise
from bot.settings import ROOT

RANKING = 10  # intents in the ranking
ENOUGH = 100  # development texts from which the confidence is calibrated on them
READ_BY = "read_by"  # where a message says which classifier read it, for components after it


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class IntentClassifier(Component):
    """Sets ``intent`` and ``intent_ranking``.

    The ranking sums to 1 less the chance that the message says nothing at all.

    A pressed quick reply (``metadata["choice"]``) is obeyed with confidence 1; Rasa's own
    classifier cannot be used because it ignores how strongly it should be regularised.
    """

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """Build an untrained classifier."""
        super().__init__(config, storage, resource)
        self._intents: list[str] = []
        self._reader: Reader | None = None
        self._encoder: Encoder | None = None

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
            # chance, in [0, 1], that a favoured intent must reach with it; else none is favoured:
            # a text of which nothing is known is no alarm
            "favour_from": 0.4,
            # most iterations of the solver
            "iterations": 300,
            # folder of texts apart from the examples, on which the confidence is calibrated
            "development": "evaluation/nlu",
            # intents that only go with a message: "hola, ¿qué formas de pago hay? soy Ana"
            "courtesies": ["greet", "thanks", "bye", "inform"],
            # confidence from which another intent is what the message is about
            "matter_from": 0.3,
            # intents that say nothing more specific -> those that say it, and get their share
            "general": {},
            # made-up texts that say nothing, learnt as a class that no message gets; 0: none
            "nonsense": 1200,
            # logits more that saying nothing gets, or less
            "nothing": -1.0,
        }

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all examples that have an intent."""
        examples = [one for one in training_data.intent_examples if one.get("text")]
        names = sorted({str(one.get("intent")) for one in examples})
        if len(names) > 1:
            vectors = np.stack([vector_of(one) for one in examples])
            targets = [str(one.get("intent")) for one in examples]
            texts = [str(one.get("text")) for one in examples]
            nothing = self._nothing(texts, targets)
            apart = self._apart(targets)
            reader = Reader.fit(vectors, texts, targets, self.config, apart, nothing)
            self._reader = self._weighed(reader, names)
        self._intents = names
        self._encoder = shared_encoder.for_training()
        learnt = {"intents": names, "encoder": self._encoder.hash}
        self.save(learnt, self._reader.to_arrays() if self._reader else {})
        return self._resource

    def _weighed(self, reader: Reader, names: list[str]) -> Reader:
        """Return the reader with what ``config.yml`` adds to the chances."""
        nothing = float(self.config["nothing"])
        favour_from = float(self.config["favour_from"])
        favour = self._favour(names)
        return replace(reader, favour=favour, favour_from=favour_from, nothing=nothing)

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
        vectors = self._encoded([one.text for one in texts])
        return Apart(vectors, [one.text for one in texts], [one.intent for one in texts])

    @staticmethod
    def _encoded(texts: list[str]) -> NDArray[Any]:
        encoder = shared_encoder.for_training()
        return encoder.encode([normalise(one) for one in texts], threads=2)

    def _nothing(self, texts: list[str], names: list[str]) -> Nothing | None:
        """Return made-up texts that say nothing, at most one for each example."""
        count = min(int(self.config["nonsense"]), len(texts))
        made = nonsense.make(texts, names, count) if count else []
        return Nothing(self._encoded(made), made) if made else None

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return the hash of the development texts and the encoder."""
        folder = ROOT / {**cls.get_default_config(), **config}["development"]
        files = development.labelled_files(folder)
        code = [descent, development, intents, known_words, ngrams, nonsense, text]
        return fingerprint(files=files, code=code, extra=shared_encoder.mark())

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
            component._reader = component._weighed(reader, component._intents)
        if "encoder" in texts:
            component._encoder = shared_encoder.for_model(texts["encoder"])
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
            message.set(READ_BY, self)
        return messages

    def read(self, parts: list[str]) -> list[dict[str, Any] | None]:
        """Return the intent of each part of a message, {"name", "confidence"}; None if unknown.

        No intent is favoured: who asks wants to know how sure it is of the part alone.
        """
        if self._reader is None or self._encoder is None:
            return [None] * len(parts)
        vectors = self._encoder.encode([normalise(part) for part in parts])
        chances = replace(self._reader, favour={}).chances(vectors, parts)
        return [self._named(self._about(row))[0] for row in chances]

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        if self._reader is None:  # no intent or only one: nothing to tell apart
            return [{"name": name, "confidence": 1.0} for name in self._intents]
        chances = self._reader.chances(vector_of(message)[None, :], [text_of(message)])[0]
        return self._named(self._about(chances))

    def _named(self, chances: NDArray[Any]) -> list[dict[str, Any]]:
        best = np.argsort(-chances, kind="stable")[:RANKING]
        return [{"name": self._intents[i], "confidence": float(chances[i])} for i in best]

    def _about(self, chances: NDArray[Any]) -> NDArray[Any]:
        """Return the chances with what the message is about before what only goes with it."""
        found = self._without_courtesies(chances)
        for general, specific in self.config["general"].items():
            if general not in self._intents:
                continue
            named = found * np.array([name in specific for name in self._intents])
            if named.max() >= self.config["matter_from"]:
                at = self._intents.index(general)
                found = found.copy()
                found[named.argmax()] += found[at]
                found[at] = 0.0
        return found

    def _without_courtesies(self, chances: NDArray[Any]) -> NDArray[Any]:
        """Leave a greeting or thanks out of account when the message has a matter as well."""
        matter = np.array([name not in self.config["courtesies"] for name in self._intents])
        if not matter.any() or (chances * matter).max() < self.config["matter_from"]:
            return chances
        return np.asarray(chances * matter * (chances.sum() / (chances * matter).sum()))
