import copy
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from bot.deescalation.triggers import TRIGGERS
from bot.errors import ConfigError
from bot.handoff import routing
from bot.handoff.rules import DeskRules

pytestmark = pytest.mark.unit

DESK = Path(__file__).resolve().parents[2] / "desk.yml"
DATA = yaml.safe_load(DESK.read_text(encoding="utf-8"))
RULES = DeskRules.from_file(DESK)


def changed(path, value):
    data = copy.deepcopy(DATA)
    *parents, last = path
    place = data
    for name in parents:
        place = place[name]
    place[last] = value
    return data


@pytest.mark.parametrize(
    "path, value, says",
    [
        pytest.param(("time_zone",), "Madrid", "time zone", id="time zone"),
        pytest.param(("hours", "shop", "lun"), [], "Unknown 'lun'", id="day"),
        pytest.param(("hours", "shop", "mon"), ["9-20"], "09:00-20:00", id="span"),
        pytest.param(("hours", "shop", "mon"), ["20:00-09:00"], "within one day", id="backwards"),
        pytest.param(("holidays",), ["Navidad"], "2026-12-25", id="holiday"),
        pytest.param(("teams", "billing", "hours"), "shp", "Did you mean 'shop'", id="hours"),
        pytest.param(("routing", "issues", "order"), "logistic", "Did you mean", id="team"),
        pytest.param(("routing", "risks", "legl"), "managers", "Did you mean 'legal'", id="risk"),
        pytest.param(("priority_rules", "default"), "hi", "Accepted", id="priority"),
        pytest.param(("priorities", "low", "update"), 0, "above 0", id="seconds"),
        pytest.param(("priorities", "asap"), {}, "Unknown 'asap'", id="new priority"),
        pytest.param(("default_country",), "FR", "Unknown 'FR'", id="country"),
        pytest.param(("tems",), {}, "Did you mean 'teams'", id="section"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_is_accepted(path, value, says):
    with pytest.raises(ConfigError, match=says):
        DeskRules.from_dict(changed(path, value))


@pytest.mark.parametrize("section", ["teams", "priorities", "authority", "countries"])
def test_a_missing_section_is_named(section):
    data = {name: value for name, value in DATA.items() if name != section}

    with pytest.raises(ConfigError, match=section):
        DeskRules.from_dict(data)


def test_a_file_that_is_no_yaml_is_a_config_error(tmp_path):
    broken = tmp_path / "desk.yml"
    broken.write_text("teams: [", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"desk\.yml"):
        DeskRules.from_file(broken)


@pytest.mark.parametrize("name", sorted(TRIGGERS))
def test_every_trigger_has_a_reason_in_both_languages(name):
    assert set(RULES.reasons[TRIGGERS[name].firing.reason_code]) == {"es", "en"}


@pytest.mark.parametrize("country", ["ES", "MX", "AR", "CO", "CL"])
def test_every_country_has_an_emergency_number_and_a_helpline(country):
    assert DATA["countries"][country]["emergency"]
    assert all({"number", "es", "en"} <= set(line) for line in DATA["countries"][country]["lines"])


def test_the_bot_may_give_less_than_an_agent_and_that_less_than_a_supervisor():
    for kind in ("refund_cents", "voucher_cents"):
        limits = [RULES.authority[role][kind] for role in ("bot", "agent", "supervisor")]
        assert limits == sorted(set(limits))


@pytest.mark.parametrize(
    "asked, issue, risks, expected",
    [
        pytest.param(None, "late_delivery", (), "logistics", id="by issue"),
        pytest.param("quality", "late_delivery", (), "quality", id="as the bot asks"),
        pytest.param("quality", "late_delivery", ("legal",), "managers", id="risk first"),
        pytest.param("quality", None, ("legal", "safety"), "safety", id="safety before all"),
        pytest.param("nobody", "nothing", (), "general", id="unknown is general"),
        pytest.param(None, None, (), "general", id="nothing known"),
    ],
)
def test_the_team_is_found(asked, issue, risks, expected):
    assert routing.team_for(RULES, asked=asked, issue=issue, risks=risks) == expected


@pytest.mark.parametrize(
    "known, expected",
    [
        pytest.param({}, "medium", id="nothing known"),
        pytest.param({"asked": "low"}, "low", id="as the bot asks"),
        pytest.param({"asked": "low", "level": "angry"}, "high", id="angry is higher"),
        pytest.param({"asked": "high", "risks": ["abuse"]}, "high", id="never lowered"),
        pytest.param({"risks": ["safety"]}, "urgent", id="safety"),
        pytest.param({"issue": "double_charge"}, "high", id="by issue"),
    ],
)
def test_the_highest_priority_applies(known, expected):
    case = {"asked": None, "issue": None, "risks": (), "level": None, **known}

    assert routing.priority_for(RULES, **case) == expected


@pytest.mark.parametrize(
    "days, language, expected",
    [
        pytest.param(0, "es", "hoy a las 12:00", id="today"),
        pytest.param(1, "es", "mañana a las 12:00", id="tomorrow"),
        pytest.param(2, "es", "el viernes a las 12:00", id="this week"),
        pytest.param(9, "en", "on Friday 4/12 at 12:00", id="later"),
    ],
)
def test_times_are_said_as_people_say_them(here, days, language, expected):
    now = here.clock.now

    assert RULES.say_time(now + timedelta(days=days), now, language) == expected
