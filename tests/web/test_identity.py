"""Who the customer is: signed by the embedding site, good once and for minutes."""

import base64
import json
import time

import jwt
import pytest

from bot.web import identity

pytestmark = pytest.mark.server

CLAIMS = {"sub": "C-1001", "name": "Ana Ruiz", "email": "ana@example.com", "aud": "remanso"}


def signed(key, *, seconds=300, algorithm="HS256", **changes):
    now = int(time.time())
    jti = f"j{time.monotonic_ns()}"
    claims = {**CLAIMS, "exp": now + seconds, "jti": jti, **changes}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm)


def unsigned(**changes):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {**CLAIMS, "exp": int(time.time()) + 300, "jti": "j", **changes}
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


@pytest.fixture
def key(settings):
    return settings.identity_secret()


def prove(ana, token):
    return ana.client.post(f"{ana.path}/identity", json={"token": token}, headers=ana.headers)


def test_signed_identity_verifies_the_customer(gateway, customer, engine, key):
    ana = customer(gateway(), identity=signed(key))
    assert ana.created["identity"] == "verified"
    assert ana.created["identity_problem"] is None
    ana.say("hola")
    proved = {"status": "verified", "customer_id": "C-1001", "name": "Ana Ruiz"}
    assert engine.calls[0]["context"]["identity"] == proved


def test_identity_can_come_later(gateway, customer, key):
    ana = customer(gateway())
    answer = prove(ana, signed(key))
    assert answer.status_code == 200
    assert answer.json()["identity"] == "verified"


REFUSED = {
    "expired": (lambda key: signed(key, seconds=-60), "identity_expired"),
    "forged key": (lambda key: signed("x" * 64), "identity_invalid"),
    "no signature": (lambda key: unsigned(), "identity_invalid"),
    "other algorithm": (lambda key: signed(key, algorithm="HS512"), "identity_invalid"),
    "for somebody else": (lambda key: signed(key, aud="other"), "identity_invalid"),
    "no audience": (lambda key: signed(key, aud=None), "identity_invalid"),
    "no jti": (lambda key: signed(key, jti=None), "identity_invalid"),
    "no expiry": (lambda key: signed(key, exp=None), "identity_invalid"),
    "no customer": (lambda key: signed(key, sub=None), "identity_invalid"),
    "empty customer": (lambda key: signed(key, sub=""), "identity_invalid"),
    "lives an hour": (lambda key: signed(key, seconds=3600), "identity_invalid"),
    "nonsense": (lambda key: "nonsense", "identity_invalid"),
    "name is no text": (lambda key: signed(key, name={"a": 1}), "identity_invalid"),
    "conversation token": (lambda key: None, "identity_invalid"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_identity_that_does_not_hold_is_refused_and_the_customer_stays_anonymous(
    gateway, customer, key, case
):
    make, code = REFUSED[case]
    ana = customer(gateway())
    answer = prove(ana, make(key) or ana.token)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["text"]
    assert ana.view()["identity"] == "anonymous"


def test_conversation_begins_anonymous_when_its_identity_does_not_hold(gateway, customer, key):
    ana = customer(gateway(), identity=signed("x" * 64))
    assert ana.created["identity"] == "anonymous"
    assert ana.created["identity_problem"]["code"] == "identity_invalid"
    assert ana.say("hola")["replies"]


def test_replayed_identity_is_refused(gateway, customer, key):
    client = gateway()
    token = signed(key)
    customer(client, identity=token)
    thief = customer(client)
    answer = prove(thief, token)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "identity_replayed"
    assert thief.view()["identity"] == "anonymous"


def test_replayed_identity_is_refused_after_a_restart_too(gateway, customer, key):
    client = gateway()
    token = signed(key)
    customer(client, identity=token)
    client.__exit__(None, None, None)
    assert customer(gateway(), identity=token).created["identity"] == "anonymous"


def test_conversation_of_one_customer_never_becomes_anothers(gateway, customer, key):
    ana = customer(gateway(), identity=signed(key))
    answer = prove(ana, signed(key, sub="C-2002"))
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "identity_conflict"
    assert prove(ana, signed(key)).status_code == 200


def test_tries_are_limited(gateway, customer, key):
    ana = customer(gateway(messages_per_minute=2))
    codes = [prove(ana, "nonsense").status_code for _ in range(3)]
    assert codes == [403, 403, 429]


def test_identity_goes_with_the_handoff(gateway, customer, key):
    ana = customer(gateway(), identity=signed(key))
    ana.person()
    ticket, _ = ana.client.app.state.gateway.desk.current(ana.id)
    assert ticket.context["customer"]["identity_status"] == "verified"
    assert ticket.context["customer"]["name"] == "Ana Ruiz"


def test_identity_is_read_with_all_its_claims(key):
    who = identity.read(signed(key, jti="j1"), key)
    assert (who.customer_id, who.name, who.email, who.jti) == (
        "C-1001",
        "Ana Ruiz",
        "ana@example.com",
        "j1",
    )
    bare = identity.read(signed(key, name=None, email=None), key)
    assert (bare.name, bare.email) == (None, None)
