"""An agent at the console, for tests."""

import msgspec

from bot.handoff import agents
from bot.web import auth

PASSWORD = "correcto caballo"
ORIGIN = "http://testserver"


def add_agent(client, username="ana", *, teams=("general",), role="agent", name="Ana Ruiz"):
    """Make an account in the gateway's database."""
    store = client.app.state.gateway.store
    return agents.add(store, username, name=name, password=PASSWORD, teams=teams, role=role)


class Agent:
    """An agent who is logged in; cookies are the agent's own."""

    def __init__(self, client, username="ana"):
        self.client = client
        answer = self.request("POST", "/api/v1/session", json=credentials(username))
        assert answer.status_code == 200, answer.text
        self.cookie = answer.cookies[auth.COOKIE]
        client.cookies.clear()
        self.csrf = answer.json()["csrf"]

    def request(self, method, path, *, csrf=None, **options):
        headers = {"X-CSRF-Token": csrf if csrf is not None else getattr(self, "csrf", "")}
        if cookie := getattr(self, "cookie", ""):
            headers["Cookie"] = f"{auth.COOKIE}={cookie}"
        return self.client.request(method, path, headers=headers, **options)

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, **body):
        return self.request("POST", path, json=body)

    def act(self, ref, action, **body):
        answer = self.post(f"/api/v1/tickets/{ref}/{action}", **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def queue(self, view="queue"):
        return self.get(f"/api/v1/tickets?view={view}").json()["tickets"]

    def live(self, origin=ORIGIN):
        headers = {"Cookie": f"{auth.COOKIE}={self.cookie}", "Origin": origin}
        return self.client.websocket_connect("/console/live", headers=headers)


def credentials(username="ana", password=PASSWORD):
    return {"username": username, "password": password}


def bearer(client, username="ana", scopes=("tickets:read", "tickets:write")):
    """Return the headers of an agent's token."""
    store = client.app.state.gateway.store
    return {"Authorization": f"Bearer {agents.new_token(store, username, scopes=scopes)}"}


def next_frame(socket, kind):
    """Return the next frame of a kind, passing over others."""
    while True:
        frame = socket.receive_json()
        if frame["type"] == kind:
            return frame


def strictly(answer, kind):
    """Read an answer as its class, with nothing more in it than described."""
    assert answer.status_code == 200, answer.text
    read = msgspec.json.decode(answer.content, type=kind)
    assert msgspec.to_builtins(read) == answer.json()
    return read


def refused(answer, status, code):
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    return answer.json()["error"]
