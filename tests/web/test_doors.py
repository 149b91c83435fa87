"""Tokens, origins and headers: who gets in, and from which page."""

import time

import jwt
import pytest

from bot.web.origins import page_policy
from bot.web.tokens import AUDIENCE, Tokens

pytestmark = pytest.mark.server

SHOP = "http://127.0.0.1:8090"
EVIL = "https://evil.example"


def ways_in(ana):
    """Every call of the customers' API on a conversation."""
    return [
        ("GET", ana.path, None),
        ("GET", f"{ana.path}/messages", None),
        ("POST", f"{ana.path}/messages", {"client_id": "1", "text": "hola"}),
        ("POST", f"{ana.path}/person", {}),
        ("POST", f"{ana.path}/identity", {"token": "x"}),
    ]


def test_another_customers_token_opens_nothing(gateway, customer):
    client = gateway()
    ana, luis = customer(client), customer(client)
    for method, path, body in ways_in(ana):
        for headers in (luis.headers, {}, {"Authorization": "Bearer x"}, {"Authorization": "x"}):
            answer = client.request(method, path, json=body, headers=headers)
            assert answer.status_code == 401, (method, path)
            assert answer.json()["error"]["code"] == "token"
    assert len(ana.messages()) == 1


def test_unknown_conversation_looks_like_a_wrong_token(gateway, customer):
    client = gateway()
    ana = customer(client)
    answer = client.get("/api/v1/conversations/c_guessed", headers=ana.headers)
    assert answer.status_code == 401


def test_token_of_a_conversation_that_is_gone_says_so(gateway, settings):
    client = gateway()
    token = Tokens(settings).sign("c_deleted")
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/conversations/c_deleted", headers=headers).status_code == 404


@pytest.mark.parametrize(
    "claims, key",
    [
        pytest.param({}, "x" * 64, id="forged"),
        pytest.param({"exp": int(time.time()) - 5}, None, id="expired"),
        pytest.param({"exp": None}, None, id="never expires"),
        pytest.param({"aud": "remanso"}, None, id="made for something else"),
    ],
)
def test_token_that_is_not_ours_opens_nothing(settings, claims, key):
    good = {"sub": "c_1", "aud": AUDIENCE, "exp": int(time.time()) + 60}
    claims = {name: value for name, value in {**good, **claims}.items() if value is not None}
    token = jwt.encode(claims, key or settings.key("conversation"), algorithm="HS256")
    assert not Tokens(settings).opens(token, "c_1")


def test_token_opens_its_own_conversation_only(settings):
    tokens = Tokens(settings)
    assert tokens.opens(tokens.sign("c_1"), "c_1")
    assert not tokens.opens(tokens.sign("c_1"), "c_2")


def test_allowed_site_may_use_the_api_from_its_pages(gateway):
    client = gateway()
    answer = client.post("/api/v1/conversations", json={}, headers={"Origin": SHOP})
    assert answer.status_code == 201
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert "access-control-allow-credentials" not in answer.headers
    asked = {"Origin": SHOP, "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "authorization,content-type,x-remanso-hidden"
    preflight = client.options("/api/v1/conversations", headers=asked)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == SHOP


def test_other_sites_may_not(gateway):
    client = gateway()
    answer = client.post("/api/v1/conversations", json={}, headers={"Origin": EVIL})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "origin"
    assert "access-control-allow-origin" not in answer.headers
    asked = {"Origin": EVIL, "Access-Control-Request-Method": "POST"}
    preflight = client.options("/api/v1/conversations", headers=asked)
    assert preflight.status_code == 400
    assert "access-control-allow-origin" not in preflight.headers


def test_our_own_pages_may(gateway):
    headers = {"Origin": "http://testserver"}
    assert gateway().post("/api/v1/conversations", json={}, headers=headers).status_code == 201


def test_settings_say_which_sites_may(gateway):
    client = gateway(allowed_origins=("https://tienda.example",))
    ours = {"Origin": "https://tienda.example"}
    assert client.post("/api/v1/conversations", json={}, headers=ours).status_code == 201
    demo = {"Origin": SHOP}
    assert client.post("/api/v1/conversations", json={}, headers=demo).status_code == 403


def test_conversation_remembers_the_site_and_page_it_came_from(gateway):
    client = gateway()
    page = f"{SHOP}/pedidos"
    answer = client.post("/api/v1/conversations", json={"page": page}, headers={"Origin": SHOP})
    stored = client.app.state.gateway.store.conversation(answer.json()["conversation"])
    assert (stored.origin, stored.page) == (SHOP, page)


@pytest.mark.parametrize("path", ["/", "/console/", "/widget.js", "/health", "/nothing"])
def test_every_answer_has_the_security_headers(gateway, path):
    headers = gateway().get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"]


def test_console_can_be_framed_by_nobody_and_pages_by_allowed_sites(settings):
    assert "frame-ancestors 'none'" in page_policy(settings, "/console/")
    assert f"frame-ancestors 'self' {SHOP}" in page_policy(settings, "/")


def test_widget_and_its_modules_can_be_loaded_by_an_allowed_site(gateway):
    client = gateway()
    for path in ("/widget.js", "/static/shared/tokens.css"):
        answer = client.get(path, headers={"Origin": SHOP})
        assert answer.status_code == 200, path
        assert answer.headers["access-control-allow-origin"] == SHOP
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert answer.headers["cache-control"] == "no-cache"
        again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


def test_files_outside_the_static_folder_are_not_served(gateway):
    client = gateway()
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"):
        assert client.get(path).status_code == 404


def test_unknown_paths_and_methods_are_refused_with_a_sentence(gateway):
    client = gateway()
    lost = client.get("/nothing", headers={"Accept-Language": "en-GB,es;q=0.5"})
    assert (lost.status_code, lost.json()["error"]["code"]) == (404, "not_found")
    assert lost.json()["error"]["text"].startswith("There")
    wrong = client.put("/api/v1/conversations")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "bad_method")


def test_addresses_are_taken_from_a_proxy_only_when_told(gateway):
    client = gateway(conversations_per_minute=1)
    for number in (1, 2):
        headers = {"X-Forwarded-For": f"10.0.0.{number}"}
        answer = client.post("/api/v1/conversations", json={}, headers=headers)
    assert answer.status_code == 429
    behind = gateway(conversations_per_minute=1, trust_proxy=True)
    for number in (1, 2):
        headers = {"X-Forwarded-For": f"1.1.1.1, 10.0.0.{number}"}
        answer = behind.post("/api/v1/conversations", json={}, headers=headers)
        assert answer.status_code == 201
