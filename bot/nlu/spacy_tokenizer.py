"""Splits messages into words and sentences by spaCy's rules."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.reading import read, sentences

SENTENCES = "sentences"
DOC = "spacy_doc"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER], is_trainable=False)
class SpacyBlankTokenizer(Tokenizer):
    """Splits messages into words, and adds ``sentences``: [first character, one past the last]."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration."""
        return {
            # spaCy's language, whose exceptions (abbreviations, clitics) are used
            "language": "es",
            # Rasa's own: intents are not split into words
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
        }

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the words of one attribute of a message."""
        text = str(message.get(attribute))
        doc = read(text, self._config["language"])
        if attribute == "text":
            message.set(DOC, doc)
            message.set(SENTENCES, sentences(doc))
        words = [token for token in doc if not token.is_space]
        return [Token(text[word.idx : word.idx + len(word)], word.idx) for word in words]

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Tokenize the examples; spaCy's own objects are not kept in the training data."""
        training_data = super().process_training_data(training_data)
        for example in training_data.training_examples:
            example.data.pop(DOC, None)
        return training_data
