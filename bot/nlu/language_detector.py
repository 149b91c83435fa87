"""The language of a message and the register it uses."""

from __future__ import annotations

from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import language
from bot.nlu.component import Component, choice, fingerprint, in_checkout, metadata, text_of


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True)
class LanguageDetector(Component):
    """Sets ``language`` ({"code": es, en or other; "confidence"}) and ``register``.

    The lists are copied into the model. A text that shows nothing, and a pressed quick reply, count
    as the conversation's language.
    """

    languages: language.Languages

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration."""
        return {
            # words of the languages and registers
            "file": "data/patterns/language.yml",
            # what a text that shows nothing counts as, where the channel does not say
            "language": "es",
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return the hash of the lists and the code that reads them."""
        path = in_checkout({**cls.get_default_config(), **config}["file"])
        return fingerprint(files=[path], code=[language])

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LanguageDetector:
        """Load the lists of the model."""
        component = cls(config, model_storage, resource)
        texts, _ = cls.saved(model_storage, resource)
        component.languages = language.Languages(texts)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Read the lists."""
        path = in_checkout(self.config["file"])
        lists = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.languages = language.Languages(lists)
        self.save(lists, {})
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Tell the language and register of the messages."""
        for message in messages:
            written = "" if choice(message) else text_of(message)
            turn = metadata(message).get("turn")
            expected = turn.get("language") if isinstance(turn, dict) else None
            found = self.languages.language(written, expected=expected or self.config["language"])
            message.set("language", found, add_to_output=True)
            spanish = found["code"] == "es"
            register = self.languages.register(written) if spanish else None
            message.set("register", register, add_to_output=True)
        return messages
