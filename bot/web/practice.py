"""Practice: an agent writes with a simulated customer, and sees at the end what the words did.

Nothing is stored: every request brings all replies, and the course is played again. Situations
are read from ``data/practice`` when they are asked for; a new file needs no restart.
"""

from __future__ import annotations

import logging
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.errors import ConfigError, did_you_mean
from bot.handoff.records import Json
from bot.handoff.rules import DeskRules
from bot.settings import ROOT
from bot.simulation import situation as situations
from bot.simulation.course import NotPlayable, Reply, play
from bot.simulation.situation import Situation
from bot.web import auth, pages, practice_wire, wire
from bot.web.measures_charts import issue_names
from bot.web.notices import preferred_language
from bot.web.openapi import Operation
from bot.web.playbooks import Playbooks
from bot.web.practice_debrief import debrief, facts_of, level
from bot.web.problems import Problem, unfit

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

PATH = "/api/v1/practice"
ONE = PATH + "/{name}"
PAGE = "/console/practice"
FOLDER = ROOT / "data" / "practice"

logger = logging.getLogger("remanso.web")


class Practice:
    """What can be practised.

    Args:
        rules: The desk's, for names and limits.
        folder: Of the situations.
    """

    def __init__(self, rules: DeskRules, folder: Path = FOLDER) -> None:
        self._rules, self._folder = rules, folder

    def listing(self, language: str) -> Json:
        """Return all situations, shortly; a file that cannot be read is left out, and logged."""
        found = []
        for path in sorted(self._folder.glob("*.yml")):
            try:
                if situations.is_draft(path):
                    continue
                found.append(self._line(_read(path, path.stat().st_mtime_ns), language))
            except (ConfigError, OSError) as error:
                logger.warning("practice: %s", error)
        return {"situations": found}

    def one(self, name: str, language: str) -> Json:
        """Return what the agent sees of a situation.

        Raises:
            Problem: 404, there is none with this name.
        """
        found = self._situation(name)
        about = found.about[language]
        lists = ("tried", "refused", "known")
        return {
            **self._line(found, language),
            **{each: list(getattr(about, each)) for each in lists},
            "called": found.called,
            "wants": about.wants,
            "facts": facts_of(found),
            "before": [{"who": who, "text": text} for who, text in found.before],
            "may": _may(found.may),
            "supervisor": found.supervisor is not None,
            "teams": [self._team(each, language) for each in self._rules.teams],
            "money": found.money,
        }

    def play(self, name: str, wish: practice_wire.PracticeIn, language: str) -> Json:
        """Return the course of a practice up to now.

        Raises:
            Problem: 404 there is no such situation, 400 a reply cannot be played.
        """
        found = self._situation(name)
        replies = [Reply(one.text, one.deed, one.amount, one.team) for one in wish.replies]
        for place, reply in enumerate(replies):
            if reply.team and reply.team not in self._rules.teams:
                known = ", ".join(self._rules.teams)
                hint = did_you_mean(reply.team, self._rules.teams)
                raise unfit(f"replies[{place}].team", f"Unknown team.{hint}", known)
        try:
            course = play(found, wish.seed, replies)
        except NotPlayable as error:
            raise unfit(error.field, error.detail, error.accepted) from error
        ended = course.over != ""
        return {
            "name": found.name,
            "seed": wish.seed,
            "lines": [
                {
                    "who": line.who,
                    "text": line.text,
                    "reply": line.reply,
                    "amount": line.amount,
                    "team": self._team(line.team, language) if line.team else None,
                    "allowed": None if line.allowed is None else _may(dict(line.allowed)),
                }
                for line in course.lines
            ],
            "moods": [
                round(each, 3)
                for each in (course.start, *(one.impression.mood for one in course.moments))
            ],
            "may": _may(course.may),
            "over": course.over or None,
            "debrief": debrief(found, course, language, self._playbook(found, language))
            if ended
            else None,
        }

    def _situation(self, name: str) -> Situation:
        path = self._folder / f"{name}.yml"
        known = situations.NAME.fullmatch(name) is not None and path.is_file()
        if not known or situations.is_draft(path):
            raise Problem(404, "not_found")
        return _read(path, path.stat().st_mtime_ns)

    def _line(self, found: Situation, language: str) -> Json:
        about = found.about[language]
        names = issue_names(language)
        return {
            "name": found.name,
            "title": about.title,
            "issue": {"name": found.issue, "label": names.get(found.issue, found.issue)},
            "level": level(found.persona.temper),
            "language": found.persona.language,
            "region": found.persona.region,
            "happened": about.happened,
        }

    def _team(self, name: str, language: str) -> Json:
        return {"name": name, "label": self._rules.label("teams", name, language)}

    def _playbook(self, found: Situation, language: str) -> Json:
        now = level(found.persona.temper)
        return self._playbooks.of(
            found.issue, level=now, tier="L1", priority="medium", language=language
        )

    @cached_property
    def _playbooks(self) -> Playbooks:
        teams = {name: team.names for name, team in self._rules.teams.items()}
        limits = {
            "authority": self._rules.authority,
            "resolve": {name: each.resolve for name, each in self._rules.priorities.items()},
        }
        return Playbooks.from_folder(ROOT / "data" / "playbooks", teams=teams, limits=limits)


@lru_cache(maxsize=256)
def _read(path: Path, changed: int) -> Situation:
    """Read a situation once for every time that its file ``changed``."""
    return situations.read(path)


def _may(may: Any) -> list[Json]:
    return [{"deed": deed, "most": most} for deed, most in may.items()]


async def listing(request: Request) -> Response:
    """List the situations."""
    await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    found = await gateway.io(gateway.practice.listing, _language(request))
    return wire.answer(msgspec.convert(found, practice_wire.SituationsOut))


async def show(request: Request) -> Response:
    """Show a situation."""
    await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    name = request.path_params["name"]
    found = await gateway.io(gateway.practice.one, name, _language(request))
    return wire.answer(msgspec.convert(found, practice_wire.SituationOut))


async def replay(request: Request) -> Response:
    """Play a practice again, up to its last reply."""
    agent = await auth.authenticated(request, auth.READ)
    gateway: Gateway = request.app.state.gateway
    wait = gateway.limits.practice.wait(agent.username)
    if wait:
        headers = {"Retry-After": str(int(wait) + 1)}
        raise Problem(429, "too_fast", key="utter_notice_too_fast", headers=headers)
    wish = await wire.body(request, practice_wire.PracticeIn)
    name = request.path_params["name"]
    found = await gateway.io(gateway.practice.play, name, wish, _language(request))
    return wire.answer(msgspec.convert(found, practice_wire.CourseOut))


async def page(request: Request) -> Response:
    """Show the page; who is not logged in is sent to the console."""
    session = await auth.session_of(request)
    if session is None or session.incomplete:
        return RedirectResponse("/console/", 303)
    return await pages.file(request, "practice/index.html")


def _language(request: Request) -> str:
    return preferred_language(request.headers.get("accept-language", ""))


routes = [
    Route(PATH, listing, methods=["GET"]),
    Route(ONE, show, methods=["GET"]),
    Route(ONE, replay, methods=["POST"]),
    Route(PAGE, page, methods=["GET"]),
]

OPERATIONS = (
    Operation(
        "GET",
        PATH,
        "What can be practised with a simulated customer",
        answer=practice_wire.SituationsOut,
        statuses=(200, 401, 403),
        security="agent",
    ),
    Operation(
        "GET",
        ONE,
        "A situation, as an agent sees a handoff",
        answer=practice_wire.SituationOut,
        statuses=(200, 401, 403, 404),
        security="agent",
    ),
    Operation(
        "POST",
        ONE,
        "Play a practice from its beginning to the last reply; nothing is stored",
        body=practice_wire.PracticeIn,
        answer=practice_wire.CourseOut,
        statuses=(200, 400, 401, 403, 404, 413, 429),
        security="agent",
    ),
)
