"""Every refusal of the desk has its sentence, in both languages, made of the facts it has."""

import ast

import pytest

from bot.deescalation.phrasing import Phrasebook
from bot.handoff import status
from bot.settings import ROOT

pytestmark = pytest.mark.unit

ERRORS = {"DeskError", "Conflict", "NotAllowed", "NotFound"}


def refusals():
    """Every code of a refusal in the code, with the facts that go with it."""
    found = {f"phase_{name}": {"phase", "possible"} for name in status.PHASES}
    for folder in ("handoff", "web"):
        for path in sorted((ROOT / "bot" / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or len(node.args) < 2:
                    continue
                code = node.args[1]
                spelt = all(each.arg for each in node.keywords)  # no **facts
                known = getattr(node.func, "id", "") in ERRORS
                if known and spelt and isinstance(code, ast.Constant):
                    facts = {each.arg for each in node.keywords}
                    found[code.value] = found.get(code.value, facts) & facts
    return found


FOUND = refusals()


@pytest.fixture(scope="module")
def book():
    return Phrasebook.from_folder(ROOT / "data" / "responses")


def test_refusals_are_found_in_the_code():
    assert {"second_transfer", "above_authority", "cause", "mention"} <= set(FOUND)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("code", sorted(FOUND))
def test_every_refusal_has_a_sentence_that_can_be_said_again(book, code, language):
    facts = {**dict.fromkeys(FOUND[code], "dato"), "detail": "why"}
    for said in ((), [f"error_{code}_{language}_1"]):
        phrase = book.choose(f"utter_error_{code}", language=language, facts=facts, said=said)
        assert phrase is not None, f"utter_error_{code} in {language}, with {sorted(facts)}"
        assert phrase.language == language and "{" not in phrase.text
