"""What a message is about comes before what only goes with it; no model is trained."""

import numpy as np
import pytest

from bot.nlu.intent_classifier import IntentClassifier

pytestmark = pytest.mark.unit

INTENTS = ["ask_human", "greet", "late_delivery", "order_status", "repeated_contact", "self_harm"]
GENERAL = {"repeated_contact": ["late_delivery", "order_status"]}


def about(**chances):
    """The chances that are left of those given."""
    config = {**IntentClassifier.get_default_config(), "general": GENERAL}
    classifier = IntentClassifier(config, None, None)
    classifier._intents = INTENTS
    found = classifier._about(np.array([chances.get(name, 0.0) for name in INTENTS]))
    return {
        name: pytest.approx(share)
        for name, share in zip(INTENTS, found.tolist(), strict=True)
        if share
    }


def test_who_wrote_before_about_a_parcel_writes_about_the_parcel():
    told = about(repeated_contact=0.6, late_delivery=0.35, order_status=0.05)
    assert told == {"late_delivery": 0.95, "order_status": 0.05}


def test_who_names_no_matter_has_only_written_before():
    told = about(repeated_contact=0.7, late_delivery=0.25, order_status=0.05)
    assert told == {"repeated_contact": 0.7, "late_delivery": 0.25, "order_status": 0.05}


def test_a_person_or_danger_grows_no_surer_by_it():
    told = about(repeated_contact=0.55, self_harm=0.35, ask_human=0.1)
    assert told == {"repeated_contact": 0.55, "self_harm": 0.35, "ask_human": 0.1}


@pytest.mark.parametrize("matter, left", [(0.31, 1.0), (0.29, 0.29)])
def test_a_greeting_gives_way_to_a_matter_that_is_likely_enough(matter, left):
    assert about(greet=1.0 - matter, order_status=matter)["order_status"] == left
