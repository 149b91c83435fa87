"""A comparison of two models as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.training.compare import KINDS, Comparison, Difference
from bot.training.scoring import CRITICAL

CHANCE = 0.05  # p from which a difference may well be chance
SHOWN = 30  # texts listed of each sort; --json has all
WIDTH = 90  # characters of a text that are shown


def lines(comparison: Comparison) -> Iterator[str]:
    """Yield the lines of a comparison: sums, losses with the weightiest first, wins, classes."""
    yield f"A  {comparison.a}"
    yield f"B  {comparison.b}"
    for kind, test in comparison.tests.items():
        verdict = "may well be chance" if test.p >= CHANCE else "hardly chance"
        yield (
            f"{KINDS[kind]}: of {test.texts} texts A has {test.a_right} right, B {test.b_right}; "
            f"B wins {test.won}, loses {test.lost}; p {_p(test.p)} ({verdict})"
        )
    if not comparison.lost and not comparison.won:
        yield "No text is understood better or worse."
    yield from _listed("Lost by B", comparison.lost)
    yield from _listed("Won by B", comparison.won)
    if comparison.classes:
        yield "Intents that changed (right by A -> right by B):"
    for name, (texts, before, after) in comparison.classes.items():
        yield f"  {_mark(name in CRITICAL)} {name}: {before} -> {after} of {texts}"


def summary(comparison: Comparison) -> str:
    """Return in one sentence what the second model loses and wins."""
    weighty = len(comparison.critical)
    return (
        f"It loses {_texts(weighty)} of safety or ask_human and "
        f"{len(comparison.lost) - weighty} of other intents or moods; it wins "
        f"{len(comparison.won)}."
    )


def refusal(comparison: Comparison) -> str:
    """Return why a model is not published that lost texts of safety or ``ask_human``."""
    told = "\n".join(_line(one) for one in comparison.critical[:SHOWN])
    return (
        f"{comparison.b} is not published: it no longer understands "
        f"{_texts(len(comparison.critical))} of safety or ask_human that the published "
        f"{comparison.a} understands:\n{told}\n"
        "Add examples that sound like these (remanso examples add) and train again. To publish it "
        f"all the same, say so twice: remanso publish {comparison.b} --anyway --anyway."
    )


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def _texts(count: int) -> str:
    return "1 text" if count == 1 else f"{count or 'no'} texts"


def _listed(title: str, differences: Sequence[Difference]) -> Iterator[str]:
    if differences:
        yield f"{title} ({len(differences)}):"
    for one in differences[:SHOWN]:
        yield _line(one)
    if len(differences) > SHOWN:
        yield f"  ... and {len(differences) - SHOWN} more: --json lists them all"


def _line(one: Difference) -> str:
    text = " ".join(one.text.text.split())
    shown = text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
    return f"  {_mark(one.critical)} {one.text.expected}: «{shown}»  A: {one.a}  B: {one.b}"


def _mark(critical: bool) -> str:
    return "!" if critical else "-"
