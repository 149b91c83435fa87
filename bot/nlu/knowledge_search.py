"""Which help article answers a message: the nearest one by meaning, with the passage that fits.

Only the message's own vector is used, so the search costs a few products of matrices. The encoder
is tuned to tell intents apart, and makes texts of one intent alike. So vectors are compared after
taking out what differs *within* an article and within an intent (whitening, as in a linear
discriminant analysis): what is left tells articles apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import articles, lines, shared_encoder, text
from bot.nlu.articles import Article
from bot.nlu.component import Component, choice, fingerprint, in_checkout, text_of
from bot.nlu.encoder_featurizer import vector_of
from bot.nlu.text import normalise

Vectors = NDArray[Any]  # float32, texts x dimensions

BEST = 3  # articles in the output, and texts of an article that are averaged
OTHERS = 30  # examples taken of each intent that no article answers


@dataclass(frozen=True)
class Space:
    """Where vectors are compared.

    Args:
        centre: What is subtracted, of the dimensions of a vector.
        axes: Dimensions x dimensions.
    """

    centre: Vectors
    axes: Vectors

    @classmethod
    def fit(cls, groups: Sequence[Vectors], *, shrink: float) -> Space:
        """Return the space in which texts of one group differ alike in all directions.

        Args:
            groups: Vectors of texts that mean the same.
            shrink: Weight of an even spread, at least 0; more is nearer to the plain cosine.
        """
        within = np.concatenate([group - group.mean(0) for group in groups])
        spread = within.T @ within / len(within)
        even = np.trace(spread) / len(spread)
        spread = spread + (shrink * even + 1e-9) * np.eye(len(spread))
        values, axes = np.linalg.eigh(spread)
        centre = np.concatenate(groups).mean(0)
        return cls(centre.astype(np.float32), (axes / np.sqrt(values)).astype(np.float32))

    def place(self, vectors: Vectors) -> Vectors:
        """Return the vectors in the space, of length 1."""
        moved = (vectors - self.centre) @ self.axes
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        return np.asarray(moved / np.maximum(lengths, 1e-9), dtype=np.float32)


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True)
class KnowledgeSearch(Component):
    """Sets ``articles``: those that may answer the message, the best first, at most three.

    Each is ``{"slug", "language", "title", "updated", "score", "passage", "intents", "sure"}``; the
    score is the mean cosine with the article's three nearest texts, in any language, less a part
    of that with messages that no article answers. It is quoted in the message's language where
    the article has it; articles without it come last. A pressed quick reply asks for no article.
    """

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """Build a search that knows no article."""
        super().__init__(config, storage, resource)
        self._slugs: list[str] = []
        self._entries: list[dict[str, Any]] = []  # an article in a language, as in the output
        self._arrays: dict[str, Vectors] = {}

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration."""
        return {
            # folder of the articles
            "folder": "data/knowledge",
            # lowest score of an article that may answer, in [-1, 1]
            "from": 0.18,
            # lowest score of one that may answer although the intent was not understood
            "sure": 0.35,
            # weight of an even spread when differences within articles are taken out, at least 0
            "shrink": 1.0,
            # part of the likeness to messages that no article answers that is subtracted
            "others": 0.5,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Return the hash of the articles, the encoder and the code that reads them."""
        folder = in_checkout({**cls.get_default_config(), **config}["folder"])
        code = [articles, lines, text]
        return fingerprint(files=articles.files(folder), code=code, extra=shared_encoder.mark())

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> KnowledgeSearch:
        """Load the articles of the model."""
        component = cls(config, model_storage, resource)
        texts, component._arrays = cls.saved(model_storage, resource)
        component._slugs, component._entries = texts["slugs"], texts["entries"]
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Encode the articles; the examples of intents that none answers are the others.

        Raises:
            ConfigError: there are no articles, or one is not as it should be.
        """
        folder: Path = in_checkout(self.config["folder"])
        found = articles.read_folder(folder)
        self.learn(found, others_in(training_data, found))
        self.save({"slugs": self._slugs, "entries": self._entries}, self._arrays)
        return self._resource

    def learn(self, found: Sequence[Article], others: dict[str, Vectors]) -> None:
        """Learn articles.

        Args:
            found: The articles.
            others: Vectors of messages that no article answers, by intent.
        """
        encoder = shared_encoder.for_training()
        asked = [[one.title, *one.questions] for one in found]
        told = [[one.text for one in article.passages] for article in found]
        parts = [*asked, *told]
        vectors = encoder.encode([normalise(one) for part in parts for one in part], threads=2)
        cut = np.split(vectors, np.cumsum([len(part) for part in parts])[:-1])
        pairs = [
            np.concatenate(both) for both in zip(cut[: len(found)], cut[len(found) :], strict=True)
        ]
        self._slugs = sorted({one.slug for one in found})
        owners = np.concatenate(
            [
                np.full(len(pair), self._slugs.index(one.slug))
                for one, pair in zip(found, pairs, strict=True)
            ]
        )
        every = np.concatenate(pairs)
        groups = [every[owners == number] for number in range(len(self._slugs))]
        space = Space.fit([*groups, *others.values()], shrink=float(self.config["shrink"]))
        strangers = [space.place(one) for one in others.values()]
        self._entries = [_entry(one) for one in found]
        self._arrays = {
            "centre": space.centre,
            "axes": space.axes,
            "texts": space.place(every),
            "rows": _rows(owners, len(self._slugs)),
            "passages": space.place(np.concatenate(cut[len(found) :])),
            "ends": np.cumsum([len(part) for part in told]),
            "others": np.concatenate([np.zeros((0, every.shape[1]), np.float32), *strangers]),
        }

    def process(self, messages: list[Message]) -> list[Message]:
        """Find the articles of the messages."""
        for message in messages:
            found: list[dict[str, Any]] = []
            if self._entries and text_of(message).strip() and not choice(message):
                language = (message.get("language") or {}).get("code") or ""
                found = self.find(vector_of(message), str(language))
            message.set("articles", found, add_to_output=True)
        return messages

    def find(self, vector: Vectors, language: str, *, lowest: float | None = None) -> list[Any]:
        """Return the articles nearest to a message, as the class says.

        Args:
            vector: The message's, from the encoder.
            language: Its language; any other than the articles' counts as Spanish.
            lowest: Lowest score, in [-1, 1]; that of the configuration by default.
        """
        lowest = float(self.config["from"]) if lowest is None else lowest
        space = Space(self._arrays["centre"], self._arrays["axes"])
        placed = space.place(vector[None, :])[0]
        scores = self._scores(placed)
        best = [number for number in np.argsort(-scores, kind="stable") if scores[number] >= lowest]
        wanted = language if language in articles.LANGUAGES else articles.LANGUAGES[0]
        entries = [self._in(self._slugs[number], wanted) for number in best[:BEST]]
        rows = [
            self._said(entry, float(scores[number]), placed)
            for number, entry in zip(best[:BEST], entries, strict=True)
        ]
        return sorted(rows, key=lambda row: row["language"] != wanted)

    def _scores(self, placed: Vectors) -> Vectors:
        """Return the score of each slug."""
        near = np.append(self._arrays["texts"] @ placed, -np.inf)
        scores = _top(near[self._arrays["rows"]])
        others = self._arrays["others"] @ placed
        alike = _top(others[None, :])[0] if len(others) >= BEST else 0.0
        return np.asarray(scores - float(self.config["others"]) * alike)

    def _in(self, slug: str, language: str) -> int:
        """Return the number of an article's entry, in the language where there is one."""
        mine = [number for number, one in enumerate(self._entries) if one["slug"] == slug]
        return min(mine, key=lambda number: self._entries[number]["language"] != language)

    def _said(self, number: int, score: float, placed: Vectors) -> dict[str, Any]:
        """Return what is put out of an article: its nearest passage, and no other."""
        entry = dict(self._entries[number])
        passages = entry.pop("passages")
        end = int(self._arrays["ends"][number])
        near = self._arrays["passages"][end - len(passages) : end] @ placed
        entry |= {"score": round(score, 4), "passage": passages[int(np.argmax(near))]}
        return {**entry, "sure": score >= float(self.config["sure"])}


def others_in(training_data: TrainingData, found: Sequence[Article]) -> dict[str, Vectors]:
    """Return the vectors of examples whose intent no article answers, by intent."""
    answered = {intent for article in found for intent in article.intents}
    taken: dict[str, list[Vectors]] = {}
    for one in training_data.intent_examples:
        intent = str(one.get("intent"))
        mine = taken.setdefault(intent, []) if intent not in answered else None
        if mine is not None and one.get("text") and len(mine) < OTHERS:
            mine.append(vector_of(one))
    return {intent: np.stack(vectors) for intent, vectors in sorted(taken.items()) if vectors}


def _entry(article: Article) -> dict[str, Any]:
    return {
        "slug": article.slug,
        "language": article.language,
        "title": article.title,
        "updated": article.updated.isoformat(),
        "intents": list(article.intents),
        "passages": [one.text for one in article.passages],
    }


def _top(near: Vectors) -> Vectors:
    """Return the mean of the highest values of each row."""
    return np.asarray(np.partition(near, -BEST, axis=1)[:, -BEST:].mean(axis=1))


def _rows(owners: Vectors, count: int) -> Vectors:
    """Return the numbers of each owner's texts, a row for each, filled up with -1.

    An article has at least a title, three questions and a paragraph, so :data:`BEST` texts.
    """
    mine = [np.flatnonzero(owners == number) for number in range(count)]
    rows = np.full((count, max(len(one) for one in mine)), -1)
    for number, one in enumerate(mine):
        rows[number, : len(one)] = one
    return rows
