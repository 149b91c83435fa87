"""Logging in and out, second factors and accounts, over the API."""

import dataclasses
from datetime import timedelta
from types import SimpleNamespace

import pyotp
import pytest
import sqlalchemy as sa
from agents_client import PASSWORD, Agent, add_agent, bearer, credentials

from bot.handoff import agents
from bot.handoff.tables import agent_sessions

pytestmark = pytest.mark.server

SESSION = "/api/v1/session"
FACTOR = "/api/v1/account/second-factor"


def later(client, **span):
    """Move the clock of the gateway's database forward."""
    store = client.app.state.gateway.store
    was = store.clock
    store.clock = lambda: was() + timedelta(**span)


def enrol(client, agent):
    """Turn an agent's second factor on; return what makes codes."""
    made = agent.post(FACTOR, password=PASSWORD)
    assert made.status_code == 200, made.text
    assert made.json()["qr"].startswith("data:image/svg+xml")
    assert made.headers["cache-control"] == "no-store"
    totp = pyotp.TOTP(made.json()["secret"])
    code = totp.at(client.app.state.gateway.store.clock())
    done = agent.request("PUT", FACTOR, json={"code": code})
    assert done.json() == {"second_factor": "on"}
    later(client, seconds=60)
    return totp


def test_the_second_factor_is_turned_on_asked_for_used_once_and_turned_off(gateway):
    client = gateway(logins_per_minute=0)
    add_agent(client)
    ana, other = Agent(client), Agent(client)
    refused = ana.post(FACTOR, password="mala")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "wrong_password")
    totp = enrol(client, ana)
    assert other.get(SESSION).status_code == 401  # other logins have ended
    assert ana.get(FACTOR).json() == {"second_factor": "on"}

    def tried(**code):
        answer = client.post(SESSION, json={**credentials(), **code})
        client.cookies.clear()
        return answer.status_code, answer.json().get("error", {}).get("code")

    code = totp.at(client.app.state.gateway.store.clock())
    assert tried() == (401, "second_factor")
    assert tried(code="12") == (401, "wrong_code")
    assert tried(code=code) == (200, None)
    assert tried(code=code) == (401, "wrong_code")
    wrong = client.post(SESSION, json={**credentials(password="mala"), "code": code})
    assert wrong.json()["error"]["code"] == "login"  # nothing is said about the second factor
    later(client, seconds=60)
    code = totp.at(client.app.state.gateway.store.clock())
    assert ana.request("DELETE", FACTOR, json={"password": PASSWORD}).status_code == 403
    off = ana.request("DELETE", FACTOR, json={"password": PASSWORD, "code": code})
    assert off.json() == {"second_factor": "off"}
    assert tried() == (200, None)


def test_a_role_that_must_have_one_does_nothing_before(gateway):
    client = gateway(require_second_factor=("supervisor",))
    add_agent(client, role="supervisor")
    ana = Agent(client)
    assert ana.get(SESSION).json()["second_factor"] == "required"
    for answer in (ana.get("/api/v1/tickets"), ana.post("/api/v1/views", name="x", query={})):
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "second_factor_required"
    page = client.get(
        "/console/measures",
        headers={"Cookie": f"remanso_session={ana.cookie}"},
        follow_redirects=False,
    )
    assert page.status_code == 303
    with ana.live() as socket:
        assert socket.receive()["code"] == 4401
    enrol(client, ana)
    assert ana.get("/api/v1/tickets").status_code == 200
    kept = ana.request("DELETE", FACTOR, json={"password": PASSWORD, "code": "123456"})
    assert kept.json()["error"]["code"] == "factor_kept"


def test_many_wrong_logins_lock_an_account_and_an_administrator_unlocks_it(gateway):
    client = gateway(logins_per_minute=0, logins_before_lock=3, lock_minutes=5)
    add_agent(client)
    add_agent(client, "jefa", role="admin", teams=())
    boss = Agent(client, "jefa")
    answers = [client.post(SESSION, json=credentials(password="mala")) for _ in range(3)]
    locked = client.post(SESSION, json=credentials())
    nobody = client.post(SESSION, json=credentials("nadie"))
    assert len({(each.status_code, each.text) for each in (*answers, locked, nobody)}) == 1
    listed = {each["username"]: each for each in boss.get("/api/v1/accounts").json()["accounts"]}
    assert listed["ana"]["locked_until"] and not listed["jefa"]["locked_until"]
    assert boss.post("/api/v1/accounts/ana/unlock").status_code == 204
    assert client.post(SESSION, json=credentials()).status_code == 200


def test_a_refused_login_takes_as_long_for_a_name_that_does_not_exist(gateway, monkeypatch):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    monkeypatch.setattr("bot.web.auth.EVEN", 30.0)
    monkeypatch.setattr("bot.web.auth.asyncio", SimpleNamespace(sleep=sleep))
    client = gateway()
    add_agent(client)
    for wish in (credentials("nadie"), credentials(password="mala")):
        client.post(SESSION, json=wish)
    assert len(slept) == 2  # each is held back until the same moment
    assert all(20 < each <= 30 for each in slept)


def test_an_administrator_takes_a_lost_telephone_off(gateway):
    client = gateway()
    add_agent(client)
    add_agent(client, "jefa", role="admin", teams=())
    ana, boss = Agent(client), Agent(client, "jefa")
    enrol(client, ana)
    assert ana.request("DELETE", "/api/v1/accounts/ana/second-factor").status_code == 403
    assert boss.request("DELETE", "/api/v1/accounts/ana/second-factor").status_code == 204
    assert ana.get(SESSION).status_code == 401
    assert client.post(SESSION, json=credentials()).status_code == 200


def test_a_password_is_changed_with_the_old_one_and_ends_other_logins(gateway):
    client = gateway()
    add_agent(client)
    ana, other = Agent(client), Agent(client)
    path = "/api/v1/account/password"
    assert ana.post(path, password="mala", new="otra cosa larga").status_code == 403
    short = ana.post(path, password=PASSWORD, new="corta")
    assert (short.status_code, short.json()["error"]["code"]) == (400, "password_short")
    assert other.get(SESSION).status_code == 200
    assert ana.post(path, password=PASSWORD, new="otra cosa larga").status_code == 204
    assert (ana.get(SESSION).status_code, other.get(SESSION).status_code) == (200, 401)
    assert client.post(SESSION, json=credentials()).status_code == 401


def test_logins_are_listed_and_ended(gateway):
    client = gateway()
    add_agent(client)
    ana, other = Agent(client), Agent(client)
    listed = ana.get("/api/v1/account/sessions").json()["sessions"]
    theirs = next(each["id"] for each in listed if not each["current"])
    assert ana.request("DELETE", f"/api/v1/account/sessions/{theirs}").status_code == 204
    assert other.get(SESSION).status_code == 401
    third = Agent(client)
    assert ana.request("DELETE", "/api/v1/account/sessions").status_code == 204
    assert (third.get(SESSION).status_code, ana.get(SESSION).status_code) == (401, 200)


def test_a_login_says_with_what_device(gateway):
    client = gateway()
    add_agent(client)
    client.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"
    ana = Agent(client)
    (login,) = ana.get("/api/v1/account/sessions").json()["sessions"]
    assert (login["device"], login["current"]) == ("Firefox · Linux", True)


def test_reading_keeps_no_login_alive_and_working_does(gateway):
    client = gateway(session_idle_minutes=60.0)
    add_agent(client)
    ana, idle = Agent(client), Agent(client)
    for _ in range(2):
        later(client, minutes=40)
        idle.get("/api/v1/tickets")
        ana.post("/api/v1/presence/ready")
    assert ana.get("/api/v1/tickets").status_code == 200
    assert idle.get("/api/v1/tickets").status_code == 401


def test_a_programs_token_opens_no_account(gateway):
    client = gateway()
    add_agent(client, role="admin")
    token = bearer(client)
    for method, path in (("POST", "/password"), ("GET", "/sessions"), ("POST", "/second-factor")):
        answer = client.request(method, f"/api/v1/account{path}", headers=token, json={})
        assert answer.json()["error"]["code"] == "people_only"


def test_nothing_of_a_session_is_stored_readably(gateway):
    client = gateway()
    add_agent(client)
    ana = Agent(client)
    with client.app.state.gateway.store.database.read() as connection:
        row = connection.execute(sa.select(agent_sessions)).one()
    assert ana.cookie not in str(row)
    assert "password" not in str(
        dataclasses.asdict(agents.all_agents(client.app.state.gateway.store)[0])
    )
