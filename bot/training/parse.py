"""Score a file of texts with a trained model: ``remanso parse``.

Each line of the input is ``{"text": "...", "context": ["previous turns", ...]}``; ``context`` may
be left out, anything else is passed through. Each readable line comes back, in order, with
``intent``, ``confidence``, ``entities``, ``frustration`` (0..1, every level a quarter),
``probability`` (0..1, of frustrated or angry), ``complaint`` (0..1, that something is wrong,
however calmly told), ``level``, ``cues``, ``language``; ``guess``, the likeliest intent, where the
intent is only ``nlu_fallback``.

The model's own NLU graph does the work, many lines at a time. What takes longest, the sentence
encoder, starts on all cores before the graph is even loaded.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from bot.errors import ConfigError
from bot.settings import Settings, load
from bot.training.understanding import Understanding, encoder_of, result

CHUNK = 50  # lines that the graph gets at once
AHEAD = 40  # chunks that are encoded ahead of it
CACHED = 5 * CHUNK * (AHEAD + 2)  # vectors kept: a message, three before it, and all as one text
SWITCH = 0.0005  # seconds after which a thread lets another one in, while loading
THREADS = 2  # texts encoded at once
SHOWN = 5  # unreadable lines named in the report's text


@dataclass
class Report:
    """What became of a file."""

    scored: int = 0  # lines written
    unreadable: list[tuple[int, str]] = field(default_factory=list)  # (line number from 1, why)
    seconds: float = 0.0  # all of it, loading the model too
    loading: float = 0.0  # seconds until the model was loaded

    def text(self) -> str:
        """Return the report as text for a terminal."""
        speed = self.scored / max(self.seconds, 1e-6)
        lines = [
            f"Scored {self.scored} texts in {self.seconds:.1f} s: {speed:.0f} texts/s, with "
            f"{self.loading:.1f} s of loading."
        ]
        if self.unreadable:
            lines.append(f"{len(self.unreadable)} unreadable lines were left out:")
            lines += [f"  line {number}: {why}" for number, why in self.unreadable[:SHOWN]]
            numbers = ", ".join(str(number) for number, _ in self.unreadable[SHOWN:])
            lines += [f"  and lines {numbers}"] if numbers else []
        return "\n".join(lines)


def parse_file(
    input: Path,
    output: Path,
    model: Path,
    *,
    settings: Settings | None = None,
    lexicon: bool = True,
) -> Report:
    """Score every line of a file.

    Args:
        input: JSON lines.
        output: Where the scored lines are written; not the input itself.
        model: Archive of a trained model.
        settings: The installation; read from the environment by default.
        lexicon: Whether the word list's cues have a say in frustration.

    Raises:
        ConfigError: the model is not a trained archive, or output is the input.
        EncoderError: the encoder that the model was trained with is missing or damaged.
    """
    if output.exists() and output.samefile(input):
        raise ConfigError(f"--output is the input, {input}. Choose another file.")
    started = time.monotonic()
    report = Report()
    # Its threads would wait for small sums in a loop, and take a tenth of both cores from the rest.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    warmer = _Warmer(settings or load(), encoder_of(model))
    with (
        tempfile.TemporaryDirectory() as folder,
        output.open("w", encoding="utf-8") as file,
        closing(warmer),
    ):
        chunks = warmer.ahead(_chunks(_readable(input, report)))
        with _loading():
            graph = Understanding(model, Path(folder), lexicon=lexicon)
        report.loading = time.monotonic() - started
        for chunk in chunks:
            for entry, parsed in zip(chunk, graph.parse(chunk), strict=True):
                line = json.dumps({**entry, **result(parsed)}, ensure_ascii=False)
                file.write(line.encode("utf-8", "replace").decode() + "\n")
            report.scored += len(chunk)
    report.seconds = time.monotonic() - started
    return report


@contextmanager
def _loading() -> Iterator[None]:
    """Load without looking for garbage that is not there, and let the encoder's threads in often.

    They need the interpreter for a moment after every text, and would wait 5 ms for it.
    """
    before = sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(SWITCH)
    try:
        yield
    finally:
        gc.enable()
        sys.setswitchinterval(before)


def _readable(path: Path, report: Report) -> Iterator[dict[str, Any]]:
    """Yield the readable lines of a file; the others go into the report."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                yield _entry(line)
            except ValueError as error:
                report.unreadable.append((number, str(error)))


def _entry(line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line.decode("utf-8-sig"))
    except (UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"not readable as UTF-8 JSON ({error})") from error
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        raise ValueError('expected {"text": "..."}')
    context = entry.get("context")
    good = isinstance(context, list) and all(isinstance(one, str) for one in context)
    if context is not None and not good:
        raise ValueError('"context" must be a list of texts')
    return entry


def _chunks(entries: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while chunk := list(islice(entries, CHUNK)):
        yield chunk


class _Warmer:
    """Encodes the texts to come in the background, so that the graph finds them in the cache."""

    def __init__(self, settings: Settings, encoder: str) -> None:
        self._settings = settings
        self._encoder = encoder
        self._pool = ThreadPoolExecutor(max_workers=1)

    def ahead(self, chunks: Iterator[list[dict[str, Any]]]) -> Iterator[list[dict[str, Any]]]:
        """Start on the first chunks now; return an iterator of chunks that are encoded."""
        waiting = deque(self._start(chunk) for chunk in islice(chunks, AHEAD))
        return self._ready(waiting, chunks)

    def close(self) -> None:
        """Stop; what was not begun is left."""
        self._pool.shutdown(cancel_futures=True)

    def _ready(
        self,
        waiting: deque[tuple[list[dict[str, Any]], Future[None]]],
        chunks: Iterator[list[dict[str, Any]]],
    ) -> Iterator[list[dict[str, Any]]]:
        while waiting:
            chunk, encoded = waiting.popleft()
            encoded.result()  # raises what went wrong there
            waiting.extend(self._start(following) for following in islice(chunks, 1))
            yield chunk

    def _start(self, chunk: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], Future[None]]:
        return chunk, self._pool.submit(self._encode, chunk)

    def _encode(self, chunk: list[dict[str, Any]]) -> None:
        from bot.encoder.runtime import shared
        from bot.nlu.listener import all_texts

        encoder = shared(self._settings.models, self._encoder)
        encoder.cached = max(encoder.cached, CACHED)
        texts = (all_texts(entry["text"], entry.get("context") or ()) for entry in chunk)
        encoder.encode(sorted({text for some in texts for text in some}), threads=THREADS)
