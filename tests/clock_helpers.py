"""What tests of the desk's clock share: its parts on a desk, a restart, and the log."""

from __future__ import annotations

from dataclasses import replace

from bot.handoff import tickets
from bot.handoff.desk import Desk
from bot.handoff.scheduler import Scheduler
from bot.handoff.store import Store
from bot.web.clockwork import Clockwork


def works(desk):
    """Return the parts that run by the clock, as the gateway puts them together."""
    made = Clockwork(desk, Scheduler(desk))
    made.automation.begin()
    return made


def restarted(here):
    """Return the same desk in a process of its own: only the database is the same."""
    here.store.close()
    store = Store(here.store.database.url.render_as_string(hide_password=False), here.clock)
    desk = Desk(store, here.phrasebook, here.desk.rules, here.clock)
    desk.reach = here.desk.reach
    return replace(here, store=store, desk=desk)


def log(here, ref, *kinds):
    """Return the lines of a ticket's log, of some kinds or all."""
    with here.store.database.read() as connection:
        found = tickets.events(connection, ref)
    return [event for event in found if not kinds or event.kind in kinds]


def fresh(here, ref):
    """Return a ticket as it is now."""
    return here.desk.ticket(ref)
