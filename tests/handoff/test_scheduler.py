from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from clock_helpers import restarted
from desk_fakes import sqlite_only

from bot.handoff import jobs, tickets
from bot.handoff.presence import Change
from bot.handoff.scheduler import BACK_OFF, Frame, Outcome, Scheduler

pytestmark = pytest.mark.database


@pytest.fixture
def ticket(here):
    return here.ticket()


def planned(here, kind="ring", key="1", *, seconds=60, **options):
    with here.store.database.write() as connection:
        when = here.clock.now + timedelta(seconds=seconds)
        return Scheduler.add(connection, kind, key, when, **options)


def outcome(here, kind="ring", key="1"):
    with here.store.database.read() as connection:
        return jobs.find(connection, kind, key).outcome


def bell(here, ticket):
    """A handler whose effect is a line in the log, in the job's own transaction."""

    def ring(connection, job):
        tickets.log(connection, ticket.ref, here.clock.now, "system", "rang", {"key": job.key})
        return Change(ticket)

    return ring


def rang(here, ticket):
    with here.store.database.read() as connection:
        found = tickets.events(connection, ticket.ref)
    return [event.data["key"] for event in found if event.kind == "rang"]


def test_a_job_is_done_when_it_is_due_and_once(here, ticket):
    scheduler = Scheduler(here.desk)
    scheduler.on("ring", bell(here, ticket))
    planned(here)
    assert scheduler.run_due() == []

    here.clock.forward(seconds=60)
    assert scheduler.run_due() == [Outcome((Change(ticket),))]
    assert scheduler.run_due() == []
    assert (rang(here, ticket), outcome(here)) == (["1"], "done")


def test_the_same_key_is_the_same_job_also_once_it_is_done(here, ticket):
    scheduler = Scheduler(here.desk)
    scheduler.on("ring", bell(here, ticket))

    assert [planned(here), planned(here)] == [True, False]
    here.clock.forward(seconds=60)
    scheduler.run_due()
    assert planned(here) is False
    here.clock.forward(seconds=600)
    assert scheduler.run_due() == []


def test_a_job_that_is_put_again_moves(here, ticket):
    scheduler = Scheduler(here.desk)
    scheduler.on("ring", bell(here, ticket))
    planned(here)
    here.clock.forward(seconds=60)
    scheduler.run_due()
    with here.store.database.write() as connection:
        later = here.clock.now + timedelta(seconds=60)
        Scheduler.put(connection, "ring", "1", later, data={"again": True})

    scheduler.run_due()
    here.clock.forward(seconds=60)
    scheduler.run_due()
    assert rang(here, ticket) == ["1", "1"]


def test_a_handler_may_plan_its_own_job_anew(here, ticket):
    scheduler, ring = Scheduler(here.desk), bell(here, ticket)

    def again(connection, job):
        later = here.clock.now + timedelta(seconds=60)
        Scheduler.put(connection, job.kind, job.key, later)
        return ring(connection, job)

    scheduler.on("ring", again)
    planned(here)
    for _ in range(3):
        here.clock.forward(seconds=60)
        scheduler.run_due()
        scheduler.run_due()
    assert rang(here, ticket) == ["1", "1", "1"]


def test_a_cancelled_job_is_not_done(here, ticket):
    scheduler = Scheduler(here.desk)
    scheduler.on("ring", bell(here, ticket))
    planned(here)
    with here.store.database.write() as connection:
        assert Scheduler.cancel(connection, "ring", "1", here.clock.now) is True
        assert Scheduler.cancel(connection, "ring", "1", here.clock.now) is False
    here.clock.forward(seconds=60)

    assert (scheduler.run_due(), outcome(here)) == ([], "cancelled")


def test_a_failing_job_leaves_no_trace_and_holds_up_no_other(here, ticket):
    scheduler, ring = Scheduler(here.desk), bell(here, ticket)

    def fail(connection, job):
        ring(connection, job)
        raise OSError("no")

    scheduler.on("break", fail)
    scheduler.on("ring", ring)
    planned(here, "break", "b", seconds=1)
    planned(here, "ring", "r", seconds=2)
    here.clock.forward(seconds=2)

    assert len(scheduler.run_due()) == 1
    assert rang(here, ticket) == ["r"]


def test_a_failing_job_is_tried_later_and_later_then_given_up(here, ticket):
    scheduler, tried = Scheduler(here.desk), []

    def fail(connection, job):
        tried.append(here.clock.now)
        raise OSError("no")

    scheduler.on("ring", fail)
    planned(here, seconds=0)
    for _ in range(len(BACK_OFF) + 3):
        scheduler.run_due()
        scheduler.run_due()
        here.clock.forward(seconds=max(BACK_OFF))

    assert len(tried) == len(BACK_OFF) + 1
    assert outcome(here) == "gave up: OSError"


def test_a_job_that_comes_right_at_the_second_try_is_done_once(here, ticket):
    scheduler, ring, tries = Scheduler(here.desk), bell(here, ticket), []

    def second(connection, job):
        tries.append(job.tries)
        if job.tries == 0:
            raise OSError("no")
        return ring(connection, job)

    scheduler.on("ring", second)
    planned(here, seconds=0)
    scheduler.run_due()
    here.clock.forward(seconds=BACK_OFF[0])
    scheduler.run_due()

    assert (tries, rang(here, ticket)) == ([0, 1], ["1"])


def test_a_job_nobody_knows_waits_for_somebody_who_does(here, ticket):
    planned(here, seconds=0)
    assert Scheduler(here.desk).run_due() == []

    later = Scheduler(here.desk)
    later.on("ring", bell(here, ticket))
    assert len(later.run_due()) == 1


def test_a_job_comes_to_be_only_with_what_causes_it(here):
    with pytest.raises(RuntimeError), here.store.database.write() as connection:
        Scheduler.add(connection, "ring", "1", here.clock.now)
        raise RuntimeError("the cause failed")

    assert planned(here) is True


def test_two_schedulers_at_once_do_every_job_once(here, ticket):
    pair = [Scheduler(here.desk), Scheduler(here.desk)]
    for scheduler in pair:
        scheduler.on("ring", bell(here, ticket))
    for number in range(20):
        planned(here, key=str(number), seconds=0)
    with ThreadPoolExecutor(2) as pool:
        for _ in range(3):
            list(pool.map(lambda scheduler: scheduler.run_due(), pair))

    assert sorted(rang(here, ticket), key=int) == [str(number) for number in range(20)]


@sqlite_only
def test_what_was_planned_is_done_after_a_restart(here, ticket):
    planned(here)
    here.clock.forward(days=3)
    there = restarted(here)
    scheduler = Scheduler(there.desk)
    scheduler.on("ring", bell(there, ticket))
    scheduler.run_due()
    again = restarted(there)
    scheduler = Scheduler(again.desk)
    scheduler.on("ring", bell(again, ticket))
    scheduler.run_due()

    assert rang(again, ticket) == ["1"]
    again.store.close()


def test_frames_go_with_what_changed(here, ticket):
    scheduler = Scheduler(here.desk)
    shown = Outcome((), (Frame({"type": "alarm"}, to="ana"),))
    scheduler.on("ring", lambda connection, job: shown)
    planned(here, seconds=0)

    assert scheduler.run_due() == [shown]
