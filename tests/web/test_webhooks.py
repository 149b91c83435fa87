"""Webhooks against a receiver on this machine: signed, repeated, never lost, never elsewhere."""

import ast
import hashlib
import hmac
import json
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from agents_client import Agent, add_agent
from desk_fakes import fake_desk
from fake_engine import wait_until

from bot.errors import DeskError, NotFound
from bot.handoff import deliveries as on_the_way
from bot.handoff import tickets
from bot.handoff.deliveries import Deliveries
from bot.handoff.hooks import KINDS, Hooks, signature
from bot.handoff.tables_desk import hooks
from bot.settings import ROOT
from bot.web.hook_sender import Sender, public

pytestmark = pytest.mark.server


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it gets and answers what the test wants."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        status = self.server.answers.pop(0) if self.server.answers else 204
        self.send_response(status)
        if status in (301, 302, 307):
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.got, server.answers = [], []
    server.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def here(tmp_path):
    made = fake_desk(tmp_path)
    yield made
    made.store.close()


class Post:
    """Hooks, deliveries and sender of a desk; ``round()`` is one look."""

    def __init__(self, here, *, private=True, timeout=5.0):
        self.here = here
        self.hooks = Hooks(here.store, "k" * 64)
        self.deliveries = Deliveries(here.store, self.hooks)
        self.sender = Sender(
            self.hooks, self.deliveries, private=private, clock=here.clock, timeout=timeout
        )

    def round(self):
        self.deliveries.plan()
        for hook in self.hooks.all():
            if hook.active:
                self.sender.serve(hook)


@pytest.fixture
def post(here):
    return Post(here)


def kinds(receiver):
    return [json.loads(body)["kind"] for _, _, body in receiver.got]


def test_an_event_arrives_once_signed_and_without_anybodys_words(here, post, receiver):
    here.ticket("antes de todo esto")
    hook = post.hooks.add(receiver.url, [], "jefa")
    ticket = here.ticket("me han cobrado dos veces el pedido 123")
    post.round()
    post.round()
    here.clock.forward(minutes=5)
    post.round()

    assert kinds(receiver) == ["opened"]  # once, and nothing from before the hook
    path, headers, body = receiver.got[0]
    stamp, _, made = headers["X-Remanso-Signature"].partition(",v1=")
    key = post.hooks.key_of(hook).encode()
    signed = hmac.new(key, stamp[2:].encode() + b"." + body, hashlib.sha256).hexdigest()
    told = json.loads(body)
    assert path == "/hook" and hmac.compare_digest(signed, made)
    assert headers["X-Remanso-Delivery"] == told["id"]
    assert told["ticket"]["ref"] == ticket.ref
    assert b"cobrado" not in body
    assert hook.secret not in post.hooks.key_of(hook)


def test_only_the_events_asked_for_arrive(here, post, receiver):
    post.hooks.add(receiver.url, ["claimed"], "jefa")
    ticket, ana = here.ticket(), here.agent()
    here.desk.claim(ticket.ref, ana)
    post.round()
    assert kinds(receiver) == ["claimed"]


def test_what_is_not_taken_comes_again_later_under_the_same_id(here, post, receiver):
    hook = post.hooks.add(receiver.url, [], "jefa")
    receiver.answers[:] = [500, 503]
    here.ticket()
    for seconds in (0, 1, 10, 59, 2):
        here.clock.forward(seconds=seconds)
        post.round()

    ids = [headers["X-Remanso-Delivery"] for _, headers, _ in receiver.got]
    assert len(ids) == 3 and len(set(ids)) == 1
    (last,) = post.deliveries.last(hook.id)
    assert (last["tries"], last["status"], last["next_at"]) == (3, 204, None)
    assert post.hooks.get(hook.id).failing_since is None


def test_one_event_that_is_never_taken_holds_up_no_other(here, post, receiver):
    post.hooks.add(receiver.url, [], "jefa")
    receiver.answers[:] = [500]
    here.ticket("uno")
    here.ticket("dos")
    post.round()
    assert len(receiver.got) == 2
    assert [each["status"] for each in post.deliveries.last(1)] == [204, 500]


def test_a_redirect_is_a_failure_and_is_not_followed(here, post, receiver):
    post.hooks.add(receiver.url, [], "jefa")
    receiver.answers[:] = [302]
    here.ticket()
    post.round()
    assert [path for path, _, _ in receiver.got] == ["/hook"]
    assert post.deliveries.last(1)[0]["delivered_at"] is None


def test_a_sender_that_dies_after_sending_sends_again_under_the_same_id(here, post, receiver):
    hook = post.hooks.add(receiver.url, [], "jefa")
    here.ticket()
    post.deliveries.plan()
    (taken,) = post.deliveries.take(hook)
    assert post.sender.send(hook, taken.body).taken  # and then the process is gone
    another = Post(here)
    another.round()
    assert len(receiver.got) == 1  # the lease still holds
    here.clock.forward(seconds=on_the_way.LEASE.total_seconds() + 1)
    another.round()
    assert len({headers["X-Remanso-Delivery"] for _, headers, _ in receiver.got}) == 1
    assert len(receiver.got) == 2


def test_two_senders_at_once_send_once(here, receiver):
    one, two = Post(here), Post(here)
    hook = one.hooks.add(receiver.url, [], "jefa")
    here.ticket()
    one.deliveries.plan()
    two.deliveries.plan()
    assert (len(one.deliveries.take(hook)), len(two.deliveries.take(hook))) == (1, 0)


def test_events_of_a_long_absence_all_arrive(here, post, receiver, monkeypatch):
    monkeypatch.setattr(on_the_way, "PLANNED", 3)
    monkeypatch.setattr(on_the_way, "TAKEN", 2)
    post.hooks.add(receiver.url, ["noted"], "jefa")
    ticket = here.ticket()
    with here.store.database.write() as connection:
        for number in range(8):
            tickets.log(connection, ticket.ref, here.clock.now, "bot", "noted", {"n": number})
    here.clock.forward(minutes=1)
    for _ in range(5):
        post.round()
    assert [json.loads(body)["data"]["n"] for _, _, body in receiver.got] == list(range(8))


@contextmanager
def listening(answer):
    """Serve one connection after another with ``answer(socket)``."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                line, _ = door.accept()
            except OSError:
                return
            with line:
                answer(line)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{door.getsockname()[1]}/"
    door.close()


def test_who_dribbles_is_cut_off_and_everything_else_waits_a_little(here):
    stop = threading.Event()

    def dribble(line):
        line.sendall(b"HTTP/1.1 200 OK\r\n")
        while not stop.wait(0.05):
            try:
                line.sendall(b"X-More: 1\r\n")
            except OSError:
                return

    post = Post(here, timeout=0.4)
    with listening(dribble) as url:
        hook = post.hooks.add(url, [], "jefa")
        here.ticket("uno")
        here.ticket("dos")
        began = time.monotonic()
        post.round()
        stop.set()
    assert time.monotonic() - began < 5
    waiting = post.deliveries.last(hook.id)
    assert [each["tries"] for each in waiting] == [0, 1]
    assert all(each["status"] is None and each["next_at"] for each in waiting)


def test_days_of_failure_turn_a_hook_off_and_it_goes_on_where_it_was(here, post, receiver):
    hook = post.hooks.add(receiver.url, [], "jefa")
    here.ticket()
    receiver.answers[:] = [500] * 40
    for _ in range(20):
        post.round()
        here.clock.forward(hours=12)
    off = post.hooks.get(hook.id)
    assert not off.active and off.disabled_at is not None
    tried = len(receiver.got)
    receiver.answers.clear()
    post.round()
    assert len(receiver.got) == tried
    here.ticket("otro")  # happens while it is off
    assert post.hooks.turn_on(hook.id).active
    post.round()
    assert kinds(receiver)[tried:] == ["opened", "opened"]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\r\nX-Evil: 1",
        "https://example.com/" + "a" * 2000,
        "//example.com",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_makes_no_sense_is_refused_and_makes_nothing(post, url):
    with pytest.raises(DeskError):
        post.hooks.add(url, [], "jefa")
    assert post.hooks.all() == []


def test_an_unknown_event_is_refused_with_what_is_accepted(post):
    with pytest.raises(DeskError, match="Did you mean 'resolved'"):
        post.hooks.add("https://example.com/", ["resolve"], "jefa")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:0a00:0001::1",
        "nonsense",
    ],
)
def test_addresses_of_our_own_networks_are_not_public(address):
    assert not public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "64:ff9b::8.8.8.8"])
def test_anybodys_addresses_are_public(address):
    assert public(address)


def test_the_private_network_is_refused_when_it_is_sent(here, receiver):
    post = Post(here, private=False)
    hook = post.hooks.add(receiver.url, [], "jefa")
    answer = post.sender.test(hook)
    assert answer.status is None and "REMANSO_HOOK_PRIVATE" in answer.why
    assert receiver.got == []


def test_a_name_is_resolved_when_it_is_sent_and_all_its_addresses_are_looked_at(here, monkeypatch):
    post = Post(here, private=False)
    hook = post.hooks.add("https://hooks.example/", [], "jefa")
    inner = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("8.8.8.8", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inner)
    assert "private network" in post.sender.test(hook).why


def test_a_signature_depends_on_time_and_body(here):
    at = here.clock.now
    same = signature("k", b"{}", at)
    assert same == signature("k", b"{}", at)
    here.clock.forward(seconds=1)
    assert len({same, signature("k", b"{}", here.clock.now), signature("k", b"[]", at)}) == 3


def test_a_hook_that_does_not_exist_is_not_found(post):
    for work in (post.hooks.get, post.hooks.remove, post.hooks.turn_on, post.deliveries.last):
        with pytest.raises(NotFound):
            work(7)


def test_administrators_make_try_and_remove_hooks_and_read_of_those_turned_off(gateway, receiver):
    client = gateway(hook_private=True)
    add_agent(client, "jefa", role="admin", teams=())
    boss, path = Agent(client, "jefa"), "/api/v1/hooks"
    made = boss.post(path, url=receiver.url, events=["opened"])
    assert made.status_code == 201
    one = f"{path}/{made.json()['hook']['id']}"
    assert made.json()["secret"] not in boss.get(path).text
    assert boss.post(f"{one}/test").json() == {"delivered": True, "status": 204, "why": ""}
    assert kinds(receiver) == ["test"]
    receiver.answers[:] = [500]
    assert boss.post(f"{one}/test").json()["delivered"] is False
    wrong = boss.post(path, url="http://example.com/", events=[])
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "hook_url")
    wrong = boss.post(path, url=receiver.url, events=["nothing"])
    assert "opened" in wrong.json()["error"]["facts"]["accepted"]
    calling = client.app.state.gateway.calling
    with calling.hooks._store.database.write() as connection:
        values = {"active": False, "disabled_at": calling.hooks._store.clock()}
        connection.execute(hooks.update().values(**values))
    assert "127.0.0.1" in boss.get("/api/v1/session").json()["notices"][0]
    assert boss.post(f"{one}/on").json()["active"] is True
    assert boss.get("/api/v1/session").json()["notices"] == []
    assert boss.get(f"{one}/deliveries").json() == {"deliveries": []}
    assert boss.request("DELETE", one).status_code == 204
    assert boss.get(f"{one}/deliveries").status_code == 404


def test_a_running_gateway_tells_of_what_customers_do(gateway, customer, receiver):
    client = gateway(hook_private=True)
    client.app.state.gateway.calling.hooks.add(receiver.url, ["opened"], "jefa")
    reference = customer(client).person()["reference"]
    assert wait_until(lambda: receiver.got)
    assert json.loads(receiver.got[0][2])["ticket"]["ref"] == reference


def logged_kinds():
    """Return the kinds of events that the code writes down, as far as they are spelt out."""
    found = set()
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "log":
                words = [each.value for each in node.args if isinstance(each, ast.Constant)]
                found |= {word for word in words if isinstance(word, str)}
    return found - {"system", "customer", "bot"}


def test_every_kind_of_event_in_the_code_can_be_asked_for():
    assert len(logged_kinds()) > 20
    assert logged_kinds() <= KINDS
