"""What we measure with is not what we train on, and there is enough of it."""

from collections import Counter

import pytest
import yaml

from bot.settings import ROOT
from bot.training import corpus
from bot.training.corpus import FRUSTRATION, INTENT

pytestmark = pytest.mark.unit

SAFETY = ("self_harm", "violence_threat", "emergency")
LEAST_OF_AN_INTENT = 20
LEAST_REQUESTS_FOR_A_PERSON = 150
LEAST_SAFETY = 80
LEAST_LOOKALIKES = 80
LEAST_GRADED = 400
LEAST_WORDS = 8  # from which a copy counts: anybody says "gracias" or "I want my money back"
OTHERS = {
    "evaluation/nlu/two_wishes_*.yml": LEAST_WORDS,
    "evaluation/nlu/unsaid_*.yml": LEAST_WORDS,
    "evaluation/ordinary/*.yml": LEAST_WORDS,
    "evaluation/nlu/nonsense_dev.yml": 3,
    "evaluation/knowledge/questions.yml": LEAST_WORDS,
    "evaluation/scenarios/*.yml": LEAST_WORDS,
    "evaluation/personas/*.yml": LEAST_WORDS,
    "bot/simulation/words/*.yml": LEAST_WORDS,
}
"""Other texts that we measure with: files to the fewest words from which a copy counts."""
SAID = ("say", "text", "open", "more")  # the fields of those files that hold what people write
TRAINING = {INTENT: corpus.intents, FRUSTRATION: corpus.frustration}


def copies(held, others):
    index = corpus.index(others)
    return [
        f"{one.place} «{one.text}»: {other.place} «{other.text}»"
        for one in held
        for other, _ in corpus.copies(one, index)
    ]


@pytest.mark.parametrize("kind", [INTENT, FRUSTRATION])
def test_no_held_out_text_is_trained_on(kind):
    assert copies(corpus.held_out(ROOT, kind), TRAINING[kind](ROOT)) == []


def written(content, field=""):
    """Return the texts in a file; where it has fields, only those that people write."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield from written(value, field if field in SAID else name)
    elif isinstance(content, list):
        for one in content:
            yield from written(one, field)
    elif isinstance(content, str):
        yield field, content


def texts_of(path):
    found = list(written(yaml.safe_load(path.read_text(encoding="utf-8"))))
    said = [text for field, text in found if field in SAID]
    return said or [text for _, text in found]


@pytest.mark.parametrize("kind", [INTENT, FRUSTRATION])
@pytest.mark.parametrize("files", sorted(OTHERS))
def test_nothing_else_that_we_measure_with_is_trained_on(kind, files):
    index = corpus.index(TRAINING[kind](ROOT))
    paths = sorted(ROOT.glob(files))
    held = [text for path in paths for text in texts_of(path)]
    counted = [text for text in held if len(text.split()) >= OTHERS[files]]
    assert len(counted) > 20
    found = {text: index.near(text) for text in counted}
    assert {text: str(near[0][0].text) for text, near in found.items() if near} == {}


@pytest.mark.parametrize("kind", [INTENT, FRUSTRATION])
def test_development_and_test_texts_share_none(kind):
    assert copies(corpus.held_out(ROOT, kind, "dev"), corpus.held_out(ROOT, kind, "test")) == []


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_intent_is_measured_with_enough_texts(language):
    texts = [one for one in corpus.held_out(ROOT, INTENT, "test") if one.language == language]
    count = Counter(one.label for one in texts)
    known = {one.label for one in corpus.intents(ROOT)}
    few = {name: count[name] for name in sorted(known) if count[name] < LEAST_OF_AN_INTENT}
    assert few == {}
    assert set(count) <= known
    assert count["ask_human"] >= LEAST_REQUESTS_FOR_A_PERSON
    assert sum(count[name] for name in SAFETY) >= LEAST_SAFETY


@pytest.mark.parametrize("language", ["es", "en"])
def test_there_are_enough_lookalikes_of_each_kind(language):
    texts = [one for one in corpus.held_out(ROOT, INTENT, "lookalikes") if one.language == language]
    count = Counter(one.label for one in texts)
    assert {"not_ask_human", "not_safety"} <= set(count)
    assert {name: n for name, n in count.items() if n < LEAST_LOOKALIKES} == {}


@pytest.mark.parametrize("language", ["es", "en"])
def test_frustration_is_measured_with_enough_texts(language):
    texts = corpus.held_out(ROOT, FRUSTRATION, "test")
    assert sum(one.language == language for one in texts) >= LEAST_GRADED
