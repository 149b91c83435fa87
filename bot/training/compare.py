"""Two models on the same texts: what the second one wins and loses, and whether that is chance.

McNemar's exact test looks at the texts that only one of the two has right: with equally good models
either side of these would be as likely as the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import ConfigError, EncoderError
from bot.settings import Settings
from bot.training import archives, published, scoring
from bot.training.metrics import metrics
from bot.training.scoring import CRITICAL, FRUSTRATION, INTENT, Answer, Text, right

PROBE = Text("hola", "greet", INTENT, "es")  # asked where there are no texts: can it answer at all?
KINDS = {INTENT: "intents", FRUSTRATION: "frustrated or not"}


@dataclass(frozen=True)
class Difference:
    """A text that only one of two models has right."""

    text: Text
    a: str  # what the first model said
    b: str  # what the second one said
    won: bool  # True: the second one has it right

    @property
    def critical(self) -> bool:
        """Return whether a loss may harm somebody: safety, or a person asked for."""
        return self.text.kind == INTENT and self.text.expected in CRITICAL

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "text": self.text.text,
            "language": self.text.language,
            "kind": self.text.kind,
            "expected": self.text.expected,
            "a": self.a,
            "b": self.b,
            "critical": self.critical,
        }


@dataclass(frozen=True)
class Test:
    """McNemar's exact test for one kind of texts."""

    texts: int
    a_right: int
    b_right: int
    won: int  # only B has them right
    lost: int  # only A has them right
    p: float  # two-sided, in [0, 1]; small: the difference is hardly chance


@dataclass(frozen=True)
class Comparison:
    """Two models on the same texts."""

    a: str  # names of the archives
    b: str
    tests: dict[str, Test]  # by kind of text
    won: list[Difference]
    lost: list[Difference]  # critical ones first
    classes: dict[str, tuple[int, int, int]]  # intent: texts, right by A, right by B; changed ones
    metrics: dict[str, dict[str, Any]]  # "a" and "b"

    @property
    def critical(self) -> list[Difference]:
        """Return the losses that may harm somebody."""
        return [one for one in self.lost if one.critical]

    def as_dict(self) -> dict[str, Any]:
        """Return everything for JSON."""
        return {
            "a": self.a,
            "b": self.b,
            "tests": {kind: vars(test) for kind, test in self.tests.items()},
            "critical": len(self.critical),
            "lost": [one.as_dict() for one in self.lost],
            "won": [one.as_dict() for one in self.won],
            "classes": {
                name: {"texts": texts, "a": before, "b": after}
                for name, (texts, before, after) in self.classes.items()
            },
            "metrics": self.metrics,
        }


def compare(settings: Settings, a: Path, b: Path, texts: Sequence[Text]) -> Comparison:
    """Ask two models the same texts.

    Raises:
        ConfigError: there are no texts, or one of the models cannot be used.
    """
    if not texts:
        raise ConfigError(f"There are no texts to compare on in {scoring.TEXTS}. Name some: --on.")
    said_a, said_b = scoring.answers(settings, [a, b], texts)
    return of_answers(archives.stem(a), archives.stem(b), texts, said_a, said_b)


def of_answers(
    a: str, b: str, texts: Sequence[Text], said_a: Sequence[Answer], said_b: Sequence[Answer]
) -> Comparison:
    """Compare what two models said to the same texts."""
    differences = [
        Difference(text, one.to(text), other.to(text), right(text, other))
        for text, one, other in zip(texts, said_a, said_b, strict=True)
        if right(text, one) != right(text, other)
    ]
    lost = [one for one in differences if not one.won]
    hits_a = [right(text, one) for text, one in zip(texts, said_a, strict=True)]
    hits_b = [right(text, one) for text, one in zip(texts, said_b, strict=True)]
    return Comparison(
        a=a,
        b=b,
        tests={
            kind: _test([text.kind == kind for text in texts], hits_a, hits_b)
            for kind in KINDS
            if any(text.kind == kind for text in texts)
        },
        won=[one for one in differences if one.won],
        lost=sorted(lost, key=lambda one: not one.critical),
        classes=_classes(texts, hits_a, hits_b),
        metrics={"a": metrics(texts, said_a), "b": metrics(texts, said_b)},
    )


def mcnemar(won: int, lost: int) -> float:
    """Return the two-sided p of McNemar's exact test; 1 when nothing differs."""
    from scipy.stats import binomtest

    return float(binomtest(won, won + lost).pvalue) if won + lost else 1.0


def beside_published(settings: Settings, model: Path) -> Comparison | None:
    """Compare a model with the published one on the development texts.

    Returns:
        The comparison; None when nothing usable is published, or there are no texts.

    Raises:
        ConfigError: the new model itself cannot be asked.
    """
    texts = scoring.development_texts()
    scoring.answers(settings, [model], texts or [PROBE])
    try:
        before = published.published_model(settings)
        archives.check(settings, before)
        return compare(settings, before, model, texts) if texts else None
    except (ConfigError, EncoderError):
        return None  # what cannot be served any more cannot hold another one up


def _test(asked: list[bool], hits_a: list[bool], hits_b: list[bool]) -> Test:
    pairs = [(a, b) for is_asked, a, b in zip(asked, hits_a, hits_b, strict=True) if is_asked]
    won = sum(b and not a for a, b in pairs)
    lost = sum(a and not b for a, b in pairs)
    a_right, b_right = (sum(pair[place] for pair in pairs) for place in (0, 1))
    return Test(len(pairs), a_right, b_right, won, lost, mcnemar(won, lost))


def _classes(
    texts: Sequence[Text], hits_a: list[bool], hits_b: list[bool]
) -> dict[str, tuple[int, int, int]]:
    total, a, b = Counter[str](), Counter[str](), Counter[str]()
    for text, hit_a, hit_b in zip(texts, hits_a, hits_b, strict=True):
        if text.kind == INTENT:
            total[text.expected] += 1
            a[text.expected] += hit_a
            b[text.expected] += hit_b
    changed = [name for name in total if a[name] != b[name]]
    changed.sort(key=lambda name: (name not in CRITICAL, b[name] - a[name], name))
    return {name: (total[name], a[name], b[name]) for name in changed}
