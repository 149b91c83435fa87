"""The client of the engine's door, against a real HTTP server."""

import asyncio

import pytest
from fake_engine import FakeEngine, free_port, handoff

from bot.engine import Engine
from bot.errors import EngineDown, EngineError, EngineLate

pytestmark = pytest.mark.unit

CONTEXT = {"identity": {"status": "anonymous"}, "language": "es", "now": "2026-01-01T00:00:00Z"}


@pytest.fixture(scope="module")
def fake():
    engine = FakeEngine().start()
    yield engine
    engine.stop()


def ask(url, call, **options):
    async def run():
        engine = Engine(url, "secret", **options)
        try:
            return await call(engine)
        finally:
            await engine.close()

    return asyncio.run(run())


def message(text, turn="t_1", **more):
    return lambda engine: engine.message("c_1", turn, text, context=CONTEXT, **more)


def test_turn_is_sent_and_its_answer_read(fake):
    fake.script["hola"] = {"choices": [{"title": "Sí", "payload": "/affirm"}]}
    reply = ask(fake.url, message("hola", "t_hola", choice="/greet"))
    assert reply.messages[0].text == "eco: hola"
    assert reply.messages[0].choices[0].payload == "/affirm"
    assert reply.parse["intent"]["name"] == "inform"
    assert fake.calls[-1] == {
        "conversation": "c_1",
        "turn": "t_hola",
        "text": "hola",
        "choice": "/greet",
        "context": CONTEXT,
    }


def test_repeated_turn_is_marked_as_replayed(fake):
    assert ask(fake.url, message("dos veces", "t_2")).replayed is False
    assert ask(fake.url, message("dos veces", "t_2")).replayed is True


def test_handoff_comes_through_whole(fake):
    fake.script["persona"] = {"handoff": handoff(team="billing")}
    assert ask(fake.url, message("persona", "t_3")).handoff["team"] == "billing"


def test_hand_back_health_and_score_have_their_own_answers(fake):
    note = {"agreed": "reenvío"}
    reply = ask(fake.url, lambda e: e.handback("c_1", "t_4", note=note, context=CONTEXT))
    assert reply.messages
    assert fake.calls[-1]["note"] == note
    assert ask(fake.url, lambda e: e.score("c_1", "hola"))["frustration"]["level"] == "calm"
    assert ask(fake.url, lambda e: e.health()).model


def test_nobody_listening_is_down():
    with pytest.raises(EngineDown):
        ask(f"http://127.0.0.1:{free_port()}", message("hola"))


@pytest.mark.parametrize("status", [502, 503])
def test_engine_without_a_model_is_down(fake, status):
    fake.script["sin modelo"] = {"status": status}
    with pytest.raises(EngineDown):
        ask(fake.url, message("sin modelo", f"t_{status}"))


def test_slow_engine_is_late(fake):
    fake.script["lento"] = {"seconds": 3}
    with pytest.raises(EngineLate):
        ask(fake.url, message("lento", "t_5"), timeout=1)
    with pytest.raises(EngineLate):
        ask(fake.url, message("lento", "t_6", timeout=1))


@pytest.mark.parametrize("status", [400, 401, 500])
def test_refusal_is_an_error_that_is_neither_down_nor_late(fake, status):
    fake.script["mal"] = {"status": status}
    with pytest.raises(EngineError) as error:
        ask(fake.url, message("mal", f"t_7_{status}"))
    assert type(error.value) is EngineError
    assert str(status) in str(error.value)
    assert "mal" not in str(error.value)


def test_damaged_model_is_an_error_with_the_engines_reason(fake):
    with pytest.raises(EngineError, match="damaged archive"):
        ask(fake.url, lambda e: e.load("/models/broken.tar.gz"))


def test_answer_of_another_shape_is_an_error(fake):
    fake.script["raro"] = {"say": [7]}
    with pytest.raises(EngineError, match="something else than agreed"):
        ask(fake.url, message("raro", "t_8"))


def test_engine_that_dies_in_mid_turn_is_down():
    fake = FakeEngine().start()
    fake.script["hola"] = {"seconds": 5}

    async def run():
        engine = Engine(fake.url, "secret")
        asked = asyncio.ensure_future(message("hola")(engine))
        while not fake.calls:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(fake.stop)
        with pytest.raises(EngineDown):
            await asked
        await engine.close()

    asyncio.run(run())


def test_secret_goes_with_every_call():
    import httpx

    seen = []

    def answer(request):
        seen.append(request.headers["authorization"])
        return httpx.Response(200, json={"status": "ok", "model": "m"})

    ask("http://engine", lambda e: e.health(), transport=httpx.MockTransport(answer))
    assert seen == ["Bearer secret"]
