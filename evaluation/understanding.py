"""How well messages are understood: ``python -m evaluation.understanding [folder of real texts]``.

Held-out accuracy of intents and frustration on the project's own data (five folds), and the AUC of
frustration on real tweets and comments, with the word list and without it. The real texts are for
validation only; where they are absent that part is left out with a line that says so.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from bot import settings
from bot.deescalation.cues import Lexicon
from bot.deescalation.frustration import level_of
from bot.deescalation.turn import LEVELS
from bot.encoder.runtime import Encoder
from bot.nlu import graded, intent_classifier
from bot.nlu.listener import Listener
from bot.nlu.text import normalise
from bot.settings import ROOT

FRUSTRATED: dict[str, Callable[[Any], bool]] = {
    "emoevent_es_dev": lambda label: label == "anger",
    "brighter_es_dev": lambda label: "anger" in label,
    "us_airline_en_dev": lambda label: label == "negative",
}
"""Real texts, and which of their labels count as frustrated."""


def folds(targets: list[str]) -> list[tuple[list[int], list[int]]]:
    """Return five pairs of training and held-out rows, the same every time."""
    split = StratifiedKFold(5, shuffle=True, random_state=0).split(targets, targets)
    return [(seen.tolist(), held.tolist()) for seen, held in split]


def component(name: str) -> dict[str, Any]:
    """Return a component's configuration in ``config.yml``."""
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return next(dict(one) for one in pipeline if one["name"].endswith(name))


def intents(encoder: Encoder) -> None:
    """Print the held-out accuracy of intents, Spanish and English."""
    rows = [
        (line.strip().removeprefix("-").strip(), block["intent"], path.name[:2])
        for path in sorted((ROOT / "data" / "nlu").glob("*.yml"))
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", [])
        if "intent" in block
        for line in block["examples"].splitlines()
        if line.strip()
    ]
    vectors = encoder.encode([normalise(text) for text, _, _ in rows], threads=2)
    names = [name for _, name, _ in rows]
    order = np.array(sorted(set(names)))
    chances = np.zeros((len(rows), len(order)))
    strength = float(component("IntentClassifier")["C"])
    for seen, held in folds(names):
        fitted = intent_classifier.fit(
            vectors[seen], [names[row] for row in seen], strength=strength, iterations=300
        )
        chances[held] = intent_classifier.probabilities(vectors[held], fitted)
    right = order[chances.argmax(axis=1)] == names
    languages = np.array([language for _, _, language in rows])
    parts = {code: right[languages == code].mean() for code in ("es", "en")}
    print(
        f"intents: {len(rows)} examples of {len(order)}: held-out accuracy {right.mean():.3f} "
        f"(es {parts['es']:.3f}, en {parts['en']:.3f})"
    )


def learn(encoder: Encoder, examples: list[graded.Graded]) -> Listener:
    """Return a listener that has learnt from some graded examples."""
    config = component("FrustrationClassifier")
    return Listener.learn(
        encoder,
        Lexicon.from_file(ROOT / "data" / "frustration" / "cues.yml"),
        examples,
        penalty=float(config["penalty"]),
        context_penalty=float(config["context_penalty"]),
        threads=2,
    )


def frustration(encoder: Encoder) -> None:
    """Print the held-out AUC of each level, and how often the level itself is right."""
    examples = graded.read(ROOT / "data" / "frustration")
    grades = np.array([LEVELS.index(one.level) for one in examples])
    scores = np.zeros(len(examples))
    for seen, held in folds([one.level for one in examples]):
        listener = learn(encoder, [examples[row] for row in seen])
        for row in held:
            scores[row] = listener.hear(examples[row].text, examples[row].context)[0]
    cuts = component("FrustrationClassifier")["levels"]
    found = np.array([LEVELS.index(level_of(score, cuts)) for score in scores])
    aucs = [f"{LEVELS[step]} {roc_auc_score(grades >= step, scores):.3f}" for step in (1, 2, 3)]
    print(
        f"frustration: {len(examples)} graded examples: held-out AUC {', '.join(aucs)}; level "
        f"right {(found == grades).mean():.3f}, within one {(abs(found - grades) <= 1).mean():.3f}"
    )


def real_texts(encoder: Encoder, folder: Path) -> None:
    """Print the AUC on texts that the project did not write."""
    listener = learn(encoder, graded.read(ROOT / "data" / "frustration"))
    unlisted = Listener(listener.encoder, listener.lexicon, listener.model, listed=False)
    for name, frustrated in FRUSTRATED.items():
        path = folder / f"{name}.jsonl"
        if not path.exists():
            print(f"{name}: left out, {path} is not there")
            continue
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        truth = [frustrated(row["label"]) for row in rows]
        encoder.encode([normalise(row["text"]) for row in rows], threads=2)
        aucs = [
            roc_auc_score(truth, [one.hear(row["text"])[0] for row in rows])
            for one in (listener, unlisted)
        ]
        print(f"{name}: {len(rows)} texts: AUC {aucs[0]:.3f}, without the word list {aucs[1]:.3f}")


def main() -> None:
    """Measure everything with the current encoder."""
    encoder = Encoder.load(settings.load().models, cached=20_000)
    intents(encoder)
    frustration(encoder)
    if len(sys.argv) > 1:
        real_texts(encoder, Path(sys.argv[1]))
    else:
        print("Real texts: left out; name their folder to measure on them.")


if __name__ == "__main__":
    main()
