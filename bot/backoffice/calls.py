"""Calls to a company's systems: timeouts, repeats, circuit breaker, and what is known afterwards.

Everything may be repeated: a read changes nothing, and a write carries an ``Idempotency-Key``, with
which the other side does it once and answers the same again.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from bot.backoffice.answers import Answer, Failure, refusal, value
from bot.backoffice.breaker import CircuitBreaker
from bot.backoffice.protocol import Booking
from bot.errors import BackOfficeDown, NotPossible, Uncertain

log = logging.getLogger(__name__)
T = TypeVar("T")
CONNECT_SECONDS = 1.0
BACKOFF_SECONDS = 0.1  # before the first repeat; twice as long before each further one
LARGEST = 1_000_000  # bytes of an answer
LONGEST = 100  # characters of a number, in an address


@dataclass(frozen=True)
class Call:
    """One thing asked.

    Args:
        method: GET or POST.
        path: With ``{names}``, as ``openapi.yml`` has it.
        parts: What stands for the names.
        query: Behind the question mark.
        body: Sent as JSON.
        key: Idempotency key of a write.
    """

    method: str
    path: str
    parts: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    key: str | None = None

    def __str__(self) -> str:
        """Return what it is called in messages: nothing in it comes from a customer."""
        return f"{self.method} {self.path}"

    @property
    def senseless(self) -> bool:
        """Whether a part cannot be anybody's number, and would make another address of it."""
        return any(not part.strip(". ") or len(part) > LONGEST for part in self.parts.values())

    @property
    def address(self) -> str:
        """The path with its parts filled in."""
        return self.path.format(**{name: quote(part, safe="") for name, part in self.parts.items()})


class Caller:
    """Asks one system.

    Args:
        url: Base address of the API.
        token: Sent as ``Authorization: Bearer``; empty: nothing is sent.
        timeout: Seconds for one try; twice as long for an answer that drips.
        retries: How often a failed try is repeated, 0 or more.
        breaker: Opened when the system keeps failing.
        sleep: Waits some seconds between tries.
        clock: Seconds that only ever grow.
        transport: Another way to reach the system (tests).
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float,
        retries: int,
        breaker: CircuitBreaker | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._timeout = timeout
        self._retries = retries
        self._breaker = breaker or CircuitBreaker()
        self._sleep = sleep
        self._clock = clock
        self._client = httpx.Client(
            base_url=url.rstrip("/"),
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS)),
            transport=transport,
            trust_env=False,
        )

    def read(self, call: Call, kind: type[T]) -> T | None:
        """Return what was asked for as ``kind``; None if there is no such thing.

        Raises:
            BackOfficeDown: no answer, or none as agreed.
        """
        if call.senseless:
            return None
        outcome = self._tried(call, lambda answer: value(answer, kind))
        if isinstance(outcome, Failure):
            raise self._down(call, outcome)
        found: T | None = None if isinstance(outcome, NotPossible) else outcome
        return found

    def write(self, call: Call, expected: Callable[[Booking], str | None]) -> Booking:
        """Do something and return how it was booked.

        Args:
            call: With its ``key``.
            expected: Says what is wrong with a booking, None if it is what was asked for.

        Raises:
            NotPossible, AboveAuthority: it was refused.
            Uncertain: it may have been done or not.
            BackOfficeDown: it was not done, since no answer came, or none as agreed.
        """
        if call.senseless:
            raise NotPossible(f"{call}: there is no such number.")
        outcome = self._tried(call, lambda answer: _booked(answer, expected))
        if isinstance(outcome, Failure):
            raise self._down(call, outcome)
        booking: Booking = outcome
        return booking

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _tried(self, call: Call, judge: Callable[[Answer], Any]) -> Any:
        """Return what ``judge`` makes of the first usable answer, else the last failure."""
        perhaps = False
        for number in range(self._retries + 1):
            if not self._breaker.allows():
                return Failure("it is left alone for a while: it failed too often", perhaps)
            outcome = self._once(call, judge)
            if not isinstance(outcome, Failure):
                return outcome
            perhaps = perhaps or outcome.perhaps
            if not outcome.again or number == self._retries:
                break
            self._sleep(BACKOFF_SECONDS * 2**number * secrets.SystemRandom().uniform(0.5, 1.0))
        return Failure(f"{outcome.what} (try {number + 1})", perhaps)

    def _once(self, call: Call, judge: Callable[[Answer], Any]) -> Any:
        answer = self._sent(call)
        if isinstance(answer, Failure):
            self._breaker.failed()
            return answer
        if answer.healthy:
            self._breaker.succeeded()
        else:
            self._breaker.failed()
        refused = refusal(answer)
        if refused is None:
            return judge(answer)
        if call.key is None and isinstance(refused, NotPossible):
            return refused
        raise refused

    def _sent(self, call: Call) -> Answer | Failure:
        try:
            return self._received(call)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Failure(f"nobody can be reached: {type(error).__name__}", perhaps=False)
        except httpx.TimeoutException:
            return Failure(f"no whole answer within {self._timeout:g} s")
        except (httpx.TransportError, httpx.DecodingError) as error:
            return Failure(f"the connection broke: {type(error).__name__}")

    def _received(self, call: Call) -> Answer | Failure:
        start = self._clock()
        content = bytearray()
        with self._client.stream(
            call.method,
            call.address,
            params=call.query or None,
            content=None if call.body is None else msgspec.json.encode(call.body),
            headers=_headers(call),
        ) as response:
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > LARGEST:
                    return Failure(f"its answer is longer than {LARGEST} bytes", again=False)
                if self._clock() - start > self._timeout:  # httpx only limits each single wait
                    raise httpx.ReadTimeout("the answer drips")
            return Answer(response.status_code, bytes(content))

    def _down(self, call: Call, failure: Failure) -> BackOfficeDown:
        kind = Uncertain if call.key is not None and failure.perhaps else BackOfficeDown
        log.warning("%s: %s", call, failure.what)
        tail = ". It may have been done or not." if kind is Uncertain else ""
        return kind(f"{call}: {failure.what}{tail}")


def _headers(call: Call) -> list[tuple[bytes, bytes]]:
    headers = [(b"Accept", b"application/json")]
    if call.body is not None:
        headers.append((b"Content-Type", b"application/json"))
    if call.key is not None:
        headers.append((b"Idempotency-Key", call.key.encode()))
    return headers


def _booked(answer: Answer, expected: Callable[[Booking], str | None]) -> Booking | Failure:
    read = value(answer, Booking)
    if isinstance(read, Failure):
        return read
    wrong = expected(read)
    return Failure(f"it booked something else: {wrong}", again=False) if wrong else read
