"""How frustrated a message sounds: the maths, without any machine that runs it.

Three logistic regressions give P(at least annoyed), P(at least frustrated) and P(angry) from the
meaning of the message (its vector), how it was typed and the word list's cues. What the customer
said just before then moves them: "no." alone says little, after two failed repairs it says much.
Their mean, in which the second counts most, calibrated on examples that nothing was learnt from
(its log odds first, then the share that was true at each), is the probability of "frustrated or
angry"; the score is that probability, stretched so that every level takes a quarter of [0, 1].
A fourth regression gives the probability of a complaint: that something is wrong for the writer,
however calmly it is told. Deciding what to do about it is not done here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.deescalation.ordinal import (
    STEPS,
    calibrate,
    find_cuts,
    fit_steps,
    held_out,
    log_odds,
    logistic,
    mean_chance,
    reached_steps,
    sigmoid,
    true_shares,
)
from bot.deescalation.turn import LEVELS

REMEMBERED = 3  # earlier messages of the customer that are looked at
FADING = 0.6  # weight of an earlier message, for each message further back
SAME = (0.88, 0.98)  # cosine of two messages: below, nothing in common; above, said again
QUIET = 0.25  # score of earlier messages that neither raises nor lowers this one
SHIFT = 1.2  # logits by which reading them together may move a message: "thank you" stays calm
FRUSTRATED = LEVELS.index("frustrated")  # grade from which a message counts as frustrated
TYPED = 0.5  # weight of how it was typed, against one dimension of the meaning
LISTED = 4.0  # weight of a cue of the word list, so; more helps in-domain but leans on words

Array = NDArray[Any]


@dataclass(frozen=True)
class Message:
    """What is known of one or many messages, one row each."""

    vectors: Array  # of the encoder, length 1
    typed: Array  # features of ``cues.surface``
    listed: Array  # features of ``cues.Lexicon``

    def without_list(self) -> Message:
        """Return the same messages as if the word list had found nothing."""
        return Message(self.vectors, self.typed, np.zeros_like(self.listed))


@dataclass(frozen=True)
class Scaling:
    """Brings all features to one size, so that one penalty fits them all."""

    centre: Array
    size: float  # of the vectors
    typed_mean: Array
    typed_size: Array

    @classmethod
    def of(cls, messages: Message) -> Scaling:
        """Measure the training messages."""
        return cls(
            messages.vectors.mean(axis=0),
            float(messages.vectors.std()) or 1.0,
            messages.typed.mean(axis=0),
            messages.typed.std(axis=0) + 1e-6,
        )

    def matrix(self, messages: Message) -> Array:
        """Return one row of features for each message, and a last one for the intercept."""
        return np.hstack(
            [
                (messages.vectors - self.centre) / self.size,
                (messages.typed - self.typed_mean) / self.typed_size * TYPED,
                messages.listed * LISTED,
                np.ones((len(messages.vectors), 1)),
            ]
        )


@dataclass(frozen=True)
class FrustrationModel:
    """A fitted model; ``to_arrays`` and ``from_arrays`` are its form on disk."""

    scaling: Scaling
    weights: Array  # with the word list: steps x features
    unlisted: Array  # fitted without it
    slope: float  # of the calibration: log odds of the probability to those of the mean chance
    offset: float
    cuts: Array  # probability at which each level begins; growing
    past: Array  # how much each number of a :class:`Conversation` counts, at least 0
    curve: Array = field(default_factory=lambda: np.array([[0.0, 1.0], [0.0, 1.0]]))
    # then from the calibrated chance to the share that was true: two rows, growing
    complaining: Array = field(default_factory=lambda: np.zeros(0))
    # of "something is wrong": features, fitted without the word list; older models have none
    complaints_true: tuple[float, float] = (1.0, 0.0)  # slope and offset of a complaint's log odds

    @classmethod
    def fit(
        cls,
        messages: Message,
        levels: Sequence[str],
        complaints: Sequence[bool],
        *,
        penalty: float,
    ) -> FrustrationModel:
        """Learn from graded messages that stand alone.

        Args:
            messages: At least two of each level.
            levels: The level of each.
            complaints: Whether each is a complaint; of one kind only, all will be.
            penalty: L2 penalty of the weights, above 0.
        """
        scaling = Scaling.of(messages)
        grades = np.array([LEVELS.index(level) for level in levels])
        listed = scaling.matrix(messages)
        weights = fit_steps(listed, grades, penalty)
        plain = scaling.matrix(messages.without_list())
        unlisted = fit_steps(plain, grades, penalty)
        complaining = logistic(plain, np.array(complaints), penalty)
        means = held_out(listed, grades, penalty)
        slope, offset = calibrate(means, grades >= FRUSTRATED)
        cuts = find_cuts(sigmoid(slope * log_odds(means) + offset), grades)
        past = np.zeros(len(Conversation()))
        return cls(scaling, weights, unlisted, slope, offset, cuts, past, complaining=complaining)

    def with_true_complaints(
        self, messages: Message, complaints: Sequence[bool]
    ) -> FrustrationModel:
        """Return the model with chances of a complaint that are true on other messages.

        Args:
            messages: That it has not learnt from.
            complaints: Whether each is one; where all are or none is, nothing changes.
        """
        reached = np.array(complaints)
        if reached.all() or not reached.any():
            return self
        chances = replace(self, complaints_true=(1.0, 0.0)).complaint(messages)
        return replace(self, complaints_true=calibrate(chances, reached))

    def complaint(self, messages: Message) -> Array:
        """Return the probability, in [0, 1], that each message alone is a complaint."""
        if not len(self.complaining):
            return np.zeros(len(messages.vectors))
        slope, offset = self.complaints_true
        logits = self.scaling.matrix(messages.without_list()) @ self.complaining
        return sigmoid(slope * logits + offset)

    def calibrated(self, logits: Array, levels: Sequence[str]) -> FrustrationModel:
        """Return the model with probabilities that are true on messages it has not learnt from.

        Args:
            logits: Of those messages, after what was said before them: messages x steps.
            levels: The level of each.
        """
        grades = np.array([LEVELS.index(level) for level in levels])
        means, reached = mean_chance(logits), grades >= FRUSTRATED
        slope, offset = calibrate(means, reached)
        curve = true_shares(sigmoid(slope * log_odds(means) + offset), reached)
        return replace(self, slope=slope, offset=offset, curve=curve)

    def with_cuts(self, cuts: Mapping[str, float]) -> FrustrationModel:
        """Return the model with levels that begin at these probabilities."""
        return replace(self, cuts=np.array([cuts[level] for level in LEVELS[1:]]))

    def logits(self, messages: Message, *, listed: bool = True) -> Array:
        """Return how far each message alone is above each step: messages x steps."""
        weights = self.weights if listed else self.unlisted
        return self.scaling.matrix(messages if listed else messages.without_list()) @ weights.T

    def probability(self, logits: Array) -> Array:
        """Return the probability, in [0, 1], of frustrated or angry for each row of logits."""
        chances = sigmoid(self.slope * log_odds(mean_chance(logits)) + self.offset)
        return np.interp(chances, *self.curve)

    def score(self, logits: Array) -> Array:
        """Return one score in [0, 1] for each row of logits.

        It is stretched so that the levels begin at 0.25, 0.5 and 0.75, whatever the training
        data: thresholds elsewhere keep their meaning when the model learns anew.
        """
        quarters = np.linspace(0, 1, len(LEVELS) + 1)
        return np.interp(self.probability(logits), [0.0, *self.cuts, 1.0], quarters)

    def in_conversation(self, logits: Array, before: Conversation) -> Array:
        """Return the logits of one message after what was said before it."""
        return logits + before.matrix(logits) @ self.past

    def fit_conversation(
        self,
        logits: Array,
        befores: Sequence[Conversation],
        levels: Sequence[str],
        *,
        penalty: float,
    ) -> FrustrationModel:
        """Learn how much earlier messages count, from graded messages with context.

        No weight is let below 0: having been angry, or having to repeat, calms nobody.

        Args:
            logits: Of the graded messages alone: messages x steps.
            befores: What was said before each.
            levels: The level of each.
            penalty: L2 penalty of the weights.
        """
        if not befores:
            return self
        pairs = zip(logits, befores, strict=True)
        features = np.stack([before.matrix(alone) for alone, before in pairs])
        target = reached_steps(np.array([LEVELS.index(level) for level in levels]))
        past = np.zeros(features.shape[2])
        for _ in range(1000):
            error = sigmoid(logits + features @ past) - target
            slope = np.einsum("ns,nsf->f", error, features) + penalty * past
            past = np.maximum(past - 0.01 * slope, 0.0)
        return replace(self, past=past)

    def to_arrays(self) -> dict[str, Array]:
        """Return the model as named arrays."""
        scaling = {name: np.asarray(value) for name, value in vars(self.scaling).items()}
        return {
            **scaling,
            "weights": self.weights,
            "unlisted": self.unlisted,
            "calibration": np.array([self.slope, self.offset]),
            "cuts": self.cuts,
            "past": self.past,
            "curve": self.curve,
            "complaining": self.complaining,
            "complaints_true": np.array(self.complaints_true),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> FrustrationModel:
        """Return the model that ``to_arrays`` wrote."""
        scaling = Scaling(
            arrays["centre"], float(arrays["size"]), arrays["typed_mean"], arrays["typed_size"]
        )
        slope, offset = arrays["calibration"].tolist()
        weights, unlisted = arrays["weights"], arrays["unlisted"]
        model = cls(scaling, weights, unlisted, slope, offset, arrays["cuts"], arrays["past"])
        names = ("curve", "complaining")
        later: dict[str, Any] = {name: arrays[name] for name in names if name in arrays}
        if "complaints_true" in arrays:
            later["complaints_true"] = tuple(arrays["complaints_true"].tolist())
        return replace(model, **later)


@dataclass(frozen=True)
class Conversation:
    """What the customer's earlier messages say about this one."""

    together: Array = field(default_factory=lambda: np.zeros(STEPS))  # logits of all read as one
    carried: float = QUIET  # how frustrated they were, in [0, 1], fading with distance
    repeated: float = 0.0  # in [0, 1]: 1 when this was said before

    def __len__(self) -> int:
        """Return how many numbers a model weighs."""
        return 3

    def matrix(self, alone: Array) -> Array:
        """Return steps x numbers, for a message whose own logits are ``alone``."""
        shift = np.clip(self.together - alone, -SHIFT, SHIFT)
        return np.stack(
            [shift, np.full(STEPS, self.carried - QUIET), np.full(STEPS, self.repeated)], axis=1
        )


def conversation(
    vector: Array, together: Array, earlier: Sequence[tuple[Array, float]]
) -> Conversation:
    """Measure what was said before.

    Args:
        vector: Of this message, length 1.
        together: Logits of the earlier messages and this one read as one text.
        earlier: Vector and score (of the message alone) of the customer's messages before this
            one, oldest first, at least one; only the last :data:`REMEMBERED` count.
    """
    recent = list(reversed(earlier[-REMEMBERED:]))
    weights = np.array([FADING**age for age in range(len(recent))])
    carried = float(weights @ np.array([score for _, score in recent]) / weights.sum())
    closest = max(float(vector @ other) for other, _ in recent)
    low, high = SAME
    return Conversation(together, carried, min(max((closest - low) / (high - low), 0.0), 1.0))
