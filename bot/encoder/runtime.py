"""Sentences to vectors with onnxruntime: what serving needs, and no torch.

One text is one run: the int8 graph scales its activations over all it is given, so in a batch a
text's vector would depend on its neighbours. Alone it is always the same, and no padding is
computed. Several cores are used by running several texts at once (``threads``).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.encoder import kept, shelf
from bot.errors import EncoderError

LONGEST = 20_000  # characters given to the tokenizer; far more than max_tokens can hold


class Encoder:
    """A sentence encoder in memory; safe to use from several threads.

    Attributes:
        hash: Which encoder this is; a model refuses any but the one it was trained with.
        dimensions: Length of a vector.
        cached: Vectors kept in memory, 1.5 kB each.
    """

    def __init__(self, manifest: shelf.Manifest, session: Any, tokenizer: Any, cached: int) -> None:
        self.hash = manifest.hash
        self.dimensions = manifest.dimensions
        self._prefix = manifest.prefix
        self._session = session
        self._tokenizer = tokenizer
        self._cache: OrderedDict[str, NDArray[Any]] = OrderedDict()
        self.cached = cached
        self._recalled: dict[str, NDArray[Any]] = {}
        self._unkept = False  # whether a vector was computed since the last time they were kept
        self._lock = threading.Lock()
        self._ahead = ThreadPoolExecutor(1)  # its thread starts with the first text
        self._coming: dict[str, Future[NDArray[Any]]] = {}

    @classmethod
    def load(cls, models: Path, name: str | None = None, *, cached: int = 4096) -> Encoder:
        """Load an encoder; its files' sizes are compared, not their bytes.

        Args:
            models: The folder of all models.
            name: Hash of the encoder; the current one by default.
            cached: Vectors kept in memory, 1.5 kB each.

        Raises:
            EncoderError: it is missing or damaged; the text names the command that builds it.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        name = name or shelf.current(models)
        manifest = shelf.manifest(models, name)
        folder = shelf.shelf(models) / name
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                str(folder / shelf.GRAPH), options, providers=["CPUExecutionProvider"]
            )
            tokenizer = Tokenizer.from_file(str(folder / shelf.TOKENIZER))
        except Exception as error:
            raise EncoderError(
                f"The sentence encoder {name} is damaged: {error}. {shelf.REMEDY}"
            ) from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_length=manifest.max_tokens)
        return cls(manifest, session, tokenizer, cached)

    def encode(self, texts: Sequence[str], *, threads: int = 1) -> NDArray[Any]:
        """Return one vector of length 1 for each text: float32, texts x dimensions.

        Args:
            texts: Any texts, empty ones too.
            threads: Texts computed at once, at least 1.
        """
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        if threads == 1 or len(texts) == 1:
            return np.stack([self._vector(text) for text in texts])
        longest_first = sorted(set(texts), key=len, reverse=True)
        with ThreadPoolExecutor(threads) as pool:
            vectors = dict(zip(longest_first, pool.map(self._vector, longest_first), strict=True))
        return np.stack([vectors[text] for text in texts])

    def begin(self, texts: Iterable[str]) -> None:
        """Start on texts that will be asked for soon, on another core."""
        with self._lock:
            for text in texts:
                if text not in self._cache and text not in self._coming:
                    self._coming[text] = self._ahead.submit(self._keep, text)

    def recall(self, file: Path) -> None:
        """Take vectors from a file of :meth:`keep` instead of computing them."""
        self._recalled = kept.read(file, self._anew)

    def keep(self, file: Path) -> None:
        """Add all remembered vectors to a file, if any was computed since the last time."""
        with self._lock:
            vectors, new = dict(self._cache), self._unkept
            self._unkept = False
        if new:
            named = {kept.key(text): vector for text, vector in vectors.items()}
            kept.write(file, named, self._anew)

    def _anew(self, texts: Sequence[str]) -> NDArray[Any]:
        return np.stack([self._compute(text) for text in texts])

    def _vector(self, text: str) -> NDArray[Any]:
        with self._lock:
            if text in self._cache:
                self._cache.move_to_end(text)
                return self._cache[text]
            coming = self._coming.get(text)
        if coming is not None and not coming.cancel():
            return coming.result()
        return self._keep(text)

    def _keep(self, text: str) -> NDArray[Any]:
        try:
            found = self._recalled.get(kept.key(text)) if self._recalled else None
            vector = self._compute(text) if found is None else found
            with self._lock:
                self._cache[text] = vector
                self._unkept = self._unkept or found is None
                if len(self._cache) > self.cached:
                    self._cache.popitem(last=False)
        finally:
            with self._lock:
                self._coming.pop(text, None)
        return vector

    def _compute(self, text: str) -> NDArray[Any]:
        whole = text[:LONGEST].encode("utf-8", "replace").decode("utf-8")  # no lone surrogates
        ids = np.array([self._tokenizer.encode(self._prefix + whole).ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        return np.asarray(self._session.run(None, inputs)[0][0], dtype=np.float32)


@lru_cache(maxsize=4)
def shared(models: Path, name: str | None = None) -> Encoder:
    """Return the encoder that all components of this process share; arguments as in ``load``."""
    return Encoder.load(models, name or shelf.current(models))
