"""A small made-up evaluation, computed by the real sections."""

import pytest

from evaluation import frustration, intents
from evaluation.evaluate import headline
from evaluation.held_out import HeldOut, Text
from evaluation.intents import Rows
from evaluation.systems import OURS, Reading


class MadeUp:
    """A system that has an answer ready for every text."""

    about = "Made up."
    frustration = True

    def __init__(self, name, intents, levels):
        self.name = name
        self.intents = intents
        self.levels = self.calibrated = levels

    def read(self, texts):
        return [Reading() for _ in texts]

    def latency(self, texts):
        return [1.0 for _ in texts]

    def megabytes(self):
        return 1.0


def _texts(code):
    said = [("hola <b>", "greet"), ("una persona", "ask_human"), ("me quemo", "emergency")]
    said += [("qué tiempo hace", "out_of_scope"), ("buenas", "greet"), ("un humano", "ask_human")]
    return [Text(text, code, intent=intent) for text, intent in said]


def _alike(code):
    kinds = ("not_ask_human", "not_safety")
    return [Text(f"parece {kind}", code, kind=kind) for kind in kinds]


def _moods(code):
    levels = ["calm", "annoyed", "frustrated", "angry"] * 5
    return [
        Text(
            f"texto {number} </script>",
            code,
            context=("antes",) if number % 2 else (),
            level=level,
            frustrated=level in ("frustrated", "angry"),
            complaint=level != "calm",
            lookalike=level == "calm",
            slices=(("region", "mx"), ("style", "even")),
        )
        for number, level in enumerate(levels)
    ]


def _reading(text, *, wrong):
    intent = text.intent or ("ask_human" if wrong else "greet")
    intent = "nlu_fallback" if wrong and intent == "greet" else intent
    level = "angry" if wrong else text.level or "calm"
    return Reading(
        intent=intent,
        guess="greet" if intent == "nlu_fallback" else intent,
        confidence=0.5 if wrong else 0.9,
        probability=0.9 if level in ("frustrated", "angry") else 0.1,
        level=level,
        cues=("insult",) if wrong else (),
        complaint=0.2 if level == "calm" else 0.8,
    )


@pytest.fixture(scope="session")
def report():
    """A whole report with two systems and two languages; every third reading is wrong."""
    systems = [MadeUp(OURS, "all", True), MadeUp("keywords", "ask_human", False)]
    texts = [one for code in ("es", "en") for one in _texts(code)]
    alike = [one for code in ("es", "en") for one in _alike(code)]
    moods = [one for code in ("es", "en") for one in _moods(code)]
    held_out = HeldOut(texts, alike, moods, {}, ["Real texts: not there."])

    def rows(some):
        found = {
            one.name: [_reading(text, wrong=n % 3 == 0) for n, text in enumerate(some)]
            for one in systems
        }
        return Rows(some, found)

    latency = {"texts": 3, "p50": 8.0, "p95": 9.0, "p99": 9.5}
    made = {
        "made": "2026-01-01T10:00+00:00",
        "split": "test",
        "reduced": False,
        "seconds": 1.0,
        "left_out": held_out.left_out,
        "overlap": ["1 of 12 held-out texts is trained on."],
        "model": {
            "archive": "m.tar.gz",
            "about": "The published model.",
            "archive_mb": 0.2,
            "encoder": "0123",
            "encoder_source": "tuned",
            "encoder_mb": 120.0,
        },
        "intents": intents.section(held_out, systems, rows([*texts, *alike])),
        "frustration": frustration.section(systems, rows(moods)),
        "real": frustration.real_section(systems, {"EmoEvent: anger": rows(moods)}),
        "benchmark": None,
        "systems": [
            {"name": one.name, "about": one.about, "megabytes": 1.0, "latency": latency}
            for one in systems
        ],
    }
    return {**made, "headline": headline(made)}
