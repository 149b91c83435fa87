"""``docs/coverage.md``: every demand that it ticks names tests and scenarios that exist."""

import re

import pytest

from bot.settings import ROOT

pytestmark = pytest.mark.unit

DEMANDED = {
    *(f"LA-{number:02}" for number in range(1, 43) if number != 30),
    *(f"CH-{number:02}" for number in range(1, 52) if number not in (3, 12, 24, 27)),
}
ROW = re.compile(r"^\| (?P<row>[A-Z]{2}-\d+) \| [^|]+ \| (?P<tick>[✓–]) \| (?P<shown>[^|]+) \|$")


def rows():
    lines = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8").splitlines()
    return [found.groupdict() for line in lines if (found := ROW.match(line))]


def scenarios():
    files = (ROOT / "evaluation" / "scenarios").glob("*.yml")
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return set(re.findall(r"^- name: (\S+)$", text, re.MULTILINE))


def test_every_demand_is_ticked():
    assert {row["row"] for row in rows() if row["tick"] == "✓"} == DEMANDED


def test_every_test_that_a_row_names_exists():
    known = scenarios()
    missing = [
        f"{row['row']}: {name}"
        for row in rows()
        if row["tick"] == "✓"
        for name in re.findall(r"`([^`]+)`", row["shown"])
        if not ((ROOT / name).is_file() if "/" in name else name in known)
    ]
    assert missing == []


def test_every_ticked_row_names_a_test():
    assert all("`" in row["shown"] for row in rows() if row["tick"] == "✓")
