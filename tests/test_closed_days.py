import sys
from datetime import date, datetime

import pytest

from bot import closed_days
from bot.closed_days import ClosedDays
from bot.errors import ConfigError

pytestmark = pytest.mark.unit

MADRID = {"country": "ES", "subdivision": "MD"}


def test_a_list_of_days_is_those_days_and_no_others():
    days = ClosedDays.from_config([date(2026, 12, 25)])

    assert date(2026, 12, 25) in days
    assert date(2027, 12, 25) not in days


@pytest.mark.parametrize(
    "day, closed",
    [
        pytest.param(date(2026, 12, 25), True, id="the country's"),
        pytest.param(date(2031, 12, 25), True, id="in any year"),
        pytest.param(date(2026, 5, 2), True, id="the region's"),
        pytest.param(date(2026, 3, 28), False, id="a plain day"),
        pytest.param(date(2027, 3, 26), True, id="one that moves with Easter"),
    ],
)
def test_the_holidays_of_a_place_are_known_for_every_year(day, closed):
    assert (day in ClosedDays.from_config(MADRID)) is closed


def test_days_of_ones_own_are_added_and_taken_away():
    own = {"extra": [date(2026, 12, 24)], "except": [date(2026, 12, 8)]}
    days = ClosedDays.from_config({**MADRID, **own})

    assert date(2026, 12, 24) in days
    assert date(2026, 12, 8) not in days


def test_no_section_is_no_holidays():
    assert date(2026, 12, 25) not in ClosedDays.from_config(None)


@pytest.mark.parametrize("value", [datetime(2026, 12, 25), "2026-12-25", 5])
def test_what_is_no_day_is_refused(value):
    with pytest.raises(ConfigError, match="2026-12-25"):
        ClosedDays.from_config([value])


def test_a_missing_library_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "holidays", None)
    closed_days._public.cache_clear()

    with pytest.raises(ConfigError, match="list of days"):
        ClosedDays.from_config({"country": "ES"})
    assert date(2026, 12, 25) in ClosedDays.from_config([date(2026, 12, 25)])
