"""A story that contradicts other stories or rules is told, with the place of the other one."""

import shutil

import pytest
import yaml

from bot.errors import ConfigError
from bot.settings import ROOT
from bot.training.stories import Draft
from bot.training.story_answers import answers
from bot.training.story_check import contradictions

pytestmark = pytest.mark.model

START = [
    {"intent": "late_delivery"},
    {"slot_was_set": [{"resolution": "locate"}]},
    {"action": "order_form"},
    {"active_loop": "order_form"},
    {"active_loop": None},
    {"action": "action_show_delivery"},
]


@pytest.fixture
def root(tmp_path):
    """The real domain and rules, and one story of which a new one can say otherwise."""
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("rules", "responses"):
        shutil.copytree(ROOT / "data" / name, tmp_path / "data" / name)
    (tmp_path / "data" / "stories").mkdir()
    steps = [*START, {"intent": "deny"}, {"action": "action_decline"}]
    text = yaml.safe_dump({"version": "3.1", "stories": [{"story": "Declined", "steps": steps}]})
    (tmp_path / "data" / "stories" / "declined.yml").write_text(text, encoding="utf-8")
    return tmp_path


def told(root, *steps):
    return contradictions(root, Draft("New", "a test", steps=list(steps)))


def test_a_story_that_goes_on_from_there_contradicts_nothing(root):
    thanks = [{"intent": "thanks"}, {"action": "action_thanks"}]
    assert told(root, *START, {"intent": "deny"}, {"action": "action_decline"}, *thanks) == []


def test_another_action_after_the_same_beginning_is_told_with_its_place(root):
    (found,) = told(root, *START, {"intent": "deny"}, {"action": "action_handoff"})
    assert "action_handoff in 'New' but action_decline in 'Declined'" in found
    assert "data/stories/declined.yml:" in found


def test_an_answer_that_a_rule_gives_otherwise_is_told_with_its_place(root):
    (found,) = told(root, {"intent": "greet"}, {"action": "utter_bye"})
    assert "'Greet back'" in found and "'utter_greet'" in found
    assert "data/rules/" in found


def test_what_the_domain_no_longer_has_is_told(root):
    found = told(root, {"intent": "old_intent"}, {"action": "old_action"})
    assert found == [
        "The intent 'old_intent' is not in domain.yml (any more).",
        "The action 'old_action' is not in domain.yml (any more).",
    ]


def test_a_model_that_cannot_be_loaded_is_told(tmp_path):
    model = tmp_path / "broken.tar.gz"
    model.write_bytes(b"no archive")
    with pytest.raises(ConfigError, match=r"broken\.tar\.gz cannot be loaded"):
        answers(model, [], [])
