"""``openapi.yml`` describes what the client asks for and reads, no more and no less."""

import dataclasses
import re
import typing
from datetime import date, datetime
from pathlib import Path

import msgspec
import pytest
import yaml
from test_rest import READS, WRITES

from bot.backoffice import BackOffice, protocol, rest

pytestmark = pytest.mark.unit

DOCUMENT = yaml.safe_load(Path(rest.__file__).with_name("openapi.yml").read_text(encoding="utf-8"))
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = {
    (method.upper(), path): operation
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
}
RECORDS = [
    *(thing for thing in vars(protocol).values() if dataclasses.is_dataclass(thing)),
    rest.Health,
    rest.Stock,
]


def test_every_address_that_is_asked_is_described_and_no_other(client, server):
    for read in READS.values():
        read(client)
    for name, write in WRITES.items():
        write(client, key=name)
    assert set(server.asked) == set(OPERATIONS) == set(server.routes)


def test_every_operation_is_a_method_of_the_protocol():
    named = {operation["operationId"] for operation in OPERATIONS.values()}
    methods = {name for name in vars(BackOffice) if not name.startswith("_")}
    assert methods - named == {"charges"}  # those payments that took money
    assert named <= methods


@pytest.mark.parametrize("method, path", OPERATIONS, ids=lambda value: value)
def test_every_operation_says_what_it_takes_and_answers(method, path):
    operation = OPERATIONS[method, path]
    inherited = DOCUMENT["paths"][path].get("parameters", [])
    own = operation.get("parameters", [])
    named = {resolve(each)["name"] for each in (*inherited, *own)}
    assert set(re.findall(r"{(\w+)}", path)) <= named
    assert "200" in operation["responses"] and "default" in operation["responses"]
    writes = method == "POST" and not path.endswith("/proof")
    assert ("Idempotency-Key" in named) == writes
    assert ("requestBody" in operation) == (method == "POST")


def test_bodies_are_as_described(client, server):
    bodies = []
    handle = server.handle

    def noted(request):
        bodies.append((request, msgspec.json.decode(request.read() or b"{}")))
        return handle(request)

    client._caller._client._transport.handler = noted
    READS["prove"](client)
    for name, write in WRITES.items():
        write(client, key=name)
    for (request, body), (method, path) in zip(bodies, server.asked, strict=True):
        content = OPERATIONS[method, path]["requestBody"]["content"]["application/json"]
        described = content["schema"].get("properties", {})
        assert set(body) == set(described) == set(content["schema"].get("required", ()))
        assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_record_is_described_as_it_is_read(record):
    described = SCHEMAS[record.__name__]
    hints = typing.get_type_hints(record)
    assert set(described["properties"]) == set(hints)
    if dataclasses.is_dataclass(record):
        needed = [
            field.name
            for field in dataclasses.fields(record)
            if field.default is field.default_factory is dataclasses.MISSING
        ]
        assert described["required"] == needed
    for name, hint in hints.items():
        assert type_of(hint) == resolved_type(described["properties"][name]), name


def test_every_reference_leads_somewhere():
    for reference in re.findall(r"#/components/(\w+)/(\w+)", str(DOCUMENT)):
        assert reference[1] in DOCUMENT["components"][reference[0]]


def resolve(thing):
    """Follow a reference inside the document."""
    if "$ref" not in thing:
        return thing
    found = DOCUMENT
    for part in thing["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def resolved_type(schema):
    """A described type, comparable with ``type_of``."""
    if "enum" in schema:
        return ("enum", *schema["enum"])
    if schema["type"] == "array":
        return ("array", schema["items"]["$ref"].rsplit("/", 1)[-1])
    kind = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return (*sorted(kind), schema.get("format"))


def type_of(hint):
    """A Python type, comparable with ``resolved_type``."""
    if typing.get_origin(hint) is typing.Literal:
        return ("enum", *typing.get_args(hint))
    if typing.get_origin(hint) is tuple:
        return ("array", typing.get_args(hint)[0].__name__)
    kinds = typing.get_args(hint) or (hint,)
    names = {str: "string", int: "integer", bool: "boolean", type(None): "null"}
    formats = {date: "date", datetime: "date-time"}
    found = [kind for kind in kinds if kind in formats]
    return (
        *sorted(names.get(kind, "string") for kind in kinds),
        formats[found[0]] if found else None,
    )
