"""The report on simulated customers, and the plain bot that they are shared with."""

import json
import tarfile
from pathlib import Path

import pytest
import yaml

from evaluation import people, simulate
from evaluation.simulate_page import render
from evaluation.simulate_terminal import show
from evaluation.systems import OURS

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
PLAIN = ROOT / "evaluation" / "baselines" / "plain"


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def record(name, seed, *, mood, over="solved", trigger=None):
    turn = {
        "need": "open",
        "said": "tres semanas sin la cafetera",
        "pressed": False,
        "texts": ["Tres semanas: lo lamento."],
        "choices": [],
        "handed_over": over == "handed_over",
        "signals": ["acknowledged_with_fact"],
        "facts": ["wait"],
        "acknowledges": True,
        "repeats": False,
        "mood": mood,
        "trigger": trigger,
        "error": None,
        "wording": ["exclamation: !"] if trigger else [],
    }
    due = people.read_all()[name].due
    return {
        "persona": name,
        "seed": seed,
        "start": 0.8,
        "end": mood,
        "over": over,
        "due": due,
        "resolved": over == "solved",
        "seconds": 0.1,
        "turns": [turn],
    }


@pytest.fixture
def report():
    ours = [record("late_coffee_maker", "1", mood=0.2), record("lawyer_bicycle", "2", mood=0.5)]
    plain = [
        record("late_coffee_maker", "1", mood=0.7, over="handed_over", trigger="not_understood"),
        record("lawyer_bicycle", "2", mood=0.9, over="left"),
    ]
    bots = {OURS: ours, simulate.PLAIN: plain}
    played = simulate.Played(bots, {"triggers of counts": plain}, {0.5: bots, 1.5: bots})
    personas = people.read_all()
    return simulate.report(played, personas, model="model.tar.gz", seed=1, seconds=1.0)


def test_the_report_is_json_with_both_bots_side_by_side(report):
    again = json.loads(json.dumps(report))
    assert again["bots"][OURS]["calmed"]["value"] == 0.5
    assert again["bots"][simulate.PLAIN]["calmed"]["value"] == 0.0
    assert again["wording"][simulate.PLAIN]["rules"]["exclamation"]["times"] == 1
    assert again["triggers"][simulate.PLAIN] == [
        {"trigger": "not_understood", "due": False, "times": 1}
    ]


def test_every_move_is_tried_smaller_and_larger(report):
    from bot.simulation import mood

    tried = {(row["move"], row["factor"]) for row in report["sensitivity"]}
    assert tried >= {(move, factor) for move in mood.rules().moves for factor in (0.5, 1.5)}
    assert tried >= {("not answering", 0.5), ("not answering", 1.5)}


def test_the_page_fetches_nothing_and_the_terminal_shows_both(report, capsys, monkeypatch):
    page = render(report)
    assert "src=" not in page.split("</script>")[-1]
    assert "plain bot" in page
    monkeypatch.setenv("COLUMNS", "200")
    show(report)
    assert "handoff precision" in capsys.readouterr().out


def test_every_persona_is_played_as_often_as_any_other():
    listed = simulate.tasks(["a", "b", "c"], 7, 1)
    assert [one.persona for one in listed] == ["a", "b", "c", "a", "b", "c", "a"]
    assert len({one.seed for one in listed}) == 7


def test_a_mechanism_is_switched_off_in_a_copy_of_the_archive(tmp_path):
    node = {
        "uses": simulate.POLICY,
        "config": {"triggers": {"falling_mood": {}, "legal_threat": {}}},
    }
    metadata = tmp_path / "metadata.json"
    metadata.write_text(json.dumps({"predict_schema": {"nodes": {"policy": node}}}))
    archive = tmp_path / "model.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(metadata, arcname="metadata.json")
    change = simulate.MECHANISMS["triggers of emotion"]
    with tarfile.open(simulate.altered(archive, tmp_path / "v.tar.gz", change)) as tar:
        found = json.load(tar.extractfile("metadata.json"))
    assert found["predict_schema"]["nodes"]["policy"]["config"]["triggers"] == {"legal_threat": {}}


def test_every_trigger_that_is_switched_off_exists():
    policy = next(one for one in load(ROOT / "config.yml")["policies"] if "triggers" in one)
    node = {"config": {"triggers": dict(policy["triggers"])}, "uses": ""}
    for change in simulate.MECHANISMS.values():
        before = json.dumps(node)
        change(node)
        assert json.dumps(node) != before
    left = set(node["config"]["triggers"])
    assert left < set(policy["triggers"])


# the plain bot


def test_the_plain_bot_answers_every_intent_of_ours():
    intents = {
        one if isinstance(one, str) else next(iter(one))
        for one in load(ROOT / "domain.yml")["intents"]
    }
    rules = load(PLAIN / "data" / "rules" / "rules.yml")["rules"]
    answered = {step["intent"] for rule in rules for step in rule["steps"] if "intent" in step}
    assert intents - {"hand_back"} <= answered
    assert answered <= intents


def test_everything_the_plain_bot_does_and_says_is_defined():
    domain = load(PLAIN / "domain.yml")
    texts = load(PLAIN / "data" / "responses" / "responses.yml")["responses"]
    known = {*domain["actions"], *domain["forms"], *texts}
    known |= {"action_two_stage_fallback", "action_deactivate_loop", "action_listen"}
    rules = load(PLAIN / "data" / "rules" / "rules.yml")["rules"]
    used = {step["action"] for rule in rules for step in rule["steps"] if "action" in step}
    assert used <= known


def test_the_plain_bot_says_everything_in_both_languages():
    texts = load(PLAIN / "data" / "responses" / "responses.yml")["responses"]
    for name, variations in texts.items():
        languages = {one["condition"][0]["value"] for one in variations}
        assert languages == {"es", "en"}, name


def test_the_plain_bot_knows_nothing_of_de_escalation():
    for path in (PLAIN / "actions").glob("*.py"):
        assert "deescalation" not in path.read_text(encoding="utf-8"), path.name
    policies = [one["name"] for one in load(PLAIN / "config.yml")["policies"]]
    assert policies == ["MemoizationPolicy", "RulePolicy"]
