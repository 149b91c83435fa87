"""The labelled sentences of ``wording_examples.yml``: what is found, and what is left alone."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.deescalation.lexicon import CHECKS, lexicon
from bot.deescalation.wording import check

pytestmark = pytest.mark.unit

LABELLED = yaml.safe_load(
    Path(__file__).with_name("wording_examples.yml").read_text(encoding="utf-8")
)


def sentences(language, rule, kind):
    """Return the examples as mappings, each with the rules that it breaks."""
    for item in LABELLED[language][rule].get(kind, ()):
        one = {"text": item} if isinstance(item, str) else dict(item)
        broken = {rule} if kind == "bad" else set()
        yield {**one, "broken": broken | set(one.get("also", ()))}


def found(language, one):
    findings = check(
        one["text"],
        language=language,
        level=one.get("level", "angry"),
        previous=one.get("previous", ()),
        solved=one.get("solved"),
    )
    return {finding.rule for finding in findings}


CASES = [
    pytest.param(language, one, id=f"{language}-{rule}-{kind}-{number}")
    for language, rules in LABELLED.items()
    for rule in rules
    for kind in ("bad", "good")
    for number, one in enumerate(sentences(language, rule, kind), start=1)
]


@pytest.mark.parametrize("language, one", CASES)
def test_a_labelled_sentence_breaks_the_rules_of_its_label_and_no_other(language, one):
    assert found(language, one) == one["broken"], one["text"]


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_rule_has_three_sentences_to_find_and_three_to_leave_alone(language):
    rules = {entry.rule for entry in lexicon(language).entries} | set(CHECKS)
    if not lexicon(language).registers:
        rules -= {"mixed_register"}
    assert set(LABELLED[language]) == rules | {"fine"}
    counts = Counter(
        (rule, kind)
        for rule, kinds in LABELLED[language].items()
        for kind in kinds
        for _ in kinds[kind]
    )
    assert min(counts[rule, kind] for rule in rules for kind in ("bad", "good")) >= 3
