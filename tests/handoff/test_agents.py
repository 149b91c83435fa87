import pytest
from desk_fakes import sqlite_only

from bot.errors import Conflict, DeskError, NotFound
from bot.handoff import agents, sessions

pytestmark = pytest.mark.database


def test_a_password_opens_its_own_account_only(here):
    here.agent("ana")

    assert agents.check_password(here.store, "Ana", "correcto caballo").username == "ana"
    assert agents.check_password(here.store, "ana", "otra cosa") is None
    assert agents.check_password(here.store, "nadie", "correcto caballo") is None


@sqlite_only
def test_nothing_readable_is_stored_of_passwords_sessions_and_tokens(here, tmp_path):
    ana = here.agent()
    session, _ = sessions.new_session(here.store, ana, hours=1)
    token = agents.new_token(here.store, "ana", scopes=["tickets:read"])
    here.store.close()

    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    for secret in ("correcto caballo", session, token):
        assert secret.encode() not in stored
    assert b"$argon2id$" in stored


def test_a_user_name_is_taken_once(here):
    here.agent("ana")

    with pytest.raises(Conflict):
        here.agent("ANA")


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"username": "a b"}, id="spaces"),
        pytest.param({"username": ""}, id="no name"),
        pytest.param({"password": "corta"}, id="short password"),
        pytest.param({"role": "boss"}, id="unknown role"),
        pytest.param({"teams": ["biling"], "known_teams": ["billing"]}, id="unknown team"),
    ],
)
def test_a_wrong_account_is_refused(here, wrong):
    wish = {"username": "ana", "name": "Ana", "password": "correcto caballo", **wrong}

    with pytest.raises(DeskError):
        agents.add(here.store, wish.pop("username"), **wish)


def test_a_session_ends_in_time(here):
    token, csrf = sessions.new_session(here.store, here.agent(), hours=1)

    assert sessions.session(here.store, token).csrf == csrf
    here.clock.forward(hours=1)
    assert sessions.session(here.store, token) is None


def test_a_new_password_ends_the_sessions(here):
    token, _ = sessions.new_session(here.store, here.agent(), hours=1)

    agents.set_password(here.store, "ana", "otra cosa larga")

    assert sessions.session(here.store, token) is None
    assert agents.check_password(here.store, "ana", "otra cosa larga") is not None


def test_a_disabled_account_has_no_access_and_stays_listed(here):
    token = agents.new_token(here.store, here.agent().username, scopes=["tickets:read"])

    agents.disable(here.store, "ana")

    assert agents.token_owner(here.store, token) is None
    assert agents.check_password(here.store, "ana", "correcto caballo") is None
    assert [agent.active for agent in agents.all_agents(here.store)] == [False]


def test_a_scope_that_does_not_exist_is_refused(here):
    here.agent()

    with pytest.raises(DeskError, match="tickets:read"):
        agents.new_token(here.store, "ana", scopes=["ticket:read"])


def test_an_account_that_does_not_exist_is_not_found(here):
    with pytest.raises(NotFound):
        agents.disable(here.store, "nadie")


def test_supervisors_see_every_team(here):
    assert agents.sees(here.agent(role="supervisor"), "billing")
    assert not agents.sees(here.agent("bea"), "billing")
