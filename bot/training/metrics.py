"""How good a model's answers are, in the usual measures; all in [0, 1]."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.training.scoring import (
    ASK_HUMAN,
    FRUSTRATED,
    FRUSTRATION,
    INTENT,
    SAFETY,
    Answer,
    Text,
)

Pairs = list[tuple[Text, Answer]]
LANGUAGES = ("es", "en")


def metrics(texts: Sequence[Text], answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the measures for all texts and for each language; what cannot be measured is left out.

    ``intents``: accuracy, macro-F1, recall and precision of ``ask_human``, recall of safety (a text
    of one of its three intents understood as one of the three). ``frustration``: F1 and AUC of
    *frustrated or angry*.
    """
    measured: dict[str, Any] = {"intents": {}, "frustration": {}}
    pairs = list(zip(texts, answers, strict=True))
    for kind, key, measure in (
        (INTENT, "intents", _intents),
        (FRUSTRATION, "frustration", _frustration),
    ):
        for language in ("all", *LANGUAGES):
            some = [
                (text, answer)
                for text, answer in pairs
                if text.kind == kind and language in ("all", text.language)
            ]
            if some:
                measured[key][language] = {"texts": len(some), **_rounded(measure(some))}
    return measured


def _intents(pairs: Pairs) -> dict[str, float | None]:
    from sklearn.metrics import f1_score

    expected = [text.expected for text, _ in pairs]
    said = [answer.intent for _, answer in pairs]
    asked = [one == ASK_HUMAN for one in expected]
    heard = [one == ASK_HUMAN for one in said]
    macro = f1_score(expected, said, labels=sorted(set(expected)), average="macro", zero_division=0)
    return {
        "accuracy": _share([one == other for one, other in zip(expected, said, strict=True)]),
        "macro_f1": float(macro),
        "ask_human_recall": _share([hit for hit, is_so in zip(heard, asked, strict=True) if is_so]),
        "ask_human_precision": _share(
            [is_so for hit, is_so in zip(heard, asked, strict=True) if hit]
        ),
        "safety_recall": _share(
            [answer.intent in SAFETY for text, answer in pairs if text.expected in SAFETY]
        ),
    }


def _frustration(pairs: Pairs) -> dict[str, float | None]:
    from sklearn.metrics import f1_score, roc_auc_score

    truth = [text.expected in FRUSTRATED for text, _ in pairs]
    said = [answer.level in FRUSTRATED for _, answer in pairs]
    scores = [answer.frustration for _, answer in pairs]
    both = 0 < sum(truth) < len(truth)  # an AUC needs texts of either kind
    return {
        "f1": float(f1_score(truth, said, zero_division=0)),
        "auc": float(roc_auc_score(truth, scores)) if both else None,
    }


def _share(hits: Sequence[bool]) -> float | None:
    return sum(hits) / len(hits) if hits else None


def _rounded(measures: dict[str, float | None]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in measures.items() if value is not None}
