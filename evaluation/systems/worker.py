"""Reads texts with a trained model's own NLU graph, in a process of its own.

``python -m evaluation.systems.worker MODEL IN OUT [--no-lexicon] [--each]``: IN and OUT are JSON
lines, one text each. A process of its own, because a model with TensorFlow and one without cannot
share one (bot/lean_rasa.py). ``--each`` reads one text at a time and adds its milliseconds.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot import settings
from bot.errors import ConfigError
from bot.training import parse, understanding

CHUNK = 200  # texts that the graph gets at once
WARM = 3  # texts read before the clock starts


def main() -> None:
    """Read the texts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--no-lexicon", action="store_true")
    parser.add_argument("--each", action="store_true")
    options = parser.parse_args()
    lines = options.input.read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    with tempfile.TemporaryDirectory() as folder:
        graph = understanding.Understanding(
            options.model, Path(folder), lexicon=not options.no_lexicon
        )
        if options.each:
            found = _timed(graph, entries)
        else:
            _encode(options.model, entries)
            found = _parsed(graph, entries)
        with options.output.open("w", encoding="utf-8") as file:
            for one in found:
                file.write(json.dumps(one) + "\n")


def _parsed(graph: Any, entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(entries), CHUNK):
        yield from (_kept(one) for one in graph.parse(entries[start : start + CHUNK]))


def _timed(graph: Any, entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    graph.parse(entries[:WARM])
    for entry in entries[WARM:]:
        start = time.perf_counter()
        graph.parse([entry])
        yield {"ms": (time.perf_counter() - start) * 1000}


def _kept(parsed: dict[str, Any]) -> dict[str, Any]:
    return {name: parsed.get(name) for name in ("intent", "intent_ranking", "frustration")}


def _encode(model: Path, entries: list[dict[str, Any]]) -> None:
    """Encode all texts on all cores first; a model without our encoder needs nothing."""
    from bot.encoder.runtime import shared
    from bot.nlu.listener import all_texts

    try:
        name = understanding.encoder_of(model)
    except ConfigError:
        return
    encoder = shared(settings.load().models, name)
    texts = {
        text for entry in entries for text in all_texts(entry["text"], entry.get("context") or ())
    }
    encoder.cached = max(encoder.cached, len(texts) + CHUNK)
    encoder.encode(sorted(texts), threads=parse.THREADS)


if __name__ == "__main__":
    main()
