"""The API's own description fits what it does."""

import re

import msgspec
import pytest
from starlette.routing import Mount, Route, WebSocketRoute

from bot.settings import ROOT
from bot.web import app, health, openapi, wire
from bot.web.customers import PATH

pytestmark = pytest.mark.server

PAGES = {
    "/",
    "/console",
    "/console/",
    "/console/live",
    "/console/measures",
    "/console/plotly.js",
    "/console/practice",
    "/status",
    "/widget.js",
}


def described():
    return {(operation.method, operation.path) for operation in app.operations()}


def served():
    found = set()
    for route in app.all_routes():
        if isinstance(route, Mount) or route.path in PAGES:
            continue
        if isinstance(route, WebSocketRoute):
            found.add(("GET", route.path))
        elif isinstance(route, Route):
            found |= {(method, route.path) for method in route.methods - {"HEAD"}}
    return found


def test_every_route_of_the_api_is_described_and_nothing_else():
    assert described() == served()


def test_everything_the_console_asks_for_is_described():
    calls = re.compile(r"""(?:call|upload)\(\s*"(GET|POST|PUT|DELETE)",\s*[`"]([^`"?]+)""")
    found = set()
    for path in (ROOT / "bot" / "web" / "static" / "console").glob("*.js"):
        for method, where in calls.findall(path.read_text(encoding="utf-8")):
            found.add((method, "/api/v1" + re.sub(r"\$\{[^}]*\}", "{}", where)))
    known = {(method, re.sub(r"{\w+}", "{}", path)) for method, path in described()}
    asked = {pair for pair in found if not pair[1].endswith("/{}") or pair in known}
    assert len(asked) > 15
    whole = {pair for pair in asked if not pair[1].startswith("/api/v1{}")}
    assert {pair for pair in whole if not fits(pair, known)} == set()


def fits(pair, known):
    """Whether a call is one of the operations; its last part may be filled in."""
    method, path = pair
    pattern = re.escape(path).replace(re.escape("{}"), "[^/]+")
    return any(way == method and re.fullmatch(pattern, each) for way, each in known)


def test_refusals_have_examples_that_are_what_they_say(gateway):
    document = gateway().get(openapi.PATH).json()
    seen = set()
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                content = response.get("content", {}).get("application/json", {})
                if "example" in content:
                    msgspec.convert(content["example"], wire.ErrorOut)
                    seen.add(int(status))
    assert seen == set(openapi.EXAMPLES)


@pytest.mark.parametrize(
    "method, path, body, field, accepted",
    [
        ("PUT", "/api/v1/presence", {"presence": "here"}, "presence", "online, busy, away"),
        ("PUT", "/api/v1/presence", {}, "presence", "online, busy, away"),
        ("POST", "/api/v1/views", {"name": 7}, "name", None),
        ("GET", "/api/v1/tickets?limit=many", None, "limit", None),
        ("GET", "/api/v1/measures?from=yesterday", None, "from, to", None),
        ("GET", "/api/v1/measures?team=biling", None, "team", None),
        ("GET", "/api/v1/conversations?owner=me", None, "owner", "bot"),
        ("GET", "/api/v1/moments?done=perhaps", None, "done", "0, 1"),
    ],
)
def test_a_wrong_request_names_the_field_and_what_is_accepted(
    desk, tokens, method, path, body, field, accepted
):
    answer = desk.request(method, path, json=body, headers=tokens["jefa"])
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "bad_request")
    assert error["facts"]["field"] == field
    assert error["facts"].get("accepted") == accepted
    assert field in error["text"] and error["facts"]["detail"]


def test_document_is_served_and_complete(gateway):
    document = gateway().get(openapi.PATH).json()
    assert document["openapi"].startswith("3.1")
    known = set(document["components"]["schemas"])
    assert set(re.findall(r"#/components/schemas/(\w+)", str(document))) <= known
    for path, methods in document["paths"].items():
        for operation in methods.values():
            named = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))
            assert operation["summary"] and operation["responses"]


def strictly(answer, kind):
    """Read an answer as its class, with nothing more in it than described."""
    read = msgspec.json.decode(answer.content, type=kind)
    assert msgspec.to_builtins(read) == answer.json()
    return read


def test_answers_are_as_described(gateway, customer, engine):
    client = gateway()
    created = client.post(PATH, json={})
    strictly(created, wire.CreatedOut)
    ana = customer(client)
    engine.script["hola"] = {"choices": [{"title": "Sí", "payload": "/affirm"}]}
    strictly(ana.post("hola"), wire.PostedOut)
    strictly(ana.post(" "), wire.ErrorOut)
    one = ana.path
    strictly(client.get(one, headers=ana.headers), wire.ConversationOut)
    strictly(client.get(f"{one}/messages", headers=ana.headers), wire.MessagesOut)
    strictly(client.post(f"{one}/person", headers=ana.headers), wire.PersonOut)
    strictly(client.get(one, headers=ana.headers), wire.ConversationOut)
    refused = client.post(f"{one}/identity", json={"token": "x"}, headers=ana.headers)
    strictly(refused, wire.ErrorOut)
    strictly(client.get(one), wire.ErrorOut)
    strictly(client.get("/health"), health.Alive)
    strictly(client.get("/ready"), health.Ready)
