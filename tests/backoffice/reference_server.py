"""A server of the API in ``bot/backoffice/openapi.yml`` over the demo shop, with faults on demand.

Without a socket: ``httpx.MockTransport(server.handle)``; with one: ``server.listening()``.

Each entry of ``faults`` is for one request, in order; ``None`` is none:

- nothing done: ``down`` (503), ``busy`` (429), ``crash`` (500), ``token`` (401), ``proxy`` (404 of
  something else), ``html`` (200 with a page);
- done, and then: ``crash_after`` (500), ``lost`` (the connection breaks), ``cut`` (half an answer),
  ``types`` (a number as text), ``slow`` (waits for ``release``), ``drip`` (a byte now and then);
- ``half``: half of the amount is booked.
"""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import httpx
import msgspec

from bot.errors import AboveAuthority, NotPossible

TOKEN = "reference-token"
FOR_CUSTOMER, FOR_ORDER = "/customers/{customer_id}", "/orders/{order_number}"
INSTEAD = {
    "down": (503, b"closed"),
    "busy": (429, b"slowly"),
    "crash": (500, b"oops"),
    "token": (401, b'{"error": {"code": "unauthorized"}}'),
    "proxy": (404, b"<h1>Not found</h1>"),
    "html": (200, b"<html>Welcome</html>"),
}


class ReferenceServer:
    """What it was asked, and the faults still to come."""

    def __init__(self, shop):
        self.shop = shop
        self.faults = []
        self.asked = []  # (method, path as described)
        self.keys = []  # idempotency keys, repeats included
        self.release = threading.Event()
        self.routes = {
            ("GET", "/health"): lambda: shop.ping() or {"status": "ok"},
            ("GET", FOR_CUSTOMER): shop.customer,
            ("GET", f"{FOR_CUSTOMER}/orders"): shop.orders_of,
            ("GET", f"{FOR_CUSTOMER}/cases"): shop.cases,
            ("POST", f"{FOR_CUSTOMER}/cases"): shop.report,
            ("POST", f"{FOR_CUSTOMER}/access-links"): shop.send_access_link,
            ("POST", f"{FOR_CUSTOMER}/vouchers"): shop.voucher,
            ("GET", FOR_ORDER): lambda order_number: shop.order(order_number),
            ("POST", f"{FOR_ORDER}/proof"): lambda order_number, **by: shop.prove(
                order_number, **by
            ),
            ("GET", f"{FOR_ORDER}/payments"): shop.payments,
            ("GET", f"{FOR_ORDER}/duplicate-charges"): shop.duplicate_charges,
            ("GET", f"{FOR_ORDER}/invoice"): shop.invoice,
            ("POST", f"{FOR_ORDER}/invoice-emails"): shop.send_invoice,
            ("POST", f"{FOR_ORDER}/resends"): shop.resend,
            ("POST", f"{FOR_ORDER}/cancellations"): shop.cancel,
            ("POST", f"{FOR_ORDER}/addresses"): shop.change_address,
            ("POST", f"{FOR_ORDER}/return-labels"): shop.return_label,
            ("POST", "/refunds"): shop.refund,
            ("GET", "/outages"): shop.outages,
            ("GET", "/stock"): lambda product: {"product": product, "units": shop.stock(product)},
            ("GET", "/ledger"): shop.ledger,
        }

    def handle(self, request):
        """Answer an ``httpx`` request, for ``httpx.MockTransport``."""
        request.read()
        fault = self.faults.pop(0) if self.faults else None
        status, content = self.answer(request, fault)
        if fault == "lost":
            raise httpx.ReadError("the connection broke")
        if fault in ("slow", "drip"):
            raise httpx.ReadTimeout("no answer in time")
        return httpx.Response(status, content=content)

    def answer(self, request, fault):
        """Return status and content, with the fault that is in them."""
        method, arguments = self._routed(request)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return INSTEAD["token"]
        if fault in INSTEAD or method is None:
            return INSTEAD[fault or "proxy"]
        if fault == "half":
            arguments["amount_cents"] //= 2
        status, content = _done(method, arguments)
        if fault == "crash_after":
            return INSTEAD["crash"]
        if fault == "cut":
            content = content[: len(content) // 2]
        if fault == "types":
            content = re.sub(rb'_cents":(\d+)', rb'_cents":"\1"', content)
        return status, content

    def _routed(self, request):
        raw = request.url.raw_path.decode().partition("?")[0].removeprefix("/v1")
        for (method, path), act in self.routes.items():
            pattern = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path)
            found = re.fullmatch(pattern, raw)
            if found and method == request.method:
                self.asked.append((method, path))
                return act, self._arguments(request, path, found.groupdict())
        return None, {}

    def _arguments(self, request, path, parts):
        arguments = {name: unquote(part) for name, part in parts.items()}
        arguments |= dict(request.url.params)
        if request.method == "POST":
            arguments |= msgspec.json.decode(request.content)
            if not path.endswith("/proof"):
                self.keys.append(request.headers["idempotency-key"])
                arguments["key"] = self.keys[-1]
        return arguments

    @contextmanager
    def listening(self):
        """Serve on a free port of the loopback address; yields the base URL."""
        handler = type("Handler", (_Handler,), {"server_of": self})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # clients that have gone away are what is tested
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            self.release.set()
            server.shutdown()
            server.server_close()
            thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    """Gives the same answers over a socket."""

    protocol_version = "HTTP/1.1"
    server_of: ReferenceServer

    def do_GET(self):
        self._answer()

    def do_POST(self):
        self._answer()

    def log_message(self, *_):
        pass

    def _answer(self):
        here = self.server_of
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = f"http://127.0.0.1{self.path}"
        request = httpx.Request(self.command, url, headers=dict(self.headers), content=body)
        fault = here.faults.pop(0) if here.faults else None
        status, content = here.answer(request, fault)
        if fault == "lost":
            self.close_connection = True
            return
        if fault == "slow":
            here.release.wait(10)
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if fault == "drip":
            for byte in content:
                self.wfile.write(bytes([byte]))
                if here.release.wait(0.02):
                    return
            return
        self.wfile.write(content)


def _done(act, arguments):
    try:
        found = act(**arguments)
    except NotPossible as error:
        return 409, _error("not_possible", error)
    except AboveAuthority as error:
        return 422, _error("above_authority", error)
    if found is None:
        return 404, _error("not_found", "There is no such thing.")
    return 200, msgspec.json.encode(found)


def _error(code, detail):
    return msgspec.json.encode({"error": {"code": code, "detail": str(detail)}})
