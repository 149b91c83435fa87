import copy
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import yaml

from bot.deescalation.triggers import TRIGGERS
from bot.errors import ConfigError
from bot.handoff import routing
from bot.handoff.rules import DeskRules

pytestmark = pytest.mark.database

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


def contacts(*days):
    return {"contacts": [{"at": day, "issue": "order", "channel": "chat"} for day in days]}


@pytest.mark.parametrize(
    "path, value, says",
    [
        pytest.param(("time_zone",), "Madrid", "time zone", id="time zone"),
        pytest.param(("hours", "shop", "lun"), [], "Unknown 'lun'", id="day"),
        pytest.param(("hours", "shop", "mon"), ["9-20"], "09:00-20:00", id="span"),
        pytest.param(("hours", "shop", "mon"), ["20:00-09:00"], "within one day", id="backwards"),
        pytest.param(("holidays",), ["Navidad"], "2026-12-25", id="holiday"),
        pytest.param(("holidays", "contry"), "ES", "Did you mean 'country'", id="holiday key"),
        pytest.param(("holidays", "country"), "XX", "'XX' is not known", id="no country"),
        pytest.param(("holidays", "subdivision"), "MDD", "Did you mean 'MD'", id="region"),
        pytest.param(("holidays", "extra"), ["lunes"], "2026-12-25", id="extra day"),
        pytest.param(("holidays",), {"subdivision": "MD"}, "needs a country", id="no place"),
        pytest.param(("holidays",), "Navidad", "no list of days", id="no holidays"),
        pytest.param(
            ("hours", "shop", "mon"), ["09:00-14:00", "13:00-20:00"], "overlap", id="overlap"
        ),
        pytest.param(("clocks", "warn_at"), 2, "from 0.1 to 1", id="warning"),
        pytest.param(("clocks", "wran_at"), 1, "Did you mean 'warn_at'", id="clock key"),
        pytest.param(("law", "pack"), "FR", "Unknown 'FR'", id="law pack"),
        pytest.param(("law", "packs", "ES", "anser_days"), 9, "Did you mean", id="law key"),
        pytest.param(("law", "packs", "AR", "answer_days"), "ten", "no number", id="law days"),
        pytest.param(("law", "packs", "AR", "full_name"), "yes", "true or false", id="law name"),
        pytest.param(("law", "packs", "ES", "receipt"), {"es": "x"}, "es and en", id="law text"),
        pytest.param(
            ("law", "packs", "ES", "closing_dispositions"), ["solvd"], "Did you mean", id="ending"
        ),
        pytest.param(("survey", "low"), 5, "from 1 to 4", id="low score"),
        pytest.param(("survey", "ask"), "no", "true or false", id="survey"),
        pytest.param(("survey", "after_minuts"), 5, "Did you mean", id="survey key"),
        pytest.param(("teams", "billing", "hours"), "shp", "Did you mean 'shop'", id="hours"),
        pytest.param(("routing", "issues", "order"), "logistic", "Did you mean", id="team"),
        pytest.param(("routing", "risks", "legl"), "managers", "Did you mean 'legal'", id="risk"),
        pytest.param(("priority_rules", "default"), "hi", "Accepted", id="priority"),
        pytest.param(("priority_rules", "care", "vpi"), "high", "Did you mean 'vip'", id="care"),
        pytest.param(("priority_rules", "contacts", "days"), 0, "from 1", id="contact days"),
        pytest.param(
            ("priority_rules", "contacts", "priority"), "hi", "Accepted", id="contacts' priority"
        ),
        pytest.param(("priorities", "low", "update"), 3600, "time with its unit", id="no unit"),
        pytest.param(("priorities", "low", "update"), {}, "time with its unit", id="no time"),
        pytest.param(("priorities", "low", "update"), {"hour": 3}, "Did you mean", id="unit"),
        pytest.param(("priorities", "low", "update"), {"hours": 0}, "no number", id="no hours"),
        pytest.param(("priorities", "low", "update"), {"hours": 9999}, "to 8760", id="too long"),
        pytest.param(("priorities", "asap"), {}, "Unknown 'asap'", id="new priority"),
        pytest.param(("default_country",), "FR", "Unknown 'FR'", id="country"),
        pytest.param(("tems",), {}, "Did you mean 'teams'", id="section"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_is_accepted(path, value, says):
    with pytest.raises(ConfigError, match=says):
        DeskRules.from_dict(changed(path, value))


@pytest.mark.parametrize("section", ["holidays", "clocks", "law", "survey", "automation"])
def test_a_section_that_may_be_missing_is_not_missed(section):
    DeskRules.from_dict({name: value for name, value in DATA.items() if name != section})


@pytest.mark.parametrize(
    "pack, issue, days, within, full_name",
    [
        pytest.param("ES", None, 15, 180, False, id="Spain"),
        pytest.param("ES", "double_charge", 5, 180, False, id="Spain, undue charge"),
        pytest.param("AR", None, 0, 300, True, id="Argentina"),
        pytest.param("neutral", "double_charge", 0, 0, False, id="neutral"),
    ],
)
def test_the_law_of_a_place_is_data(pack, issue, days, within, full_name):
    law = DeskRules.from_dict(changed(("law", "pack"), pack)).law

    assert (law.days_for(issue), law.person_within, law.full_name) == (days, within, full_name)
    assert set(law.receipt) == (set() if pack == "neutral" else {"es", "en"})


@pytest.mark.parametrize(
    "reason, disposition, said",
    [
        ("formal_complaint", "solved", True),
        ("asked_for_person", "not_solved", True),
        ("asked_for_person", "solved", False),
    ],
)
def test_the_way_out_of_court_is_named_where_the_law_asks_for_it(reason, disposition, said):
    assert bool(RULES.law.closing_for(reason, disposition, "es")) is said


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
        pytest.param({"history": {"vip": True}}, "high", id="special care"),
        pytest.param({"history": {"vip": False, "vulnerable": True}}, "high", id="more care"),
        pytest.param({"history": contacts("2026-11-18")}, "high", id="again within seven days"),
        pytest.param({"history": contacts("2026-11-17")}, "medium", id="eight days ago"),
        pytest.param({"history": contacts()}, "medium", id="for the first time"),
    ],
)
def test_the_highest_priority_applies(known, expected):
    at = datetime(2026, 11, 25, 11, tzinfo=timezone.utc)
    case = {"asked": None, "issue": None, "risks": (), "level": None, "history": {}, "at": at}

    assert routing.priority_for(RULES, **{**case, **known}) == expected


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


@pytest.mark.parametrize(
    "zone, language, expected",
    [
        (None, "es", "mañana a las 9:00"),
        ("Europe/Madrid", "es", "mañana a las 9:00"),
        ("Europe/Paris", "es", "mañana a las 9:00"),  # the same clocks
        ("America/Bogota", "es", "mañana a las 3:00 (9:00 en Madrid)"),
        ("America/Bogota", "en", "tomorrow at 3:00 (9:00 in Madrid)"),
        ("Pacific/Auckland", "es", "hoy a las 21:00 (9:00 en Madrid)"),
        ("Asia/Kolkata", "es", "hoy a las 13:30 (9:00 en Madrid)"),
    ],
)
def test_a_time_is_told_by_the_customers_clocks_too(zone, language, expected):
    now = datetime(2026, 11, 25, 22, tzinfo=timezone.utc)
    opens = datetime(2026, 11, 26, 8, tzinfo=timezone.utc)

    assert RULES.say_time(opens, now, language, zone) == expected
