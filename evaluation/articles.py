"""How well the help articles are found: ``python -m evaluation.articles`` (half a minute).

The questions of ``evaluation/knowledge/questions.yml`` were written apart from the articles. Half
of them are for choosing the thresholds of ``config.yml`` (KnowledgeSearch), the other half for
reporting. Measured is the search alone, before it is asked whether the message's intent fits.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource

from bot.nlu import articles, labelled, shared_encoder
from bot.nlu.knowledge_search import OTHERS, KnowledgeSearch
from bot.nlu.text import normalise
from bot.settings import ROOT

QUESTIONS = ROOT / "evaluation" / "knowledge" / "questions.yml"
NONE = "none"
PARTS = ("choose", "report")
ANY = -2.0  # below every score


@dataclass(frozen=True)
class Question:
    """A question, the article that answers it (``none`` for none), and what it is for."""

    text: str
    language: str
    slug: str
    part: str


@dataclass(frozen=True)
class Found:
    """What the search finds for a question, the best first, whatever the score."""

    question: Question
    slugs: tuple[str, ...]
    score: float

    @property
    def right(self) -> bool:
        """Whether the first article is the one that answers."""
        return self.slugs[0] == self.question.slug


@dataclass(frozen=True)
class Measures:
    """How well articles are found.

    Args:
        questions: Questions that an article answers.
        top_1: Share of them whose article is the first, in [0, 1].
        top_3: Share of them whose article is among the first three.
        threshold: Score from which an article is put out.
        answered: Share of them with the right article, from that score on.
        right: Share of all that is put out that is right; 1 when nothing is.
        spared: Share of the other messages for which nothing is put out.
    """

    questions: int
    top_1: float
    top_3: float
    threshold: float
    answered: float
    right: float
    spared: float


def questions(path: Path = QUESTIONS) -> list[Question]:
    """Return all questions of the file."""
    content: dict[str, dict[str, list[str]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Question(text, language, slug, PARTS[number % 2])
        for slug, languages in content.items()
        for language, texts in languages.items()
        for number, text in enumerate(texts)
    ]


def configured(root: Path = ROOT) -> dict[str, Any]:
    """Return the configuration of the search, defaults included."""
    pipeline = yaml.safe_load((root / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    mine = [one for one in pipeline if str(one["name"]).endswith("KnowledgeSearch")]
    return {**KnowledgeSearch.get_default_config(), **(mine[0] if mine else {})}


def build(folder: Path, config: dict[str, Any] | None = None) -> KnowledgeSearch:
    """Return a search of the present articles, as training makes it.

    Args:
        folder: Where it could persist something.
        config: Its configuration; that of ``config.yml`` by default.
    """
    search = KnowledgeSearch(
        config or configured(), LocalModelStorage(folder), Resource("knowledge")
    )
    found = articles.read_folder(ROOT / search.config["folder"])
    answered = {intent for one in found for intent in one.intents}
    texts: dict[str, list[str]] = {}
    for example in labelled.read(*sorted((ROOT / "data" / "nlu").glob("*.yml"))):
        mine = texts.setdefault(example.intent, [])
        if example.intent not in answered and len(mine) < OTHERS:
            mine.append(normalise(example.text))
    encoder = shared_encoder.for_training()
    others = {name: encoder.encode(mine, threads=2) for name, mine in texts.items() if mine}
    search.learn(found, others)
    return search


def ask(search: KnowledgeSearch, asked: Sequence[Question]) -> list[Found]:
    """Return what the search finds for each question."""
    vectors = shared_encoder.for_training().encode(
        [normalise(one.text) for one in asked], threads=2
    )
    rows = []
    for one, vector in zip(asked, vectors, strict=True):
        found = search.find(vector, one.language, lowest=ANY)
        best = sorted(found, key=lambda entry: -entry["score"])
        rows.append(Found(one, tuple(entry["slug"] for entry in best), best[0]["score"]))
    return rows


def measure(found: Sequence[Found], threshold: float) -> Measures:
    """Return the measures of what was found, with a threshold."""
    asked = [one for one in found if one.question.slug != NONE]
    others = [one for one in found if one.question.slug == NONE]
    out = [one for one in found if one.score >= threshold]
    hits = sum(one.right for one in out)
    return Measures(
        questions=len(asked),
        top_1=_share([one.right for one in asked]),
        top_3=_share([one.question.slug in one.slugs for one in asked]),
        threshold=round(threshold, 3),
        answered=hits / max(1, len(asked)),
        right=hits / len(out) if out else 1.0,
        spared=_share([one.score < threshold for one in others]),
    )


def lowest_threshold(found: Sequence[Found], *, right: float) -> float:
    """Return the lowest threshold from which on the share ``right`` of what is put out is right."""
    scores = np.arange(-0.3, 0.8, 0.01)
    fitting = [float(one) for one in scores if measure(found, float(one)).right >= right]
    return round(min(fitting, default=float(scores[-1])), 2)


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def main() -> None:
    """Print the measures as JSON, by part, for the configured thresholds and the fitted ones."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        search = build(Path(folder))
        found = ask(search, questions())
    by_part = {part: [one for one in found if one.question.part == part] for part in PARTS}
    fitted = {share: lowest_threshold(by_part["choose"], right=share) for share in (0.8, 1.0)}
    told: dict[str, Any] = {"fitted on choose, by share right": fitted}
    for part, mine in by_part.items():
        for name in ("from", "sure"):
            told[f"{part}, {name}"] = asdict(measure(mine, float(search.config[name])))
        told |= {
            f"{part}, {language}": asdict(
                measure(
                    [one for one in mine if one.question.language == language],
                    float(search.config["from"]),
                )
            )
            for language in articles.LANGUAGES
        }
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
