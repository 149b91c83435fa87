"""Nobody accepts and the customer leaves while waiting, as a table."""

from dataclasses import replace

import pytest

from bot.handoff import sessions, tickets
from bot.handoff.availability import Availability
from bot.handoff.leaving import Leaving
from bot.handoff.scheduler import Scheduler
from bot.handoff.unaccepted import Unaccepted

pytestmark = pytest.mark.database


class Watch:
    """Runs what is due and keeps what came of it."""

    def __init__(self, here):
        self.here = here
        self.scheduler = Scheduler(here.desk)
        self.unaccepted = Unaccepted(here.desk, self.scheduler)

    def after(self, **span):
        """Let time pass; return the frames and the words of it."""
        self.unaccepted.plan()
        self.here.clock.forward(**span)
        self.unaccepted.plan()
        done = self.scheduler.run_due()
        alarms = [frame for each in done for frame in each.frames if is_alarm(frame)]
        frames = {frame.to or frame.roles for frame in alarms}
        said = [m.response for each in done for c in each.changes for m in c.messages]
        return frames, [each for each in said if "callback" in each]

    def routed(self, ref):
        with self.here.store.database.read() as connection:
            events = tickets.events(connection, ref)
        return [each.data["to"] for each in events if each.kind == "routed"]


def is_alarm(frame):
    return frame.data["type"] == "alarm" and frame.data["clock"] == "unaccepted"


@pytest.fixture
def watch(here):
    return Watch(here)


@pytest.fixture
def people(here):
    """Two agents of the team, two of others, a supervisor, a trainer."""
    found = {
        "ana": here.agent("ana"),
        "bea": here.agent("bea"),
        "lola": here.agent("lola", teams=("logistics",)),
        "luis": here.agent("luis", teams=("billing",)),
        "sara": here.agent("sara", teams=(), role="supervisor"),
        "tere": here.agent("tere", teams=(), role="trainer"),
    }
    for agent in found.values():
        here.desk.agent_back(agent)
    return found


OTHERS, LEAD = {"lola", "luis", "sara"}, ("supervisor", "admin")
STEPS = [
    # seconds in the queue: who has been alarmed by then, whether the customer was offered to leave
    pytest.param(59, set(), [], [], id="59 s: nobody yet"),
    pytest.param(60, OTHERS, [], ["everyone"], id="60 s: the other teams"),
    pytest.param(180, {*OTHERS, LEAD}, [], ["everyone", "supervisors"], id="180 s: who leads"),
    pytest.param(
        900,
        {*OTHERS, LEAD},
        ["utter_notice_callback_offer"],
        ["everyone", "supervisors"],
        id="15 min: the customer may leave an address",
    ),
]


@pytest.mark.parametrize("seconds, alarmed, told, routed", STEPS)
def test_trigger_28_step_by_step(here, watch, people, seconds, alarmed, told, routed):
    ticket = here.ticket()

    frames, words = watch.after(seconds=seconds)

    assert (frames, words) == (alarmed, told)
    assert watch.routed(ticket.ref) == routed
    assert here.desk.ticket(ticket.ref).status == "queued"
    assert watch.after(seconds=0) == (set(), [])


def test_nothing_happens_once_somebody_has_it(here, watch, people):
    ticket = here.ticket()
    here.desk.claim(ticket.ref, people["ana"])

    assert watch.after(seconds=2000) == (set(), [])


def test_back_in_the_queue_it_begins_anew(here, watch, people):
    ticket = here.ticket()
    watch.after(seconds=1000)
    here.desk.claim(ticket.ref, people["ana"])
    here.desk.release(ticket.ref, people["ana"])

    assert watch.after(seconds=59) == (set(), [])
    frames, _ = watch.after(seconds=1)
    assert frames == OTHERS


def test_while_nobody_at_all_is_there_the_customer_is_told_after_a_minute(here, watch):
    here.agent("ana")
    here.ticket()

    assert watch.after(seconds=60) == (set(), [])  # plans it for now
    assert watch.after(seconds=0) == (set(), ["utter_notice_callback_offer"])
    assert watch.after(seconds=2000)[1] == []


def test_busy_agents_of_other_teams_are_left_alone(here, watch, people):
    Availability(here.desk).choose(people["lola"], "busy")
    here.ticket()

    frames, _ = watch.after(seconds=60)

    assert frames == {"luis", "sara"}


def test_at_night_nobody_is_alarmed_and_the_notice_names_the_opening(here, watch, people):
    here.clock.forward(hours=11)  # 23:00 in Madrid
    for agent in people.values():
        here.desk.agent_lost(agent)
    conversation = here.chat("hola")
    ticket, notice = here.desk.open_ticket(conversation, None, trigger="person_button")

    assert notice.response == "utter_notice_handoff_closed"
    assert "opens=mañana a las 9:00" in notice.text
    assert watch.after(hours=9) == (set(), [])
    for agent in people.values():
        sessions.new_session(here.store, agent, hours=9)
        here.desk.agent_back(agent)
    frames, _ = watch.after(hours=1, minutes=1)
    assert frames == OTHERS
    assert watch.routed(ticket.ref) == ["everyone"]


def test_a_console_left_open_at_night_does_not_hide_when_the_team_opens(here, watch):
    here.clock.forward(hours=11)  # 23:00 in Madrid
    here.desk.agent_back(here.agent("ana"))
    conversation = here.chat("hola")
    _, notice = here.desk.open_ticket(conversation, None, trigger="person_button")

    assert notice.response == "utter_notice_handoff"
    assert watch.after(seconds=899)[1] == []
    assert watch.after(seconds=1)[1] == ["utter_notice_callback_closed"]
    assert "opens=mañana a las 9:00" in here.store.messages(conversation)[-1].text
    assert watch.after(hours=12)[1] == []


def test_once_that_console_is_away_nobody_waits_for_it(here, watch):
    here.clock.forward(hours=11)
    here.desk.agent_back(ana := here.agent("ana"))
    here.ticket()
    Availability(here.desk).choose(ana, "away")

    assert watch.after(seconds=60)[1] == ["utter_notice_callback_closed"]


def test_who_still_waits_when_the_team_closes_learns_when_it_opens(here, watch, people):
    here.clock.forward(hours=7, minutes=50)  # 19:50 in Madrid
    here.ticket()

    assert watch.after(minutes=5)[1] == []
    assert watch.after(minutes=10)[1] == ["utter_notice_callback_closed"]
    assert watch.after(hours=14)[1] == []


def test_consoles_that_are_away_are_as_good_as_none(here, watch):
    here.desk.agent_back(ana := here.agent("ana"))
    Availability(here.desk).choose(ana, "away")
    here.ticket()

    watch.after(seconds=60)

    assert watch.after(seconds=0)[1] == ["utter_notice_callback_offer"]


def test_for_a_case_of_a_higher_tier_somebody_is_there_all_the_same(here, watch, people):
    ticket = here.ticket()
    with here.store.database.write() as connection:
        tickets.update(connection, ticket.ref, tier="L2")

    assert watch.after(seconds=60) == (OTHERS, [])
    assert watch.after(seconds=0)[1] == []


@pytest.mark.parametrize("seconds", [30, 61, 181, 901])
def test_a_restart_loses_no_step_and_repeats_none(here, people, seconds):
    ticket = here.ticket()
    Watch(here).after(seconds=30)

    Watch(here).after(seconds=seconds - 30)
    Watch(here).after(seconds=2000)

    last = Watch(here)
    assert last.routed(ticket.ref) == ["everyone", "supervisors"]
    written = here.store.messages(ticket.conversation)
    offered = [each for each in written if each.response == "utter_notice_callback_offer"]
    assert len(offered) == 1


def test_trigger_29_who_leaves_while_waiting_keeps_the_case_and_is_still_looked_after(
    here, watch, people
):
    ticket = here.ticket()
    Leaving(here.desk).leave(ticket.conversation)

    frames, _ = watch.after(seconds=60)

    assert here.desk.ticket(ticket.ref).status == "queued"
    assert frames == OTHERS
    assert here.desk.claim(ticket.ref, people["ana"]).ticket.owner_agent == "ana"


def test_the_times_are_the_rules(here, people):
    times = replace(here.desk.rules.assignment, others_after=10.0)
    here.desk.rules = replace(here.desk.rules, assignment=times)
    watch = Watch(here)
    here.ticket()

    assert watch.after(seconds=10)[0] == OTHERS
