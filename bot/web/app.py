"""The gateway as an ASGI application: ``create_app(settings)``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import lru_cache

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute

from bot.backoffice import BackOffice, open_back_office
from bot.deescalation.phrasing import Phrasebook
from bot.engine import Engine
from bot.handoff.desk import Desk
from bot.handoff.rules import DeskRules
from bot.handoff.store import Store
from bot.settings import ROOT, Settings
from bot.web import (
    accounts,
    aids,
    all_accounts,
    approvals,
    attachments,
    auth,
    bot_chats,
    cases,
    console_live,
    customers,
    data_rights,
    ending,
    feedback,
    follow_ups,
    health,
    hooks,
    live,
    looks,
    measures,
    openapi,
    outside,
    overview,
    pages,
    practice,
    presence,
    rating,
    receipts,
    status,
    teamwork,
    tickets,
    transcripts,
    views_api,
)
from bot.web.gateway import Gateway
from bot.web.notices import Notices
from bot.web.origins import OriginCheck, SecurityHeaders
from bot.web.problems import HANDLERS

AGENTS = (
    *tickets.OPERATIONS,
    *aids.OPERATIONS,
    *bot_chats.OPERATIONS,
    *teamwork.OPERATIONS,
    *follow_ups.OPERATIONS,
    *approvals.OPERATIONS,
    *cases.OPERATIONS,
    *feedback.OPERATIONS,
    *presence.OPERATIONS,
    *views_api.OPERATIONS,
    *overview.OPERATIONS,
    *measures.OPERATIONS,
    *practice.OPERATIONS,
    *data_rights.OPERATIONS,
    *looks.OPERATIONS,
    *hooks.OPERATIONS,
)
RESPONSES = ROOT / "data" / "responses"


def create_app(
    settings: Settings,
    *,
    store: Store | None = None,
    desk: Desk | None = None,
    engine: Engine | None = None,
    phrasebook: Phrasebook | None = None,
    ping_shop: Callable[[], None] | None = None,
    back_office: Callable[[], BackOffice] | None = None,
) -> Starlette:
    """Build the gateway. What is not given is made from the settings.

    Args:
        settings: Of this installation.
        store: Conversations.
        desk: Tickets, on the same database.
        engine: Client of the dialogue engine.
        phrasebook: The texts.
        ping_shop: Raises when the back office does not answer.
        back_office: Opens the company's systems.
    """
    phrasebook = phrasebook or Phrasebook.from_folder(RESPONSES)
    store = store or Store(settings.database())
    engine = engine or Engine(
        settings.engine(), settings.engine_secret(), timeout=settings.engine_timeout
    )
    versions: dict[str, str] = {}
    desk = desk or Desk(
        store,
        phrasebook,
        DeskRules.from_file(settings.desk),
        grace=settings.agent_grace,
        versions=lambda: dict(versions),
    )
    back_office = back_office or _back_office(settings)
    gateway = Gateway(
        settings,
        store,
        desk,
        engine,
        Notices(phrasebook),
        versions,
        back_office=back_office,
    )
    app = Starlette(
        routes=all_routes(),
        middleware=_middleware(settings),
        exception_handlers=HANDLERS,
        lifespan=_lifespan,
    )
    app.state.gateway = gateway
    app.state.operations = operations()
    app.state.readiness = health.Readiness(gateway, ping_shop or (lambda: back_office().ping()))
    return app


def all_routes() -> list[BaseRoute]:
    """Return every route of the gateway, in the order they are tried."""
    return [
        *customers.routes,
        *live.routes,
        *auth.routes,
        *accounts.routes,
        *all_accounts.routes,
        *tickets.routes,
        *aids.routes,
        *bot_chats.routes,
        *teamwork.routes,
        *follow_ups.routes,
        *approvals.routes,
        *cases.routes,
        *feedback.routes,
        *presence.routes,
        *views_api.routes,
        *overview.routes,
        *measures.routes,
        *practice.routes,
        *console_live.routes,
        *ending.routes,
        *rating.routes,
        *status.routes,
        *receipts.routes,
        *transcripts.routes,
        *outside.routes,
        *attachments.routes,
        *data_rights.routes,
        *hooks.routes,
        *looks.routes,
        *health.routes,
        *openapi.routes,
        *pages.routes(),
    ]


def operations() -> tuple[openapi.Operation, ...]:
    """Return every operation of the API, as the OpenAPI document describes them."""
    return (
        *openapi.CUSTOMERS,
        *ending.OPERATIONS,
        *rating.OPERATIONS,
        *status.OPERATIONS,
        *receipts.OPERATIONS,
        *transcripts.OPERATIONS,
        *outside.OPERATIONS,
        *attachments.OPERATIONS,
        *auth.OPERATIONS,
        *accounts.OPERATIONS,
        *all_accounts.OPERATIONS,
        *AGENTS,
        *openapi.OPERATORS,
    )


def _middleware(settings: Settings) -> list[Middleware]:
    return [
        Middleware(SecurityHeaders, settings=settings),
        Middleware(
            CORSMiddleware,
            allow_origins=list(settings.origins()),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", customers.HIDDEN],
            expose_headers=["Retry-After"],
            allow_credentials=False,
            max_age=600,
        ),
        Middleware(OriginCheck, settings=settings),
    ]


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    gateway: Gateway = app.state.gateway
    try:
        async with console_live.running(gateway):
            await gateway.start()
            yield
    finally:
        await gateway.stop()


def _back_office(settings: Settings) -> Callable[[], BackOffice]:
    @lru_cache(maxsize=1)
    def opened() -> BackOffice:
        return open_back_office(settings)

    return opened
