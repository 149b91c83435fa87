"""The circuit breaker: closed, open, half open."""

import pytest

from bot.backoffice.breaker import CircuitBreaker

pytestmark = pytest.mark.unit


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def breaker(clock):
    return CircuitBreaker(failures=3, rest=10, clock=clock)


def fail(breaker, times):
    for _ in range(times):
        assert breaker.allows()
        breaker.failed()


def test_it_opens_after_failures_in_a_row(breaker):
    fail(breaker, 2)
    assert breaker.state == "closed"
    fail(breaker, 1)
    assert breaker.state == "open" and not breaker.allows()


def test_a_success_between_failures_starts_the_count_again(breaker):
    fail(breaker, 2)
    breaker.succeeded()
    fail(breaker, 2)
    assert breaker.state == "closed"


def test_after_its_rest_one_may_try_and_the_others_wait(breaker, clock):
    fail(breaker, 3)
    clock.now = 9.9
    assert not breaker.allows()
    clock.now = 10
    assert breaker.state == "half-open"
    assert [breaker.allows(), breaker.allows()] == [True, False]


def test_a_good_try_closes_it(breaker, clock):
    fail(breaker, 3)
    clock.now = 10
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.state == "closed" and breaker.allows()


def test_a_bad_try_opens_it_for_another_rest(breaker, clock):
    fail(breaker, 3)
    clock.now = 10
    assert breaker.allows()
    breaker.failed()
    clock.now = 19.9
    assert not breaker.allows()
    clock.now = 20
    assert breaker.allows()
