"""What supervisors read when too few or too many conversations reached a person last week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handoff.instants import instant
from bot.handoff.records import Agent

if TYPE_CHECKING:
    from bot.web.gateway import Gateway


def notices(gateway: Gateway, agent: Agent, language: str) -> list[str]:
    """Return what somebody who leads should know of the escalation rate; mostly nothing."""
    week = gateway.clockwork.band.last(agent)
    since = instant(week["from"]) if week else None
    if week is None or since is None:
        return []
    day = since.astimezone(gateway.desk.rules.zone).date()
    where = week["where"]
    facts = {
        "since": f"{day.day}/{day.month}/{day.year}",
        "share": f"{round(100 * week['rate'])} %",
        "limit": f"{round(100 * week[where])} %",
    }
    return [gateway.notices.text(f"utter_error_band_{where}", language=language, facts=facts)]
