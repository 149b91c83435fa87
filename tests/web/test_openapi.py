"""The API's own description fits what it does."""

import re

import msgspec
import pytest
from starlette.routing import Mount, Route, WebSocketRoute

from bot.web import app, health, openapi, wire
from bot.web.customers import PATH

pytestmark = pytest.mark.server

PAGES = {"/", "/console", "/console/", "/console/live", "/widget.js"}


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
