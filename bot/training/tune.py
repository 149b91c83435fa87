"""``remanso tune``: fine-tune the sentence encoder on the examples, and keep whichever wins.

Intents and graded examples teach it together (:mod:`bot.encoder.tuning`). Frozen and tuned are then
compared on the development texts, each with the same heads on top; the better one becomes the
current encoder, the other stays on the shelf. New examples do not ask for a new tuning: the heads
learn them in a minute (``remanso train``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.deescalation.cues import Lexicon
from bot.deescalation.turn import LEVELS
from bot.encoder import kept, shelf
from bot.encoder.runtime import Encoder
from bot.nlu import development, graded, labelled
from bot.nlu.graded import Graded
from bot.nlu.listener import Listener, all_texts
from bot.nlu.text import normalise
from bot.settings import ROOT, Settings

Say = Callable[[str], None]
REPORT = "tuning.json"  # beside the encoder: what it scored against the one it was made from


@dataclass(frozen=True)
class Scores:
    """What an encoder reaches on the development texts, each in [0, 1]."""

    intents_es: float  # macro-F1
    intents_en: float
    frustration: float  # AUC of frustrated or angry

    @property
    def mean(self) -> float:
        """Return the mean of the three."""
        return (self.intents_es + self.intents_en + self.frustration) / 3


def ensure(settings: Settings, *, say: Say) -> str:
    """Return the current encoder, built and tuned now where that was not done yet.

    Raises:
        EncoderError: it cannot be built.
    """
    from bot import encoder

    name = encoder.build(settings, progress=say)
    return tune(settings, say=say) if settings.tune and not _decided(settings, name) else name


def _decided(settings: Settings, name: str) -> bool:
    made = shelf.manifest(settings.models, name)
    return made.source.startswith("tuned ") or (_folder(settings, name) / REPORT).exists()


def _folder(settings: Settings, name: str) -> Path:
    return shelf.shelf(settings.models) / name


def tune(settings: Settings, *, say: Say) -> str:
    """Tune the base encoder on the present examples; return the winner, now the current one.

    Raises:
        EncoderError: there is no base encoder, or torch is not installed.
        ConfigError: the examples cannot be read.
    """
    from bot.encoder import tuning

    base = base_of(settings)
    say("Fine-tuning the sentence encoder on the examples (15 to 30 minutes on 2 cores) ...")
    tasks = [
        tuning.Task("intent", *_intents()),
        tuning.Task("frustration", *_levels(), weight=2.0),
    ]
    tuned = tuning.tune(settings.models, base, tasks, tuning.Recipe(), progress=say)
    say("Comparing it with the untuned one on the development texts ...")
    scores = {"frozen": score(settings, base), "tuned": score(settings, tuned)}
    winner = tuned if scores["tuned"].mean >= scores["frozen"].mean else base
    report = {name: asdict(one) for name, one in scores.items()}
    text = json.dumps({**report, "winner": winner}, indent=2) + "\n"
    (_folder(settings, winner) / REPORT).write_text(text, encoding="utf-8")
    for name, one in scores.items():
        say(
            f"  {name}: intents macro-F1 es {one.intents_es:.3f}, en {one.intents_en:.3f}; "
            f"frustration AUC {one.frustration:.3f}"
        )
    shelf.set_current(settings.models, winner)
    kept.forget_others(settings.models, winner)
    return winner


def base_of(settings: Settings) -> str:
    """Return the encoder that the current one was tuned from, or the current one itself."""
    name = shelf.current(settings.models)
    source = shelf.manifest(settings.models, name).source
    return source.split()[1] if source.startswith("tuned ") else name


def _intents() -> tuple[list[str], np.ndarray[Any, Any]]:
    examples = labelled.read(ROOT / "data" / "nlu")
    names = {name: number for number, name in enumerate(sorted({one.intent for one in examples}))}
    texts = [normalise(one.text) for one in examples]
    return texts, np.array([names[one.intent] for one in examples])


def _levels() -> tuple[list[str], np.ndarray[Any, Any]]:
    examples = graded.read(ROOT / "data" / "frustration")
    grades = np.array([LEVELS.index(one.level) for one in examples])
    texts = [all_texts(one.text, one.context)[-1 if one.context else 0] for one in examples]
    steps = (grades[:, None] >= np.arange(1, len(LEVELS))).astype(np.float32)
    complaints = [np.nan if one.context else one.complaint for one in examples]
    return texts, np.column_stack([steps, np.array(complaints, dtype=np.float32)])


def component(name: str) -> dict[str, Any]:
    """Return a component's configuration in ``config.yml``."""
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return next(dict(one) for one in pipeline if one["name"].endswith(name))


def score(settings: Settings, name: str) -> Scores:
    """Return what an encoder reaches on the development texts, with heads fitted on it."""
    file = kept.place(settings.models, name)
    encoder = Encoder.load(settings.models, name, cached=kept.MOST)
    encoder.recall(file)
    folder = ROOT / "evaluation" / "nlu"
    found = _score_intents(encoder, development.labelled_texts(folder))
    scores = Scores(found["es"], found["en"], _score_levels(encoder, folder))
    encoder.keep(file)  # a training comes next, and reads the same texts
    return scores


def _score_intents(encoder: Encoder, texts: list[labelled.Labelled]) -> dict[str, float]:
    from sklearn.metrics import f1_score

    from bot.nlu import intents

    examples = labelled.read(ROOT / "data" / "nlu")
    vectors = encoder.encode([normalise(one.text) for one in examples], threads=2)
    names = [one.intent for one in examples]
    apart = encoder.encode([normalise(one.text) for one in texts], threads=2)
    truth = np.array([one.intent for one in texts])
    strength = float(component("IntentClassifier")["C"])
    fitted = intents.fit_meaning(vectors, names, strength=strength, iterations=300)
    order = np.array(sorted(set(names)))
    said = order[intents.log_chances(apart, fitted).argmax(axis=1)]
    languages = np.array([one.language for one in texts])
    return {
        code: float(f1_score(truth[languages == code], said[languages == code], average="macro"))
        for code in ("es", "en")
    }


def _score_levels(encoder: Encoder, folder: Path) -> float:
    from sklearn.metrics import roc_auc_score

    config = component("FrustrationClassifier")
    data = ROOT / "data" / "frustration"
    listener = Listener.learn(
        encoder,
        Lexicon.from_file(data / "cues.yml"),
        graded.read(data),
        penalty=float(config["penalty"]),
        context_penalty=float(config["context_penalty"]),
        threads=2,
    )
    texts: list[Graded] = development.graded_texts(folder)
    heard = [listener.hear(one.text, one.context).score for one in texts]
    hot = [LEVELS.index(one.level) >= LEVELS.index("frustrated") for one in texts]
    return float(roc_auc_score(hot, heard))
