"""Which sites may use the API from a browser, and the security headers of every answer."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings import Settings
from bot.web.problems import Problem, on_problem

API = "/api/"


def same_origin(scope: Scope) -> bool:
    """Whether a request with an ``Origin`` comes from a page of this very address."""
    headers = Headers(scope=scope)
    origin = headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == headers.get("host")


def allowed(scope: Scope, settings: Settings) -> bool:
    """Whether the page that asks may use the API; a request without ``Origin`` is no page's."""
    origin = Headers(scope=scope).get("origin")
    if origin is None:
        return True
    return origin in (*settings.origins(), settings.public()) or same_origin(scope)


def page_policy(settings: Settings, path: str) -> str:
    """Return the Content-Security-Policy of a path: nothing inline, nothing from elsewhere."""
    alone = path.startswith("/console") or path == "/status"
    ancestors = "'none'" if alone else " ".join(("'self'", *settings.origins()))
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {ancestors}",
        )
    )


def plain_headers(settings: Settings, path: str) -> Mapping[str, str]:
    """Return the security headers of an answer."""
    embedded = path == "/widget.js" or path.startswith("/static/") or path.startswith(API)
    return {
        "Content-Security-Policy": page_policy(settings, path),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cross-Origin-Resource-Policy": "cross-origin" if embedded else "same-origin",
        **({"X-Frame-Options": "DENY"} if path.startswith("/console") else {}),
    }


class SecurityHeaders:
    """Puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in plain_headers(self._settings, scope["path"]).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class OriginCheck:
    """Refuses API calls from pages of sites that are not allowed, sockets included."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        watched = scope["type"] in ("http", "websocket") and scope["path"].startswith(API)
        if not watched or allowed(scope, self._settings):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4403, "reason": "origin"})
        else:
            response = await on_problem(Request(scope), Problem(403, "origin"))
            await response(scope, receive, send)
