"""Plays conversations against the real engine in this process: what a customer writes and reads.

The model is a trained one, the actions, the words and our channel are the real code; the gateway's
part that decides what a customer sees is played too (bursts are joined, a handoff ends the bot's
part, who proved an order is remembered). Every conversation has a demo shop of its own::

    bot = Bot.load(model)
    talk = bot.conversation(language="es", identity="C-1001")
    reply = talk.say("dónde está mi pedido")
    reply.messages[0].text, reply.choices, reply.handoff
    talk.press("Hablar con una persona")

:mod:`evaluation.in_parallel` plays many over several processes.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import hashlib
import importlib
import io
import os
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.errors import BackOfficeDown
from evaluation.replies import ENGINE_FAILURE, Choice, Message, PlayError, Reply

NOW = "2026-11-24T10:30:00Z"
"""A Tuesday in opening hours; the demo shop is laid around its day."""


class Switch:
    """The back office of whichever conversation is being played."""

    def __init__(self) -> None:
        self.shop: Any = None

    def __getattr__(self, name: str) -> Any:
        """Return the same of that back office."""
        if self.shop is None:
            raise AttributeError(name)
        return getattr(self.shop, name)


class Bot:
    """An engine with a model; any number of conversations, one turn at a time.

    Args:
        agent: Rasa's agent.
        actions: Where its actions run.
        switch: The back office that they use.
        loop: Event loop of the engine.
    """

    def __init__(
        self, agent: Any, actions: Any, switch: Switch, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.agent = agent
        self.actions = actions
        self._switch = switch
        self._loop = loop
        self._names: Counter[str] = Counter()
        self.newest: Conversation | None = None

    @classmethod
    def load(
        cls,
        model: Path,
        *,
        actions: str = "actions",
        nlg: str | None = "bot.nlg.ResponseChooser",
        action_seconds: float = 5.0,
    ) -> Bot:
        """Load a model.

        Args:
            model: The archive.
            actions: Package of its actions. They take their back office from
                ``<package>.context``, or from our own ``actions.context``.
            nlg: Class that chooses the words; None for Rasa's own.
            action_seconds: Time that a call of an action has.
        """
        from bot.training.quiet_rasa import quiet_rasa

        with quiet_rasa():
            from evaluation.in_process import InProcessActions, load_agent

            endpoint = InProcessActions(seconds=action_seconds, package=actions)
            switch = Switch()
            for package in dict.fromkeys((actions, "actions")):
                _use(package, switch)
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)  # Rasa's locks ask for it
            agent = load_agent(str(model), endpoint, tracker_store=_tracker_store(), nlg=nlg)
        return cls(agent, endpoint, switch, loop)

    def conversation(
        self,
        *,
        language: str = "es",
        identity: str | Mapping[str, Any] | None = None,
        shop: Any = None,
        now: str | None = None,
        history: Mapping[str, Any] | None = None,
        name: str = "",
    ) -> Conversation:
        """Start a conversation.

        Args:
            language: Of the page that the customer is on.
            identity: Id of the customer whom the site has signed in, or the identity as the
                gateway would vouch for it; None for a guest.
            shop: Their back office; a fresh demo shop by default.
            now: Time of the first turn, ISO 8601; :data:`NOW` by default.
            history: Earlier contacts and open tickets, as the gateway would tell them; by default
                those of the shop, if the customer is signed in.
            name: What the conversation's id is made of, so that it is the same in every run.
        """
        now = now or NOW
        shop = shop if shop is not None else demo_shop(now)
        self._names[name] += 1
        mark = hashlib.sha256(f"{name}:{self._names[name]}".encode()).hexdigest()[:22]
        known = signed_in(identity, shop) if isinstance(identity, str) else identity
        context: dict[str, Any] = {"identity": known, "language": language}
        context["history"] = dict(history) if history is not None else _history(known, shop)
        self.newest = Conversation(self, f"c_{mark}", shop, context, now)
        return self.newest

    def answer(self, turn: Any, shop: Any) -> dict[str, Any]:
        """Return the engine's answer to one turn, as the gateway gets it."""
        from bot.channels import turns
        from bot.channels.answer import answer

        self._switch.shop = shop
        with contextlib.redirect_stdout(io.StringIO()):  # the actions' log
            events, replayed = self._loop.run_until_complete(turns.run(self.agent, turn))
        return answer(turn.id, events, replayed=replayed)


class Conversation:
    """One customer's conversation; made by :meth:`Bot.conversation`."""

    def __init__(
        self, bot: Bot, conversation: str, shop: Any, context: dict[str, Any], now: str
    ) -> None:
        self._bot = bot
        self._context = context
        self._now = datetime.fromisoformat(now.replace("Z", "+00:00"))
        self._turns = 0
        self.id = conversation
        self.shop = shop
        self.replies: list[Reply] = []
        self.handed_over = False

    @property
    def identity(self) -> Mapping[str, Any] | None:
        """Who the customer is by now."""
        found: Mapping[str, Any] | None = self._context["identity"]
        return found

    def say(self, text: str) -> Reply:
        """Write a message."""
        return self._turn(text, text)

    def burst(self, texts: Sequence[str]) -> Reply:
        """Write several messages before the bot answers: the gateway joins them by line."""
        return self.say("\n".join(texts))

    def press(self, choice: str) -> Reply:
        """Press a quick reply.

        Args:
            choice: Its title or its payload.

        Raises:
            PlayError: the newest messages offer no such quick reply.
        """
        from bot.channels.gateway import read_choice

        found = self._choice(choice)
        return self._turn(found.title, f"[{found.title}]", choice=read_choice(found.payload))

    def hand_back(self, note: Mapping[str, Any] | None = None) -> Reply:
        """Let the agent give the conversation back; the bot speaks first.

        Raises:
            PlayError: no person has it.
        """
        if not self.handed_over:
            raise PlayError("The conversation was not handed over, so nobody can hand it back.")
        self.handed_over = False
        return self._turn("", "[hand-back]", note=dict(note or {}))

    def take_over(self) -> None:
        """Let an agent take the conversation unasked: the bot is silent from here on."""
        self.handed_over = True

    def later(self, *, minutes: float) -> None:
        """Let time pass before the next turn."""
        self._now += timedelta(minutes=minutes)

    def transcript(self, last: int | None = None) -> str:
        """Return what was said, both sides; only the last turns on request."""
        lines: list[str] = []
        for reply in self.replies[-last:] if last else self.replies:
            lines.append(f"  customer: {reply.said}")
            for message in reply.messages:
                titles = " ".join(f"[{choice.title}]" for choice in message.choices)
                key = f" ({message.response})" if message.response else ""
                lines.append(f"  bot{key}: {message.text} {titles}".rstrip())
            if reply.silent:
                lines.append("  (a person has the conversation)")
            if reply.handoff:
                lines.append(f"  -> handed over: {reply.handoff.get('trigger')}")
            if reply.error:
                lines.append(f"  -> error: {reply.error.get('kind')} {reply.error.get('detail')}")
        return "\n".join(lines)

    def _choice(self, wanted: str) -> Choice:
        shown = self.replies[-1].choices if self.replies else ()
        for choice in shown:
            if wanted in choice:
                return choice
        titles = ", ".join(f"'{choice.title}'" for choice in shown) or "none"
        raise PlayError(f"There is no quick reply '{wanted}'. Shown: {titles}.")

    def _turn(self, text: str, said: str, **extra: Any) -> Reply:
        if self.handed_over:
            self.replies.append(Reply(said, silent=True))
            return self.replies[-1]
        from bot.channels.turns import Turn

        self._turns += 1
        now = self._now.isoformat(timespec="seconds").replace("+00:00", "Z")
        turn = Turn(
            self.id,
            f"t_{self._turns:03d}_{self.id[2:10]}",
            text,
            context={**self._context, "now": now},
            **extra,
        )
        self._now += timedelta(seconds=40)  # about what reading and typing take
        try:
            answer = self._bot.answer(turn, self.shop)
        except Exception as error:  # noqa: BLE001 - the gateway hands over, whatever it is
            answer = _crashed(error)
        return self._keep(said, answer)

    def _keep(self, said: str, answer: Mapping[str, Any]) -> Reply:
        messages = tuple(_message(one) for one in answer["messages"])
        handoff, error = answer.get("handoff"), answer.get("error")
        if handoff is None and (error or not messages):
            handoff = {"trigger": ENGINE_FAILURE, "reason_code": "system_failure"}
        identity = answer.get("identity")
        if identity:
            self._context["identity"] = {**identity, "status": identity.get("status", "claimed")}
        self.handed_over = handoff is not None
        reply = Reply(
            said,
            messages,
            handoff,
            error,
            answer.get("state") or {},
            answer.get("parse") or {},
            tuple(answer.get("promises") or ()),
        )
        self.replies.append(reply)
        return reply


def demo_shop(now: str = NOW) -> Any:
    """Return a demo shop in memory, laid around the day of ``now``."""
    from bot.backoffice import open_shop

    return open_shop("sqlite://", today=datetime.fromisoformat(now[:10]).date())


def signed_in(customer: str, shop: Any) -> dict[str, Any]:
    """Return the identity of a customer whom the site has signed in.

    Raises:
        PlayError: the shop does not know them.
    """
    known = shop.customer(customer)
    if known is None:
        raise PlayError(f"The shop has no customer '{customer}'.")
    return {"status": "verified", "customer_id": known.id, "name": known.name}


def _tracker_store() -> Any:
    """Return the engine's own tracker store, on a file that nobody else has."""
    from bot.channels.tracker_store import EngineTrackerStore

    variable = "REMANSO_TRACKER_URL"
    before = os.environ.get(variable)
    folder = tempfile.mkdtemp(prefix="remanso-play-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ[variable] = f"sqlite:///{folder}/tracker.db"
    try:
        return EngineTrackerStore()
    finally:
        if before is None:
            del os.environ[variable]
        else:
            os.environ[variable] = before


def _use(package: str, switch: Switch) -> None:
    """Have a package of actions use ``switch`` as its back office."""
    try:
        context = importlib.import_module(f"{package}.context")
    except ModuleNotFoundError:
        return
    if hasattr(context, "use"):
        context.use(switch)
        return
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == package.split(".")[0] and hasattr(module, "shop"):
            module.shop = lambda: switch  # type: ignore[attr-defined]


def _history(identity: Mapping[str, Any] | None, shop: Any) -> dict[str, Any]:
    """Return what the shop knows of a signed-in customer, as the gateway tells the engine."""
    if not identity or identity.get("status") != "verified":
        return {}
    try:
        customer = shop.customer(identity["customer_id"])
        cases = shop.cases(customer.id)
    except (BackOfficeDown, AttributeError):  # the gateway goes on without it
        return {}
    contacts = [
        {"at": one.opened_on.isoformat(), "issue": one.issue, "channel": one.channel}
        for one in cases
    ]
    unsolved = [{"ref": one.id, "issue": one.issue} for one in cases if one.status == "open"]
    care = {"vip": customer.vip, "vulnerable": customer.vulnerable}
    return {"contacts": contacts, "open": unsolved, **care}


def _message(told: Mapping[str, Any]) -> Message:
    choices = tuple(Choice(one["title"], one["payload"]) for one in told.get("choices") or ())
    return Message(told["text"], choices, told.get("response"), told.get("id"))


def _crashed(error: Exception) -> dict[str, Any]:
    detail = "".join(traceback.format_exception(error)[-3:])
    return {"messages": [], "error": {"kind": "crash", "action": "", "detail": detail}}
