"""The vocabulary keeps what Spanish and English need, and nothing moves by that."""

import json

import numpy as np
import pytest

from bot.encoder import vocabulary

pytestmark = pytest.mark.unit

PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁",
    "ñ",
    "▁año",
    "при",
    "▁the",
    "中",
    "😡",
    "ß",
    "<mask>",
]


def test_pieces_of_other_scripts_leave_and_special_ones_stay():
    stay = [PIECES[place] for place in vocabulary.kept(PIECES)]
    assert stay == [piece for piece in PIECES if piece not in ("при", "中")]


def test_a_pruned_tokenizer_keeps_its_ids_in_step_with_the_vectors(tmp_path):
    content = {
        "model": {"type": "Unigram", "unk_id": 3, "vocab": [[piece, -1.0] for piece in PIECES]},
        "added_tokens": [
            {"id": 0, "content": "<s>"},
            {"id": PIECES.index("<mask>"), "content": "<mask>"},
        ],
    }
    whole = tmp_path / "whole.json"
    whole.write_text(json.dumps(content), encoding="utf-8")
    vectors = np.arange(len(PIECES), dtype=np.float32)[:, None]
    left = vocabulary.prune(whole, vectors, tmp_path / "small.json")
    small = json.loads((tmp_path / "small.json").read_text(encoding="utf-8"))
    pieces = [piece for piece, _ in small["model"]["vocab"]]
    assert [PIECES[int(value)] for value in left[:, 0]] == pieces
    assert small["added_tokens"][1]["id"] == pieces.index("<mask>")
