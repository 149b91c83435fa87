"""The pages and the files they are made of.

Browsers keep them and ask every time whether they changed (ETag), so an upgrade is never half old.
"""

from __future__ import annotations

from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.web.problems import Problem

STATIC = Path(__file__).resolve().parent / "static"
FRESH = {"Cache-Control": "no-cache"}
"""Kept by browsers, asked about every time (304 when unchanged)."""


class Files(StaticFiles):
    """Static files that browsers keep but always ask about."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, 304 or 404."""
        response = await super().get_response(path, scope)
        response.headers.setdefault("Cache-Control", FRESH["Cache-Control"])
        return response


async def home(request: Request) -> Response:
    """The demo page with the widget."""
    return await file(request, "demo/index.html")


async def console(request: Request) -> Response:
    """The agents' console."""
    return await file(request, "console/index.html")


async def to_console(request: Request) -> Response:
    """``/console`` without its slash."""
    return RedirectResponse("/console/", 308)


async def status(request: Request) -> Response:
    """The page on which a customer follows a case."""
    return await file(request, "status/index.html")


async def widget(request: Request) -> Response:
    """The one script that a site embeds."""
    return await file(request, "widget/widget.js")


async def file(request: Request, name: str) -> Response:
    """Serve a page of ours, or 304 when the browser has it."""
    path = STATIC / name
    if not path.is_file():
        raise Problem(404, "not_found")
    response = FileResponse(path, headers=FRESH, stat_result=path.stat())
    if request.headers.get("if-none-match") == response.headers["etag"]:
        kept = {key: response.headers[key] for key in ("etag", "last-modified", "cache-control")}
        return Response(status_code=304, headers=kept)
    return response


def routes() -> list[BaseRoute]:
    """Return the routes of all pages."""
    return [
        Route("/", home),
        Route("/console", to_console),
        Route("/console/", console),
        Route("/status", status),
        Route("/widget.js", widget),
        Mount("/static", GZipMiddleware(Files(directory=STATIC, check_dir=False))),
    ]
