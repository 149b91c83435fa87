"""The judge reads what people at a desk write: accuracy of every label, with a floor."""

from functools import cache
from pathlib import Path

import pytest
import yaml

from bot.simulation.judge import judge

pytestmark = pytest.mark.unit

FILE = Path(__file__).with_name("labelled_agent_replies.yml")
LEAST_KNOWN = 0.98  # accuracy of each label on the replies that the expressions were written with
LEAST_FRESH = 0.9  # ... and on those that changed nothing
LEAST_OVERALL = 0.97  # of all verdicts on the fresh ones
MOST_FALSE = 2  # verdicts of a label on the fresh ones that see what is not there
LABELS = {
    "names_fact": lambda seen: bool(seen.facts),
    "acknowledges": lambda seen: seen.acknowledges,
    "apologises": lambda seen: seen.apologises,
    "asks_order": lambda seen: "order" in seen.asks,
    "asks_problem": lambda seen: "problem" in seen.asks,
    "offers_step": lambda seen: bool(seen.offers),
    "done": lambda seen: bool(seen.done),
    "promise": lambda seen: seen.promise,
    "transfers": lambda seen: seen.transfers,
    "consults": lambda seen: seen.consults,
    "brushes_off": lambda seen: seen.brushes_off,
    "calm_down": lambda seen: seen.calm_down,
    "cheer": lambda seen: seen.cheer,
    "thanks": lambda seen: seen.thanks,
    "not_understood": lambda seen: seen.not_understood,
}


@cache
def labelled():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


@cache
def mistakes(part):
    """(label, whether it is there, the reply) of every verdict that is wrong."""
    data, found = labelled(), []
    for one in data[part]:
        seen = judge([one["say"]], facts=data["facts"], by_person=True)
        found += [
            (label, label in one["is"], one["say"])
            for label, holds in LABELS.items()
            if holds(seen) != (label in one["is"])
        ]
    return found


def test_there_are_enough_replies_in_both_languages():
    data = labelled()
    said = [one["say"] for part in ("replies", "fresh") for one in data[part]]
    assert len(said) == len(set(said)) >= 120
    assert len(data["fresh"]) >= 50
    used = [label for one in data["replies"] for label in one["is"]]
    assert set(used) == set(LABELS)
    english = [one for one in said if " the " in f" {one.lower()} " or " you" in one.lower()]
    assert len(english) >= 40


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(("part", "least"), [("replies", LEAST_KNOWN), ("fresh", LEAST_FRESH)])
def test_the_judge_sees_what_a_reader_sees(part, least, label):
    wrong = [row for row in mistakes(part) if row[0] == label]
    assert 1 - len(wrong) / len(labelled()[part]) >= least, wrong


@pytest.mark.parametrize("label", LABELS)
def test_the_judge_seldom_sees_what_is_not_there(label):
    seen = [row for row in mistakes("fresh") if row[0] == label and not row[1]]
    assert len(seen) <= MOST_FALSE, seen


def test_nearly_all_verdicts_on_fresh_replies_are_right():
    count = len(labelled()["fresh"]) * len(LABELS)
    assert 1 - len(mistakes("fresh")) / count >= LEAST_OVERALL


def test_what_people_say_is_not_read_into_a_bots_reply():
    said = ["Llame usted al banco."]
    assert judge(said, facts={}, by_person=True).brushes_off
    assert not judge(said, facts={}).brushes_off


def test_a_long_reply_with_a_word_changed_is_the_same_reply():
    long = " ".join(f"palabra{letter * 3} de más" for letter in "abcdefghijklmnopqrstuvwxyz" * 2)
    assert len(long) > 400
    seen = judge([long.replace("palabrabbb", "otra")], facts={}, before=[long], by_person=True)
    assert seen.repeats
    assert not judge(["Otra cosa " * 60], facts={}, before=[long], by_person=True).repeats


@pytest.mark.parametrize("said", labelled()["harmless"])
def test_harmless_words_are_not_held_against_anybody(said):
    seen = judge([said], facts={}, by_person=True)
    assert not (seen.brushes_off or seen.calm_down or seen.cheer or seen.not_understood)
