"""Whether an exported encoder gives the vectors that it should."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from bot.encoder import shelf
from bot.encoder.runtime import Encoder
from bot.errors import EncoderError

REFERENCE = Path(__file__).with_name("reference.json")
FLOAT_AGREES = 0.9995  # lowest cosine between sentence-transformers and the float graph
INT8_AGREES = 0.98  # lowest cosine between the float graph and the int8 one; seen: 0.9896
TUNED_AGREES = 0.9  # the same of a tuned encoder, whose vectors lie further apart; seen: 0.959


def verify(model: Any, graph: Path, folder: Path, made: shelf.Manifest, *, original: bool) -> None:
    """Compare the float graph with torch, and the int8 graph with the float one.

    Args:
        model: The encoder, in torch.
        graph: The float graph.
        folder: Of the int8 graph and the tokenizer.
        made: Their manifest.
        original: Whether the cosines of ``reference.json`` must hold too.

    Raises:
        EncoderError: vectors differ by more than they may.
    """
    reference = json.loads(REFERENCE.read_text(encoding="utf-8"))
    sentences = reference["sentences"]
    torch_vectors = model.encode(
        [made.prefix + text for text in sentences], prompt="", normalize_embeddings=True
    )
    float_vectors = _run(graph, folder, made, sentences)
    int8_vectors = _run(folder / shelf.GRAPH, folder, made, sentences)
    _agree("The float graph", float_vectors, torch_vectors, FLOAT_AGREES)
    least = TUNED_AGREES if made.source.startswith("tuned ") else INT8_AGREES
    _agree("The int8 graph", int8_vectors, float_vectors, least)
    if original:
        compare(float_vectors, reference["cosines"], reference["tolerance"])
        compare(int8_vectors, reference["cosines"], reference["tolerance_int8"])


def _run(graph: Path, folder: Path, made: shelf.Manifest, texts: list[str]) -> NDArray[Any]:
    import onnxruntime
    from tokenizers import Tokenizer

    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / shelf.TOKENIZER))
    return Encoder(made, session, tokenizer, cached=0).encode(texts)


def _agree(what: str, vectors: NDArray[Any], expected: NDArray[Any], least: float) -> None:
    cosines = (vectors * expected).sum(axis=1)
    if cosines.min() < least:
        raise EncoderError(
            f"{what} does not give the vectors it should: lowest cosine {cosines.min():.4f}, at "
            f"least {least} expected. Look for a changed version of torch or onnxruntime."
        )


def compare(vectors: NDArray[Any], cosines: list[list[float]], tolerance: float) -> None:
    """Compare cosines between vectors with the expected ones.

    Args:
        vectors: One row a sentence, of length 1.
        cosines: [row, other row, expected cosine].
        tolerance: Largest difference allowed.

    Raises:
        EncoderError: a cosine differs by more.
    """
    for first, second, expected in cosines:
        found = float(vectors[int(first)] @ vectors[int(second)])
        if abs(found - expected) > tolerance:
            raise EncoderError(
                f"The sentence encoder is not right: cosine of reference sentences {first} and "
                f"{second} is {found:.4f}, expected {expected} ± {tolerance}."
            )
