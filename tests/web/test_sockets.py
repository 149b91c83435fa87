"""The customer's socket: live messages, several tabs, reconnecting."""

import pytest
from fake_engine import handoff, wait_until
from starlette.websockets import WebSocketDisconnect

pytestmark = pytest.mark.server


def hello(socket, customer, after=0):
    socket.send_json({"type": "hello", "token": customer.token, "after": after})
    return socket.receive_json()


def until(socket, kind, **wanted):
    """Read frames until one of a kind; return those on the way and it."""
    frames = []
    for _ in range(20):
        frame = socket.receive_json()
        frames.append(frame)
        values = frame.get("message") or frame
        if frame["type"] == kind and all(values.get(key) == wanted[key] for key in wanted):
            return frames
    raise AssertionError(f"no {kind} in {frames}")


def test_socket_says_where_it_stands_and_what_was_missed(gateway, customer):
    ana = customer(gateway())
    last = ana.say("hola")["message"]["id"]
    with ana.socket() as socket:
        ready = hello(socket, ana, after=last)
    assert ready["type"] == "ready"
    assert ready["conversation"] == ana.id
    assert ready["owner"] == "bot"
    assert [each["text"] for each in ready["messages"]] == ["eco: hola"]


def test_message_sent_by_socket_is_acknowledged_and_answered(gateway, customer):
    ana = customer(gateway())
    with ana.socket() as socket:
        hello(socket, ana)
        socket.send_json({"type": "send", "client_id": "1", "text": "hola"})
        frames = until(socket, "message", author="bot", text="eco: hola")
    kinds = [frame["type"] for frame in frames]
    acknowledged = frames[kinds.index("ack")]
    assert acknowledged["client_id"] == "1"
    assert acknowledged["message"]["text"] == "hola"
    typing = [frame["on"] for frame in frames if frame["type"] == "typing"]
    assert typing[0] is True
    own = [f for f in frames if f["type"] == "message" and f["message"]["text"] == "hola"]
    assert own == []


def test_two_tabs_see_the_same_messages_once_each(gateway, customer):
    ana = customer(gateway())
    with ana.socket() as one, ana.socket() as two:
        hello(one, ana)
        hello(two, ana)
        one.send_json({"type": "send", "client_id": "1", "text": "hola"})
        until(one, "message", text="eco: hola")
        frames = until(two, "message", text="eco: hola")
        seen = [frame["message"]["text"] for frame in frames if frame["type"] == "message"]
        assert seen == ["hola", "eco: hola"]
        two.send_json({"type": "send", "client_id": "2", "text": "otra"})
        assert "otra" in str(until(one, "message", text="eco: otra"))


def test_message_sent_by_http_reaches_the_socket(gateway, customer):
    ana = customer(gateway())
    with ana.socket() as socket:
        hello(socket, ana)
        ana.say("hola", wait=False)
        until(socket, "message", author="customer", text="hola")
        until(socket, "message", author="bot")


def test_reconnecting_loses_nothing_and_doubles_nothing(gateway, customer):
    ana = customer(gateway())
    seen = []
    with ana.socket() as socket:
        seen += hello(socket, ana)["messages"]
        socket.send_json({"type": "send", "client_id": "1", "text": "uno"})
        until(socket, "ack")
    ana.wait_for("eco: uno")
    ana.say("dos")
    with ana.socket() as socket:
        seen += hello(socket, ana, after=seen[-1]["id"])["messages"]
    assert [each["id"] for each in seen] == [each["id"] for each in ana.messages()]


def test_message_resent_after_reconnecting_is_acknowledged_again(gateway, customer, engine):
    ana = customer(gateway())
    for _ in range(2):
        with ana.socket() as socket:
            hello(socket, ana)
            socket.send_json({"type": "send", "client_id": "1", "text": "uno"})
            until(socket, "ack", client_id="1")
    ana.wait_for("eco: uno")
    assert len(ana.messages()) == 3


def test_socket_survives_a_restart_of_the_gateway_by_reconnecting(gateway, customer):
    client = gateway()
    ana = customer(client)
    last = ana.say("hola")["replies"][-1]["id"]
    client.__exit__(None, None, None)
    ana.client = gateway()
    with ana.socket() as socket:
        assert hello(socket, ana, after=last)["messages"] == []


def test_person_button_by_socket(gateway, customer):
    ana = customer(gateway())
    with ana.socket() as socket:
        hello(socket, ana)
        socket.send_json({"type": "person"})
        frames = until(socket, "conversation")
        assert frames[-1]["conversation"]["owner"] == "queue"
        assert ana.view()["reference"] in str(frames)


def test_handoff_from_the_dialogue_changes_the_owner_live(gateway, customer, engine):
    engine.script["persona"] = {"say": ["Le paso."], "handoff": handoff()}
    ana = customer(gateway())
    with ana.socket() as socket:
        hello(socket, ana)
        socket.send_json({"type": "send", "client_id": "1", "text": "persona"})
        frames = until(socket, "conversation")
        assert frames[-1]["conversation"]["owner"] == "queue"
        assert frames[-1]["conversation"]["queue"]["position"] == 1


@pytest.mark.parametrize(
    "frame, code",
    [
        ({"type": "send", "client_id": "9", "text": " "}, "empty"),
        ({"type": "send", "client_id": "9", "text": "a" * 4001}, "too_long"),
        ({"type": "send", "client_id": "9", "choice": "ch_madeup"}, "choice"),
        ({"type": "dance"}, "bad_request"),
        ({"type": "send", "text": "no id"}, "bad_request"),
    ],
)
def test_refused_frame_is_answered_and_the_socket_goes_on(gateway, customer, frame, code):
    ana = customer(gateway())
    with ana.socket() as socket:
        hello(socket, ana)
        socket.send_json(frame)
        error = until(socket, "error")[-1]
        assert error["code"] == code
        assert error["text"]
        if "client_id" in frame:
            assert error["client_id"] == "9"
        socket.send_json({"type": "ping"})
        until(socket, "pong")


@pytest.mark.parametrize("token", ["", "nonsense"])
def test_socket_with_a_bad_token_is_closed(gateway, customer, token):
    ana = customer(gateway())
    ana.token = token
    with ana.socket() as socket:
        assert hello(socket, ana)["code"] == "token"
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 4401


def test_socket_with_another_customers_token_is_closed(gateway, customer):
    client = gateway()
    ana, luis = customer(client), customer(client)
    with ana.socket() as socket:
        assert hello(socket, luis)["code"] == "token"


def test_first_frame_must_be_hello(gateway, customer):
    ana = customer(gateway())
    with ana.socket() as socket:
        socket.send_json({"type": "send", "client_id": "1", "text": "hola"})
        assert socket.receive_json()["code"] == "token"


def test_socket_of_a_site_that_is_not_allowed_is_refused(gateway, customer):
    ana = customer(gateway())
    path = f"{ana.path}/socket"
    with pytest.raises(WebSocketDisconnect):
        with ana.client.websocket_connect(path, headers={"Origin": "https://evil.example"}):
            pass
    allowed = {"Origin": "http://127.0.0.1:8090"}
    with ana.client.websocket_connect(path, headers=allowed) as socket:
        assert hello(socket, ana)["type"] == "ready"


def test_agents_typing_reaches_the_customer_and_theirs_the_desk(gateway, customer):
    ana = customer(gateway())
    hub = ana.client.app.state.gateway.hub
    with ana.socket() as socket:
        hello(socket, ana)
        ana.client.portal.call(lambda: hub.typing(ana.id, "agent", True, name="Marta"))
        frame = until(socket, "typing", who="agent")[-1]
        assert frame == {"type": "typing", "who": "agent", "on": True, "name": "Marta"}


def test_closed_socket_is_forgotten(gateway, customer):
    ana = customer(gateway())
    hub = ana.client.app.state.gateway.hub
    with ana.socket() as socket:
        hello(socket, ana)
        assert hub.watched(ana.id)
    wait_until(lambda: not hub.watched(ana.id))
