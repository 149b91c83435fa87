"""What the browser tests of the customers' side share: a real gateway, a case, a page on it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.handoff.instants import utc_now
from bot.handoff.tables_desk import surveys
from tests.e2e.console_stage import Customer, Stage

WORDS = "Llevo tres semanas esperando el pedido 48213"


class Case:
    """A customer's case, and the agent who works on it."""

    def __init__(self, stage: Stage, language: str = "es") -> None:
        self.stage = stage
        self.customer = Customer(stage, language)
        self.customer.say(WORDS)
        self.reference = self.customer.person()
        self.code = self.standing()["case"]["code"]
        self._token = stage.token("marta")

    def standing(self) -> Any:
        return self.stage.call("GET", self.customer.path, token=self.customer.token)

    def act(self, action: str, **body: Any) -> Any:
        path = f"/api/v1/tickets/{self.reference}/{action}"
        return self.stage.call("POST", path, body, self._token)

    def resolve(self) -> None:
        self.act("resolve", disposition="solved", note="hecho", cause="knowledge")

    def events(self) -> list[str]:
        path = f"/api/v1/tickets/{self.reference}"
        seen = self.stage.call("GET", path, token=self._token)
        return [each["kind"] for each in seen["events"]]

    def ask_rating(self) -> None:
        ask_rating(self.stage, self.reference)

    def rated(self) -> tuple[int | None, str | None]:
        return rated(self.stage, self.reference)


def ask_rating(stage: Stage, reference: str) -> None:
    """Ask how a case was served, as the scheduler does when its time comes."""
    ticket = stage_ticket(stage, reference)
    row = {"ticket": reference, "conversation": ticket.conversation, "asked_at": utc_now()}
    with stage.store.database.write() as connection:
        connection.execute(sa.insert(surveys).values(**row))


def rated(stage: Stage, reference: str) -> tuple[int | None, str | None]:
    """What the customer answered."""
    query = sa.select(surveys.c.score, surveys.c.comment).where(surveys.c.ticket == reference)
    with stage.store.database.read() as connection:
        return tuple(connection.execute(query).one())


def stage_ticket(stage: Stage, reference: str) -> Any:
    from bot.handoff import tickets

    with stage.store.database.read() as connection:
        return tickets.get(connection, reference)
