"""``remanso hook``: webhooks from the terminal."""

import pytest
from typer.testing import CliRunner

from bot.cli import app

pytestmark = pytest.mark.unit


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("REMANSO_HOME", str(tmp_path))
    return lambda *words: CliRunner().invoke(app, ["hook", *words])


def test_a_webhook_is_added_listed_turned_on_and_removed(run):
    assert "No webhooks yet" in run("list").output
    made = run("add", "https://crm.example/x", "--event", "resolved")
    assert made.output.startswith("1\twhsec_")
    listed = run("list").output
    assert "https://crm.example/x\tresolved\ton" in listed and "whsec_" not in listed
    assert run("on", "1").exit_code == 0
    assert run("remove", "1").exit_code == 0
    assert "No webhooks yet" in run("list").output


def test_a_test_says_why_nothing_arrived(run):
    run("add", "http://127.0.0.1:9/x")
    result = run("test", "1")
    assert result.exit_code == 1 and "REMANSO_HOOK_PRIVATE" in result.output


@pytest.mark.parametrize(
    "words, told",
    [
        (["add", "http://crm.example/x"], "https://"),
        (["add", "https://crm.example/x", "--event", "resolve"], "resolved"),
        (["remove", "7"], "no webhook 7"),
        (["test", "7"], "no webhook 7"),
    ],
)
def test_a_mistake_is_explained_and_makes_nothing(run, words, told):
    result = run(*words)
    assert result.exit_code == 1 and told in result.output
    assert "No webhooks yet" in run("list").output
