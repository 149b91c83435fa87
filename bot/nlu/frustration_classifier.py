"""How frustrated a message sounds, for ``parse_data`` of every message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.deescalation import cues, frustration, levels, ordinal
from bot.deescalation.frustration import FrustrationModel
from bot.nlu import development, graded, listener, ngrams, shared_encoder, text
from bot.nlu.component import Component, choice, fingerprint, in_checkout, metadata, text_of
from bot.nlu.listener import Heard, Listener
from bot.nlu.ngrams import WordModel
from bot.settings import ROOT


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class FrustrationClassifier(Component):
    """Sets ``frustration``: score, probability, complaint, level, cues ({name, text, start, end}).

    The first three are in [0, 1]: see :mod:`bot.deescalation.frustration`.

    It hears the customer's earlier messages too: those in ``metadata["context"]`` if given, else
    those of the tracker. A pressed quick reply holds our words, not theirs: it is calm.
    """

    heard: Listener

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """Build an untrained classifier.

        Raises:
            ConfigError: the cuts between levels are wrong.
        """
        super().__init__(config, storage, resource)
        self._cuts = levels.check_cuts(self.config["levels"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration."""
        return {
            # folder of the graded examples and the word list
            "folder": "data/frustration",
            # folder of graded texts apart from those, on which probabilities are calibrated
            "development": "evaluation/nlu",
            # lowest probability of a level; the score is stretched to quarters by them
            "levels": {"annoyed": 0.15, "frustrated": 0.5, "angry": 0.9},
            # whether the word list has a say (measured with and without)
            "lexicon": True,
            # L2 penalty of the weights of meaning, typing and cues
            "penalty": 80.0,
            # L2 penalty of the weights of earlier messages
            "context_penalty": 3.0,
            # weight of the log odds of letters and words, at least 0; 0 leaves them out
            "words": 1.5,
            # inverse of their L2 penalty
            "words_strength": 3.0,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return the hash of the examples, the word list, the code and the encoder."""
        whole = {**cls.get_default_config(), **config}
        files = [
            *graded.files(in_checkout(whole["folder"])),
            *development.graded_files(ROOT / whole["development"]),
        ]
        code = [cues, frustration, levels, ordinal, graded, development, listener, ngrams, text]
        return fingerprint(files=files, code=code, extra=shared_encoder.mark())

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FrustrationClassifier:
        """Load a trained classifier.

        Raises:
            WrongEncoder: the encoder that it was trained with is missing or damaged.
        """
        component = cls(config, model_storage, resource)
        texts, arrays = cls.saved(model_storage, resource)
        component.heard = Listener(
            shared_encoder.for_model(texts["encoder"]),
            cues.Lexicon(texts["lexicon"]),
            FrustrationModel.from_arrays(arrays).with_cuts(component._cuts),
            WordModel.from_arrays(arrays),
            float(component.config["words"]),
            bool(component.config["lexicon"]),
        )
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the graded examples; NLU examples are not used."""
        folder = in_checkout(self.config["folder"])
        encoder = shared_encoder.for_training()
        lexicon = cues.Lexicon.from_file(folder / "cues.yml")
        self.heard = Listener.learn(
            encoder,
            lexicon,
            graded.read(folder),
            penalty=float(self.config["penalty"]),
            context_penalty=float(self.config["context_penalty"]),
            share=float(self.config["words"]),
            strength=float(self.config["words_strength"]),
            threads=2,
        )
        apart = development.graded_texts(ROOT / self.config["development"])
        if apart:  # else as found on the training examples, each held out in turn
            self.heard = self.heard.calibrated(apart, threads=2)
        self.heard = replace(self.heard, model=self.heard.model.with_cuts(self._cuts))
        texts = {"encoder": encoder.hash, "lexicon": lexicon.entries}
        words = self.heard.words.to_arrays() if self.heard.words else {}
        self.save(texts, {**self.heard.model.to_arrays(), **words})
        return self._resource

    def expect(self, text: str, metadata: Any, tracker: DialogueStateTracker | None) -> None:
        """Begin with what will have to be encoded of a message besides its own text.

        That is the message read together with those before it. It takes longest of all, and runs
        beside the rest of the pipeline.
        """
        message = Message({"text": text, "metadata": metadata})
        if not choice(message):
            _, *others = listener.all_texts(text, _earlier(message, tracker))
            self.heard.encoder.begin(others)

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Hear the messages."""
        for message in messages:
            heard = Heard()
            if not choice(message):
                heard = self.heard.hear(text_of(message), _earlier(message, tracker))
            level = levels.level_of(heard.probability, self._cuts)
            message.set("frustration", listener.as_output(heard, level), add_to_output=True)
        return messages


def _earlier(message: Message, tracker: DialogueStateTracker | None) -> Sequence[str]:
    """Return what the customer wrote before, oldest first."""
    given = metadata(message).get("context")
    if isinstance(given, list):
        return [str(one) for one in given][-frustration.REMEMBERED :]
    if tracker is None:
        return ()
    found: list[str] = []
    for event in reversed(tracker.applied_events()):
        if isinstance(event, UserUttered) and event.text and not _not_theirs(event):
            found.append(event.text)
        if len(found) == frustration.REMEMBERED:
            break
    return found[::-1]


def _not_theirs(event: UserUttered) -> bool:
    """Return whether an utterance is a pressed quick reply or an agent's note."""
    turn = (event.parse_data or {}).get("turn") or {}
    return bool(turn.get("choice")) or (event.intent or {}).get("name") == "hand_back"
