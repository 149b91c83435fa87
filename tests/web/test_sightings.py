"""Who is on the page: an open socket, a page that asks, and who has been there since."""

import pytest
from desk_fakes import FakeClock

from bot.web import sightings
from bot.web.hub import DESK, Hub
from bot.web.sightings import Sightings

pytestmark = pytest.mark.unit


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def seen(clock):
    return Sightings(Hub(), clock)


def test_an_open_socket_is_a_page(seen, clock):
    began = clock.now
    with seen._hub.watch("c_1"):
        clock.forward(hours=5)
        assert seen.present("c_1")
        assert seen.since("c_1", clock.now)
    assert not seen.present("c_1")
    assert seen.since("c_1", began)
    assert not seen.since("c_1", clock.now.replace(year=2027))


def test_what_came_after_they_left_they_have_not_seen(seen, clock):
    with seen._hub.watch("c_1"):
        pass
    clock.forward(seconds=1)
    assert not seen.since("c_1", clock.now)


def test_one_of_two_tabs_that_closes_changes_nothing(seen):
    with seen._hub.watch("c_1"):
        with seen._hub.watch("c_1"):
            pass
        assert seen.present("c_1")


def test_a_page_in_the_background_is_nobody_who_reads(seen, clock):
    with seen._hub.watch("c_1", looking=False) as watcher:
        assert not seen.present("c_1")
        assert not seen.since("c_1", clock.now)
        seen._hub.look("c_1", watcher, True)
        assert seen.present("c_1")
        looked = clock.now
        seen._hub.look("c_1", watcher, False)
        clock.forward(minutes=1)
        assert not seen.present("c_1")
        assert seen.since("c_1", looked)
        assert not seen.since("c_1", clock.now)
    assert not seen.since("c_1", clock.now), "it was not looked at when it closed"


def test_one_tab_in_sight_is_enough(seen):
    with seen._hub.watch("c_1"), seen._hub.watch("c_1", looking=False):
        assert seen.present("c_1")


def test_a_page_that_asks_is_open_for_a_minute(seen, clock):
    seen.asked("c_1")
    clock.forward(seconds=60)
    assert seen.present("c_1")
    clock.forward(seconds=1)
    assert not seen.present("c_1")
    assert not seen.present("c_2")


def test_consoles_are_no_customers(seen, clock):
    with seen._hub.watch(DESK):
        pass
    assert not seen.since(DESK, clock.now)


def test_only_so_many_are_remembered(seen, clock, monkeypatch):
    monkeypatch.setattr(sightings, "MOST", 2)
    for name in ("c_1", "c_2", "c_1", "c_3"):
        seen.asked(name)
    assert not seen.present("c_2")
    assert seen.present("c_1")
    assert seen.present("c_3")
