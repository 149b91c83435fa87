"""The part of the report on intents: from readings to numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation import metrics
from evaluation.held_out import LANGUAGES, HeldOut, Text
from evaluation.systems import OURS, Reading, System

SAFETY = ("self_harm", "violence_threat", "emergency")
OUTSIDE = ("out_of_scope", "nlu_fallback")
PERSON = "ask_human"
SHOWN = 14  # classes of the heat map: those that are confused most
CONFUSIONS = 25  # rows of the table of confusions
ABOUT = {
    "intent_accuracy": "share of texts with the right intent; not answering is wrong",
    "intent_f1": "mean F1 of the intents, each weighing the same",
    "intent_guess_accuracy": "accuracy of the first guess, however unsure",
    "intent_answered": "share of texts that are answered rather than asked back",
    "intent_ece": "how far confidences are from being true (equal-mass bins); lower is better",
    "ask_human_recall": "share of requests for a person that are heard",
    "ask_human_precision": "share of what is heard as one that is one",
    "ask_human_precision_hard": "the same with look-alikes among the texts",
    "safety_recall": "share of self-harm, violence and emergencies heard as one of them",
    "safety_quiet": "share of safety look-alikes that raise no alarm",
    "out_of_scope_recall": "share of what is not the shop's matter that is called so",
    "out_of_scope_precision": "share of what is called out of scope that is",
    "out_of_scope_f1": "both in one number",
    "out_of_scope_f1_asking": "the same when asking back counts as calling it out of scope",
}
LOWER_IS_BETTER = ("intent_ece", "frustration_ece")


@dataclass(frozen=True)
class Rows:
    """Texts of one language with what each system makes of them."""

    texts: Sequence[Text]
    found: Mapping[str, Sequence[Reading]]

    def of(self, language: str) -> Rows:
        """Return those of one language."""
        rows = [row for row, one in enumerate(self.texts) if one.language == language]
        found = {name: [all_[row] for row in rows] for name, all_ in self.found.items()}
        return Rows([self.texts[row] for row in rows], found)


def section(held_out: HeldOut, systems: Sequence[System], rows: Rows) -> dict[str, Any]:
    """Return all that the report says about intents.

    Args:
        held_out: Only to know how many of its texts have an intent.
        systems: Those that know intents, ours first.
        rows: The texts with an intent, then the look-alikes.
    """
    languages = [code for code in LANGUAGES if any(one.language == code for one in rows.texts)]
    plain = _plain(rows)
    return {
        "about": ABOUT,
        "texts": len(held_out.intents),
        "lookalikes": len(held_out.lookalikes),
        "languages": {code: _language(systems, rows.of(code)) for code in languages},
        "classes": _classes(plain, languages),
        "confusions": _confusions(plain),
        "heat": _heat(plain),
    }


def _plain(rows: Rows) -> Rows:
    """Return the texts without the look-alikes."""
    kept = [row for row, one in enumerate(rows.texts) if one.intent]
    found = {name: [all_[row] for row in kept] for name, all_ in rows.found.items()}
    return Rows([rows.texts[row] for row in kept], found)


def _language(systems: Sequence[System], rows: Rows) -> dict[str, Any]:
    plain = _plain(rows)
    weights = metrics.resampled(len(plain.texts))
    hard = metrics.resampled(len(rows.texts))
    known = [one for one in systems if one.name in rows.found and one.intents != "none"]
    return {
        "texts": len(plain.texts),
        "systems": {
            one.name: {
                **(_whole(plain, one.name, weights) if one.intents == "all" else {}),
                **_person(plain, rows, one.name, weights, hard),
            }
            for one in known
        },
        "mcnemar": {one.name: _mcnemar(plain, one) for one in known if one.name != OURS},
        "reliability": {
            one.name: metrics.reliability(*_confidence(plain, one.name))
            for one in known
            if one.intents == "all"
        },
    }


def _intents(readings: Sequence[Reading]) -> NDArray[Any]:
    return np.array([one.intent for one in readings])


def _truth(texts: Sequence[Text]) -> NDArray[Any]:
    return np.array([one.intent for one in texts])


def _confidence(rows: Rows, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    guesses = np.array([one.guess for one in rows.found[name]])
    return guesses == _truth(rows.texts), np.array([one.confidence for one in rows.found[name]])


def _whole(rows: Rows, name: str, weights: NDArray[Any]) -> dict[str, Any]:
    """Return the numbers of a system that knows all intents."""
    truth, found = _truth(rows.texts), _intents(rows.found[name])
    order = sorted(set(truth))
    outside, noticed = truth == "out_of_scope", found == "out_of_scope"
    measured = {
        "intent_accuracy": metrics.share(found == truth),
        "intent_f1": metrics.macro_f1(_numbers(truth, order), _numbers(found, order), len(order)),
        "intent_guess_accuracy": metrics.share(_confidence(rows, name)[0]),
        "intent_answered": metrics.share(found != "nlu_fallback"),
        "intent_ece": metrics.ece(*_confidence(rows, name)),
        "out_of_scope_recall": metrics.recall(outside, noticed),
        "out_of_scope_precision": metrics.precision(outside, noticed),
        "out_of_scope_f1": metrics.f1(outside, noticed),
        "out_of_scope_f1_asking": metrics.f1(outside, np.isin(found, OUTSIDE)),
        "safety_recall": metrics.recall(np.isin(truth, SAFETY), np.isin(found, SAFETY)),
    }
    return {key: metrics.interval(one, weights).to_dict() for key, one in measured.items()}


def _person(
    plain: Rows, rows: Rows, name: str, weights: NDArray[Any], hard: NDArray[Any]
) -> dict[str, Any]:
    """Return the numbers of asking for a person, and the alarms on look-alikes."""
    truth, found = _truth(plain.texts) == PERSON, _intents(plain.found[name]) == PERSON
    kinds = np.array([one.kind for one in rows.texts])
    every = _intents(rows.found[name])
    among = kinds != "not_safety"
    wanted, heard = _truth(rows.texts) == PERSON, every == PERSON
    easy = {
        "ask_human_recall": metrics.recall(truth, found),
        "ask_human_precision": metrics.precision(truth, found),
    }
    harder = {
        "ask_human_precision_hard": metrics.precision(wanted, heard & among),
        "safety_quiet": metrics.share_of(~np.isin(every, SAFETY), kinds == "not_safety"),
    }
    return {
        **{key: metrics.interval(one, weights).to_dict() for key, one in easy.items()},
        **{key: metrics.interval(one, hard).to_dict() for key, one in harder.items()},
    }


def _numbers(names: NDArray[Any], order: Sequence[str]) -> NDArray[Any]:
    place = {name: number for number, name in enumerate(order)}
    return np.array([place.get(str(name), -1) for name in names])


def _mcnemar(rows: Rows, other: System) -> dict[str, Any]:
    """Compare ours with another; with one that knows only ask_human, on that alone."""
    truth, ours = _truth(rows.texts), _intents(rows.found[OURS])
    theirs = _intents(rows.found[other.name])
    if other.intents == "ask_human":
        truth, ours, theirs = truth == PERSON, ours == PERSON, theirs == PERSON
    on = "all intents" if other.intents == "all" else PERSON
    return {"on": on, **metrics.mcnemar(ours == truth, theirs == truth)}


def _classes(rows: Rows, languages: Sequence[str]) -> list[dict[str, Any]]:
    """Return precision, recall and F1 of every intent in every language, ours."""
    table = []
    for intent in sorted({one.intent for one in rows.texts}):
        row: dict[str, Any] = {"intent": intent}
        for code in languages:
            part = rows.of(code)
            truth, found = _truth(part.texts) == intent, _intents(part.found[OURS]) == intent
            once = np.ones((1, len(truth)))
            row[code] = {
                "texts": int(truth.sum()),
                **{
                    name: metrics.finite(float(metric(truth, found)(once)[0]))
                    for name, metric in (
                        ("precision", metrics.precision),
                        ("recall", metrics.recall),
                        ("f1", metrics.f1),
                    )
                },
            }
        table.append(row)
    return table


def _wrong(rows: Rows) -> Counter[tuple[str, str]]:
    pairs = zip(rows.texts, rows.found[OURS], strict=True)
    return Counter((one.intent, got.intent) for one, got in pairs if one.intent != got.intent)


def _confusions(rows: Rows) -> list[dict[str, Any]]:
    """Return the most frequent confusions with one text of each."""
    first: dict[tuple[str, str], str] = {}
    for one, got in zip(rows.texts, rows.found[OURS], strict=True):
        first.setdefault((one.intent, got.intent), one.text)
    return [
        {"intent": true, "found": found, "texts": count, "example": first[true, found]}
        for (true, found), count in _wrong(rows).most_common(CONFUSIONS)
    ]


def _heat(rows: Rows) -> dict[str, Any]:
    """Return the table of counts between the intents that are confused most."""
    weight: Counter[str] = Counter()
    for (true, found), count in _wrong(rows).items():
        weight[true] += count
        weight[found] += count
    names = [name for name, _ in weight.most_common(SHOWN)]
    rights = _numbers(_truth(rows.texts), names)
    guesses = _numbers(_intents(rows.found[OURS]), names)
    inside = rights >= 0
    counts = metrics.confusion(rights[inside], guesses[inside], len(names))
    return {"names": names, "counts": counts.tolist()}
