"""Every alarm that the server can send has words in the console, in both languages."""

import ast
import re

import pytest

from bot.handoff.clock_state import COLUMNS, MISSED, SOON
from bot.settings import ROOT

pytestmark = pytest.mark.unit

CONSOLE = ROOT / "bot" / "web" / "static" / "console"


def written(kind):
    """Yield the nodes of one kind in the server's code."""
    for folder in ("handoff", "web"):
        for path in sorted((ROOT / "bot" / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, kind):
                    yield node


def alarms():
    """Yield the alarms that the code spells out; what it computes is None."""
    for node in written(ast.Dict):
        values = {
            getattr(key, "value", None): getattr(value, "value", None)
            for key, value in zip(node.keys, node.values, strict=True)
        }
        if values.get("type") == "alarm":
            yield values


def stages():
    """Return the stages of deadlines."""
    named = {SOON, MISSED}
    for node in written(ast.Call):
        if getattr(node.func, "id", "") == "alarm":
            named |= {each.value for each in node.args if isinstance(each, ast.Constant)}
    return named - set(COLUMNS)


def names_in(path, start):
    """Return the names that a block of a script, indented below its first line, begins with."""
    _, _, rest = (CONSOLE / path).read_text(encoding="utf-8").partition(start)
    block = re.split(r"\n {0,4}\}", rest, maxsplit=1)[0]
    return set(re.findall(r"^\s{4,}(\w+):", block, re.MULTILINE))


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_stage_of_a_deadline_has_words(language):
    words = f"words/{language}_queue.js"

    assert {SOON, MISSED, "unreachable"} <= stages() <= names_in(words, "  pressing: {")
    assert set(COLUMNS) == names_in(words, "  clocks: {")


def test_every_other_alarm_has_words_of_its_own():
    own = names_in("notify.js", "    const said = {")
    found = list(alarms())

    assert {"unaccepted", "orphan", "follow_up"} <= own
    assert len(found) >= 5
    for alarm in found:
        computed = "stage" in alarm and alarm["stage"] is None  # a deadline's
        assert "rule" in alarm or alarm["clock"] in own or computed, alarm
