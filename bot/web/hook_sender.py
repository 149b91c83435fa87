"""Sends what is on its way to webhooks: over addresses that were looked at, signed, no redirects.

The name is resolved when it is sent and the connection goes to the very address that was checked,
so a name that changes in between leads nowhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import ipaddress
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from bot.errors import DeskError
from bot.handoff.deliveries import Deliveries, Delivery
from bot.handoff.hooks import Hook, Hooks, signature
from bot.handoff.instants import iso
from bot.handoff.records import Json

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

logger = logging.getLogger("remanso.web")

PAUSE = 1.0
"""Seconds between two looks."""
TIMEOUT = 10.0
"""Seconds a receiver has in all, from the connection to the last header."""
AT_ONCE = 4
"""Hooks that are served at the same time."""


@dataclass(frozen=True)
class Answer:
    """What a receiver answered; ``status`` is None when nothing came."""

    status: int | None
    why: str = ""

    @property
    def taken(self) -> bool:
        """Whether it has what it was sent."""
        return self.status is not None and 200 <= self.status < 300


class Sender:
    """Brings deliveries to their hooks.

    Args:
        hooks: Who is told.
        deliveries: What is on its way to them.
        private: Whether loopback and private addresses are allowed.
        clock: Returns this instant in UTC.
        timeout: Seconds a receiver has.
    """

    def __init__(
        self,
        hooks: Hooks,
        deliveries: Deliveries,
        *,
        private: bool,
        clock: Callable[[], datetime],
        timeout: float = TIMEOUT,
    ) -> None:
        self._hooks = hooks
        self._deliveries = deliveries
        self._private = private
        self._clock = clock
        self._timeout = timeout

    def serve(self, hook: Hook) -> None:
        """Send a hook what is due, for as long as it answers."""
        for delivery in self._deliveries.take(hook):
            answer = self.send(hook, delivery.body)
            if answer.taken and answer.status is not None:
                self._deliveries.arrived(hook, delivery, answer.status)
            elif self._refused(hook, delivery, answer) or answer.status is None:
                return

    def _refused(self, hook: Hook, delivery: Delivery, answer: Answer) -> bool:
        off = self._deliveries.failed(hook, delivery, answer.status)
        fields = {"hook": hook.id, "host": hook.host, "status": answer.status, "why": answer.why}
        logger.warning("a webhook failed", extra={"fields": fields})
        if off:
            logger.error("a webhook was turned off", extra={"fields": fields})
        return off

    def test(self, hook: Hook) -> Answer:
        """Send a hook something that stands for nothing."""
        at = self._clock()
        body: Json = {"id": f"test_{int(at.timestamp())}", "kind": "test", "at": iso(at)}
        return self.send(hook, {**body, "actor": "system", "ticket": None, "data": {}})

    def send(self, hook: Hook, told: Json) -> Answer:
        """Send one thing and return what came of it."""
        body = msgspec.json.encode(told)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "remanso",
            "X-Remanso-Delivery": str(told["id"]),
            "X-Remanso-Signature": signature(self._hooks.key_of(hook), body, self._clock()),
            "Connection": "close",
        }
        try:
            return self._post(hook.url, body, headers)
        except DeskError as error:
            return Answer(None, str(error))
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Answer(None, type(error).__name__)

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        parts = urlsplit(url)
        secure, host = parts.scheme == "https", parts.hostname or ""
        port = parts.port or (443 if secure else 80)
        line = self._connected(host, port)
        late = threading.Event()

        def cut() -> None:  # who dribbles is cut off too
            late.set()
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

        clock = threading.Timer(self._timeout, cut)
        clock.daemon = True
        clock.start()
        try:
            if secure:
                line = ssl.create_default_context().wrap_socket(line, server_hostname=host)
            connection = http.client.HTTPConnection(host, port, timeout=self._timeout)
            connection.sock = line
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body=body, headers=headers)
            status = connection.getresponse().status
            return Answer(None, "too slow") if late.is_set() else Answer(status)
        finally:
            clock.cancel()
            line.close()

    def _connected(self, host: str, port: int) -> socket.socket:
        """Connect to a host, if all its addresses are public ones.

        Raises:
            DeskError: one of them is not, and private ones are not allowed.
            OSError: it cannot be reached.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for *_, address in found:
            if not self._private and not public(str(address[0])):
                raise DeskError(
                    "The address is inside the private network: REMANSO_HOOK_PRIVATE=1 allows it.",
                    "hook_private",
                )
        family, kind, protocol, _, address = found[0]
        line = socket.socket(family, kind, protocol)
        line.settimeout(self._timeout)
        try:
            line.connect(address)
        except OSError:
            line.close()
            raise
        return line


def public(address: str) -> bool:
    """Whether an address is anybody's: neither of this machine, nor of a network of ours."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = []
    if isinstance(known, ipaddress.IPv6Address):
        teredo = known.teredo or ()
        inner = [each for each in (known.ipv4_mapped, known.sixtofour, *teredo) if each is not None]
        if known in ipaddress.ip_network("64:ff9b::/96"):
            inner.append(ipaddress.IPv4Address(int(known) & 0xFFFFFFFF))
    return all(each.is_global and not each.is_multicast for each in (inner or [known]))


async def run(gateway: Gateway, hooks: Hooks, deliveries: Deliveries, sender: Sender) -> None:
    """Send for as long as the gateway runs; whatever fails, the next look comes."""
    busy: set[int] = set()
    room = asyncio.Semaphore(AT_ONCE)

    async def serve(hook: Hook) -> None:
        try:
            async with room:
                await gateway.io(sender.serve, hook)
        except Exception as error:
            logger.error("a webhook was not served", exc_info=error)
        finally:
            busy.discard(hook.id)

    while True:
        await asyncio.sleep(PAUSE)
        try:
            await gateway.io(deliveries.plan)
            for hook in await gateway.io(hooks.all):
                if hook.active and hook.id not in busy:
                    busy.add(hook.id)
                    gateway.answerer.background(serve(hook))
        except Exception as error:
            logger.error("webhooks were not looked at", exc_info=error)
