"""The engine's HTTP door: who may enter, what it refuses, what it logs."""

import json
import secrets
import socket

import httpx
import pytest

from bot.settings import Settings

pytestmark = pytest.mark.model

SECRET = "s" * 40
CONTEXT = {"identity": {"status": "anonymous"}, "language": "es", "now": "2026-11-21T12:00:00Z"}


@pytest.fixture(scope="module")
def app(loaded, loop):
    from rasa.core.run import configure_app

    from bot.channels.gateway import GatewayInput

    app = configure_app([GatewayInput(Settings(secret=SECRET))], enable_api=False)
    app.ctx.agent = loaded
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = loop.run_until_complete(serve(app, port))
    yield f"http://127.0.0.1:{port}"
    server.close()


async def serve(app, port):
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True)
    await server.startup()
    await server.start_serving()
    return server


@pytest.fixture
def door(app, loop, actions, shop):
    """Ask the door; returns status and JSON."""
    key = Settings(secret=SECRET).engine_secret()

    def ask(method, path, body=None, *, headers=None):
        async def send():
            async with httpx.AsyncClient(base_url=app, timeout=60) as client:
                found = headers if headers is not None else {"Authorization": f"Bearer {key}"}
                url = f"/webhooks/gateway/{path}"
                return await client.request(method, url, json=body, headers=found)

        answer = loop.run_until_complete(send())
        return answer.status_code, answer.json()

    return ask


def message(text="hola", **more):
    return {
        "conversation": "c_" + secrets.token_urlsafe(8),
        "turn": "t_" + secrets.token_urlsafe(8),
        "text": text,
        "choice": None,
        "context": CONTEXT,
        **more,
    }


@pytest.mark.parametrize("path", ["health", "message", "score", "handback", "model"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_nobody_enters_without_the_secret(door, path, headers):
    method = "GET" if path == "health" else "POST"
    status, body = door(method, path, message(), headers=headers)
    assert status == 401
    assert body["error"]["code"] == "unauthorised"


def test_health_names_the_model(door, loaded):
    status, body = door("GET", "health")
    assert status == 200
    assert body["model"] == loaded.model_id
    assert body["model_file"] == "model.tar.gz"


@pytest.mark.parametrize("missing", ["conversation", "turn", "text"])
def test_a_message_without_its_parts_is_refused(door, missing):
    body = message()
    del body[missing]
    status, answer = door("POST", "message", body)
    assert status == 400
    assert missing in answer["error"]["text"]


def test_a_choice_is_parsed_by_the_door(door):
    status, answer = door("POST", "message", message("Un cobro", choice="/double_charge"))
    assert status == 200
    assert answer["parse"]["intent"] == {"name": "double_charge", "confidence": 1.0}
    assert answer["messages"][-1]["response"] == "utter_ask_order_number"


def test_the_answer_has_all_its_parts(door):
    _, answer = door("POST", "message", message(choice="/store_info"))
    assert set(answer) == {
        *("turn", "replayed", "messages", "state", "parse", "handoff", "identity"),
        *("promises", "error"),
    }
    assert set(answer["messages"][0]) == {"text", "choices", "response", "id"}


def test_score_changes_nothing(door, loop, loaded):
    body = message()
    status, answer = door("POST", "score", {"conversation": body["conversation"], "text": "hola"})
    assert status == 200
    assert answer["parse"]["text"] == "hola"
    assert loop.run_until_complete(loaded.tracker_store.retrieve(body["conversation"])) is None


def test_hand_back_speaks(door):
    body = message()
    door("POST", "message", {**body, "choice": "/ask_human"})
    note = {"agreed": "Se devuelve el importe.", "agent": "Marta", "promised": []}
    status, answer = door("POST", "handback", {**body, "turn": "t_back", "note": note})
    assert status == 200
    assert "Se devuelve el importe" in answer["messages"][0]["text"]
    assert answer["state"]["step"] == "confirm"


def test_a_damaged_model_is_refused_and_the_old_one_stays(door, loaded, tmp_path):
    before = loaded.model_id
    damaged = tmp_path / "damaged.tar.gz"
    damaged.write_bytes(b"not an archive")
    status, answer = door("POST", "model", {"path": str(damaged)})
    assert status == 422
    assert "damaged.tar.gz" in answer["error"]["text"]
    assert loaded.model_id == before
    assert door("POST", "message", message(choice="/store_info"))[0] == 200


def test_a_model_whose_texts_cannot_be_read_is_refused_whole(door, loaded, model, monkeypatch):
    before = loaded.processor

    def unreadable(self, responses):
        raise ValueError("a text without language")

    monkeypatch.setattr("bot.nlg.Phrasebook.__init__", unreadable)
    status, _ = door("POST", "model", {"path": model})
    assert status == 422
    assert loaded.processor is before


@pytest.mark.parametrize("path", ["model.tar.gz", "/nowhere/model.tar.gz"])
def test_a_model_that_is_not_there_is_refused(door, path):
    assert door("POST", "model", {"path": path})[0] == 404


def test_the_same_model_loads_again(door, loaded, model, actions):
    status, answer = door("POST", "model", {"path": model})
    assert status == 200
    assert answer["model"] == loaded.model_id
    assert loaded.processor.action_endpoint is loaded.action_endpoint


def test_one_line_is_logged_and_holds_nothing_of_the_customer(door, capsys, monkeypatch):
    from bot.channels import log

    monkeypatch.setattr(log, "_logger", log.logging.getLogger("remanso.test"))
    door("POST", "message", message("mi secreto es 48213", choice="/store_info"))
    lines = [line for line in capsys.readouterr().out.splitlines() if '"engine"' in line]
    assert len(lines) == 1
    assert "secreto" not in lines[0] and "48213" not in lines[0]
    logged = json.loads(lines[0])
    assert logged["intent"] == "store_info" and logged["actions"] == ["utter_store_info"]
