"""Trainers see what was said: the list, its filters, and one conversation turn by turn."""

import json
import subprocess
import sys

import pytest
from tracker_fakes import (
    DAY,
    LISTEN,
    OURS,
    START,
    action,
    bot,
    declined,
    handoff,
    late_delivery,
    store,
    user,
)
from typer.testing import CliRunner

from bot import cli_stories
from bot.errors import ConfigError, NotFound, StoreError
from bot.settings import ROOT, Settings
from bot.training import thresholds
from bot.training.conversations import low_confidence, read, summaries

pytestmark = pytest.mark.unit

LOST = user(
    "nlu_fallback", "el de arriba", confidence=0.4, ranking=[{"name": "inform", "confidence": 0.2}]
)
PERSON = [
    *START,
    user("ask_human", "una persona", confidence=0.99, level="annoyed"),
    action("action_handoff", OURS),
    bot("utter_handoff"),
    handoff("explicit_request"),
    LISTEN,
]
UNSURE = [*START, user("greet", "hey", confidence=0.5), action("utter_greet"), LISTEN]


@pytest.fixture
def settings(tmp_path):
    return store(
        tmp_path,
        c_late=late_delivery(*declined()),
        c_lost=[*START, LOST, action("action_reask"), bot("utter_reask"), LISTEN],
        c_person=PERSON,
        c_unsure=UNSURE,
    )


@pytest.fixture
def run(settings, monkeypatch):
    monkeypatch.setattr(cli_stories, "load", lambda: settings)
    return lambda *words: CliRunner().invoke(cli_stories.conversations_app, list(words))


def ids(found):
    return [one.id for one in found]


def test_the_newest_conversation_comes_first(settings):
    assert ids(summaries(settings)) == ["c_unsure", "c_person", "c_lost", "c_late"]
    assert ids(summaries(settings, limit=2)) == ["c_unsure", "c_person"]


def test_a_summary_says_what_a_trainer_looks_for(settings):
    late = summaries(settings)[-1]
    assert (late.turns, late.intent, late.level, late.fallbacks) == (3, "deny", "frustrated", 0)
    assert late.trigger == ""
    assert late.started == DAY + len(START)


def test_personal_data_is_masked_in_the_first_words(settings):
    late = summaries(settings)[-1]
    assert "luz.perez" not in late.words
    assert late.words.startswith("no llega, soy ")


@pytest.mark.parametrize(
    "filter_, expected",
    [
        ("low-confidence", ["c_unsure", "c_lost"]),
        ("fallback", ["c_lost"]),
        ("escalated", ["c_person"]),
    ],
)
def test_a_filter_keeps_what_it_says(settings, filter_, expected):
    assert ids(summaries(settings, filter_=filter_, below=0.55)) == expected


def test_what_was_not_understood_counts_with_the_guess_that_was_not_believed(settings):
    assert summaries(settings, filter_="fallback")[0].lowest == 0.2


def test_a_button_is_never_a_low_confidence(tmp_path):
    pressed = user("affirm", "Sí", confidence=0.1, choice={"intent": "affirm"})
    assert summaries(store(tmp_path, c=[*START, pressed]))[0].lowest == 1.0


def test_the_reason_of_a_handoff_is_told(settings):
    assert summaries(settings, filter_="escalated")[0].trigger == "explicit_request"


def test_earlier_conversations_are_left_out(settings):
    assert ids(summaries(settings, since=summaries(settings)[1].started)) == [
        "c_unsure",
        "c_person",
    ]


def test_an_unknown_filter_is_told_with_the_nearest(settings):
    with pytest.raises(ConfigError, match="Did you mean 'escalated'"):
        summaries(settings, filter_="escalate")


def test_conversations_without_a_word_of_the_customer_are_no_conversations(tmp_path):
    assert summaries(store(tmp_path, c_empty=START, c_back=[*START, user("hand_back", "")])) == []


def test_an_acknowledged_message_is_one_turn(settings):
    told = read(settings, "c_late")
    assert [turn.intent for turn in told.turns] == ["late_delivery", "inform", "deny"]
    assert told.turns[0].actions == ["action_acknowledge", "order_form"]
    assert told.turns[0].responses == ["utter_acknowledge", "utter_ask_order_number"]


@pytest.mark.parametrize("conversation", ["c_nobody", "c_empty"])
def test_a_conversation_that_is_not_there_or_empty_is_told(tmp_path, conversation):
    with pytest.raises(NotFound, match=conversation):
        read(store(tmp_path, c_empty=START), conversation)


def test_no_store_yet_is_told_and_none_is_made(tmp_path):
    with pytest.raises(StoreError, match="no conversations yet"):
        summaries(Settings(home=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "tracker.db").write_bytes(b"no database" * 500)
    with pytest.raises(StoreError, match=r"tracker\.db cannot be read"):
        summaries(Settings(home=tmp_path))


def test_the_threshold_of_the_fallback_decides_what_is_low(tmp_path):
    threshold = thresholds.present(ROOT / "config.yml")["threshold"]
    assert low_confidence(ROOT / "config.yml", 0.15) == pytest.approx(threshold + 0.15)
    (tmp_path / "config.yml").write_text("pipeline: []", encoding="utf-8")
    with pytest.raises(ConfigError, match="FallbackClassifier"):
        low_confidence(tmp_path / "config.yml")


def test_the_list_and_one_conversation_are_printed(run):
    listed = run("--filter", "escalated")
    assert "c_person" in listed.stdout and "explicit_request" in listed.stdout
    assert "c_late" not in listed.stdout
    shown = run("show", "c_late")
    assert "action_show_delivery" in shown.stdout and "utter_delivery_late" in shown.stdout
    assert "luz.perez" not in shown.stdout


def test_programs_get_json(run):
    found = json.loads(run("--json", "--limit", "1").stdout)
    assert [one["id"] for one in found] == ["c_unsure"]


def test_ratings_are_not_collected_and_that_is_said(run):
    answer = run("--filter", "low-csat")
    assert answer.exit_code == 0
    assert "not collected" in answer.stdout


def test_reading_loads_neither_rasa_nor_tensorflow(settings):
    code = (
        "import sys; from bot.settings import load; from bot.training.conversations import *; "
        "summaries(load()); read(load(), 'c_late'); "
        "sys.exit(any(name in sys.modules for name in ('rasa', 'tensorflow')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"REMANSO_HOME": str(settings.home), "PATH": ""},
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0
