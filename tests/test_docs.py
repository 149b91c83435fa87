"""The documents tell the truth: every command, setting and path they should name, they name."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app
from bot.settings import Settings

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parent.parent
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
README = ROOT / "README.md"


def commands(group, prefix=""):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


COMMANDS = dict(commands(get_command(app)))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_documented_and_helps(name):
    assert f"{name}`" in OPERATING.replace("`agent", "`remanso agent")
    assert COMMANDS[name].help


@pytest.mark.parametrize("name", sorted(field.name for field in fields(Settings)))
def test_every_setting_is_documented(name):
    assert f"`REMANSO_{name.upper()}`" in OPERATING


def test_no_setting_is_documented_that_does_not_exist():
    known = {f"REMANSO_{field.name.upper()}" for field in fields(Settings)}
    assert set(re.findall(r"`(REMANSO_[A-Z_]+)`", OPERATING)) <= known


@pytest.mark.parametrize(
    "document", sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/*.md"))
)
def test_links_between_documents_lead_somewhere(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert ((ROOT / document).parent / target).exists(), target


def test_the_readme_names_paths_that_exist():
    text = README.read_text(encoding="utf-8")
    named = re.findall(r"`((?:bot|data|docs|actions|evaluation|tests|models)/[\w./-]*)`", text)
    assert len(named) > 10
    missing = [name for name in named if not (ROOT / name).exists()]
    assert not missing


@pytest.mark.parametrize("command", ["make run", "make test", "make check"])
def test_the_readme_shows_the_commands_that_matter(command):
    assert command in README.read_text(encoding="utf-8")


def test_the_readme_has_no_gap_left():
    assert not re.findall(r"^[A-Z]{6,}$|\b(?:MINUTES|SECONDS)\b", README.read_text("utf-8"), re.M)


def test_ci_runs_the_readmes_own_test_command():
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_changelog_knows_the_version():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"$', project, flags=re.M).group(1)
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
