"""The words of e-mail: every notice they name exists, in both languages, nothing asked twice."""

import pytest
import yaml

from bot.errors import ConfigError
from bot.handoff.mail_texts import LANGUAGES, MailTexts
from bot.settings import ROOT

pytestmark = pytest.mark.unit

FILE = ROOT / "data" / "mail" / "mails.yml"
DATA = yaml.safe_load(FILE.read_text(encoding="utf-8"))
TEXTS = MailTexts.from_file(FILE)


def responses():
    found = set()
    for path in (ROOT / "data" / "responses").glob("*.yml"):
        found |= set(yaml.safe_load(path.read_text(encoding="utf-8"))["responses"])
    return found


def test_every_notice_that_is_mailed_can_be_said():
    named = [notice for each in DATA["kinds"].values() for notice in each["notices"]]
    assert set(named) <= responses()
    assert len(named) == len(set(named)), "a notice is mailed as one kind"


@pytest.mark.parametrize("kind", sorted(TEXTS.kinds))
def test_no_subject_names_anything_but_case_and_team(kind):
    for words in TEXTS.kinds[kind].words.values():
        assert words["subject"].format(reference="R-1", team="x")
        assert not set("!¡") & set(words["subject"] + words["intro"])


def test_the_frame_says_the_same_in_both_languages():
    spanish, english = (set(TEXTS.words(language)) for language in LANGUAGES)
    assert spanish == english
    assert TEXTS.words("fr") == TEXTS.words("es")


WORDS = {"subject": "x", "intro": "y"}
KIND = {"when": "away", "after": 0, "es": WORDS, "en": WORDS}


@pytest.mark.parametrize(
    "change, wrong",
    [
        ({"when": "sometimes"}, "always, away"),
        ({"wehn": "away"}, "Did you mean 'when'"),
        ({"en": {"subject": "x"}}, "intro"),
    ],
)
def test_a_mistake_in_a_kind_is_named(change, wrong):
    with pytest.raises(ConfigError, match=wrong):
        MailTexts({"kinds": {"answer": {**KIND, **change}}, "frame": {"es": {}, "en": {}}})


@pytest.mark.parametrize(
    "kinds, frame, wrong",
    [
        ({"answer": KIND}, {"es": {}, "en": {}}, "no 'receipt'"),
        ({"answer": KIND, "receipt": KIND}, {"es": {}}, "no 'en'"),
    ],
)
def test_what_is_missing_is_named(kinds, frame, wrong):
    with pytest.raises(ConfigError, match=wrong):
        MailTexts({"kinds": kinds, "frame": frame})


@pytest.mark.parametrize("content", ["", "kinds: [", "- x"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "mails.yml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=r"mails\.yml"):
        MailTexts.from_file(path)
