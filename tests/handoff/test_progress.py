"""Waiting and snoozing stop the clocks and end by themselves; priority, tier and labels."""

from datetime import timedelta

import pytest

from bot.errors import DeskError
from bot.handoff import status
from bot.handoff.instants import iso
from bot.handoff.presence import Call
from bot.handoff.progress import Progress
from bot.handoff.scheduler import Scheduler
from bot.handoff.teamwork import Teamwork

pytestmark = pytest.mark.database


@pytest.fixture
def progress(here):
    return Progress(here.desk)


@pytest.fixture
def ana(here):
    agent = here.agent("ana")
    here.desk.agent_back(agent)
    return agent


@pytest.fixture
def ref(here, ana):
    ref = here.ticket("no llega").ref
    here.desk.claim(ref, ana)
    return ref


def wake(here, progress):
    scheduler = Scheduler(here.desk)
    scheduler.on("wake", progress.wake)
    return scheduler.run_due()


def phase(here, ref):
    return here.desk.row(ref)["phase"]


def kinds(here, ref, agent):
    return [event["kind"] for event in here.desk.view(ref, agent)["events"]]


def test_the_clocks_stand_still_while_the_customer_is_awaited(here, progress, ana, ref):
    here.desk.say(ref, ana, "¿Me dice el número?", "1")
    due = progress.waiting(ref, ana).ticket.due_resolution
    here.clock.forward(hours=2)

    chat = here.desk.ticket(ref).conversation
    here.store.add_customer_message(chat, "El 48213", "m9")
    change = progress.customer_wrote(chat)

    assert status.phase(change.ticket) == "open"
    assert change.ticket.due_resolution == due + timedelta(hours=2)
    assert kinds(here, ref, ana)[-2] == "resumed"
    assert progress.customer_wrote(chat) is None


def test_a_snooze_ends_at_its_time_and_calls_its_owner(here, progress, ana, ref):
    until = here.clock.now + timedelta(hours=1)
    change = progress.snooze(ref, ana, iso(until), "El transportista contesta a las 13")

    assert (phase(here, ref), change.ticket.snoozed_until) == ("snoozed", until)
    assert Teamwork(here.desk).notes(ref, ana)[0]["text"].startswith("El transportista")
    here.clock.forward(minutes=59)
    assert wake(here, progress) == []
    here.clock.forward(minutes=1)
    ((change,),) = [outcome.changes for outcome in wake(here, progress)]
    assert change.call == Call(("ana",), "woke")
    assert phase(here, ref) == "open"
    assert here.desk.row(ref, viewer="ana")["mentioned"] is True
    assert wake(here, progress) == []
    assert kinds(here, ref, ana).count("woke") == 1


def test_a_snooze_ends_when_the_customer_writes_and_is_not_ended_again(here, progress, ana, ref):
    progress.snooze(ref, ana, iso(here.clock.now + timedelta(hours=1)))
    progress.customer_wrote(here.desk.ticket(ref).conversation)
    here.clock.forward(hours=2)

    assert wake(here, progress) == []
    assert phase(here, ref) == "open"


def test_a_snooze_moved_later_ends_later(here, progress, ana, ref):
    progress.snooze(ref, ana, iso(here.clock.now + timedelta(hours=1)))
    progress.snooze(ref, ana, iso(here.clock.now + timedelta(hours=3)))
    here.clock.forward(hours=1)
    assert wake(here, progress) == []
    here.clock.forward(hours=2)
    assert len(wake(here, progress)) == 1


def test_what_was_written_while_a_process_died_ends_the_waiting_at_the_next_start(
    here, progress, ana, ref
):
    progress.waiting(ref, ana)
    here.clock.forward(minutes=1)
    here.store.add_customer_message(here.desk.ticket(ref).conversation, "El 48213", "m9")

    assert [change.ticket.ref for change in progress.catch_up()] == [ref]
    assert progress.catch_up() == []


def test_a_waiting_case_that_goes_back_to_the_queue_waits_for_a_person_again(
    here, progress, ana, ref
):
    progress.waiting(ref, ana)
    ticket = here.desk.release(ref, ana).ticket

    assert (ticket.status, ticket.waiting_since, ticket.paused_at) == ("queued", None, None)


def test_waking_while_the_owner_is_away_gives_them_the_grace(here, progress, ana, ref):
    progress.snooze(ref, ana, iso(here.clock.now + timedelta(hours=1)))
    here.desk.agent_lost(ana)
    here.clock.forward(hours=1)
    wake(here, progress)
    assert here.desk.ticket(ref).lost_at == here.clock.now

    here.clock.forward(seconds=here.desk.grace + 1)
    assert [change.ticket.status for change in here.desk.sweep()] == ["queued"]


@pytest.mark.parametrize("until", ["", "mañana", "2026-11-25T10:59:00Z", "2028-01-01T00:00:00Z"])
def test_a_wrong_time_is_refused(here, progress, ana, ref, until):
    with pytest.raises(DeskError, match="no time to come"):
        progress.snooze(ref, ana, until)
    assert phase(here, ref) == "open"


def test_a_priority_moves_the_deadlines_and_is_logged_with_its_reason(here, progress, ana, ref):
    before = here.desk.ticket(ref)
    change = progress.priority(ref, ana, "urgent", "Se queda sin medicación")

    assert (change.ticket.priority, change.ticket.rank) == ("urgent", 0)
    assert change.ticket.due_resolution < before.due_resolution
    event = here.desk.view(ref, ana)["events"][-2]
    assert event["data"] == {"from": "medium", "to": "urgent", "reason": "Se queda sin medicación"}
    assert progress.priority(ref, ana, "urgent", "otra vez").created is False


@pytest.mark.parametrize("operation", ["priority", "tier"])
def test_without_a_reason_or_with_an_unknown_name_nothing_changes(
    here, progress, ana, ref, operation
):
    change, name = getattr(progress, operation), {"priority": "high", "tier": "L2"}[operation]
    before = here.desk.ticket(ref)
    with pytest.raises(DeskError, match="Say why"):
        change(ref, ana, name, " ")
    with pytest.raises(DeskError, match="Accepted"):
        change(ref, ana, "urgente", "porque sí")
    assert here.desk.ticket(ref) == before


def test_labels_are_trimmed_once_each_and_logged(here, progress, ana, ref):
    progress.label(ref, ana, ["goodwill", "  Cliente   nuevo "])
    change = progress.label(ref, ana, ["Cliente nuevo", "CLIENTE NUEVO", "recurring"])

    assert change.ticket.labels == ["Cliente nuevo", "recurring"]
    event = here.desk.view(ref, ana)["events"][-2]
    assert event["data"] == {"added": ["recurring"], "removed": ["goodwill"]}
    with pytest.raises(DeskError, match="1 to 30"):
        progress.label(ref, ana, ["x" * 31])
    with pytest.raises(DeskError, match="too many"):
        progress.label(ref, ana, [f"l{number}" for number in range(21)])


def test_a_reopened_case_counts_it_and_asks_for_a_cause_again(here, ana, ref):
    here.desk.resolve(ref, ana, "solved", cause="system")
    assert here.desk.row(ref)["cause"] == "system"

    ticket = here.desk.reopen(ref, ana).ticket

    assert (ticket.reopened, ticket.cause, ticket.disposition) == (1, None, None)


@pytest.mark.parametrize("cause", ["", "sistem"])
def test_a_case_is_resolved_with_a_known_cause_only(here, ana, ref, cause):
    with pytest.raises(DeskError, match="why a person was needed"):
        here.desk.resolve(ref, ana, "solved", cause=cause)
    assert here.desk.ticket(ref).status == "claimed"
