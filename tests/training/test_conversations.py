"""Trainers see what was said: the list, its filters, and one conversation turn by turn."""

import json
import subprocess
import sys

import pytest
import sqlalchemy as sa
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
from bot.handoff import agents, tables, tables_desk
from bot.handoff.store import Store
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


def test_what_agents_and_customers_pointed_out_is_listed_with_their_words(run, settings):
    desk = Store(settings.database())
    agents.add(desk, "ana", name="Ana Ruiz", password="correcto caballo")
    at = desk.clock()
    row = {"conversation": "c_late", "created_at": at, "queued_at": at, "due_first_response": at}
    case = {
        "ref": "R-222222",
        "status": "resolved",
        "priority": "low",
        "rank": 3,
        "team": "general",
    }
    rest = {"reason_code": "other", "trigger": "x", "context": {}, "language": "es"}
    chat = {"id": "c_late", "created_at": at, "language": "es", "owner": "bot", "status": "open"}
    words = "Debió ofrecer el reenvío a luz.perez@ejemplo.es"
    with desk.database.write() as connection:
        connection.execute(
            sa.insert(tables.conversations).values(**chat, identity_status="anonymous")
        )
        connection.execute(sa.insert(tables.tickets).values(**row, **case, **rest))
        moment = {"conversation": "c_late", "at": at, "by": "ana", "text": words}
        connection.execute(sa.insert(tables_desk.moments).values(**moment))
        score = {"ticket": "R-222222", "conversation": "c_late", "asked_at": at, "answered_at": at}
        survey = sa.insert(tables_desk.surveys)
        connection.execute(survey.values(**score, score=2, comment="Tardaron mucho"))
    desk.close()

    (pointed,) = json.loads(run("--filter", "moments", "--json").stdout)
    (low,) = json.loads(run("--filter", "low-csat", "--json").stdout)
    assert (pointed["id"], low["id"]) == ("c_late", "c_late")
    assert "Ana Ruiz: Debió ofrecer el reenvío" in pointed["said"][0]
    assert "luz.perez" not in pointed["said"][0]
    assert low["said"][0].endswith("2/5: Tardaron mucho")
    assert "Debió ofrecer" in run("--filter", "moments").stdout


def test_nothing_was_pointed_out_yet(run):
    answer = run("--filter", "moments")
    assert (answer.exit_code, answer.stdout.strip()) == (0, "No conversation fits.")


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
