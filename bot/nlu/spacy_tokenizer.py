"""Words and sentences by spaCy's rules: a blank pipeline, no model to download or license."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language
from spacy.tokens import Doc

SENTENCES = "sentences"
DOC = "spacy_doc"
LONGEST = 20_000  # characters that are tokenized; the rest of a longer text is one token


@lru_cache(maxsize=4)
def pipeline(language: str) -> Language:
    """Return the blank pipeline of a language, shared by all components of the process."""
    nlp = spacy.blank(language)
    nlp.add_pipe("sentencizer", config={"punct_chars": list(".!?…¿¡\n")})
    return nlp


def read(text: str, language: str) -> Doc:
    """Return a text's tokens and sentences."""
    return pipeline(language)(text[:LONGEST])


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
        tokens = [Token(token.text, token.idx) for token in doc if not token.is_space]
        if attribute == "text":
            message.set(DOC, doc)
            message.set(SENTENCES, _sentences(doc))
        return tokens

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Tokenize the examples; spaCy's own objects are not kept in the training data."""
        training_data = super().process_training_data(training_data)
        for example in training_data.training_examples:
            example.data.pop(DOC, None)
        return training_data


def _sentences(doc: Doc) -> list[tuple[int, int]]:
    found = [(sentence.start_char, sentence.end_char) for sentence in doc.sents]
    return [(start, end) for start, end in found if doc.text[start:end].strip()]
