"""The count from the tables agrees with the measures from the log, and sees where they differ."""

import copy
from datetime import timedelta, timezone
from types import SimpleNamespace

import pytest
from clock_helpers import works
from desk_fakes import fake_desk, sqlite_only

from bot.handoff.instants import iso, utc_now
from bot.handoff.measuring import Measuring
from bot.handoff.transfers import Transfers
from bot.handoff.vows import Vows
from evaluation.through_tables import age, counted, same

pytestmark = [pytest.mark.unit, sqlite_only]

MONTH = timedelta(days=31)


@pytest.fixture
def played(tmp_path):
    """A desk at which everything has happened once, with a month in between; and its settings."""
    here = fake_desk(tmp_path)
    here.clock.now = utc_now() - timedelta(hours=1)
    here.boss = here.agent("eva", role="supervisor", name="Eva Sanz", teams=("general", "billing"))
    parts = works(here.desk)
    here.chat("gracias")
    reopened, passed, _ = (here.ticket(word).ref for word in ("uno", "dos", "nobody's"))
    _answer(here, reopened)
    _close(here, reopened)
    here.desk.reopen(reopened, here.boss)
    _say(here, reopened)
    _answer(here, passed)
    Transfers(here.desk).transfer(passed, here.boss, note="Un cobro", team="billing")
    here.desk.claim(passed, here.boss)
    _promise(here, passed, days=1)
    here.desk.keep_promise(passed, here.boss, 1)
    _promise(here, passed, seconds=5)
    _close(here, reopened)
    _close(here, passed)
    here.clock.forward(seconds=10)
    (late,) = here.desk.alarm_promises()  # nobody has the case any more: there is another one
    age(tmp_path / "desk.db", MONTH)
    here.desk.reach = lambda *_: None
    parts.scheduler.run_due()
    _answer(here, late.ticket.ref)
    _close(here, late.ticket.ref)
    yield here, SimpleNamespace(database=lambda: f"sqlite:///{tmp_path / 'desk.db'}")
    here.store.close()


def _say(here, ref):
    here.clock.forward(seconds=7)
    here.desk.say(ref, here.boss, "Lo miro.", str(here.clock.now))


def _answer(here, ref):
    here.clock.forward(seconds=40)
    here.desk.claim(ref, here.boss)
    _say(here, ref)


def _close(here, ref):
    here.clock.forward(seconds=70)
    here.desk.resolve(ref, here.boss, "solved", cause="authority")


def _promise(here, ref, **within):
    due = iso((here.clock() + timedelta(**within)).astimezone(timezone.utc))
    Vows(here.desk).promise(ref, here.boss, "Le escribo.", due)


def report(here):
    end = utc_now() + timedelta(days=1)
    return Measuring(here.desk).report(here.boss, end - 3 * MONTH, end)


def test_what_was_late_passed_on_promised_and_taken_up_again_is_counted_alike(played):
    here, settings = played
    told, count = report(here), counted(settings)

    assert same(told, count) == []
    assert count["cases"] == 4
    assert count["promises"] == (1, 1)
    assert count["updates"] == (3, 2)  # nobody reads what is said a month later
    assert count["sla"]["update"] == 0.5
    assert (count["without_person"], count["by_first_person"]) == (0.25, 0.0)
    assert count["escalation"] == 0.75


@pytest.mark.parametrize(
    "name, figure",
    [
        ("by_first_person", ("first_contact", "by_first_person")),
        ("first_contact", ("first_contact", "rate")),
        ("to_person_by", ("response", "by_priority", "medium", "p90")),
        ("resolution_by", ("resolution", "by_priority", "medium", "median")),
        ("sla", ("sla", "update")),
        ("updates", ("updates", "good")),
        ("promises", ("promises", "bad")),
        ("transfers", ("transfers", "mean")),
        ("escalation", ("escalation", "rate")),
    ],
    ids=lambda each: each if isinstance(each, str) else ".".join(each),
)
def test_a_figure_that_is_wrong_is_named(played, name, figure):
    here, settings = played
    told = copy.deepcopy(report(here))
    place = told
    for key in figure[:-1]:
        place = place[key]
    place[figure[-1]] += 1

    (different,) = same(told, counted(settings))
    assert different.startswith(f"{name}:")
