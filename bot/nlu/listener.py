"""Joins encoder, cues and maths: texts in, frustration out. No Rasa here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.deescalation import cues, frustration
from bot.deescalation.frustration import Conversation, FrustrationModel
from bot.deescalation.frustration import Message as Features
from bot.deescalation.ordinal import reached_steps
from bot.deescalation.turn import LEVELS
from bot.encoder.runtime import Encoder
from bot.nlu import text as texts
from bot.nlu.graded import Graded
from bot.nlu.ngrams import WordModel

CONTEXT_CHARACTERS = 200  # of an earlier message, from its end, when all are read as one
OWN_CHARACTERS = 1000  # of this message, then
NEEDED_WITH_CONTEXT = 10  # graded examples with context below which context is not learnt


@dataclass(frozen=True)
class Heard:
    """What was heard in one message."""

    score: float = 0.0  # in [0, 1]; every level takes a quarter
    probability: float = 0.0  # in [0, 1], of frustrated or angry; calibrated
    complaint: float = 0.0  # in [0, 1], that something is wrong for the writer; calibrated
    cues: tuple[cues.Cue, ...] = ()


@dataclass(frozen=True)
class Listener:
    """Hears how frustrated messages are."""

    encoder: Encoder
    lexicon: cues.Lexicon
    model: FrustrationModel
    words: WordModel | None = None  # its log odds are added to those of the model
    share: float = 0.0  # weight of the words' log odds, at least 0
    listed: bool = True  # whether the word list has a say

    @classmethod
    def learn(
        cls,
        encoder: Encoder,
        lexicon: cues.Lexicon,
        examples: Sequence[Graded],
        *,
        penalty: float,
        context_penalty: float,
        share: float = 0.0,
        strength: float = 3.0,
        threads: int = 1,
    ) -> Listener:
        """Learn from graded examples.

        Args:
            encoder: Of sentences.
            lexicon: The word list.
            examples: At least two of each level without context.
            penalty: L2 penalty of the weights of meaning, typing and cues; above 0.
            context_penalty: L2 penalty of the weights of earlier messages; above 0.
            share: Weight of the letters and words of a text; 0 leaves them out.
            strength: Inverse of their L2 penalty.
            threads: Texts encoded at once.
        """
        encoder.encode(
            [text for one in examples for text in all_texts(one.text, one.context)], threads=threads
        )
        alone = [one for one in examples if not one.context]
        features, _ = _features(encoder, lexicon, [one.text for one in alone])
        levels = [one.level for one in alone]
        complaints = [one.complaint for one in alone]
        model = FrustrationModel.fit(features, levels, complaints, penalty=penalty)
        words = _words(examples, strength) if share else None
        listener = cls(encoder, lexicon, model, words, share)
        following = [one for one in examples if one.context]
        if len(following) < NEEDED_WITH_CONTEXT:
            return listener
        logits = listener._logits([one.text for one in following])
        befores = [listener._before(one.text, one.context) for one in following]
        fitted = model.fit_conversation(
            logits, befores, [one.level for one in following], penalty=context_penalty
        )
        return replace(listener, model=fitted)

    def calibrated(self, examples: Sequence[Graded], *, threads: int = 1) -> Listener:
        """Return a listener whose probabilities are true on examples it has not learnt from."""
        every = [one for graded in examples for one in all_texts(graded.text, graded.context)]
        self.encoder.encode(every, threads=threads)
        logits = np.stack([self._heard(one.text, one.context)[0] for one in examples])
        model = self.model.calibrated(logits, [one.level for one in examples])
        alone = [one for one in examples if not one.context]
        features, _ = self._features([one.text for one in alone])
        model = model.with_true_complaints(features, [one.complaint for one in alone])
        return replace(self, model=model)

    def hear(self, text: str, context: Sequence[str] = ()) -> Heard:
        """Return how frustrated a message is.

        Args:
            text: The message, as it was typed.
            context: The same customer's messages before it, oldest first.
        """
        logits, features, found = self._heard(text, context)
        found = sorted(found, key=lambda cue: (cue.start, cue.end))[: cues.MOST]
        row = logits[None, :]
        return Heard(
            float(self.model.score(row)[0]),
            float(self.model.probability(row)[0]),
            float(self.model.complaint(features)[0]),
            tuple(found),
        )

    def _heard(
        self, text: str, context: Sequence[str]
    ) -> tuple[NDArray[Any], Features, list[cues.Cue]]:
        """Return the logits after what was said before, what is known of the text, its cues."""
        features, found = self._features([text])
        logits = self._weighed(features, [text])[0]
        if context:
            logits = self.model.in_conversation(logits, self._before(text, context))
        return logits, features, found

    def _features(self, messages: Sequence[str]) -> tuple[Features, list[cues.Cue]]:
        return _features(self.encoder, self.lexicon, messages, listed=self.listed)

    def _weighed(self, features: Features, messages: Sequence[str]) -> NDArray[Any]:
        """Return the logits of messages as if nothing was said before."""
        logits = self.model.logits(features, listed=self.listed)
        if self.words is not None and self.share:
            logits = logits + self.share * self.words.logits(messages)
        return logits

    def _logits(self, messages: Sequence[str]) -> NDArray[Any]:
        return self._weighed(self._features(messages)[0], messages)

    def _before(self, text: str, context: Sequence[str]) -> Conversation:
        recent = _recent(context)
        if not recent:
            return Conversation(self._logits([text])[0])
        vectors = self.encoder.encode([texts.normalise(one) for one in [*recent, text]])
        scores = self.model.score(self._logits(recent))
        return frustration.conversation(
            vectors[-1],
            self._logits([_together(text, recent)])[0],
            list(zip(vectors[:-1], scores.tolist(), strict=True)),
        )


def _words(examples: Sequence[Graded], strength: float) -> WordModel:
    """Learn from letters and words; a message with others before it is read with them."""
    read = [_together(one.text, _recent(one.context)) for one in examples]
    grades = np.array([LEVELS.index(one.level) for one in examples])
    return WordModel.fit(read, reached_steps(grades), strength=strength)


def _recent(context: Sequence[str]) -> list[str]:
    return [one for one in context if one.strip()][-frustration.REMEMBERED :]


def _together(text: str, recent: Sequence[str]) -> str:
    """Return earlier messages and this one as one text."""
    return ". ".join([*(one[-CONTEXT_CHARACTERS:] for one in recent), text[:OWN_CHARACTERS]])


def all_texts(text: str, context: Sequence[str]) -> list[str]:
    """Return what the encoder will be asked for when a message is heard, normalised."""
    recent = _recent(context)
    every = [text, *recent, *([_together(text, recent)] if recent else [])]
    return [texts.normalise(one) for one in every]


def _features(
    encoder: Encoder, lexicon: cues.Lexicon, messages: Sequence[str], *, listed: bool = True
) -> tuple[Features, list[cues.Cue]]:
    """Return what the model wants to know of messages, and all cues in them."""
    found: list[cues.Cue] = []
    typed, words = [], []
    for text in messages:
        strengths, seen = cues.surface(text)
        entries = lexicon.find(text) if listed else []
        typed.append(strengths)
        words.append(lexicon.features(entries))
        found += [*seen, *entries]
    vectors = encoder.encode([texts.normalise(text) for text in messages])
    return Features(vectors, np.array(typed), np.array(words)), found


def as_output(heard: Heard, level: str) -> dict[str, Any]:
    """Return what goes into the parse data."""
    return {
        "score": round(heard.score, 4),
        "probability": round(heard.probability, 4),
        "complaint": round(heard.complaint, 4),
        "level": level,
        "cues": [cue.to_dict() for cue in heard.cues],
    }
