"""``docs/coverage.md``: every demand names the very tests and scenarios that show it."""

import ast
import re
from collections import Counter
from functools import cache

import pytest

from bot.settings import ROOT

pytestmark = pytest.mark.unit

NONE = {"LA-30", "CH-03", "CH-12", "CH-24", "CH-27"}  # no demand in it, or out of scope
PARTLY = {
    "LA-22",
    "LA-28",
    "CH-05",
    "CH-08",
    "CH-11",
    "CH-31",
    "CH-52",
}  # the row says what is not there
ALL = {
    *(f"LA-{number:02}" for number in range(1, 44)),
    *(f"CH-{number:02}" for number in range(1, 53)),
}
ROW = re.compile(r"^\| (?P<row>[A-Z]{2}-\d+) \| [^|]+ \| (?P<mark>[✓~–]) \| (?P<shown>[^|]+) \|$")


def rows():
    lines = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8").splitlines()
    return [found.groupdict() for line in lines if (found := ROW.match(line))]


def named(row):
    """The tests and scenarios beside a row, as they are named there."""
    return re.findall(r"`([^`]+)`", row["shown"])


def marked(mark):
    return {row["row"] for row in rows() if row["mark"] == mark}


@cache
def scenarios():
    files = (ROOT / "evaluation" / "scenarios").glob("*.yml")
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return set(re.findall(r"^- name: (\S+)$", text, re.MULTILINE))


@cache
def functions_of(path):
    """The test functions of a file, as pytest names them: those of a class after its name."""
    if not (ROOT / path).is_file():
        return set()
    top = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    named = [("", node) for node in top]
    named += [
        (f"{each.name}::", node)
        for each in top
        if isinstance(each, ast.ClassDef)
        for node in each.body
    ]
    return {
        owner + node.name
        for owner, node in named
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.name.startswith("test_")
    }


def exists(name):
    path, parted, test = name.partition("::")
    return test in functions_of(path) if parted else name in scenarios()


def test_every_demand_has_one_row_with_its_mark():
    assert Counter(row["row"] for row in rows()) == Counter(ALL)
    assert marked("–") == NONE
    assert marked("~") == PARTLY


def test_every_test_that_a_row_names_exists():
    missing = [f"{row['row']}: {name}" for row in rows() for name in named(row) if not exists(name)]
    assert missing == []


def test_every_row_that_is_shown_names_a_test():
    assert [row["row"] for row in rows() if row["mark"] != "–" and not named(row)] == []


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("tests/test_coverage.py", id="a file alone"),
        pytest.param("tests/test_coverage.py::test_nothing", id="no such test"),
        pytest.param("tests/test_coverage.py::exists", id="a function that is no test"),
        pytest.param("tests/test_nowhere.py::test_rows", id="no such file"),
        pytest.param("no-such-scenario", id="no such scenario"),
    ],
)
def test_what_is_no_test_shows_nothing(name):
    assert not exists(name)
