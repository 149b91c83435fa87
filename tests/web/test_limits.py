"""Limits in a sliding minute."""

import pytest

from bot.web.hub import BACKLOG, Hub
from bot.web.limits import Limiter
from bot.web.notices import preferred_language
from bot.web.urgent import Urgent

pytestmark = pytest.mark.server


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_limiter_counts_a_sliding_window(clock):
    limiter = Limiter(2, 60, clock)
    assert limiter.wait("a") == 0
    clock.now = 30
    assert limiter.wait("a") == 0
    assert limiter.wait("a") == 30
    clock.now = 61
    assert limiter.wait("a") == 0
    assert limiter.wait("a") == 29


def test_limiter_counts_each_key_for_itself(clock):
    limiter = Limiter(1, 60, clock)
    assert limiter.wait("a") == 0
    assert limiter.wait("b") == 0


def test_what_is_given_back_does_not_count(clock):
    limiter = Limiter(1, 60, clock)
    limiter.wait("a")
    limiter.give_back("a")
    assert limiter.wait("a") == 0
    limiter.give_back("unknown")


def test_limit_0_is_no_limit(clock):
    limiter = Limiter(0, 60, clock)
    assert [limiter.wait("a") for _ in range(100)] == [0.0] * 100


def test_limiter_forgets_keys_that_rest(clock, monkeypatch):
    monkeypatch.setattr("bot.web.limits.KEYS", 3)
    limiter = Limiter(1, 60, clock)
    for number in range(4):
        limiter.wait(f"old{number}")
    clock.now = 100
    limiter.wait("new")
    assert list(limiter._seen) == ["new"]


@pytest.mark.parametrize(
    "accept, language",
    [("", "es"), ("en-GB,en;q=0.9", "en"), ("fr, en;q=0.5", "en"), ("fr", "es"), ("es-MX", "es")],
)
def test_language_of_a_browser(accept, language):
    assert preferred_language(accept) == language


@pytest.mark.parametrize("text", ["una Persona", "¡AGENTE!", "no quiero vivir", "asesora"])
def test_urgent_words_are_found_whatever_their_case_and_accents(text):
    urgent = Urgent(["persona", "agente", "no quiero vivir", "asesor"])
    assert urgent(text)


@pytest.mark.parametrize("text", ["", "impersonal", "mi pedido no llega"])
def test_other_words_are_not_urgent(text):
    assert not Urgent(["persona"])(text)


def test_slow_watcher_is_told_to_come_back_and_holds_nobody_up():
    hub = Hub()
    with hub.watch("a") as watcher:
        for _ in range(BACKLOG + 1):
            hub.publish("a", {"type": "news"})
        assert watcher.lagging
    assert not hub.watched("a")
