"""``remanso evaluate``: what it writes, and when it ends with 1."""

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import ConfigError
from evaluation import evaluate as evaluation
from evaluation.held_out import HeldOut, Text
from evaluation.systems import Reading
from evaluation.systems.graph import _reading

pytestmark = pytest.mark.unit


@pytest.fixture
def run(report, tmp_path, monkeypatch):
    """Run the command on a made-up report; return what it came to and the options it passed."""
    seen = []

    def measured(settings, options, *, say):
        seen.append(options)
        return report

    monkeypatch.setattr(evaluation, "evaluate", measured)

    def call(*arguments):
        found = CliRunner().invoke(app, ["evaluate", "--output", str(tmp_path), *arguments])
        return found, seen

    return call


def test_the_options_reach_the_evaluation(run, tmp_path):
    found, [options] = run("--split", "dev", "--no-default", "--reduced")
    assert found.exit_code == 0, found.output
    assert (options.split, options.default, options.reduced) == ("dev", False, True)
    assert (tmp_path / "report.html").is_file()
    assert (tmp_path / "report.json").is_file()


def test_a_metric_below_its_floor_ends_with_one_after_the_report_is_written(run, tmp_path):
    found, _ = run("--fail-under", "intent_f1_es=1", "--fail-under", "safety_quiet_es=0")
    assert found.exit_code == 1
    assert "intent_f1_es is 0." in found.output
    assert "safety_quiet_es is" not in found.output
    assert (tmp_path / "report.html").is_file()


def test_a_wrong_metric_is_refused_before_anything_is_measured(run):
    found, seen = run("--fail-under", "intent_f_es=1")
    assert found.exit_code == 1
    assert "Did you mean 'intent_f1_es'?" in found.output
    assert not seen


class Fake:
    """Knows frustration only, or intents too."""

    def __init__(self, name, intents):
        self.name = name
        self.intents = intents
        self.frustration = True

    def read(self, texts):
        return [Reading(intent=one.text) for one in texts]


def test_every_system_reads_once_and_gets_its_own_readings_back():
    texts = HeldOut(
        [Text("a", "es", intent="a")],
        [Text("b", "es", kind="not_safety")],
        [Text("c", "es", level="calm", frustrated=False)],
        {"Real": [Text("d", "es", frustrated=True), Text("e", "es", frustrated=True)]},
        [],
    )
    systems = [Fake("whole", "all"), Fake("half", "none")]
    intents, moods, real = evaluation._readings(systems, texts, lambda line: None)
    read = {name: [one.intent for one in some] for name, some in intents.found.items()}
    assert read == {"whole": ["a", "b"]}
    assert [one.intent for one in moods.found["half"]] == ["c"]
    assert [one.intent for one in real["Real"].found["half"]] == ["d", "e"]


def test_a_system_that_loses_a_text_is_named():
    class Loses(Fake):
        def read(self, texts):
            return []

    with pytest.raises(ConfigError, match="broken gave 0 readings for 1 texts"):
        evaluation._read(Loses("broken", "all"), [Text("a", "es")])


def test_a_fallback_keeps_the_guess_behind_it():
    ranking = [
        {"name": "nlu_fallback", "confidence": 0.6},
        {"name": "greet", "confidence": 0.35},
    ]
    heard = {"score": 0.8, "probability": 0.7, "level": "angry", "cues": [{"name": "insult"}]}
    found = _reading({"intent": ranking[0], "intent_ranking": ranking, "frustration": heard})
    assert found == Reading("nlu_fallback", "greet", 0.35, 0.7, "angry", ("insult",))


def test_a_model_without_a_probability_is_judged_by_its_score():
    assert _reading({"frustration": {"score": 0.8, "level": "angry"}}).probability == 0.8


def test_a_model_that_hears_no_frustration_is_calm():
    assert _reading({"intent": {"name": "greet"}, "frustration": None}).level == "calm"
