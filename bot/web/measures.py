"""The supervisors' measures: as JSON, as CSV, and as a page."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.errors import NotAllowed, did_you_mean
from bot.handoff.instants import iso
from bot.handoff.records import Agent, Json
from bot.web import auth, measures_page, wire
from bot.web.notices import LANGUAGES, preferred_language
from bot.web.openapi import Operation
from bot.web.problems import unfit

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

PATH = "/api/v1/measures"
PAGE = "/console/measures"
PLOTLY = "/console/plotly.js"
DAYS = 30
"""A period is this long unless told otherwise."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Of the page: plotly puts its few styles in itself; no script is inline."""


class CommentOut(msgspec.Struct):
    """What a customer wrote with a score from 1 to 5."""

    ref: str
    score: int
    comment: str
    reviewed: bool


class MeasuresOut(msgspec.Struct):
    """The measures of the cases opened in a period; seconds, shares in [0, 1], null if unknown."""

    start: str = msgspec.field(name="from")
    to: str
    team: str | None
    made_at: str
    cases: int
    conversations: int | None  # null for one team: they are nobody's, and no share is of them
    response: dict[str, Any]
    resolution: dict[str, Any]
    satisfaction: dict[str, Any]
    first_contact: dict[str, Any]
    escalation: dict[str, Any]
    transfers: dict[str, Any]
    sla: dict[str, float | None]  # of the cases with such a deadline; null: there is none
    sla_cases: dict[str, int]  # how many had it
    updates: dict[str, Any]
    promises: dict[str, Any]
    recurring: list[dict[str, Any]]
    weeks: list[dict[str, Any]]
    comments: list[CommentOut]


async def report(request: Request) -> Response:
    """Return the measures of a period."""
    agent = await auth.authenticated(request, auth.READ)
    return wire.answer(await _report(request, agent))


async def export(request: Request) -> Response:
    """Return a period's cases as CSV."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    start, end, team = _period(request)
    text = await gateway.io(gateway.measuring.export, agent, start, end, team=team)
    shown = [row["ref"] for row in csv.DictReader(io.StringIO(text))]
    await gateway.io(gateway.looks.note, agent, "measures", shown, _asked(start, end, team))
    name = f"remanso-{start:%Y%m%d}-{end:%Y%m%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


async def page(request: Request) -> Response:
    """Show the measures; who is not logged in is sent to the console."""
    gateway: Gateway = request.app.state.gateway
    session = await auth.session_of(request)
    if session is None or session.incomplete:
        return RedirectResponse("/console/", 303)
    asked = request.query_params.get("language", "")
    accept = request.headers.get("accept-language", "")
    language = asked if asked in LANGUAGES else preferred_language(accept)
    try:
        told = await _report(request, session.agent)
    except NotAllowed:
        return HTMLResponse(measures_page.refusal(language), 403)
    start, end, team = _period(request)
    zone = gateway.desk.rules.zone
    last = (end - timedelta(seconds=1)).astimezone(zone).date()
    query = {
        "from": start.astimezone(zone).date().isoformat(),
        "to": last.isoformat(),
        "team": team or "",
        "language": language,
    }
    whole = request.query_params.get("download") == "1"
    text = await gateway.io(
        measures_page.page, told, gateway.desk.rules, language, query=query, whole=whole
    )
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    if whole:
        name = f"remanso-{query['from']}-{query['to']}.html"
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return HTMLResponse(text, headers=headers)


async def plotly(request: Request) -> Response:
    """Serve plotly's script out of its package."""
    import plotly as package

    path = Path(package.__file__).parent / "package_data" / "plotly.min.js"
    return FileResponse(
        path, media_type="text/javascript", headers={"Cache-Control": "max-age=86400"}
    )


async def _report(request: Request, agent: Agent) -> Any:
    gateway: Gateway = request.app.state.gateway
    start, end, team = _period(request)
    told = await gateway.io(gateway.measuring.report, agent, start, end, team=team)
    shown = [comment["ref"] for comment in told["comments"]]
    await gateway.io(gateway.looks.note, agent, "measures", shown, _asked(start, end, team))
    return told


def _asked(start: datetime, end: datetime, team: str | None) -> Json:
    return {"from": iso(start), "to": iso(end), "team": team}


def _period(request: Request) -> tuple[datetime, datetime, str | None]:
    """Return the period asked for: whole days of the desk's zone, the last one included."""
    rules = request.app.state.gateway.desk.rules
    query = request.query_params
    today = request.app.state.gateway.desk.clock().astimezone(rules.zone).date()
    try:
        last = date.fromisoformat(query["to"]) if query.get("to") else today
        first = date.fromisoformat(query["from"]) if query.get("from") else last - timedelta(DAYS)
        after = last + timedelta(1)
    except (ValueError, OverflowError) as error:
        raise unfit("from, to", "Days such as 2026-11-30.") from error
    team = query.get("team") or None
    if first > last:
        raise unfit("from", "It is after 'to'.")
    if team is not None and team not in rules.teams:
        raise unfit("team", f"Unknown team.{did_you_mean(team, rules.teams)}")
    start = datetime.combine(first, time(), tzinfo=rules.zone)
    return start, datetime.combine(after, time(), tzinfo=rules.zone), team


routes = [
    Route(PATH, report, methods=["GET"]),
    Route(PATH + ".csv", export, methods=["GET"]),
    Route(PAGE, page, methods=["GET"]),
    Route(PLOTLY, plotly, methods=["GET"]),
]

_QUERY = {
    "from": "First day, YYYY-MM-DD; 30 days before the last by default",
    "to": "Last day, YYYY-MM-DD; today by default",
    "team": "A team of desk.yml; all by default",
}

OPERATIONS = (
    Operation(
        "GET",
        PATH,
        "The measures of the cases opened in a period; supervisors only",
        answer=MeasuresOut,
        statuses=(200, 400, 401, 403),
        query=_QUERY,
        security="agent",
    ),
    Operation(
        "GET",
        PATH + ".csv",
        "The same cases as CSV, one line each, without customers' words",
        statuses=(200, 400, 401, 403),
        query=_QUERY,
        security="agent",
        media=("text/csv",),
    ),
)
