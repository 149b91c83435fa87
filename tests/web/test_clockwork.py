"""The desk's clock in a running gateway: rows, alarms, news, surveys, follow-ups."""

from datetime import timedelta

import pytest
from agents_client import Agent, add_agent, next_frame
from fake_engine import wait_until

pytestmark = pytest.mark.server

TICKETS = "/api/v1/tickets"


class Shifted:
    """The real clock, moved on by hand."""

    def __init__(self, desk):
        self._clock = desk.clock
        self.by = timedelta()

    def __call__(self):
        return self._clock() + self.by


@pytest.fixture
def client(gateway):
    client = gateway(agent_grace=0.4)  # a look every 0.1 s
    add_agent(client)
    return client


@pytest.fixture
def desk(client):
    return client.app.state.gateway.desk


@pytest.fixture
def later(client, desk):
    """Move the desk's time on: ``later(days=3)``."""
    clock = Shifted(desk)
    desk.clock = clock

    def move(**span):
        clock.by += timedelta(**span)

    return move


@pytest.fixture
def ana(client):
    return Agent(client)


def kinds(ana, ref):
    return [event["kind"] for event in ana.get(f"{TICKETS}/{ref}").json()["events"]]


def test_a_row_tells_its_clocks(client, ana, customer):
    ref = customer(client).person()["reference"]
    (row,) = ana.queue()

    assert row["ref"] == ref
    assert {name: clock["state"] for name, clock in row["sla"].items()} == {
        "first_response": "running",
        "update": "running",
        "resolution": "running",
        "answer": "running",
    }
    assert row["heat"] is False


def test_a_missed_deadline_is_logged_by_itself(client, ana, customer, later):
    ref = customer(client).person()["reference"]
    later(days=90)

    wait_until(lambda: "sla_missed" in kinds(ana, ref))
    assert ana.get(f"{TICKETS}/{ref}").json()["ticket"]["sla"]["resolution"]["state"] == "missed"


def test_a_supervisors_console_shows_the_alarm(client, customer, later):
    add_agent(client, "sol", role="supervisor")
    sol = Agent(client, "sol")
    with sol.live() as socket:
        next_frame(socket, "ready")
        ref = customer(client).person()["reference"]
        later(days=90)
        frame = next_frame(socket, "alarm")

    assert frame["ref"] == ref


def test_a_follow_up_is_planned_over_the_api(client, ana, customer):
    ref = customer(client).person()["reference"]
    path = f"{TICKETS}/{ref}/follow-up"

    assert ana.post(path, at="2099-01-01T10:00:00Z").status_code == 200
    assert "follow_up_planned" in kinds(ana, ref)
    for wrong in ({"at": "soon"}, {"at": "2001-01-01T10:00:00Z"}, {"at": "2099-01-01", "how": "x"}):
        assert ana.post(path, **wrong).status_code == 400
    assert ana.post(path, at="2099-01-01T10:00:00Z", how="survey").status_code == 409
    assert ana.post(path, how="none").status_code == 200
    assert "follow_up_cancelled" in kinds(ana, ref)
    assert ana.post(path, how="none").status_code == 409


def test_a_resolved_case_is_asked_about_and_rated_once(client, ana, customer, later):
    eva = customer(client)
    ref = eva.person()["reference"]
    ana.act(ref, "claim")
    ana.act(ref, "resolve", disposition="solved", cause="knowledge")
    later(minutes=6)
    eva.wait_for("1 a 5")

    rating = {"json": {"score": 4}, "headers": eva.headers}
    answers = [client.post(f"{eva.path}/rating", **rating) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert "rated" in kinds(ana, ref)
