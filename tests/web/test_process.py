"""The real process: killed and stopped at bad moments, reached through real sockets."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time

import httpx
import pytest
from fake_engine import free_port, wait_until

from bot.settings import ROOT

pytestmark = pytest.mark.server

KILLS = 10


class Process:
    """``python -m bot.web`` on a port of its own."""

    def __init__(self, home, engine):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = home / "web.log"
        self._environment = {
            **os.environ,
            "REMANSO_HOME": str(home),
            "REMANSO_SECRET": "s" * 40,
            "REMANSO_PORT": str(self.port),
            "REMANSO_ENGINE_URL": engine.url,
            "REMANSO_QUIET_WINDOW": "0.05",
            "REMANSO_MESSAGES_PER_MINUTE": "0",
        }
        self._process = None

    def start(self):
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot.web"], cwd=ROOT, env=self._environment, stderr=log
            )
        wait_until(self._alive, 30)
        return self

    def kill(self, number=signal.SIGKILL):
        self._process.send_signal(number)
        return self._process.wait(15)

    def log(self):
        return self._log.read_text()

    def _alive(self):
        try:
            return httpx.get(f"{self.url}/health", timeout=1).is_success
        except httpx.HTTPError:
            return False


@pytest.fixture
def web(tmp_path, engine):
    process = Process(tmp_path, engine).start()
    yield process
    process.kill()


class Chat:
    """A customer over real HTTP who sends again what was not acknowledged."""

    def __init__(self, url):
        self.url = url
        made = httpx.post(f"{url}/api/v1/conversations", json={}, timeout=10).json()
        self.path = f"{url}/api/v1/conversations/{made['conversation']}/messages"
        self.id, self.token = made["conversation"], made["token"]
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def send(self, text, client_id):
        body = {"text": text, "client_id": client_id}
        httpx.post(f"{self.path}?wait=0", json=body, headers=self.headers).raise_for_status()

    def messages(self):
        return httpx.get(self.path, headers=self.headers, timeout=10).json()["messages"]

    def said(self, author):
        return [each["text"] for each in self.messages() if each["author"] == author]


def test_killed_process_loses_no_message_and_doubles_no_reply(web, engine):
    engine.pause = 0.15
    chat = Chat(web.url)
    acknowledged = []
    for number in range(KILLS):
        text = f"mensaje {number}"
        chat.send(text, str(number))
        acknowledged.append(text)
        time.sleep(random.uniform(0, 0.4))
        web.kill()
        web.start()

        def answered(text=text):
            return any(text in each for each in chat.said("bot"))

        wait_until(answered, 15)
    assert chat.said("customer") == acknowledged
    replies = [each for each in chat.said("bot") if each.startswith("eco: ")]
    assert sorted("\n".join(each[5:] for each in replies).split("\n")) == acknowledged
    assert len(engine.ran) == len(set(engine.ran))


def test_stopped_process_ends_in_time_and_finishes_the_turn_next_time(web, engine):
    engine.pause = 1.0
    chat = Chat(web.url)
    chat.send("hola", "1")
    wait_until(lambda: engine.calls)
    began = time.monotonic()
    assert web.kill(signal.SIGTERM) in (0, -signal.SIGTERM)
    assert time.monotonic() - began < 8
    web.start()
    wait_until(lambda: "eco: hola" in chat.said("bot"), 10)
    assert len(engine.ran) == 1


def test_log_has_json_lines_without_the_customers_words_or_tokens(web, engine):
    chat = Chat(web.url)
    chat.send("mi secreto", "1")
    wait_until(lambda: "eco: mi secreto" in chat.said("bot"))
    wait_until(lambda: '"event":"turn"' in web.log())
    lines = [json.loads(line) for line in web.log().splitlines()]
    turn = next(line for line in lines if line["event"] == "turn")
    assert turn["conversation"] == chat.id
    assert "secreto" not in web.log()
    assert chat.token not in web.log()


def test_real_socket_answers_and_refuses_other_sites_and_giant_frames(web):
    websockets = pytest.importorskip("websockets")
    chat = Chat(web.url)
    address = f"ws://127.0.0.1:{web.port}/api/v1/conversations/{chat.id}/socket"

    async def talk():
        async with websockets.connect(address, origin="http://127.0.0.1:8090") as socket:
            await socket.send(json.dumps({"type": "hello", "token": chat.token}))
            assert json.loads(await socket.recv())["type"] == "ready"
            await socket.send(json.dumps({"type": "send", "client_id": "1", "text": "hola"}))
            seen = ""
            while "eco: hola" not in seen:
                seen += await asyncio.wait_for(socket.recv(), 10)
            await socket.send("x" * 200_000)
            with pytest.raises(websockets.ConnectionClosed):
                while True:
                    await asyncio.wait_for(socket.recv(), 10)
        with pytest.raises(websockets.InvalidStatusCode):
            async with websockets.connect(address, origin="https://evil.example"):
                pass

    asyncio.run(talk())
