"""The API of the lists: filters and search, kept views, the overview."""

import pytest
from agents_client import Agent, add_agent, bearer

pytestmark = pytest.mark.server

VIEWS = "/api/v1/views"


@pytest.fixture
def client(gateway):
    client = gateway()
    add_agent(client)
    add_agent(client, "jefa", role="supervisor", teams=(), name="Zoe Jefa")
    return client


@pytest.fixture
def ana(client):
    return Agent(client)


def found(agent, query):
    answer = agent.get(f"/api/v1/tickets?{query}")
    assert answer.status_code == 200, answer.text
    return [row["ref"] for row in answer.json()["tickets"]]


def test_words_and_filters_find_a_case(client, ana, customer):
    wanted, other = customer(client), customer(client, language="en")
    wanted.say("El Jarrón llegó roto")
    refs = [each.person()["reference"] for each in (wanted, other)]
    assert found(ana, "view=all&q=jarron") == refs[:1]
    assert found(ana, f"view=all&q={refs[1].lower()}") == refs[1:]
    assert found(ana, "language=en&sort=risk") == refs[1:]
    assert found(ana, "view=all&q=jarron&language=en") == []


@pytest.mark.parametrize(
    "query, code, says",
    [
        pytest.param("view=quque", "filter", "queue, mine", id="view"),
        pytest.param("team=nobody", "filter", "general", id="team"),
        pytest.param("priority=red", "filter", "urgent, high, medium, low", id="priority"),
        pytest.param("q=" + "x" * 101, "filter_long", "100", id="too many words"),
        pytest.param("after=x", "bad_request", "", id="no page"),
        pytest.param("limit=²", "bad_request", "", id="no number"),
    ],
)
def test_a_wrong_wish_is_told_what_is_accepted(ana, query, code, says):
    answer = ana.get(f"/api/v1/tickets?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code
    assert says in answer.json()["error"]["text"]


def test_a_view_is_kept_listed_and_deleted(client, ana):
    kept = ana.post(VIEWS, name="Urgentes", query={"priority": "urgent"})
    assert kept.status_code == 200
    assert ana.get(VIEWS).json() == {"views": [kept.json()]}
    jefa = Agent(client, "jefa")
    assert jefa.get(VIEWS).json() == {"views": []}
    path = f"{VIEWS}/{kept.json()['id']}"
    assert jefa.request("DELETE", path).status_code == 404
    assert ana.request("DELETE", path, csrf="wrong").status_code == 403
    assert ana.request("DELETE", path).status_code == 204
    assert ana.request("DELETE", path).status_code == 404
    assert ana.get(VIEWS).json() == {"views": []}


@pytest.mark.parametrize(
    "body, code",
    [
        pytest.param({"name": ""}, "view_name", id="no name"),
        pytest.param({"name": "v", "query": {"size": "9"}}, "filter_name", id="unknown filter"),
        pytest.param({"name": "v", "query": {"sort": "size"}}, "filter", id="unknown value"),
        pytest.param({"name": "v", "query": {"q": ["a"]}}, "bad_request", id="no text"),
        pytest.param({"name": "x" * 200}, "bad_request", id="too long"),
    ],
)
def test_a_wrong_view_is_refused_and_nothing_is_kept(ana, body, code):
    answer = ana.post(VIEWS, **body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code
    assert ana.get(VIEWS).json() == {"views": []}


@pytest.mark.parametrize("number", ["0", "x", "-1", "9" * 30, "²"])
def test_a_number_that_is_no_view_is_not_found(ana, number):
    assert ana.request("DELETE", f"{VIEWS}/{number}").status_code == 404


def test_reading_needs_a_scope_and_keeping_another(client):
    reader = bearer(client, scopes=("tickets:read",))
    assert client.get(VIEWS, headers=reader).status_code == 200
    answer = client.post(VIEWS, json={"name": "v"}, headers=reader)
    assert answer.status_code == 403
    assert client.get(VIEWS).status_code == 401


def test_only_supervisors_see_the_overview(client, ana, customer):
    reference = customer(client).person()["reference"]
    assert ana.get("/api/v1/overview").status_code == 403
    assert client.get("/api/v1/overview").status_code == 401
    seen = Agent(client, "jefa").get("/api/v1/overview").json()
    teams = {each["team"]: each for each in seen["teams"]}
    assert teams["general"]["waiting"] == 1
    assert {each["presence"] for each in seen["agents"]} == {"offline"}
    assert seen["unaccepted"]["count"] == 0
    assert found(ana, "view=queue") == [reference]
