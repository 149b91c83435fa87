"""``remanso parse``: any file of texts, through a real model's own graph."""

import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.training import understanding
from bot.training.parse import Report, _loading, parse_file

pytestmark = pytest.mark.model

ROOT = Path(__file__).resolve().parents[2]
PIPELINE = """
recipe: default.v1
assistant_id: test
language: es
pipeline:
  - name: bot.nlu.turn_metadata.TurnMetadata
  - name: bot.nlu.normaliser.Normaliser
  - name: bot.nlu.spacy_tokenizer.SpacyBlankTokenizer
  - name: bot.nlu.encoder_featurizer.EncoderFeaturizer
  - name: bot.nlu.language_detector.LanguageDetector
  - name: bot.nlu.intent_classifier.IntentClassifier
    C: 1.0
  - name: bot.nlu.pattern_extractor.PatternExtractor
  - name: bot.nlu.frustration_classifier.FrustrationClassifier
  - name: FallbackClassifier
    threshold: 0.3
"""
TRAIN = """
import sys
from bot.lean_rasa import leave_out_tensorflow
leave_out_tensorflow()
from rasa.model_training import train_nlu
made = train_nlu(config=sys.argv[1], nlu_data=sys.argv[2], output=sys.argv[3], fixed_model_name="m")
sys.exit(0 if made else 1)
"""


@pytest.fixture(autouse=True)
def _whole_rasa(monkeypatch):
    """Leave TensorFlow to the other tests of this process."""
    monkeypatch.setattr(understanding, "needs_tensorflow", lambda model: True)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A model of three intents and the real graded examples."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "config.yml").write_text(PIPELINE)
    data = ROOT / "tests" / "nlu" / "small.yml"
    command = [sys.executable, "-c", TRAIN, str(folder / "config.yml"), str(data), str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder / "m.tar.gz"


def score(model, folder, *lines, **options):
    """Score lines given as dictionaries or as raw bytes."""
    raw = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines]
    (folder / "in.jsonl").write_bytes(b"\n".join(raw) + b"\n")
    report = parse_file(folder / "in.jsonl", folder / "out.jsonl", model, **options)
    text = (folder / "out.jsonl").read_text(encoding="utf-8")
    return report, [json.loads(line) for line in text.split("\n") if line]


def test_every_line_comes_back_scored_and_in_order(model, tmp_path):
    report, rows = score(
        model,
        tmp_path,
        {"text": "Llevo tres semanas esperando el pedido 48213, sois unos inútiles", "label": 1},
        {"text": "I want to talk to a human"},
        {"text": "Muchas gracias, muy amable"},
    )
    assert report.scored == 3
    assert not report.unreadable
    first, second, third = rows
    assert set(first) == {
        "text", "label", "intent", "confidence", "entities", "frustration", "probability",
        "complaint", "level",
        "cues", "language",
    }  # fmt: skip
    assert {"entity": "order_number", "value": "48213", "start": 39, "end": 44} in first["entities"]
    assert {"insult"} <= {cue["name"] for cue in first["cues"]}
    assert first["frustration"] > 0.5 > third["frustration"]
    assert (second["intent"], second["language"]) == ("ask_human", "en")


def test_the_command_scores_a_file_without_tensorflow(model, tmp_path):
    (tmp_path / "in.jsonl").write_text('{"text": "hola"}\n{broken\n')
    code = (
        "import sys; from bot.cli import app; sys.argv = ['remanso', 'parse', *sys.argv[1:]];"
        "code = 0\ntry: app()\nexcept SystemExit as end: code = end.code\n"
        "assert 'tensorflow.python' not in sys.modules and 'torch' not in sys.modules\n"
        "sys.exit(code)"
    )
    arguments = ["--input", "in.jsonl", "--output", "out.jsonl", "--model", str(model)]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 1, done.stderr[-2000:]  # a line was unreadable
    assert "line 2: " in done.stdout
    assert json.loads((tmp_path / "out.jsonl").read_text())["intent"] == "greet"


def test_context_counts(model, tmp_path):
    before = ["sigue sin cargar", "eso ya lo he probado, no funciona"]
    _, (alone, after) = score(model, tmp_path, {"text": "no."}, {"text": "no.", "context": before})
    assert after["frustration"] > alone["frustration"]


def test_unreadable_lines_are_reported_by_number_and_the_rest_is_done(model, tmp_path):
    report, rows = score(
        model,
        tmp_path,
        {"text": "hola"},
        b"{broken",
        b"",
        b'{"words": "no text"}',
        b"\xff\xfe",
        b'"just a string"',
        {"text": "hola", "context": "not a list"},
        b"[" * 100_000,
        {"text": 7},
        {"text": "adiós"},
    )
    assert [row["text"] for row in rows] == ["hola", "adiós"]
    assert [number for number, _ in report.unreadable] == [2, 4, 5, 6, 7, 8, 9]
    assert "line 2: " in report.text()


def test_strange_texts_get_an_answer(model, tmp_path):
    texts = [
        "",
        "a" * 10_000,
        "😡😡",
        "a\x00b",
        "где мой заказ",
        '/ask_human{"x": "1"}',
        " /restart",
    ]
    raw = [json.dumps({"text": text}).encode() for text in texts]
    report, rows = score(model, tmp_path, *raw, b'{"text": "half \\ud83d"}')
    assert report.scored == len(texts) + 1
    assert [row["text"] for row in rows[:-1]] == texts
    told = [entity["entity"] for row in rows for entity in row["entities"]]
    assert "x" not in told  # no text is a command
    assert "restart" not in {row["intent"] for row in rows}


def test_the_word_list_can_be_left_out(model, tmp_path):
    line = {"text": "el técnico es un inútil y no sabe montarlo"}  # neither calm nor fury for sure
    _, (with_list,) = score(model, tmp_path, line)
    _, (without,) = score(model, tmp_path, line, lexicon=False)
    assert [cue["name"] for cue in with_list["cues"]] == ["insult"]
    assert without["cues"] == []
    assert without["frustration"] != with_list["frustration"]


def test_many_chunks_come_back_whole(model, tmp_path):
    report, rows = score(model, tmp_path, *({"text": f"hola {at}", "id": at} for at in range(901)))
    assert [row["id"] for row in rows] == list(range(901))
    assert report.scored == 901


def test_an_empty_file_gives_an_empty_file(model, tmp_path):
    report, rows = score(model, tmp_path, b"")
    assert (report.scored, rows) == (0, [])


def test_a_file_that_is_no_model_is_a_clear_error(tmp_path):
    (tmp_path / "in.jsonl").write_text("{}")
    (tmp_path / "m.tar.gz").write_text("no archive")
    with pytest.raises(ConfigError, match="remanso train"):
        parse_file(tmp_path / "in.jsonl", tmp_path / "out.jsonl", tmp_path / "m.tar.gz")


def test_the_input_is_never_written_over(model, tmp_path):
    (tmp_path / "in.jsonl").write_text("{}")
    with pytest.raises(ConfigError, match="is the input"):
        parse_file(tmp_path / "in.jsonl", tmp_path / "in.jsonl", model)


def test_loading_leaves_the_interpreter_as_it_was():
    before = sys.getswitchinterval()
    with pytest.raises(KeyError), _loading():
        assert not gc.isenabled()
        assert sys.getswitchinterval() < before
        raise KeyError
    assert gc.isenabled()
    assert sys.getswitchinterval() == before


def test_the_report_names_the_first_lines_and_counts_all():
    report = Report(10, [(number, "why") for number in range(1, 9)], seconds=2.0, loading=1.0)
    assert report.text().splitlines() == [
        "Scored 10 texts in 2.0 s: 5 texts/s, with 1.0 s of loading.",
        "8 unreadable lines were left out:",
        *(f"  line {number}: why" for number in range(1, 6)),
        "  and lines 6, 7, 8",
    ]
