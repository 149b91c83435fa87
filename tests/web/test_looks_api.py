"""Every list that shows customers is kept once, and administrators read who saw it."""

import pytest
from agents_client import Agent, add_agent, next_frame, strictly
from fake_engine import wait_until

from bot.web import console_live, looks

pytestmark = pytest.mark.server


@pytest.fixture
def client(gateway):
    client = gateway()
    add_agent(client)
    add_agent(client, "jefa", role="supervisor", teams=(), name="Zoe Jefa")
    add_agent(client, "root", role="admin", teams=(), name="Rosa Admin")
    return client


@pytest.fixture
def ref(client, customer):
    eva = customer(client)
    eva.say("El jarrón llegó roto")
    return eva.person()["reference"]


def seen(client, kind):
    """Who saw what, newest first, as an administrator reads it."""
    told = strictly(Agent(client, "root").get(f"{looks.PATH}?kind={kind}"), looks.LooksOut)
    return [(each.agent, each.query, each.refs) for each in told.reads]


@pytest.mark.parametrize(
    "who, path, kind, query",
    [
        ("ana", "/tickets", "queue", {"view": "queue"}),
        ("ana", "/tickets?view=all&team=general", "queue", {"view": "all", "team": "general"}),
        ("ana", "/tickets?view=all&q=jarron", "search", {"view": "all", "q": "…"}),
        ("jefa", "/measures.csv?from=2026-01-01&to=2099-01-01", "measures", None),
    ],
)
def test_a_list_with_the_case_is_kept(client, ref, who, path, kind, query):
    agent = Agent(client, who)
    for _ in range(2):
        assert agent.get(f"/api/v1{path}").status_code == 200
    (look,) = seen(client, kind)
    assert (look[0], look[2]) == (who, [ref])
    assert query is None or look[1] == query


def test_the_overview_is_kept_with_the_cases_it_lists(client, ref):
    desk = client.app.state.gateway.desk
    later = desk.clock().replace(year=desk.clock().year + 1)
    clock, desk.clock = desk.clock, lambda: later
    try:
        shown = Agent(client, "jefa").get("/api/v1/overview").json()
    finally:
        desk.clock = clock
    assert [row["ref"] for row in shown["missed"]["tickets"]] == [ref]
    assert seen(client, "overview") == [("jefa", {}, [ref])]


def test_moments_with_the_customers_words_are_kept(client, ref):
    ana = Agent(client)
    words = ana.get(f"/api/v1/tickets/{ref}").json()["messages"][0]
    wish = {"message": words["id"], "text": "Debió pedir una foto"}
    assert ana.post(f"/api/v1/tickets/{ref}/moments", **wish).status_code == 200
    (moment,) = Agent(client, "jefa").get("/api/v1/moments").json()["moments"]
    assert moment["said"] == words["text"]
    assert seen(client, "moments") == [("jefa", {}, [ref])]


def test_chats_of_the_bot_are_kept_by_conversation(client, customer):
    eva = customer(client)
    eva.say("hola")
    assert Agent(client).get("/api/v1/conversations?owner=bot").json()["conversations"]
    assert seen(client, "bot_chats") == [("ana", {}, [eva.id])]


def test_an_approval_that_waits_is_kept(client, ref, customer):
    ana = Agent(client)
    ana.act(ref, "claim")
    ana.post(f"/api/v1/tickets/{ref}/identity", order="50118", postcode="41004")
    wish = {"kind": "voucher", "cents": 8_000, "subject": "50118", "reason": "Roto"}
    assert ana.post(f"/api/v1/tickets/{ref}/approvals", **wish).status_code == 200
    Agent(client, "jefa").get("/api/v1/approvals")
    assert seen(client, "approvals") == [("jefa", {}, [ref])]


def test_cases_that_come_into_a_live_queue_are_kept(client, customer, monkeypatch):
    monkeypatch.setattr(console_live, "RECHECK", 0.05)
    with Agent(client).live() as socket:
        next_frame(socket, "ready")
        eva = customer(client)
        eva.say("hola")
        ref = eva.person()["reference"]
        next_frame(socket, "ticket")
        assert wait_until(lambda: seen(client, "live")) == [("ana", {}, [ref])]


def test_an_empty_list_and_a_refused_one_are_no_looks(client):
    ana = Agent(client)
    ana.get("/api/v1/tickets")
    ana.get("/api/v1/tickets?view=nope")
    assert strictly(Agent(client, "root").get(looks.PATH), looks.LooksOut).reads == []


@pytest.mark.parametrize("after", ["x", "-1", "9999999999"])
def test_a_page_that_is_none_is_refused(client, after):
    assert Agent(client, "root").get(f"{looks.PATH}?after={after}").status_code == 400
