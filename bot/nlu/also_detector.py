"""What a message wants besides: "devolvedme el dinero y pasadme con alguien" wants two things."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.clauses import clauses
from bot.nlu.component import Component, choice, text_of
from bot.nlu.intent_classifier import READ_BY

MOST = 2  # wishes besides the main one


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=False)
class AlsoDetector(Component):
    """Sets ``also``: [{"name", "confidence", "text"}], best first; empty for most messages.

    Each clause of a message with several is read by the classifier that read the whole; ``text``
    is the clause. It learns nothing and stands after FallbackClassifier, so that what a clause
    states clearly is kept where the whole is unclear.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration."""
        return {
            # confidence from which a clause states something, in [0, 1] ...
            "confidence": 0.8,
            # ... if the whole message says it too, at least this much
            "whole": 0.001,
            # confidence from which an urgent clause is believed whatever the whole says
            "urgent_confidence": 0.9,
            # intents that must not be lost
            "urgent": [],
            # intents that are no wish of their own
            "never": [],
            # groups of intents that are one matter told in two ways
            "same": [],
        }

    def process(self, messages: list[Message]) -> list[Message]:
        """Read the clauses of the messages."""
        for message in messages:
            found = [] if choice(message) else self._also(message)
            message.set("also", found, add_to_output=True)
        return messages

    def _also(self, message: Message) -> list[dict[str, Any]]:
        classifier = message.get(READ_BY)
        parts = clauses(text_of(message)) if classifier else []
        if len(parts) < 2:
            return []
        main = str((message.get("intent") or {}).get("name"))
        whole = {
            str(one["name"]): float(one["confidence"])
            for one in message.get("intent_ranking") or []
        }
        best: dict[str, dict[str, Any]] = {}
        for part, read in zip(parts, classifier.read(parts), strict=True):
            if read is None or self._one_matter(read["name"], main):
                continue
            if not self._counts(**read, whole=whole.get(read["name"], 0.0)):
                continue
            if read["confidence"] > best.get(read["name"], {"confidence": 0.0})["confidence"]:
                best[read["name"]] = {**read, "text": part}
        return self._chosen(sorted(best.values(), key=lambda one: -one["confidence"]))

    def _counts(self, *, name: str, confidence: float, whole: float) -> bool:
        if name in self.config["never"]:
            return False
        if name in self.config["urgent"] and confidence >= float(self.config["urgent_confidence"]):
            return True
        said = whole >= float(self.config["whole"])
        return said and confidence >= float(self.config["confidence"])

    def _one_matter(self, name: str, other: str) -> bool:
        return name == other or any(
            name in group and other in group for group in self.config["same"]
        )

    def _chosen(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the first of each matter, at most :data:`MOST`; what is urgent goes before."""
        found = sorted(found, key=lambda one: one["name"] not in self.config["urgent"])
        chosen: list[dict[str, Any]] = []
        for one in found:
            if not any(self._one_matter(one["name"], other["name"]) for other in chosen):
                chosen.append(one)
        return sorted(chosen[:MOST], key=lambda one: -one["confidence"])
