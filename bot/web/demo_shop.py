"""A small shop on another origin that embeds the widget: a site with a strict policy of its own.

It shows, and the browser tests prove, what ``docs/embedding.md`` promises.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings import Settings
from bot.settings import load as load_settings
from bot.web import logs
from bot.web.pages import STATIC, Files

SHOP = STATIC / "demo_shop"
GATEWAY = "__GATEWAY__"
"""Stands in the shop's page for the gateway's address."""


def policy(gateway: str) -> str:
    """Return the shop's Content-Security-Policy: strict, with only what the widget needs.

    Args:
        gateway: The gateway's origin, such as ``http://127.0.0.1:8080``.
    """
    parts = urlsplit(gateway)
    socket = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {gateway}",
            f"style-src 'self' {gateway}",
            f"img-src 'self' {gateway}",
            f"connect-src {gateway} {socket}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


class Policy:
    """Puts the shop's policy on every answer."""

    def __init__(self, app: ASGIApp, gateway: str) -> None:
        self._app = app
        self._headers = [
            (b"content-security-policy", policy(gateway).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._headers]
            await send(message)

        await self._app(scope, receive, send_with_policy)


def create_app(settings: Settings | None = None) -> Starlette:
    """Build the shop; its page loads the widget from the gateway."""
    gateway = (settings or load_settings()).public()

    async def home(request: Request) -> Response:
        page = (SHOP / "index.html").read_text(encoding="utf-8")
        return HTMLResponse(page.replace(GATEWAY, gateway), headers={"Cache-Control": "no-cache"})

    return Starlette(
        routes=[Route("/", home), Mount("/", Files(directory=SHOP, check_dir=False))],
        middleware=[Middleware(Policy, gateway=gateway)],
    )


def main() -> None:
    """Serve the shop until told to stop."""
    settings = load_settings()
    logs.configure()
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.shop_port,
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
