from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoff.sla import Hours, due, open_seconds, wait_range

pytestmark = pytest.mark.unit

MADRID = ZoneInfo("Europe/Madrid")
OFFICE = ((540, 1200),)
SHOP = Hours(MADRID, (OFFICE,) * 5 + (((600, 840),), ()), frozenset({date(2026, 12, 25)}))
NEVER = Hours(MADRID, ((),) * 7)
ALWAYS = Hours(MADRID, (((0, 1440),),) * 7)


def madrid(*parts):
    return datetime(*parts, tzinfo=MADRID).astimezone(timezone.utc)


@pytest.mark.parametrize(
    "at, expected",
    [
        pytest.param(madrid(2026, 11, 25, 9, 0), True, id="opens"),
        pytest.param(madrid(2026, 11, 25, 8, 59), False, id="before"),
        pytest.param(madrid(2026, 11, 25, 20, 0), False, id="closes"),
        pytest.param(madrid(2026, 11, 28, 11, 0), True, id="saturday"),
        pytest.param(madrid(2026, 11, 29, 11, 0), False, id="sunday"),
        pytest.param(madrid(2026, 12, 25, 11, 0), False, id="holiday"),
    ],
)
def test_opening_hours_are_those_of_the_place(at, expected):
    assert SHOP.is_open(at) is expected


def test_the_next_opening_skips_nights_and_holidays():
    assert SHOP.next_opening(madrid(2026, 12, 24, 21, 0)) == madrid(2026, 12, 26, 10, 0)
    assert SHOP.next_opening(madrid(2026, 11, 25, 12, 0)) == madrid(2026, 11, 25, 12, 0)
    assert NEVER.next_opening(madrid(2026, 11, 25, 12, 0)) is None


def test_a_deadline_counts_opening_time_only():
    friday_late = madrid(2026, 11, 27, 19, 58)

    assert due(friday_late, 180, SHOP) == madrid(2026, 11, 28, 10, 1)
    assert due(friday_late, 180, ALWAYS) == friday_late + timedelta(seconds=180)
    assert due(friday_late, 180, NEVER) == friday_late + timedelta(seconds=180)


def test_opening_time_holds_when_the_clocks_change():
    before, after = madrid(2026, 10, 24, 13, 0), madrid(2026, 10, 26, 10, 0)

    assert open_seconds(before, after, SHOP) == 2 * 3600
    assert open_seconds(before, after, ALWAYS) == (after - before).total_seconds()


instants = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31)).map(
    lambda at: at.replace(tzinfo=timezone.utc)
)


@given(start=instants, seconds=st.integers(1, 5 * 86400))
def test_a_deadline_is_as_much_opening_time_away_as_was_promised(start, seconds):
    deadline = due(start, seconds, SHOP)

    assert deadline > start
    assert open_seconds(start, deadline, SHOP) == pytest.approx(seconds)


@given(start=instants, gap=st.integers(0, 10 * 86400))
def test_opening_time_is_never_negative_and_never_more_than_time(start, gap):
    spent = open_seconds(start, start + timedelta(seconds=gap), SHOP)

    assert 0 <= spent <= gap


@pytest.mark.parametrize(
    "waits, waited, expected",
    [
        pytest.param([], 0, None, id="nothing known"),
        pytest.param([60, 60, 60, 60], 0, None, id="too little known"),
        pytest.param([60, 120, 180, 240, 300, 360], 0, (2, 5), id="the middle half"),
        pytest.param([60, 120, 180, 240, 300, 360], 200, None, id="longer than nearly all"),
        pytest.param([5, 6, 7, 8, 9], 0, (1, 2), id="never zero minutes"),
    ],
)
def test_the_wait_is_a_range_from_what_happened_or_nothing(waits, waited, expected):
    assert wait_range(waits, waited) == expected


@given(waits=st.lists(st.floats(0, 7200), max_size=60), waited=st.floats(0, 7200))
def test_a_range_goes_up_and_starts_at_a_minute(waits, waited):
    found = wait_range(waits, waited)

    assert found is None or 1 <= found[0] < found[1]
