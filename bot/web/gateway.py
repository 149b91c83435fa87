"""Everything the routes work with, built once; ``app.state.gateway``."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

from bot.backoffice import BackOffice
from bot.engine import Engine
from bot.errors import EngineError, StoreError
from bot.handoff.approvals import Approvals
from bot.handoff.attachments import Attachments, scanner
from bot.handoff.by_hand import Cases
from bot.handoff.calls import Calls
from bot.handoff.colleagues import Colleagues
from bot.handoff.desk import Desk
from bot.handoff.erasure import Erasure
from bot.handoff.export import Export
from bot.handoff.leaving import Leaving
from bot.handoff.looks import Looks
from bot.handoff.measuring import Measuring
from bot.handoff.moments import Moments
from bot.handoff.overview import Overview
from bot.handoff.profiles import Profiles
from bot.handoff.progress import Progress
from bot.handoff.receipts import Receipts
from bot.handoff.reviews import Reviews
from bot.handoff.saved_views import SavedViews
from bot.handoff.scheduler import Scheduler
from bot.handoff.search import Search
from bot.handoff.status_page import StatusPage
from bot.handoff.store import Store
from bot.handoff.teamwork import Teamwork
from bot.handoff.tracker import Tracker
from bot.handoff.transfers import Transfers
from bot.handoff.vows import Vows
from bot.handoff.waking import WAKE
from bot.settings import ROOT, Settings
from bot.web.aids import Aids
from bot.web.answering import Answerer
from bot.web.assigning import Assigning
from bot.web.cashier import Cashier
from bot.web.chat import Chat
from bot.web.clockwork import Clockwork
from bot.web.history import Histories
from bot.web.hooks import Calling
from bot.web.hub import Hub
from bot.web.limits import limits
from bot.web.notices import Notices
from bot.web.practice import Practice
from bot.web.reaching import Reaching
from bot.web.shop_panel import ShopPanel
from bot.web.together import catch_up
from bot.web.tokens import Tokens
from bot.web.turns import TurnRunner
from bot.web.urgent import Urgent
from bot.web.viewing import Viewing

Args = ParamSpec("Args")
Result = TypeVar("Result")

logger = logging.getLogger("remanso.web")

MODEL_SECONDS = 30.0
"""Between two looks at which model the engine has."""
LYING_SECONDS = 10.0
"""Seconds after which a turn that nobody works on is taken up again."""
WRITTEN = ("data", "tests/conversations", "evaluation")
"""Folders with what trainers write, looked through when a customer is erased."""
URGENT = ROOT / "data" / "gateway" / "urgent.yml"


class Gateway:
    """The parts of a running gateway.

    Args:
        settings: Of this installation.
        store: Conversations.
        desk: Tickets.
        engine: The dialogue engine's client.
        notices: The gateway's sentences.
        versions: What runs now; kept up to date here, read by the desk.
        back_office: Opens the company's systems; only asked who a customer is to them.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        desk: Desk,
        engine: Engine,
        notices: Notices,
        versions: dict[str, str] | None = None,
        *,
        back_office: Callable[[], BackOffice],
    ) -> None:
        self.settings = settings
        self.store = store
        self.desk = desk
        self.engine = engine
        self.notices = notices
        self.versions = {} if versions is None else versions
        self.hub = Hub()
        self.tokens = Tokens(settings)
        self.limits = limits(settings)
        self.reaching = Reaching(self)
        self.contacts = self.reaching.contacts
        self.attachments = Attachments(
            desk,
            settings.attachments(),
            limit=settings.attachment_bytes,
            most=settings.attachments_per_conversation,
            scan=scanner(settings.scan_command),
        )
        tracker = Tracker(settings.tracker_database())
        self.export = Export(desk, self.attachments, tracker)
        written = [ROOT / folder for folder in WRITTEN]
        self.erasure = Erasure(desk, self.attachments, tracker, written=written)
        self.search, self.saved_views, self.overview = (
            Search(desk),
            SavedViews(desk),
            Overview(desk),
        )
        self.measuring, self.looks = Measuring(desk), Looks(desk)
        self.histories = Histories(desk, back_office)
        desk.known_history = self.histories.known
        self.answerer = Answerer(store, desk, engine, self.hub, settings, self.histories)
        urgent = Urgent.from_file(URGENT)
        self.turns = TurnRunner(store, self.answerer, urgent, settings.quiet_window)
        self.scheduler = Scheduler(desk)
        self.clockwork = Clockwork(desk, self.scheduler)
        self.assigning = Assigning(desk, self.scheduler, self.contacts)
        self.progress, self.transfers, self.vows = Progress(desk), Transfers(desk), Vows(desk)
        self.teamwork, self.colleagues = Teamwork(desk), Colleagues(desk)
        self.moments, self.reviews = Moments(desk), Reviews(desk)
        self.cases, self.profiles, self.calls = Cases(desk), Profiles(desk), Calls(desk)
        self.approvals = Approvals(desk)
        self.cashier = Cashier(desk, self.approvals, back_office)
        self.shop_panel = ShopPanel(desk, self.approvals, back_office)
        self.scheduler.on(WAKE, self.progress.wake)
        self.chat = Chat(self)
        self.aids, self.practice = Aids.from_data(desk, settings.desk), Practice(desk.rules)
        self.viewing = Viewing(self)
        self.status_page = StatusPage(desk)
        self.leaving = Leaving(desk)
        self.receipts = Receipts(desk)
        self.calling = Calling(self)

    async def start(self) -> None:
        """Go on with what a former process left unfinished."""
        self.answerer.background(self._watch_model())
        await self.turns.recover()
        self.answerer.background(self._watch_turns())
        self.answerer.background(catch_up(self))
        self.answerer.background(self.calling.work())
        for work in self.reaching.works():
            self.answerer.background(work)

    async def stop(self) -> None:
        """Stop working; what is unfinished stays stored."""
        await self.turns.stop()
        await self.answerer.stop()
        await self.engine.close()
        self.store.close()

    async def _watch_model(self) -> None:
        """Keep note of the engine's model: it is named in every handoff."""
        while True:
            with contextlib.suppress(EngineError):
                self.versions["model"] = (await self.engine.health()).model
            await asyncio.sleep(MODEL_SECONDS)

    async def _watch_turns(self) -> None:
        """Take up turns that are left lying, whatever the reason: no customer waits forever."""
        while True:
            await asyncio.sleep(LYING_SECONDS)
            with contextlib.suppress(StoreError):
                if found := await self.turns.recover(LYING_SECONDS):
                    logger.warning("%d turns were left lying", found)

    async def io(
        self, work: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs
    ) -> Result:
        """Run blocking work, such as a call of the store, in a worker thread."""
        return await run_in_threadpool(work, *args, **kwargs)
