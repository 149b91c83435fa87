"""Passwords, locks, second factors and open logins, on a clock moved by hand."""

import pyotp
import pytest
from desk_fakes import sqlite_only

from bot.errors import Conflict, DeskError, NotFound
from bot.handoff import agents, logins, second_factor, sessions

pytestmark = pytest.mark.database

KEY = "k" * 64
LOCK = logins.Lock(tries=3, minutes=1)
RIGHT = "correcto caballo"


@pytest.fixture
def log_in(here):
    here.agent()

    def tried(password=RIGHT, code="", username="ana"):
        return logins.log_in(here.store, username, password, code=code, key=KEY, lock=LOCK)

    return tried


@pytest.fixture
def telephone(here):
    """Turn ana's second factor on; return what makes codes."""
    ana = here.agent()
    made = second_factor.begin(here.store, ana, key=KEY, issuer="Remanso")
    totp = pyotp.TOTP(made.secret)
    second_factor.confirm(here.store, ana, totp.at(here.clock.now), key=KEY)
    here.clock.forward(seconds=60)
    return totp


def test_enough_wrong_tries_lock_the_right_password_out_too(here, log_in):
    for _ in range(3):
        assert log_in("mala").why == logins.WRONG
    assert log_in() == logins.Login(None, logins.WRONG)  # the same answer as any other refusal
    here.clock.forward(seconds=61)
    assert log_in().agent.username == "ana"


def test_every_further_wrong_try_doubles_the_lock_up_to_an_hour(here):
    spans = [LOCK.until(failed, here.clock.now) for failed in (2, 3, 4, 5, 40)]
    assert spans[0] is None
    minutes = [(each - here.clock.now).total_seconds() / 60 for each in spans[1:]]
    assert minutes == [1, 2, 4, 60]
    assert logins.Lock(0).until(10**6, here.clock.now) is None


def test_tries_while_it_is_locked_do_not_lock_it_longer(here, log_in):
    for _ in range(30):
        log_in("mala")
    here.clock.forward(seconds=61)
    assert log_in().agent is not None


def test_a_good_login_forgets_the_wrong_ones(here, log_in):
    for _ in range(3):
        for _ in range(2):
            log_in("mala")
        assert log_in().agent is not None


def test_an_administrator_unlocks(here, log_in):
    for _ in range(3):
        log_in("mala")
    logins.unlock(here.store, "ana")
    assert log_in().agent is not None
    with pytest.raises(NotFound):
        logins.unlock(here.store, "nadie")


def test_an_unknown_and_a_disabled_account_are_refused_like_a_wrong_password(here, log_in):
    assert log_in(username="nadie") == log_in("mala")
    agents.disable(here.store, "ana")
    assert log_in() == logins.Login(None, logins.WRONG)


def test_with_a_second_factor_the_password_alone_is_not_enough(here, telephone):
    def tried(code, password=RIGHT):
        return logins.log_in(here.store, "ana", password, code=code, key=KEY, lock=LOCK)

    now = telephone.at(here.clock.now)
    assert tried("").why == logins.ASKED
    assert tried(now, "mala").why == logins.WRONG
    assert tried("12345").why == logins.WRONG_CODE
    assert tried(f"{now[:3]} {now[3:]}").agent.username == "ana"


@pytest.mark.parametrize("steps, good", [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(here, telephone, steps, good):
    code = telephone.at(here.clock.now, counter_offset=steps)
    tried = logins.log_in(here.store, "ana", RIGHT, code=code, key=KEY, lock=LOCK)
    assert (tried.agent is not None) is good


def test_a_code_is_good_once_and_no_older_one_after_it(here, telephone):
    def tried(code):
        return logins.log_in(here.store, "ana", RIGHT, code=code, key=KEY, lock=LOCK).why

    now, before = telephone.at(here.clock.now), telephone.at(here.clock.now, counter_offset=-1)
    assert tried(now) == ""
    assert tried(now) == logins.WRONG_CODE
    assert tried(before) == logins.WRONG_CODE


def test_guessing_codes_locks_the_account(here, telephone):
    for _ in range(3):
        logins.log_in(here.store, "ana", RIGHT, code="000000", key=KEY, lock=LOCK)
        logins.log_in(here.store, "ana", RIGHT, code="", key=KEY, lock=LOCK)  # resets nothing
    now = telephone.at(here.clock.now)
    tried = logins.log_in(here.store, "ana", RIGHT, code=now, key=KEY, lock=LOCK)
    assert tried == logins.Login(None, logins.WRONG)


@pytest.mark.parametrize("code", ["", "abcdef", "１２３４５６", "0" * 500, "-1"])
def test_what_is_no_code_turns_nothing_on(here, code):
    ana = here.agent()
    with pytest.raises(Conflict):
        second_factor.confirm(here.store, ana, code, key=KEY)
    second_factor.begin(here.store, ana, key=KEY, issuer="Remanso")
    with pytest.raises(DeskError, match="six digits"):
        second_factor.confirm(here.store, ana, code, key=KEY)
    assert agents.get(here.store, "ana").totp_at is None


def test_a_second_factor_that_is_on_is_not_replaced(here, telephone):
    with pytest.raises(Conflict):
        second_factor.begin(here.store, agents.get(here.store, "ana"), key=KEY, issuer="Remanso")
    second_factor.off(here.store, "ana")
    assert logins.log_in(here.store, "ana", RIGHT, key=KEY, lock=LOCK).agent is not None


@sqlite_only
def test_the_database_alone_makes_no_codes(here, telephone, tmp_path):
    here.store.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert telephone.secret.encode() not in stored


def test_a_login_nobody_works_with_ends_and_one_in_use_stays(here):
    token, _ = sessions.new_session(here.store, here.agent(), hours=10)
    for _ in range(3):
        here.clock.forward(minutes=59)
        opened = sessions.session(here.store, token, idle=60)
        sessions.used(here.store, token, opened)
    here.clock.forward(minutes=60)
    assert sessions.session(here.store, token, idle=60) is None
    assert sessions.session(here.store, token) is not None
    here.clock.forward(hours=7)
    assert sessions.session(here.store, token) is None


def test_a_new_password_ends_all_logins_but_the_one_that_changed_it(here):
    ana = here.agent()
    mine, other = (sessions.new_session(here.store, ana, hours=1)[0] for _ in range(2))
    agents.set_password(here.store, "ana", "otra cosa larga", keep=mine)
    assert sessions.session(here.store, mine) is not None
    assert sessions.session(here.store, other) is None


def test_logins_are_listed_and_ended_by_their_owner_only(here):
    ana, bea = here.agent(), here.agent("bea")
    mine, other = (sessions.new_session(here.store, ana, hours=1)[0] for _ in range(2))
    listed = sessions.of_agent(here.store, ana, token=mine)
    assert sorted(each["current"] for each in listed) == [False, True]
    name = next(each["id"] for each in listed if not each["current"])
    with pytest.raises(NotFound):
        sessions.end(here.store, bea, name)
    sessions.end(here.store, ana, name)
    assert sessions.session(here.store, other) is None
    assert sessions.session(here.store, mine) is not None
