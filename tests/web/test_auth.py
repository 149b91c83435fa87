import pytest
from agents_client import PASSWORD, Agent, add_agent, bearer, credentials

from bot.handoff import agents

pytestmark = pytest.mark.server

SESSION = "/api/v1/session"
TICKETS = "/api/v1/tickets"


@pytest.fixture
def client(gateway):
    client = gateway()
    add_agent(client)
    return client


def test_a_login_gives_a_cookie_scripts_cannot_read_and_says_who_it_is(client):
    answer = client.post(SESSION, json=credentials())

    cookie = answer.headers["set-cookie"].lower()
    assert answer.json()["agent"] == {
        "username": "ana",
        "name": "Ana Ruiz",
        "teams": ["general"],
        "role": "agent",
    }
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie
    assert PASSWORD not in answer.text


def test_behind_https_the_cookie_is_secure(gateway):
    client = gateway(secure_cookies=True)
    add_agent(client)

    assert "secure" in client.post(SESSION, json=credentials()).headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "wish",
    [
        pytest.param(credentials(password="otra cosa"), id="wrong password"),
        pytest.param(credentials("nadie"), id="unknown user name"),
        pytest.param(credentials(password=""), id="no password"),
        pytest.param(credentials("ana' OR '1'='1"), id="injection"),
    ],
)
def test_a_wrong_login_tells_nothing_about_what_was_wrong(client, wish):
    answer = client.post(SESSION, json=wish)

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "login"
    assert "set-cookie" not in answer.headers


def test_the_sixth_wrong_login_in_a_minute_has_to_wait(client):
    for _ in range(5):
        client.post(SESSION, json=credentials(password="mala"))

    answer = client.post(SESSION, json=credentials())

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["error"]["code"] == "too_many_logins"


def test_good_logins_do_not_count_against_the_limit(client):
    codes = [client.post(SESSION, json=credentials()).status_code for _ in range(8)]

    assert set(codes) == {200}


def test_guessing_many_user_names_from_one_address_is_throttled_too(client):
    codes = [client.post(SESSION, json=credentials(f"u{n}")).status_code for n in range(51)]

    assert codes[-1] == 429


def test_a_session_lives_until_it_is_logged_out(client):
    ana = Agent(client)

    assert ana.get(SESSION).json()["csrf"] == ana.csrf
    assert ana.request("DELETE", SESSION).status_code == 204
    assert ana.get(SESSION).status_code == 401


def test_a_session_ends_with_its_hours(gateway):
    client = gateway(session_hours=0.0)
    add_agent(client)
    answer = client.post(SESSION, json=credentials())
    cookie = answer.headers["set-cookie"].split(";")[0]

    assert client.get(SESSION, headers={"Cookie": cookie}).status_code == 401


def test_a_disabled_account_is_out_at_once(client):
    ana, token = Agent(client), bearer(client)

    agents.disable(client.app.state.gateway.store, "ana")

    assert ana.get(TICKETS).status_code == 401
    assert client.get(TICKETS, headers=token).status_code == 401
    assert client.post(SESSION, json=credentials()).status_code == 401


@pytest.mark.parametrize("csrf", ["", "forged"], ids=["none", "forged"])
def test_a_change_by_cookie_needs_the_csrf_token(client, csrf):
    answer = Agent(client).request("POST", f"{TICKETS}/R-234567/claim", csrf=csrf)

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "csrf"


def test_a_page_of_another_site_can_neither_log_in_nor_change(client):
    elsewhere = {"Origin": "http://127.0.0.1:8090"}  # the shop may embed the widget, no more
    ana = Agent(client)

    login = client.post(SESSION, json=credentials(), headers=elsewhere)
    change = client.post(
        f"{TICKETS}/R-234567/claim",
        headers={
            **elsewhere,
            "X-CSRF-Token": ana.csrf,
            "Cookie": f"remanso_session={ana.cookie}",
        },
    )

    assert (login.status_code, change.status_code) == (403, 403)


def test_a_token_works_without_cookie_and_csrf(client):
    assert client.get(TICKETS, headers=bearer(client)).status_code == 200


def test_a_token_may_only_do_what_its_scopes_say(client):
    reading = bearer(client, scopes=["tickets:read"])

    answer = client.post(f"{TICKETS}/R-234567/claim", headers=reading)

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "scope"
    assert "tickets:write" in answer.json()["error"]["text"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"Authorization": "Bearer rt_guess"}, id="guessed token"),
        pytest.param({"Authorization": "Basic YTpi"}, id="basic"),
        pytest.param({"Cookie": "remanso_session=guess"}, id="guessed cookie"),
    ],
)
def test_nobody_sees_the_queue_without_proof(client, headers):
    assert client.get(TICKETS, headers=headers).status_code == 401


def test_a_customers_token_opens_no_ticket(client, customer):
    eva = customer(client)

    assert client.get(TICKETS, headers=eva.headers).status_code == 401


def test_a_broken_login_is_refused_clearly(client):
    assert client.post(SESSION, content=b"{").status_code == 400
    assert client.post(SESSION, json={"username": 7}).status_code == 400
