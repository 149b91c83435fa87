"""Order numbers, amounts, dates, durations, products, contacts, addresses: found by patterns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.deescalation import cues
from bot.nlu import patterns, values
from bot.nlu.component import Component, choice, fingerprint, in_checkout, metadata, text_of
from bot.nlu.patterns import Found, Patterns
from bot.nlu.reading import pipeline, read
from bot.nlu.spacy_tokenizer import DOC

FILES = ("entities.yml", "products.yml")


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True)
class PatternExtractor(Component):
    """Sets ``entities``: entity, value, start, end, and ``meaning`` where it can be told.

    The patterns are copied into the model, so that a model always finds what it found when it was
    trained. A pressed quick reply brings its own entities.
    """

    patterns: Patterns
    words: dict[str, Any]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration."""
        return {
            # folder of entities.yml and products.yml
            "folder": "data/patterns",
            # spaCy's language, as for the tokenizer
            "language": "es",
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return the hash of the patterns and the code that reads them."""
        folder = in_checkout({**cls.get_default_config(), **config}["folder"])
        files = [folder / name for name in FILES]
        return fingerprint(files=files, code=[patterns, values, cues])

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PatternExtractor:
        """Load the patterns of the model."""
        component = cls(config, model_storage, resource)
        texts, _ = cls.saved(model_storage, resource)
        component._compile(texts)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Read and check the patterns."""
        folder = in_checkout(self.config["folder"])
        texts = {name: (folder / name).read_text(encoding="utf-8") for name in FILES}
        self._compile(texts)
        self.save(texts, {})
        return self._resource

    def _compile(self, texts: dict[str, str]) -> None:
        self.words = patterns.merged(*(texts[name] for name in FILES))
        self.patterns = Patterns(self.words, pipeline(self.config["language"]).vocab)

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Find the details of the messages."""
        for message in messages:
            pressed = choice(message)
            found = _chosen(pressed) if pressed else self._found(message, _asked(tracker))
            message.set("entities", found, add_to_output=True)
        return messages

    def _found(self, message: Message, asked: str | None) -> list[dict[str, Any]]:
        doc = message.get(DOC)
        if doc is None:
            doc = read(text_of(message), self.config["language"])
        today = _today(message)
        found = [
            _entity(_as_asked(one, asked), self.words["words"], today)
            for one in self.patterns.find(doc, text_of(message))
        ]
        return _what_fails(found)


def _asked(tracker: DialogueStateTracker | None) -> str | None:
    """Return the slot that a form has just asked for."""
    if tracker is None or "requested_slot" not in tracker.slots:
        return None
    asked = tracker.get_slot("requested_slot")
    return str(asked) if asked else None


def _as_asked(found: Found, asked: str | None) -> Found:
    """Return five bare digits as the postcode when that was the question."""
    if asked == "postcode" and found.bare:
        return Found("postcode", found.start, found.end, found.text)
    return found


def _what_fails(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out the payment when an app or a page that fails at it is named too."""
    services = {one["value"] for one in found if one["entity"] == "service"}
    if not services - {"payments"}:
        return found
    return [one for one in found if (one["entity"], one["value"]) != ("service", "payments")]


def _chosen(pressed: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"entity": name, "value": str(value), "start": 0, "end": 0, "extractor": "choice"}
        for name, value in (pressed.get("entities") or {}).items()
    ]


def _entity(found: Found, words: dict[str, Any], today: date | None) -> dict[str, Any]:
    entity = {
        "entity": found.entity,
        "value": values.value_of(found, words),
        "start": found.start,
        "end": found.end,
        "extractor": "PatternExtractor",
    }
    meaning = values.meaning_of(found, words, today)
    return {**entity, "meaning": meaning} if meaning else entity


def _today(message: Message) -> date | None:
    """Return the day on which the gateway got the message."""
    turn = metadata(message).get("turn")
    now = turn.get("now") if isinstance(turn, dict) else None
    try:
        return datetime.fromisoformat(str(now).replace("Z", "+00:00")).date() if now else None
    except ValueError:
        return None
