"""Export and erasure over HTTP, and on the command line: administrators only, logged, for good."""

import io
import json
import zipfile

import pytest
from agents_client import Agent, add_agent, bearer
from pictures import png
from typer.testing import CliRunner

from bot.cli import app

pytestmark = pytest.mark.server

ADDRESS = "luis@ejemplo.es"


@pytest.fixture
def served(gateway, customer):
    """A gateway with a customer whose case is open, an administrator and an agent."""
    client = gateway(smtp_host="127.0.0.1", mail_from="a@b.example")
    who = customer(client)
    who.say("Mi berenjena no llega")
    contact = {"email": ADDRESS, "consent": True}
    client.post(f"{who.path}/contact", json=contact, headers=who.headers)
    file = client.post(f"{who.path}/attachments?name=a.png", content=png(), headers=who.headers)
    body = {"client_id": "f", "attachments": [file.json()["id"]]}
    client.post(f"{who.path}/messages", json=body, headers=who.headers)
    who.person()
    add_agent(client)
    add_agent(client, "root", role="admin", name="Root")
    return who


def close(who):
    agent = Agent(who.client)
    reference = who.view()["reference"]
    agent.act(reference, "claim")
    cause = next(iter(who.client.app.state.gateway.desk.rules.causes))
    agent.act(reference, "resolve", disposition="solved", cause=cause)
    return reference


def test_an_administrator_gets_everything_as_json_or_zip(served):
    admin = Agent(served.client, "root")
    whole = admin.post("/api/v1/data/export", email=ADDRESS)
    assert whole.status_code == 200
    assert "Mi berenjena no llega" in str(whole.json()["conversations"][0]["messages"])
    packed = admin.post("/api/v1/data/export?format=zip", conversation=served.id)
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {"customer.json", "files"}


def found(folder, word):
    """The files of the home in which a word is, the gateway still running on them."""
    return [path.name for path in folder.rglob("*") if path.is_file() and word in path.read_bytes()]


def test_erasing_is_refused_while_a_case_is_open_then_done_for_good(served, tmp_path):
    admin = Agent(served.client, "root")
    refused = admin.post("/api/v1/data/erase", email=ADDRESS)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "case_open")
    assert found(tmp_path, b"berenjena")
    reference = close(served)

    done = admin.post("/api/v1/data/erase", email=ADDRESS).json()

    assert (done["conversations"], done["tickets"], done["files"]) == (1, [reference], 1)
    assert done["not_covered"]
    assert done["clean"]
    assert found(tmp_path, b"berenjena") == found(tmp_path, ADDRESS.encode()) == []
    gone = served.client.get(served.path, headers=served.headers)
    assert gone.status_code == 404, "nobody goes on with it"
    seen = admin.get(f"/api/v1/tickets/{reference}").json()
    assert "berenjena" not in json.dumps(seen)
    assert seen["events"][-2]["kind"] == "erased"
    again = admin.post("/api/v1/data/erase", email=ADDRESS)
    assert (again.status_code, again.json()["error"]["code"]) == (404, "nobody")


def test_an_open_page_of_an_erased_customer_gets_nothing_more(served):
    admin = Agent(served.client, "root")
    admin.post("/api/v1/data/erase", conversation=served.id, force=True)
    refused = served.post("¿Hola?")
    assert refused.status_code == 404


@pytest.mark.parametrize("path", ["export", "erase"])
def test_only_administrators_may(served, path):
    body, where = {"email": ADDRESS}, f"/api/v1/data/{path}"
    client = served.client
    assert client.post(where, json=body).status_code == 401
    assert client.post(where, json=body, headers=served.headers).status_code == 401
    assert Agent(client).post(where, **body).status_code == 403
    admin = Agent(client, "root")
    assert admin.request("POST", where, json=body, csrf="wrong").status_code == 403
    reading = bearer(client, "root", scopes=("tickets:read",))
    expected = 200 if path == "export" else 403
    assert client.post(where, json=body, headers=reading).status_code == expected


@pytest.mark.parametrize(
    "body, code",
    [
        ({}, "no_subject"),
        ({"email": "a", "customer_id": "b"}, "no_subject"),
        ({"email": 1}, "bad_request"),
    ],
)
@pytest.mark.parametrize("path", ["export", "erase"])
def test_a_wrong_request_says_what_is_wrong(served, path, body, code):
    refused = Agent(served.client, "root").post(f"/api/v1/data/{path}", **body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, code)


def test_the_command_line_exports_and_erases(served, tmp_path, monkeypatch):
    monkeypatch.setenv("REMANSO_HOME", str(tmp_path))
    run = CliRunner().invoke
    target = tmp_path / "out" / "customer.zip"
    target.parent.mkdir()

    exported = run(app, ["customer", "export", str(target), "--email", ADDRESS])
    assert exported.exit_code == 0, exported.output
    assert target.stat().st_mode & 0o077 == 0
    open_case = run(app, ["customer", "erase", "--email", ADDRESS, "--yes"])
    assert open_case.exit_code == 1
    assert "open" in open_case.output
    kept = run(app, ["customer", "erase", "--email", ADDRESS, "--force"], input="n\n")
    assert kept.exit_code == 1
    assert served.messages()

    erased = run(app, ["customer", "erase", "--email", ADDRESS, "--force", "--yes"])

    assert "Erased 1 conversations, 1 cases, 1 files" in erased.output
    assert served.client.get(served.path, headers=served.headers).status_code == 404
    nobody = run(app, ["customer", "export", str(target), "--email", ADDRESS])
    assert nobody.exit_code == 1
