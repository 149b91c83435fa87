"""What somebody with bad intentions sends: refused clearly, and nothing changes."""

import io
import json
import logging

import msgspec
import pytest
from agents_client import PASSWORD, Agent, add_agent, bearer, credentials, next_frame
from role_table import BODIES, label, operations, request, stored

from bot.handoff.records import Identity
from bot.web import auth
from bot.web.logs import JsonLines

pytestmark = pytest.mark.server

CUSTOMERS = operations("conversation")
WITH_BODY = [
    each
    for each in operations("agent", "session", "conversation", None)
    if each.body is not None and each.path != "/api/v1/mail/bounces"
]
NAMED = [each for each in operations("agent", "conversation", None) if "{" in each.path]
CHANGES = [each for each in operations("agent", "session") if each.method != "GET"]


def headers_for(operation, case, tokens):
    """Return the proof that an operation asks for."""
    if operation.security == "conversation":
        return case["headers"]
    return tokens["jefa"] if operation.security == "agent" else {}


@pytest.fixture(scope="module")
def stranger(desk, customer_class):
    """Another customer, with a conversation of their own."""
    return customer_class(desk)


@pytest.fixture(scope="module")
def boss(desk):
    return Agent(desk, "jefa")


@pytest.mark.parametrize("operation", CUSTOMERS, ids=label)
def test_another_customers_key_opens_nothing(desk, case, stranger, operation):
    before = stored(desk)
    for headers in (stranger.headers, {}, {"Authorization": "Bearer guess"}):
        answer = request(desk, operation, case, headers)
        assert answer.status_code in (400, 401, 403, 404), answer.text
        assert answer.json()["error"]["text"]
    assert stored(desk) == before


@pytest.mark.parametrize("operation", CHANGES, ids=label)
def test_a_change_by_cookie_needs_token_and_page_of_ours(desk, case, boss, operation):
    cookie = {"Cookie": f"{auth.COOKIE}={boss.cookie}"}
    before = stored(desk)
    forged = (
        cookie,
        {**cookie, "X-CSRF-Token": "forged"},
        {**cookie, "X-CSRF-Token": boss.csrf[:-1]},
        {**cookie, "X-CSRF-Token": boss.csrf, "Origin": "http://127.0.0.1:8090"},
        {**cookie, "X-CSRF-Token": boss.csrf, "Origin": "https://evil.example"},
        {**cookie, "X-CSRF-Token": boss.csrf, "Origin": "null"},
    )
    for headers in forged:
        answer = request(desk, operation, case, headers)
        assert answer.status_code == 403, answer.text
        assert answer.json()["error"]["code"] in ("csrf", "origin")
    assert stored(desk) == before


BROKEN = {
    "cut off": b"{",
    "a list": b"[]",
    "a string": b'"x"',
    "null": b"null",
    "no JSON": b"<xml/>",
    "no UTF-8": b'{"text": "\xff\xfe"}',
    "half a surrogate": b'{"text": "\\ud800"}',
    "nested deeply": b"[" * 30_000,
    "nested deeply in a field": b'{"text": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001,
    "nested deeply in a field nobody reads": b'{"zz": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "a huge number": b'{"score": 1e999, "cents": 1e999, "text": 1e999}',
    "everything of a wrong type": json.dumps(
        {name: [[]] for body in BODIES.values() for name in body}
    ).encode(),
    "too much": b'{"text": "' + b"a" * 70_000 + b'"}',
}


@pytest.mark.parametrize("operation", WITH_BODY, ids=label)
def test_a_broken_body_is_refused_and_changes_nothing(desk, case, tokens, boss, operation):
    headers = headers_for(operation, case, tokens)
    if operation.security == "session":
        headers = {"Cookie": f"{auth.COOKIE}={boss.cookie}", "X-CSRF-Token": boss.csrf}
    before = stored(desk)
    fields = {each.name for each in msgspec.structs.fields(operation.body)}
    for name, body in BROKEN.items():
        if name == "a huge number" and not fields & {"score", "cents", "text"}:
            continue  # no such field: it is passed over
        answer = request(desk, operation, case, headers, content=body)
        expected = (413,) if name == "too much" else (400, 401, 403, 404, 409, 429)
        assert answer.status_code in expected, f"{name}: {answer.status_code} {answer.text}"
        error = answer.json()["error"]
        assert error["code"] and error["text"]
        if name == "everything of a wrong type" and answer.status_code == 400:
            assert error["facts"]["field"], "the field is named"
    assert stored(desk) == before


ODD = (
    "..%2F..%2F..%2Fetc%2Fpasswd",
    "%2e%2e%2f%2e%2e%2fsecret",
    "R-234567%00",
    "%00",
    "R-'%20OR%20'1'='1",
    "%3Cscript%3E",
    "%F0%9F%98%80",
    "-1",
    "9" * 40,
    "%D9%A1",
    "1e3",
    "x" * 5000,
    "%0d%0aX-Evil:%201",
)


@pytest.mark.parametrize("operation", NAMED, ids=label)
def test_odd_names_in_a_path_find_nothing(desk, case, tokens, operation):
    headers = headers_for(operation, case, tokens)
    before = stored(desk)
    for odd in ODD:
        names = {name: odd for name in case if name != "headers"}
        answer = request(desk, operation, names, headers)
        told = f"{odd[:30]}: {answer.status_code} {answer.text[:300]}"
        assert answer.status_code in (400, 401, 403, 404, 405, 409), told
        assert "X-Evil" not in answer.headers
    assert stored(desk) == before


@pytest.mark.parametrize(
    "path",
    [
        "/static/../gateway.py",
        "/static/%2e%2e/gateway.py",
        "/static/..%2fgateway.py",
        "/static/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc/passwd",
        "/static//etc/passwd",
        "/static/console/..%5c..%5cgateway.py",
        "/static/%00",
        "/static/console/",
        "/static/" + "a/" * 2000,
    ],
)
def test_no_file_but_the_pages_is_served(desk, path):
    answer = desk.get(path)
    assert answer.status_code in (400, 404, 405)
    assert "import" not in answer.text and "root:" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "//evil.example/",
        "/console//evil.example",
        "/console?next=https://evil.example",
        "/console/measures?next=//evil.example",
        "/\\evil.example",
        "/status/",
        "/api/v1/tickets/",
    ],
)
def test_nothing_leads_to_another_site(desk, path):
    answer = desk.request("GET", path, headers={"Host": "testserver"}, follow_redirects=False)
    where = answer.headers.get("location", "/")
    assert where.startswith(("/", "http://testserver/")) and not where.startswith("//")


def test_a_file_name_breaks_no_header(desk, case):
    odd = 'a"\r\nSet-Cookie: x=1; <script>.txt'
    path = f"/api/v1/conversations/{case['conversation']}/attachments"
    made = desk.post(path, params={"name": odd}, content=b"hola", headers=case["headers"])
    assert made.status_code == 201, made.text
    got = desk.get(f"{path}/{made.json()['id']}", headers=case["headers"])
    assert "set-cookie" not in got.headers
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "\r" not in made.json()["name"]


def test_a_table_of_measures_runs_in_no_spreadsheet(gateway, customer):
    client = gateway()
    add_agent(client, "ana", name='=HYPERLINK("http://evil.example")')
    add_agent(client, "jefa", role="admin", teams=())
    ana, boss = Agent(client), Agent(client, "jefa")
    for odd in ("=1+1", "@SUM(A1)", "+1", "-1"):
        eva = customer(client)
        ref = eva.person()["reference"]
        ana.act(ref, "claim")
        ana.post(f"/api/v1/tickets/{ref}/labels", labels=[odd])
        ana.act(ref, "resolve", disposition="solved", cause="wish")
        client.post(
            f"{eva.path}/rating", json={"score": 1, "comment": f"{odd} mal"}, headers=eva.headers
        )
    import csv

    rows = list(csv.reader(io.StringIO(boss.get("/api/v1/measures.csv").text)))
    assert rows
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "@", "\t", "\r")]


def test_no_log_line_holds_a_key_a_password_or_what_a_customer_wrote(gateway, customer):
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    was = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        client = gateway(hook_private=True)
        add_agent(client, role="admin")
        token = bearer(client)
        client.post("/api/v1/session", json=credentials(password="muy-secreta-1"))
        ana, eva = Agent(client), customer(client)
        eva.say("mi tarjeta es 4111 1111 1111 1111")
        ref = eva.person()["reference"]
        client.get(f"/api/v1/tickets/{ref}", headers=token)
        client.post(f"/api/v1/tickets/{ref}/notes", content=b'{"text": 7}', headers=token)
        made = ana.post("/api/v1/hooks", url="http://127.0.0.1:9/?key=hush", events=[]).json()
        ana.post(f"/api/v1/hooks/{made['hook']['id']}/test")
        factor = ana.post("/api/v1/account/second-factor", password=PASSWORD).json()
    finally:
        root.removeHandler(handler)
        root.setLevel(was)
    secrets = [ana.cookie, ana.csrf, eva.token, token["Authorization"][7:], "muy-secreta-1"]
    secrets += [PASSWORD, "4111", made["secret"], factor["secret"]]
    ours = [line for line in out.getvalue().splitlines() if "sqlalchemy" not in line]
    assert not [secret for secret in secrets if secret in "\n".join(ours)]


DEEP = '{"type": "ping", "zz": ' + "[" * 20_000 + "]" * 20_000 + "}"


def test_frames_nobody_can_read_close_no_socket(desk, case, customer_class, boss):
    eva = customer_class(desk)
    with eva.socket() as socket:
        socket.send_json({"type": "hello", "token": eva.token})
        for frame in (DEEP, "{", "null", '{"type": "nothing"}'):
            socket.send_text(frame)
        socket.send_json({"type": "ping"})
        next_frame(socket, "pong")
    with eva.socket() as socket:
        socket.send_text(DEEP)
        assert next_close(socket) == 4401
    with boss.live() as socket:
        for frame in (DEEP, "{", "null", '{"type": "nothing"}'):
            socket.send_text(frame)
        socket.send_json({"type": "ping"})
        next_frame(socket, "pong")


def test_another_customers_key_opens_no_socket(desk, case, stranger):
    path = f"/api/v1/conversations/{case['conversation']}/socket"
    with desk.websocket_connect(path) as socket:
        socket.send_json({"type": "hello", "token": stranger.token})
        assert next_close(socket) in (4401, 4403, 4404)


def next_close(socket):
    """Return the code a socket is closed with, passing over frames."""
    while True:
        frame = socket.receive()
        if frame["type"] == "websocket.close":
            return frame["code"]


def test_floods_are_held_back_and_told_how_long(gateway, customer):
    client = gateway(messages_per_minute=3, conversations_per_minute=2)
    eva = customer(client)
    begun = [client.post("/api/v1/conversations", json={}) for _ in range(2)]
    assert [each.status_code for each in begun] == [201, 429]
    before = stored(client)
    assert client.post("/api/v1/conversations", json={}).status_code == 429
    assert stored(client) == before
    answers = [eva.post("hola", wait=False) for _ in range(4)]
    assert [each.status_code for each in answers] == [202, 202, 202, 429]
    assert int(answers[-1].headers["retry-after"]) > 0


READS = [
    each
    for each in operations("agent")
    if each.method == "GET"
    and any(name in each.path for name in ("{ref}", "{conversation}", "/customers/", "/v1/moments"))
    and "/playbook" not in each.path  # rules of the house, nothing of the customer
    and "/reviews" not in each.path  # about the agent
]


@pytest.fixture(scope="module")
def shown(desk, case, tokens, customer_class):
    """What those operations show: a chat of the bot's, a known customer, a file, a moment."""
    eva, headers = customer_class(desk), case["headers"]
    eva.say("hola")
    gateway = desk.app.state.gateway
    known = Identity("verified", "c-1001", "Lucía Vega", "lucia@ejemplo.es")
    chat = gateway.store.create_conversation(identity=known)
    gateway.desk.open_ticket(chat.id, None, trigger="person_button")
    file = send_a_file(desk, f"/api/v1/conversations/{case['conversation']}", headers)
    bots = send_a_file(desk, eva.path, eva.headers)
    wish = {"text": "Debió preguntar el pedido"}
    desk.post(f"/api/v1/tickets/{case['ref']}/moments", json=wish, headers=tokens["bea"])
    return {**case, "conversation": eva.id, "id": "c-1001", "attachment": file, "bots": bots}


def send_a_file(desk, path, headers):
    """Send a file as a message; return its id."""
    made = desk.post(
        f"{path}/attachments", params={"name": "a.txt"}, content=b"uno", headers=headers
    )
    sent = {"client_id": "f1", "attachments": [made.json()["id"]]}
    desk.post(f"{path}/messages?wait=0", json=sent, headers=headers)
    return made.json()["id"]


@pytest.mark.parametrize("operation", READS, ids=label)
def test_every_look_at_a_customers_data_is_logged(desk, shown, tokens, operation):
    if "/bot-chats/" in operation.path:
        shown = {**shown, "attachment": shown["bots"]}
    before = stored(desk)
    answer = request(desk, operation, shown, tokens["bea"])
    assert answer.status_code == 200, answer.text
    after = stored(desk)
    logged = [name for name in ("ticket_events", "reads") if after[name] != before[name]]
    assert logged, f"{operation.path} shows and logs nothing"
