"""Who has which case open: told to those who have it open too."""

import pytest
from agents_client import Agent, add_agent, next_frame

pytestmark = pytest.mark.server


@pytest.fixture
def client(gateway):
    client = gateway()
    add_agent(client)
    add_agent(client, "luis", name="Luis Gil")
    add_agent(client, "caja", teams=("billing",), name="Caja")
    return client


@pytest.fixture
def ref(client, customer):
    eva = customer(client)
    eva.say("mi pedido no llega")
    return eva.person()["reference"]


def names(frame):
    return [(agent["username"], agent["typing"]) for agent in frame["agents"]]


def test_two_who_have_a_case_open_are_told_of_each_other(client, ref):
    with Agent(client).live() as ana, Agent(client, "luis").live() as luis:
        ana.send_json({"type": "viewing", "ref": ref})
        assert names(next_frame(ana, "viewing")) == [("ana", False)]
        luis.send_json({"type": "viewing", "ref": ref, "typing": True})
        for socket in (ana, luis):
            frame = next_frame(socket, "viewing")
            assert frame["ref"] == ref
            assert names(frame) == [("ana", False), ("luis", True)]
        luis.send_json({"type": "viewing", "ref": None})
        assert names(next_frame(ana, "viewing")) == [("ana", False)]


def test_a_closed_console_has_nothing_open(client, ref):
    with Agent(client).live() as ana:
        ana.send_json({"type": "viewing", "ref": ref})
        next_frame(ana, "viewing")
        with Agent(client, "luis").live() as luis:
            luis.send_json({"type": "viewing", "ref": ref})
            assert len(next_frame(ana, "viewing")["agents"]) == 2
        assert names(next_frame(ana, "viewing")) == [("ana", False)]


def test_two_consoles_of_one_agent_count_once_and_one_that_types_is_enough(client, ref):
    with Agent(client).live() as first, Agent(client).live() as second:
        first.send_json({"type": "viewing", "ref": ref, "typing": True})
        next_frame(first, "viewing")
        second.send_json({"type": "viewing", "ref": ref})
        assert names(next_frame(second, "viewing")) == [("ana", True)]


def test_a_case_of_another_team_is_not_seen(client, ref):
    with Agent(client).live() as ana, Agent(client, "caja").live() as stranger:
        stranger.send_json({"type": "viewing", "ref": ref})
        stranger.send_json({"type": "viewing", "ref": "R-NADA00"})
        stranger.send_json({"type": "ping"})
        next_frame(stranger, "pong")
        ana.send_json({"type": "viewing", "ref": ref})
        assert names(next_frame(ana, "viewing")) == [("ana", False)]


@pytest.mark.parametrize("frame", [{"type": "viewing"}, {"type": "viewing", "ref": 5}])
def test_a_frame_that_says_nothing_is_passed_over(client, frame):
    with Agent(client).live() as ana:
        ana.send_json(frame)
        ana.send_json({"type": "ping"})
        assert next_frame(ana, "pong")
