"""The section ``assignment`` of desk.yml."""

import pytest

from bot.errors import ConfigError
from bot.handoff.rules import RISKS, DeskRules
from bot.handoff.rules_assignment import AssignmentRules
from bot.settings import ROOT

pytestmark = pytest.mark.unit


def test_what_is_not_said_has_a_value():
    assert AssignmentRules.from_dict(None, RISKS) == AssignmentRules()
    assert AssignmentRules.from_dict({"capacity": 6}, RISKS).capacity == 6


def test_the_file_says_what_the_defaults_are():
    assert DeskRules.from_file(ROOT / "desk.yml").assignment == AssignmentRules()


@pytest.mark.parametrize(
    "wrong, told",
    [
        ([], "not a mapping"),
        ({"capcity": 4}, "Did you mean 'capacity'?"),
        ({"mode": "push"}, "Accepted: offer, pull."),
        ({"capacity": 0}, "'0' is not a whole number from 1 to 50"),
        ({"capacity": 2.5}, "whole number"),
        ({"capacity": True}, "whole number"),
        ({"offer_seconds": "soon"}, "'soon' is not a number from 5 to 3600"),
        ({"offer_seconds": 1}, "from 5"),
        ({"heated_levels": "angry"}, "is no list"),
        (
            {"heated_levels": ["furious"]},
            "Unknown 'furious' in desk.yml (assignment > heated_levels)",
        ),
        ({"heated_risks": ["abus"]}, "Did you mean 'abuse'?"),
        ({"others_after": 200}, "come in this order. Got 200, 180, 900."),
    ],
)
def test_a_mistake_stops_the_start_and_is_explained(wrong, told):
    with pytest.raises(ConfigError) as refused:
        AssignmentRules.from_dict(wrong, RISKS)

    assert told in str(refused.value)
    assert "assignment" in str(refused.value)
