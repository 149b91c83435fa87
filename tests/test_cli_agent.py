"""``remanso agent``: a mistake is told before anything is made."""

import pytest
from typer.testing import CliRunner

from bot.cli import app

pytestmark = pytest.mark.unit

ADD = ["agent", "add", "eva", "--name", "Eva Sanz", "--password", "una-clave-larga"]


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("REMANSO_HOME", str(tmp_path))
    return lambda *words: CliRunner().invoke(app, list(words))


def test_an_account_is_made_listed_and_disabled(run):
    assert "No accounts yet" in run("agent", "list").output
    assert run(*ADD, "--team", "billing").exit_code == 0
    assert "Eva Sanz" in run("agent", "list").output
    assert run("agent", "token", "eva").output.startswith("rt_")
    assert run("agent", "disable", "eva").exit_code == 0
    refused = run("agent", "token", "eva")
    assert refused.exit_code == 1 and "disabled" in refused.output


@pytest.mark.parametrize(
    "words, told",
    [
        ([*ADD, "--team", "biling"], "billing"),
        ([*ADD, "--role", "boss"], "supervisor"),
        (["agent", "add", "eva", "--name", " ", "--password", "una-clave-larga"], "name is empty"),
        (["agent", "disable", "nobody"], "nobody"),
    ],
)
def test_a_mistake_is_explained_and_makes_nothing(run, words, told):
    result = run(*words)
    assert result.exit_code == 1 and told in result.output
    assert "No accounts yet" in run("agent", "list").output
