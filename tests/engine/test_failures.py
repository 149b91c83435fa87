"""Whatever breaks, the customer never reads of a success that was not, and gets a person."""

import asyncio

import pytest

from bot.errors import BackOfficeDown

pytestmark = pytest.mark.model

SUCCESS = {"utter_refund_done", "utter_resend_done", "utter_voucher_done", "utter_solved"}


def assert_handed_over(talk, kind):
    assert not SUCCESS & set(talk.responses)
    assert talk.last["error"]["kind"] == kind
    assert talk.trigger == "system_failed"
    assert talk.last["handoff"]["priority"] == "high"


def test_an_action_that_raises_reaches_a_person(known, actions, shop):
    known.say("late_delivery")
    actions.broken["action_resend"] = BackOfficeDown("no answer")
    known.press("/request_resend")
    assert_handed_over(known, "action_failed")
    assert known.last["error"]["action"] == "action_resend"
    assert known.last["messages"] == []


def test_a_refund_that_takes_too_long_is_no_success(known, loaded, shop):
    from bench import InProcessActions

    known.say("request_refund", order_number="48213")
    slow = InProcessActions(seconds=0.2)
    slow.slow["action_accept"] = 1.0
    loaded.action_endpoint = loaded.processor.action_endpoint = slow
    known.say("affirm")
    assert_handed_over(known, "action_timeout")


def test_an_action_server_that_is_gone_reaches_a_person(talk, loaded):
    from bot.channels.failures import GuardedEndpoint

    gone = GuardedEndpoint("http://127.0.0.1:9/webhook", seconds=5)
    loaded.action_endpoint = loaded.processor.action_endpoint = gone
    talk.say("late_delivery")
    assert_handed_over(talk, "action_failed")
    assert talk.slot("requested_slot") is None


def test_even_the_handoff_action_may_fail(talk, actions):
    actions.broken["action_handoff"] = RuntimeError("boom")
    talk.say("ask_human")
    assert talk.trigger == "system_failed"
    assert talk.last["error"]["action"] == "action_handoff"


def test_an_acknowledgement_that_fails_reaches_a_person(talk, actions):
    actions.broken["action_acknowledge"] = RuntimeError("boom")
    talk.say("store_info", level="angry")
    assert_handed_over(talk, "action_failed")


def test_what_was_said_before_the_failure_stays(known, actions):
    known.say("late_delivery")
    actions.broken["action_resend"] = RuntimeError("boom")
    known.say("request_resend", level="angry")
    assert known.responses == ["utter_acknowledge"]
    assert known.last["error"]["kind"] == "action_failed"


def test_an_answer_of_the_wrong_shape_is_a_failure(talk, actions, monkeypatch):
    async def nonsense(body):
        return {"events": "none"}

    monkeypatch.setattr(actions, "_post", nonsense)
    talk.say("late_delivery")
    assert_handed_over(talk, "action_failed")


def test_a_response_that_ran_out_reaches_a_person_and_repeats_nothing(talk):
    for _ in range(12):
        answer = talk.say("store_info")
        if answer["handoff"]:
            break
    assert len(set(talk.texts)) == len(talk.texts)
    assert answer["handoff"]["trigger"] in ("about_to_repeat", "no_progress")


def test_a_text_that_cannot_be_said_is_a_failure(talk, loaded, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no such text")

    monkeypatch.setattr(loaded.nlg, "_choose", broken)
    talk.say("store_info")
    assert_handed_over(talk, "exception")


def test_a_policy_that_raises_is_not_swallowed(talk, loaded, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("boom")

    monkeypatch.setattr(loaded.processor, "_predict_next_with_tracker", broken)
    with pytest.raises(RuntimeError):
        talk.say("store_info")


def test_a_failure_is_forgotten_after_the_hand_back(talk, actions):
    actions.broken["action_handoff"] = RuntimeError("boom")
    talk.say("ask_human")
    actions.broken.clear()
    talk.say("hand_back", "", note={"agreed": "Se reenvía hoy.", "agent": "Marta"})
    assert talk.last["error"] is None
    assert talk.responses == ["utter_resume"]
    talk.say("store_info")
    assert talk.responses == ["utter_store_info"]


def test_failures_do_not_wait_for_rasas_own_limit():
    from bot.channels.failures import GuardedEndpoint

    async def never(reader, writer):
        await asyncio.sleep(30)

    async def call():
        server = await asyncio.start_server(never, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        endpoint = GuardedEndpoint(f"http://127.0.0.1:{port}/webhook", seconds=0.2)
        answer = await endpoint.request(json={"next_action": "x", "tracker": {}})
        server.close()
        return answer

    answer = asyncio.new_event_loop().run_until_complete(call())
    assert "action_timeout" in answer["events"][0]["value"]
