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


def test_an_account_is_helped_and_every_step_is_told(run):
    run(*ADD)
    words = ["agent", "password", "eva", "--new", "otra-clave-larga"]
    assert "logged out everywhere" in run(*words).output
    assert "can try" in run("agent", "unlock", "eva").output
    assert "0 logins" in run("agent", "log-out", "eva").output
    assert "password alone" in run("agent", "second-factor", "off", "eva").output
    for wrong in (["unlock", "eve"], ["second-factor", "on", "eva"], ["log-out", "eve"]):
        result = run("agent", *wrong)
        assert result.exit_code == 1 and result.output


def test_what_an_agent_can_take_on_is_set_listed_and_taken_back(run):
    run(*ADD)
    words = ["--language", "es", "--skill", "double_charge", "--tier", "l2", "--capacity", "6"]

    told = run("agent", "set", "eva", *words, "--team", "billing")

    assert told.exit_code == 0
    assert "billing\tL2; capacity 6; speaks es; knows double_charge" in told.output
    assert run("agent", "list").output == told.output
    run("agent", "set", "eva", "--language", "-", "--skill", "-", "--capacity", "0")
    assert run("agent", "list").output.endswith("billing\tL2\n")


@pytest.mark.parametrize(
    "words, told",
    [
        (["--team", "biling"], "Did you mean 'billing'"),
        (["--language", "spanish"], "two letters"),
        (["--skill", "double_charges"], "Did you mean 'double_charge'"),
        (["--tier", "L4"], "L1, L2, L3"),
        (["--capacity", "-1"], "1 to 50"),
        (["--capacity", "51"], "1 to 50"),
    ],
)
def test_a_mistake_in_what_an_agent_can_do_changes_nothing(run, words, told):
    run(*ADD, "--team", "logistics")
    before = run("agent", "list").output

    result = run("agent", "set", "eva", *words)

    assert result.exit_code == 1 and told in result.output
    assert run("agent", "list").output == before
