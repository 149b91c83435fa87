"""No intent is met with silence, and none needs a story to be answered."""

import pytest
import yaml

from bot.settings import ROOT

pytestmark = pytest.mark.model

INTENTS = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
TYPED = [intent for intent in INTENTS if intent != "hand_back"]


@pytest.mark.parametrize("level", ["calm", "angry"])
@pytest.mark.parametrize("intent", TYPED)
def test_every_intent_gets_an_answer(talk, intent, level):
    answer = talk.say(intent, level=level)
    assert answer["error"] is None
    assert answer["messages"]


@pytest.mark.parametrize("intent", TYPED)
def test_every_intent_gets_an_answer_inside_a_form(talk, intent):
    talk.say("late_delivery")
    answer = talk.say(intent)
    assert answer["error"] is None
    assert answer["messages"]


@pytest.mark.parametrize("intent", TYPED)
def test_every_intent_gets_an_answer_in_english(talk, intent):
    talk.language = talk.context["language"] = "en"
    answer = talk.say(intent)
    assert answer["error"] is None
    assert not any(word in answer["messages"][0]["text"] for word in (" el ", " que ", " una "))
