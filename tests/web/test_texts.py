"""Every sentence the gateway can say exists, in both languages, with the facts it is given."""

import re

import pytest

from bot.deescalation.phrasing import Phrasebook
from bot.settings import ROOT
from bot.web import chat, identity, problems
from bot.web.answering import RESTARTING

pytestmark = pytest.mark.unit

SOURCES = [path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "web").glob("*.py")]
FACTS = {
    **{"limit": 4000, "seconds": 9, "scope": "tickets:read", "accepted": "a, b"},
    **{"field": "until", "host": "crm.example", "id": 3},
}


def keys():
    codes = {code for text in SOURCES for code in re.findall(r'Problem\(\s*\d+,\s*"(\w+)"', text)}
    codes |= {code for _, code in problems.DESK_ERRORS.values()}
    codes |= set(re.findall(r'IdentityRefused\(\s*"(\w+)"', "".join(SOURCES)))
    codes |= {"not_found", "bad_method", "bad_request"}
    said = {key for text in SOURCES for key in re.findall(r'"(utter_\w+?)"', text)}
    codes -= {"too_long", "too_fast"}  # notices, named by their key
    return sorted({f"utter_error_{code}" for code in codes} | (said - {"utter_error_"}))


@pytest.fixture(scope="module")
def book():
    return Phrasebook.from_folder(ROOT / "data" / "responses")


def test_keys_are_found_in_the_code():
    assert {chat.WELCOME, chat.QUEUE_MESSAGE, RESTARTING} <= set(keys())
    assert identity.IdentityRefused.__doc__
    assert len(keys()) > 15


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("key", keys())
def test_every_sentence_exists(book, key, language):
    phrase = book.choose(key, language=language, facts=FACTS)
    assert phrase is not None
    assert phrase.language == language
    assert "{" not in phrase.text


@pytest.mark.parametrize("key", [key for key in keys() if "error" in key or "too_" in key])
def test_refusals_can_be_said_again(book, key):
    first = book.choose(key, facts=FACTS)
    assert book.choose(key, facts=FACTS, said=[first.id]) is not None
