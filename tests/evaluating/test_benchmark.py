"""The speed benchmark: its sample, script, comparison and table; no engine is started."""

import itertools
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml

from bot.encoder import kept, shelf
from bot.nlu.labelled import Labelled
from bot.supervisor import Child
from evaluation import benchmark, rivals
from evaluation.benchmark import Load, Running
from evaluation.clients import Answered, Script

pytestmark = pytest.mark.unit


def examples(**sizes):
    """Examples of intents: ``a_es=3`` are three Spanish ones of the intent a."""
    found = []
    for name, size in sizes.items():
        intent, language = name.rsplit("_", 1)
        file = f"{language}_file.yml"
        found += [Labelled(f"{name} {n}", intent, file, n) for n in range(size)]
    return found


def test_a_sample_takes_as_many_of_every_intent_and_language():
    taken = rivals.sample(examples(greet_es=50, greet_en=40, bye_es=9, bye_en=3), 5)
    sizes = Counter((one.intent, one.language) for one in taken)
    assert sizes == {("greet", "es"): 5, ("greet", "en"): 5, ("bye", "es"): 5, ("bye", "en"): 3}


def test_a_sample_is_the_same_every_time_and_repeats_nothing():
    every = examples(greet_es=50, bye_en=40)
    assert rivals.sample(every, 20) == rivals.sample(every, 20)
    assert len(set(rivals.sample(every, 20))) == 40


def test_a_sample_hardly_changes_when_data_grow_or_change_places():
    grown = examples(greet_es=110)
    before = rivals.sample(grown[:100], 20)
    assert rivals.sample(grown[:100][::-1], 20) == before
    assert 15 <= len(set(before) & set(rivals.sample(grown, 20))) < 20


def test_a_training_that_is_timed_finds_no_vectors_of_an_earlier_one(tmp_path):
    models = tmp_path / "models"
    shelf.shelf(models).mkdir(parents=True)
    shelf.set_current(models, "made-up")
    row = np.ones(3, dtype=np.float32)
    kept.write(kept.place(models, "made-up"), {"a": row}, lambda texts: row[None, :])
    (shelf.shelf(models) / "made-up" / shelf.GRAPH).write_text("graph", encoding="utf-8")
    fresh = rivals.anew(models, tmp_path / "fresh")
    place = shelf.shelf(fresh) / shelf.current(fresh)
    assert [file.name for file in place.iterdir()] == [shelf.GRAPH]
    assert (place / shelf.GRAPH).read_text(encoding="utf-8") == "graph"


def test_the_default_system_is_stock_rasa_and_ours_is_what_is_served(settings):
    default, ours = (
        next(c for c in rivals.processes(settings, Path("m"), name) if c.name == "engine")
        for name in rivals.NAMES
    )
    assert "rasa" in default.command
    assert "bot.lean_rasa" not in default.command
    assert "bot.lean_rasa" in ours.command
    stock = Path(default.command[default.command.index("--endpoints") + 1])
    assert yaml.safe_load(stock.read_text(encoding="utf-8"))["tracker_store"]["type"] == "SQL"


@pytest.fixture
def settings(tmp_path):
    from bot.settings import Settings

    return Settings(home=tmp_path)


def test_no_two_conversations_of_a_script_say_a_turn_alike(tmp_path):
    path = tmp_path / "script.yml"
    content = {"said": "{turn}, {first} {last}", "first": ["A", "B"], "last": ["C", "D"]}
    path.write_text(yaml.safe_dump({**content, "turns": [["uno", "one"], ["dos"]]}))
    script = Script(path, seed=1)
    played = [script.conversation() for _ in range(4)]
    assert sorted(turns[0] for turns in played) == ["uno, A C", "uno, A D", "uno, B C", "uno, B D"]
    assert len({turns[1] for turns in played}) == 4
    assert script.conversation() == played[0]


def test_a_turn_is_said_in_its_next_wording_while_there_is_one(tmp_path):
    path = tmp_path / "script.yml"
    content = {"said": "{turn}, {first} {last}", "first": ["A"], "last": ["B"]}
    path.write_text(yaml.safe_dump({**content, "turns": [["uno", "one"], ["dos"]]}))
    script = Script(path, seed=1)
    assert script.say_otherwise(0)
    assert script.conversation() == ["one, A B", "dos, A B"]
    assert not script.say_otherwise(0)
    assert not script.say_otherwise(1)
    assert script.conversation() == ["one, A B", "dos, A B"]


def test_a_wording_that_another_turn_has_is_left_out(tmp_path):
    path = tmp_path / "script.yml"
    content = {"said": "{turn}, {first} {last}", "first": ["A"], "last": ["B"]}
    path.write_text(yaml.safe_dump({**content, "turns": [["uno", "dos", "tres"], ["dos"]]}))
    script = Script(path, seed=1)
    assert script.say_otherwise(0)
    assert script.wordings == ["tres", "dos"]


def test_no_two_turns_of_the_benchmarks_script_begin_with_the_same_wording():
    assert len(set(Script(benchmark.SCRIPT, seed=0).wordings)) == 10


def test_a_turn_that_neither_answers_is_worded_otherwise(tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "Door", FakeDoor)
    monkeypatch.setattr(FakeDoor, "kinds", {"default": (), "ours": ()})
    with pytest.raises(SystemExit, match="cannot be compared"):
        benchmark.compare(systems(tmp_path, calls=(10, 10)))


def test_the_same_seed_gives_both_systems_the_same_conversations():
    one, other = (Script(benchmark.SCRIPT, seed=7) for _ in range(2))
    assert [one.conversation() for _ in range(5)] == [other.conversation() for _ in range(5)]


def test_the_script_of_the_benchmark_has_ten_turns():
    assert len(Script(benchmark.SCRIPT, seed=0).conversation()) == 10


class FakeDoor:
    """Answers every turn with the response that belongs to its system."""

    kinds = {"default": ("utter_greet",), "ours": ("utter_greet",)}

    def __init__(self, settings):
        self.name = settings.home.name

    def converse(self, texts):
        return [Answered(1.0, self.kinds[self.name]) for _ in texts]


def systems(tmp_path, calls=(0, 0)):
    from bot.settings import Settings

    found = []
    for name, number in zip(rivals.NAMES, calls, strict=True):
        home = tmp_path / name
        (home / "log").mkdir(parents=True)
        (home / "log" / "actions.log").write_text("")
        running = Running(name, Settings(home=home), [Child("engine", [], {})], 1.0, 1.0)
        running.action_calls = itertools.cycle([0, number]).__next__
        found.append(running)
    return found


def test_systems_that_do_the_same_are_compared(tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "Door", FakeDoor)
    same = benchmark.compare(systems(tmp_path, calls=(10, 10)))
    assert same["action_calls"] == 2
    assert same["kinds"] == [("utter_greet",)] * 10


def test_a_turn_that_one_of_them_hears_otherwise_is_worded_otherwise(tmp_path, monkeypatch):
    class Hears(FakeDoor):
        def converse(self, texts):
            lost = self.name == "default"
            return [
                Answered(1.0, ("utter_reask",) if lost and "aceptan" in text else ("utter_greet",))
                for text in texts
            ]

    monkeypatch.setattr(benchmark, "Door", Hears)
    found = systems(tmp_path, calls=(6, 6))
    for system in found:  # two rounds: what the log holds before and after each
        system.action_calls = iter([0, 6, 6, 16]).__next__
    same = benchmark.compare(found)
    assert len(same["wordings"]) == 10
    assert not any("aceptan" in wording for wording in same["wordings"])
    assert same["action_calls"] == 2
    assert found[0].script.conversation() == found[1].script.conversation()
    assert same["wordings"] == found[0].script.wordings


@pytest.mark.parametrize(
    "kinds, calls",
    [
        pytest.param(("utter_bye",), (6, 6), id="another answer"),
        pytest.param(("utter_greet",), (6, 3), id="fewer actions"),
    ],
)
def test_systems_that_do_not_do_the_same_stop_the_run(tmp_path, monkeypatch, kinds, calls):
    monkeypatch.setattr(benchmark, "Door", FakeDoor)
    monkeypatch.setattr(FakeDoor, "kinds", {**FakeDoor.kinds, "ours": kinds})
    with pytest.raises(SystemExit, match="cannot be compared"):
        benchmark.compare(systems(tmp_path, calls=calls))


def test_a_load_is_reported_in_milliseconds_and_messages_a_second():
    load = Load(ms=[float(ms) for ms in range(1, 101)], seconds=2.0, cpu_seconds=0.5, alike=90)
    numbers = load.numbers()
    assert numbers["p50"] == pytest.approx(50.5)
    assert numbers["p95"] > 90
    assert numbers["alike"] == pytest.approx(0.9)
    assert (numbers["per_second"], numbers["cpu_ms"], numbers["messages"]) == (50.0, 5.0, 100)


def test_ratios_are_ours_to_default_with_every_number_of_clients():
    default = {"memory_mb": 100.0, "loads": [{"clients": 8, "p50": 40.0, "messages": 10}]}
    ours = {"memory_mb": 50.0, "loads": [{"clients": 8, "p50": 10.0, "messages": 10}]}
    wanted = {"memory_mb": 0.5, "loads": [{"clients": 8, "p50": 0.25}]}
    assert benchmark.ratios(ours, default) == wanted


def test_the_table_has_a_row_for_every_number():
    shown = ("p50", "p95", "p99", "per_second", "cpu_ms", "alike")
    load = {key: 1.0 for key in (*shown, "clients")}
    one = {"start_seconds": 2.0, "loads": [load]}
    lines = list(benchmark.rows({"default": one, "ours": one, "ratios": one}))
    assert len(lines) == 1 + 1 + len(shown)
    assert lines[1].split() == ["start_seconds", "2.00", "2.00", "2.00"]


def test_fewer_epochs_are_written_into_a_copy(tmp_path):
    path = rivals.shortened(rivals.DEFAULT, 3, tmp_path)
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    epochs = [one["epochs"] for one in config["pipeline"] + config["policies"] if "epochs" in one]
    assert set(epochs) == {3}
