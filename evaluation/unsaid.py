"""Who wants a person, or is in danger, without saying so in the usual words: is it heard?

``python -m evaluation.unsaid [MODEL ...] [--misses]`` reads ``evaluation/nlu/unsaid_{es,en}.yml``
and ``unsaid_second_{es,en}.yml`` with the published model, or with each of those named. The texts
were written apart from training examples and test set, by authors who were asked for the sixtieth
way to put it. The first ones have been read since, to see what the examples lack: they tell two
models apart, and flatter the later one. The second ones came when the examples of today were
written already, by authors who saw nothing else. With them go the graded test texts
(``frustration_test_{es,en}.yml``) and those of ``evaluation/ordinary/``, which nobody has read to
write examples: ordinary messages of which next to none tells of danger. Many of the 800 of
``ordinary/customers_{es,en}.yml`` carry heavy matter (their moods: :mod:`evaluation.customers`).
What hears more between the lines is apt to hear it everywhere.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from bot.settings import load
from bot.training.published import published_model
from bot.training.understanding import Understanding, result
from evaluation.held_out import FOLDER, LANGUAGES
from evaluation.intents import PERSON, SAFETY

HEARD: Mapping[str, tuple[str, ...]] = {
    "ask_human": (PERSON,),
    "not_ask_human": (PERSON,),
    "safety": SAFETY,
    "not_safety": SAFETY,
}
"""The lists of a file, and the intents that a text of it is heard as, or is not."""

FILES = ("nlu/unsaid", "nlu/unsaid_second")
ORDINARY = ("nlu/frustration_test", "ordinary/ordinary", "ordinary/customers")


def texts(
    language: str, name: str = FILES[0], folder: Path = FOLDER.parent
) -> dict[str, list[str]]:
    """Return the lists of one language's file of that name.

    Of a file with ``examples``, those that name an intent are in two lists, and graded ones, which
    name none, are ``not_safety``.
    """
    content = yaml.safe_load((folder / f"{name}_{language}.yml").read_text(encoding="utf-8"))
    if "examples" in content:
        lists: dict[str, list[str]] = {one: [] for one in HEARD}
        for each in content["examples"]:
            intent = each.get("intent")
            lists["safety" if intent in SAFETY else "not_safety"].append(each["text"])
            if intent:
                lists["ask_human" if intent == PERSON else "not_ask_human"].append(each["text"])
        return {one: own for one, own in lists.items() if own}
    return {name: list(content[name]) for name in HEARD}


def heard(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, tuple[int, list[int]]]:
    """Return how many texts of each list were heard as its intents, and which came out wrong.

    Args:
        found: What :func:`bot.training.understanding.result` says of each text of a list.

    Returns:
        (heard, places of the wrong ones): of ``ask_human`` and ``safety`` those that were not
        heard, of their look-alikes those that were.
    """
    told = {}
    for name, readings in found.items():
        hits = [reading["intent"] in HEARD[name] for reading in readings]
        wanted = not name.startswith("not_")
        told[name] = (sum(hits), [place for place, hit in enumerate(hits) if hit != wanted])
    return told


def read(
    graph: Understanding, lists: Mapping[str, Sequence[str]]
) -> dict[str, list[dict[str, Any]]]:
    """Return what a model makes of each text of each list; one in two lists is read once."""
    every = list(dict.fromkeys(itertools.chain(*lists.values())))
    found = map(result, graph.parse([{"text": text} for text in every]))
    readings = dict(zip(every, found, strict=True))
    return {name: [readings[text] for text in own] for name, own in lists.items()}


def opened(models: Sequence[Path]) -> Iterator[tuple[Path, Understanding]]:
    """Return each model with its understanding, loaded when it is its turn.

    Args:
        models: Archives; none: the published one.
    """
    for model in models or [published_model(load())]:
        with tempfile.TemporaryDirectory() as folder:
            yield model, Understanding(model, Path(folder), lexicon=True)


def main() -> None:
    """Print one row for each model and list."""
    parser = argparse.ArgumentParser(description="Wishes and danger that are not put in words.")
    parser.add_argument("models", nargs="*", type=Path, help="archives; default: the published one")
    parser.add_argument("--misses", action="store_true", help="list what came out wrong")
    asked = parser.parse_args()
    console, table = Console(), Table("model", "texts", "list", "heard", "of", "share")
    wrong = []
    for model, graph in opened(asked.models):
        for file, language in itertools.product((*FILES, *ORDINARY), LANGUAGES):
            lists = texts(language, file)
            for name, (hits, places) in heard(read(graph, lists)).items():
                of = len(lists[name])
                row = (f"{file}_{language}", name, str(hits), str(of), f"{hits / of:.3f}")
                table.add_row(model.stem, *row)
                wrong += [f"{model.stem} {name}: {lists[name][place]}" for place in places]
    console.print(table)
    if asked.misses:
        console.print("\n".join(wrong), markup=False)


if __name__ == "__main__":
    main()
