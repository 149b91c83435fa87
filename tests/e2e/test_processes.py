"""The processes of one machine: private where they must be, ready, watched, stopped."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Settings
from bot.supervisor import Child, Supervisor, check_ports
from tests.system import Customer, free_port

pytestmark = [pytest.mark.server, pytest.mark.alone]

ROOT = Path(__file__).resolve().parent.parent.parent


def sockets_of(pid):
    """The inodes of a process group's sockets."""
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if os.getpgid(int(entry.name)) != os.getpgid(pid):
                continue
            for link in (entry / "fd").iterdir():
                match = re.match(r"socket:\[(\d+)\]", os.readlink(link))
                if match:
                    found.add(match.group(1))
        except (OSError, ProcessLookupError):
            continue
    return found


def connections(pid):
    """(state, local address, remote address) of a process group's TCP sockets."""
    inodes = sockets_of(pid)
    for name in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
            part = line.split()
            if part[9] in inodes:
                yield part[3], address(part[1]), address(part[2])


def address(text):
    host = text.split(":")[0]
    if len(host) == 8:
        return socket.inet_ntoa(bytes.fromhex(host)[::-1])
    raw = b"".join(bytes.fromhex(host[i : i + 8])[::-1] for i in range(0, 32, 8))
    return socket.inet_ntop(socket.AF_INET6, raw).removeprefix("::ffff:")


LISTEN = "0A"


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's /proc")
def test_everything_listens_on_loopback_and_connects_nowhere_else(installation):
    customer = Customer(installation, language="es")
    customer.say("hola, mi pedido no llega y estoy harta")
    for child in installation.supervisor.children:
        listening = False
        for state, local, remote in connections(child.process.pid):
            listening |= state == LISTEN
            assert local in ("127.0.0.1", "::1"), f"{child.name} listens or talks on {local}"
            assert remote in ("127.0.0.1", "::1", "0.0.0.0", "::"), f"{child.name} -> {remote}"
        assert listening, child.name


def test_a_taken_port_names_its_setting():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match=r"REMANSO_PORT"):
            check_ports({"REMANSO_PORT": taken.getsockname()[1]})


def test_a_child_that_cannot_start_ends_the_start_with_its_last_words(tmp_path):
    ports = {"port": free_port(), "engine_port": free_port(), "actions_port": free_port()}
    supervisor = Supervisor(Settings(home=tmp_path, **ports), Path("none"), say=lambda line: None)
    stubborn = [sys.executable, "-c", "raise SystemExit('desk.yml: no team logistica')"]
    supervisor.children = [Child("web", stubborn, dict(os.environ))]
    supervisor.start()
    try:
        with pytest.raises(SettingsError, match="no team logistica"):
            supervisor.wait_ready(patience=60)
    finally:
        supervisor.stop()


def test_the_engine_refuses_whoever_lacks_the_secret(installation):
    import urllib.error
    import urllib.request

    base = f"http://127.0.0.1:{installation.settings.engine_port}"
    for path in ("/webhooks/gateway/message", "/webhooks/gateway/score"):
        request = urllib.request.Request(f"{base}{path}", data=b"{}", method="POST")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        assert refused.value.code in (401, 403)
    for path in ("/conversations/x/tracker", "/model/parse", "/webhooks/rest/webhook", "/status"):
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(f"{base}{path}", timeout=10)
        assert missing.value.code in (404, 405)


def test_ready_and_health_answer(installation):
    assert installation.call("GET", "/health")[0] == 200
    assert installation.call("GET", "/ready")[0] == 200


def test_a_turn_is_logged_in_each_process_without_the_customers_words(installation):
    customer = Customer(installation, language="es")
    customer.say("quiero saber dónde está mi zarzuela, el pedido no llega")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        logs = {
            name: (installation.settings.home / "log" / f"{name}.log").read_text(errors="replace")
            for name in ("web", "engine", "actions")
        }
        if all(customer.conversation in logs[name] for name in ("web", "engine")):
            break
        time.sleep(0.2)
    turn = installation.rows("SELECT id FROM turns WHERE conversation = ?", customer.conversation)[
        0
    ][0]
    for name in ("web", "engine"):
        line = next(line for line in logs[name].splitlines() if turn in line)
        assert customer.conversation in line, name
    assert not any("zarzuela" in log for log in logs.values())


def test_serve_starts_quickly_and_ends_on_sigterm(model, tmp_path):
    environment = {
        **os.environ,
        "REMANSO_HOME": str(tmp_path),
        **{
            f"REMANSO_{name}_PORT".replace("_WEB", ""): str(free_port())
            for name in ("WEB", "SHOP", "ENGINE", "ACTIONS")
        },
    }
    command = [sys.executable, "-m", "bot.cli", "serve"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        text = "".join(lines)
        assert "/console/" in text and "password" in text, text
        pids = [int(path.read_text()) for path in (tmp_path / "run").glob("*.pid")]
        process.terminate()
        assert process.wait(30) == 0
    for pid in pids:
        assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text()
