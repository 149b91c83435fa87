"""Build the encoder: a sentence-transformers folder, its ONNX graph, and the int8 graph to serve.

Everything is verified before it is put on the shelf: the float graph must give the cosines of
``reference.json`` (default encoder) and the vectors of sentence-transformers, the int8 graph the
same within a wider bound. Weights are quantised per output channel and to 7 bits: on processors
without VNNI, eight would overflow and give other vectors (cost measured on 200 tweets: mean cosine
with the float vectors 0.9960 instead of 0.9967; per tensor it is 0.987).
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.encoder import restore, shelf, verify, vocabulary
from bot.errors import EncoderError
from bot.settings import Settings

FORMAT = "2"  # raise it when a change below changes the vectors
OPSET = 17

Progress = Callable[[str], None]


def build(settings: Settings, *, progress: Progress) -> str:
    """Build the encoder that the settings ask for, unless a whole one is there.

    Args:
        settings: ``encoder`` is a hub name or folder, or empty for the default encoder.
        progress: Told what happens, in one line a step.

    Returns:
        The hash of the current encoder: this one, or one that was tuned from it.

    Raises:
        EncoderError: it cannot be fetched, built, or does not give the vectors it should.
    """
    source = _source(settings.encoder)
    name = shelf.find(settings.models, source)
    if name is None:
        name = _build(settings, source, progress)
    else:
        progress(f"The sentence encoder {name} is there and whole.")
    current = shelf.current_or_none(settings.models)
    if current is None or not _is_made_from(settings.models, current, name):
        shelf.set_current(settings.models, name)
        return name
    return current


def _is_made_from(models: Path, current: str, base: str) -> bool:
    """Return whether the current encoder is a whole one that was tuned from a base."""
    try:
        return shelf.check(models, current).source.startswith(f"tuned {base} ")
    except EncoderError:
        return False  # damaged: the base is there, and can be tuned again


def _source(encoder: str) -> str:
    """Return what tells one source from another: names and versions, or a folder's state."""
    if not encoder:
        return f"{restore.SOURCE} format {FORMAT}"
    folder = Path(encoder).expanduser()
    if not folder.is_dir():
        return f"hub {encoder} format {FORMAT}"
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    state = [f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    digest = hashlib.sha256("\n".join(state).encode()).hexdigest()[:16]
    return f"folder {folder.resolve()} {digest} format {FORMAT}"


def _build(settings: Settings, source: str, progress: Progress) -> str:
    with _workplace(settings.models) as work:
        model = _load(settings.encoder, work, progress)
        prefix = _prefix(model, settings.encoder)
        return finish(
            settings.models,
            model,
            source=source,
            prefix=prefix,
            progress=progress,
            original=not settings.encoder,
        )


@contextmanager
def _workplace(models: Path) -> Iterator[Path]:
    """Yield an empty folder beside the encoders, removed afterwards."""
    os.environ["USE_TF"] = "0"  # transformers would import TensorFlow, seconds for nothing
    shelf.shelf(models).mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".building-", dir=shelf.shelf(models)))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def finish(
    models: Path, model: Any, *, source: str, prefix: str, progress: Progress, original: bool
) -> str:
    """Export a SentenceTransformer, verify it, put it on the shelf and return its hash.

    Args:
        models: The folder of all models.
        model: The encoder, in torch.
        source: What it was made from.
        prefix: What goes before every text.
        progress: Told what happens.
        original: Whether it must give the cosines of ``reference.json``.

    Raises:
        EncoderError: an exported graph does not give the vectors it should.
    """
    with _workplace(models) as work:
        folder = work / "encoder"
        model.save(str(folder / shelf.TRAINABLE), create_model_card=False)
        progress("Exporting it to ONNX (about half a minute).")
        _export(model, work / "float.onnx")
        _quantise(work / "float.onnx", folder / shelf.GRAPH)
        _copy_tokenizer(folder)
        made = shelf.describe(
            folder,
            source=source,
            dimensions=int(model.get_sentence_embedding_dimension()),
            prefix=prefix,
            max_tokens=min(int(model.max_seq_length or 512), 512),
        )
        progress("Verifying its vectors.")
        verify.verify(model, work / "float.onnx", folder, made, original=original)
        shelf.put(models, folder, made)
    progress(f"The sentence encoder {made.hash} is ready.")
    return made.hash


def load_folder(folder: Path) -> Any:
    """Return the SentenceTransformer of a folder, for tuning.

    Raises:
        EncoderError: it cannot be loaded.
    """
    logging.getLogger("transformers.tokenization_utils_base").setLevel(logging.ERROR)
    try:
        from sentence_transformers import SentenceTransformer

        arguments = {"attn_implementation": "eager", "add_pooling_layer": False}
        return SentenceTransformer(str(folder), device="cpu", model_kwargs=arguments)
    except Exception as error:
        raise EncoderError(
            f"The encoder in {folder} cannot be loaded for tuning: {error}. It needs the "
            "dependency group 'train' (requirements.lock)."
        ) from error


def _load(encoder: str, work: Path, progress: Progress) -> Any:
    """Return a SentenceTransformer, restored or from the hub or folder named ``encoder``."""
    if not encoder:
        progress(f"Fetching the sentence encoder: {restore.SOURCE} (about 100 MB).")
        weights, tokenizer = restore.fetch(work / "fetch")
        header, tensors = restore.read_weights(weights)
        words = vocabulary.prune(tokenizer, tensors[restore.WORDS], work / shelf.TOKENIZER)
        tensors[restore.WORDS], tokenizer = words, work / shelf.TOKENIZER
        header = replace(header, vocabulary=len(words))
    progress("Loading it (imports torch, some seconds).")
    try:
        from sentence_transformers import SentenceTransformer, models
    except ImportError as error:
        raise EncoderError(
            f"Building the encoder needs the dependency group 'train' ({error}). Install it "
            "from requirements.lock, or copy models/encoder from a machine that has it."
        ) from error
    logging.getLogger("transformers.tokenization_utils_base").setLevel(logging.ERROR)
    if not encoder:
        restore.save_transformer(header, tensors, tokenizer, work / "bert")
        bert = models.Transformer(
            str(work / "bert"),
            max_seq_length=header.positions,
            model_args={"add_pooling_layer": False, "attn_implementation": "eager"},
        )
        parts = [bert, models.Pooling(header.hidden, "mean"), models.Normalize()]
        return SentenceTransformer(modules=parts, prompts={"query": "query: "}, device="cpu")
    try:
        return SentenceTransformer(
            encoder, device="cpu", model_kwargs={"attn_implementation": "eager"}
        )
    except Exception as error:
        raise EncoderError(
            f"REMANSO_ENCODER='{encoder}' cannot be loaded: {error}. Give the name of a "
            "sentence-transformers model that this machine can reach, or a folder."
        ) from error


def _prefix(model: Any, encoder: str) -> str:
    """Return what goes before every text: the query prompt of the model or of the E5 family."""
    prompt = (model.prompts or {}).get("query")
    return prompt or ("query: " if not encoder or "e5" in encoder.lower() else "")


def _export(model: Any, path: Path) -> None:
    """Write pooling and normalisation into one graph with the transformer."""
    import torch

    class Graph(torch.nn.Module):
        """The whole pipeline as one function of ids and mask."""

        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ModuleList(list(model))

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            """Return the sentence vectors."""
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            for part in self.parts:
                features = part(features)
            return features["sentence_embedding"]

    features = model.tokenize(["one text", "another text, longer"])
    axes = {0: "batch", 1: "length"}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Graph().eval(),
            (features["input_ids"], features["attention_mask"]),
            str(path),
            opset_version=OPSET,
            dynamo=False,
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "embedding": {0: "batch"}},
        )


def _quantise(source: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.getLogger().addFilter(_not_advice)
    try:
        quantize_dynamic(
            str(source),
            str(target),
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
        )
    finally:
        logging.getLogger().removeFilter(_not_advice)


def _not_advice(record: logging.LogRecord) -> bool:
    return "pre-processing before quantization" not in record.getMessage()


def _copy_tokenizer(folder: Path) -> None:
    tokenizer = folder / shelf.TRAINABLE / shelf.TOKENIZER
    if not tokenizer.exists():
        raise EncoderError("This encoder has no fast tokenizer (tokenizer.json): choose another.")
    shutil.copyfile(tokenizer, folder / shelf.TOKENIZER)
