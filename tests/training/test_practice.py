"""A real conversation becomes a draft to practise with; what is wrong in the folder is told."""

import re
import shutil

import pytest
import yaml
from tracker_fakes import late_delivery, store, user
from typer.testing import CliRunner

from bot import cli_practice
from bot.errors import ConfigError
from bot.handoff.store import Store
from bot.settings import ROOT
from bot.simulation.situation import is_draft, read
from bot.training.checks_practice import practice
from bot.training.conversations import read as conversation
from bot.training.practice import draft, write

pytestmark = pytest.mark.unit

HANDOFF = {
    "event": "bot",
    "text": None,
    "data": {
        "custom": {
            "handoff": {
                "trigger": "asked",
                "issue": "late_delivery",
                "happened": "Entrega con retraso, luz.perez@correo.es.",
                "wants": "Que llegue.",
                "facts": {"order": "48213"},
                "offers": [{"text": "Un vale de 10 €", "status": "refused"}],
            }
        }
    },
}


@pytest.fixture
def settings(tmp_path):
    return store(tmp_path, c=[*late_delivery(), user("vent", "no aguanto más"), HANDOFF])


@pytest.fixture
def root(tmp_path):
    """A checkout with one situation that is right."""
    folder = tmp_path / "data" / "practice"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "desk.yml", tmp_path / "desk.yml")
    shutil.copy(ROOT / "data" / "practice" / "late_pram.yml", folder)
    return tmp_path


def change(root, old, new):
    path = root / "data" / "practice" / "late_pram.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_our_own_situations_pass():
    assert list(practice(ROOT)) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("issue: late_delivery", "issue: delay", "Unknown issue 'delay'"),
        ("good: {deeds: [resend, refund]}", "good: {team: safty}", "Unknown team 'safty'"),
        ("good: {deeds: [resend, refund]}", "good: {deeds: [cancel]}", "nobody may do it"),
        ("wants: [resend, refund]", "wants: [apples]", "no words for wanting 'apples'"),
        ("    vent:", "    rant:", "Nobody ever needs 'rant'"),
        ("sin {product}, {wait} llevan", "sin {thing}, {wait} llevan", "names {thing}"),
        ("temper: 0.88", "temper: 3", "'temper' is 3"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(root, old, new, told):
    change(root, old, new)
    found = [str(one) for one in practice(root) if not one.warning]
    assert [text for text in found if told in text]
    assert all(re.match(r"data/practice/late_pram\.yml:\d+: ", text) for text in found)


def test_a_draft_holds_the_conversation_with_personal_data_masked(settings):
    made = draft(conversation(settings, "c"), "late_lamp", later=["Que me llame a 612 345 678 ya"])
    text = made.text()
    assert "luz.perez@correo.es" not in text and "ana@ejemplo.com" in text
    assert "612 345 678" not in text and "600 000 000" in text
    assert any("e-mail address" in one for one in made.masked)
    content = yaml.safe_load(text)
    assert (content["draft"], content["issue"]) == (True, "late_delivery")
    assert content["before"][0]["who"] == "customer"
    assert content["es"]["refused"] == ["Un vale de 10 €"]
    assert content["customer"]["facts"] == {"order": ["48213"]}
    assert content["customer"]["open"] == ["Que me llame a 600 000 000 ya"]
    assert "Look over" in text


def test_a_draft_is_said_and_fails_nothing_until_it_is_finished(root, settings):
    path = write(root, draft(conversation(settings, "c"), "late_lamp"))
    assert is_draft(path)
    (found,) = practice(root)
    assert found.warning and "data/practice/late_lamp.yml" in str(found)
    path.write_text(path.read_text(encoding="utf-8").replace("draft: true\n", ""), "utf-8")
    assert [one for one in practice(root) if not one.warning]


def test_a_finished_draft_is_a_situation(root, settings):
    path = write(root, draft(conversation(settings, "c"), "late_lamp"))
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    del content["draft"]
    for language in ("es", "en"):
        content[language] |= {"title": "Una lámpara", "guide": ["Diga la espera."]}
        content[language] |= {"happened": "No llega.", "wants": "Que llegue."}
    content["customer"] |= {"called": "Luz", "open": list("abcd"), "more": list("efgh")}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    assert read(path).called == "Luz"
    assert list(practice(root)) == []


def test_nothing_is_overwritten(root, settings):
    told = conversation(settings, "c")
    before = (root / "data" / "practice" / "late_pram.yml").read_text(encoding="utf-8")
    with pytest.raises(ConfigError, match="there already"):
        write(root, draft(told, "late_pram"))
    assert (root / "data" / "practice" / "late_pram.yml").read_text(encoding="utf-8") == before


@pytest.mark.parametrize("name", ["../late", "Late", "late lamp", "", "l"])
def test_a_name_is_a_files(settings, name):
    with pytest.raises(ConfigError, match="is no name"):
        draft(conversation(settings, "c"), name)


def test_the_commands_write_and_check(root, settings, monkeypatch):
    Store(settings.database()).close()  # the desk has its tables
    monkeypatch.setattr(cli_practice, "ROOT", root)
    monkeypatch.setattr(cli_practice, "load", lambda: settings)
    run = CliRunner().invoke
    made = run(cli_practice.app, ["add", "--from", "c", "--name", "late_lamp"])
    assert made.exit_code == 0, made.output
    assert "data/practice/late_lamp.yml" in made.output and "Masked: e-mail" in made.output
    checked = run(cli_practice.app, ["check"])
    assert checked.exit_code == 0 and "still a draft" in checked.output
    again = run(cli_practice.app, ["add", "--from", "c", "--name", "late_lamp"])
    assert again.exit_code == 1 and "there already" in again.output
    change(root, "temper: 0.88", "temper: 3")
    assert run(cli_practice.app, ["check"]).exit_code == 1
