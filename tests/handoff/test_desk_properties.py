"""News, surveys, snoozes and rules: each once and none left out, whatever dies in between."""

from collections import Counter
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from clock_helpers import fresh, log, restarted, works
from desk_fakes import fake_desk, sqlite_only
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.errors import Conflict
from bot.handoff import status, surveys
from bot.handoff.clock_state import reads, used_share
from bot.handoff.instants import iso
from bot.handoff.progress import Progress
from bot.handoff.tables_desk import jobs
from bot.handoff.updates import HELD, QUEUED
from bot.handoff.waking import WAKE

pytestmark = [pytest.mark.database, sqlite_only]

DAY = 86400
quick = settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
# Months with Easter, Christmas and both changes of the clocks; the holidays are those of desk.yml.
starts = st.datetimes(datetime(2026, 2, 1), datetime(2027, 4, 30)).map(
    lambda at: at.replace(microsecond=0, tzinfo=timezone.utc)
)
moves = st.one_of(
    st.one_of(st.integers(1, 900), st.integers(1, 5 * DAY)).map(lambda n: ("wait", n)),
    st.sampled_from(["look", "restart", "die", "close", "close"]).map(lambda name: (name, None)),
    st.sampled_from(["say", "waiting", "customer", "resume"]).map(lambda name: (name, None)),
    st.integers(1, 4 * DAY).map(lambda n: ("snooze", n)),
    st.sampled_from([None, "page", "mail"]).map(lambda way: ("reach", way)),
    st.integers(1, 5).map(lambda score: ("rate", score)),
)
LOOK, RESTART, DIE, CLOSE = ((name, None) for name in ("look", "restart", "die", "close"))
BEGUN = datetime(2026, 12, 4, 17, 0, tzinfo=timezone.utc)  # before a weekend with a holiday
lives = st.lists(moves, min_size=4, max_size=16)


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    """A desk with all rules of desk.yml, in a list: a restart puts another one in its place."""
    made = fake_desk(tmp_path_factory.mktemp("lives"))
    found = [made, made.agent("boss", role="supervisor")]
    yield found
    found[0].store.close()


class Life:
    """One case of high priority, and what is done with it."""

    def __init__(self, box, start):
        self.box = box
        self.here.clock.now = start
        with self.here.store.database.write() as connection:
            connection.execute(sa.delete(jobs))  # of the lives before
        self.begin()
        self.here.desk.reach = lambda connection, ticket: "page"
        ticket = self.here.ticket(payload={"trigger": "x", "priority": "high"})
        self.ref = self.here.desk.claim(ticket.ref, box[1]).ticket.ref

    @property
    def here(self):
        return self.box[0]

    def begin(self):
        """What runs by the clock, as at the start of a process."""
        self.works = works(self.here.desk)
        self.progress = Progress(self.here.desk)
        self.works.scheduler.on(WAKE, self.progress.wake)

    def run(self):
        self.works.automation.on_events()
        self.works.automation.on_time()
        self.works.scheduler.run_due()

    def die(self):
        """End the process when it has just told the customer something."""
        desk = self.here.desk
        tell = desk.tell

        def dies(*args, **kwargs):
            tell(*args, **kwargs)
            raise SystemExit

        desk.tell = dies
        try:
            self.run()
        except SystemExit:
            pass
        finally:
            desk.tell = tell
        self.restart()

    def restart(self):
        self.box[0] = restarted(self.here)
        self.begin()
        self.run()

    def do(self, name, value):  # noqa: C901
        ticket, boss = fresh(self.here, self.ref), self.box[1]
        if name == "wait":
            self.here.clock.forward(seconds=value)
        elif name == "reach":
            self.here.desk.reach = lambda connection, ticket: value
        elif name in ("look", "restart", "die"):
            {"look": self.run, "restart": self.restart, "die": self.die}[name]()
        elif name == "customer":
            count = len(self.here.store.messages(ticket.conversation))
            self.here.store.add_customer_message(ticket.conversation, "¿Hay algo?", f"w{count}")
            self.progress.customer_wrote(ticket.conversation)
        elif name == "rate":
            try:
                self.works.surveys.answer(ticket.conversation, value)
            except Conflict:
                return  # nothing is asked
        elif ticket.status == "claimed":
            self.work(name, value, ticket, boss)
        elif name == "close":
            self.here.desk.reopen(self.ref, boss)

    def work(self, name, value, ticket, boss):
        now = self.here.clock.now
        if name == "close":
            self.here.desk.resolve(self.ref, boss, "solved", cause="knowledge")
        elif name == "say":
            self.here.desk.say(self.ref, boss, "Sigo con ello", f"{now}")
        elif name == "snooze":
            self.progress.snooze(self.ref, boss, iso(now + timedelta(seconds=value)))
        elif name in status.possible(ticket):
            getattr(self.progress, name)(self.ref, boss)

    # What has happened

    def events(self, *kinds):
        return log(self.here, self.ref, *kinds)

    def news(self):
        """The updates that the system made: those in the log, those that can be read."""
        written = self.here.store.messages(fresh(self.here, self.ref).conversation)
        read = [message.id for message in written if message.response in (QUEUED, HELD)]
        told = [e.data["message"] for e in self.events("told") if e.data["kind"] == "update"]
        return told, read

    def asked(self, key):
        conversation = fresh(self.here, self.ref).conversation
        return [one for one in self.here.store.messages(conversation) if one.response == key]


def looks(name):
    return name in ("look", "restart", "die")


@given(start=starts, steps=lives)
@example(start=BEGUN, steps=[("reach", None), ("wait", DAY), *[LOOK, ("wait", 1801)] * 3, RESTART])
@example(start=BEGUN, steps=[("snooze", 4 * DAY), ("wait", DAY), LOOK, ("wait", DAY), RESTART])
@quick
def test_news_that_is_due_is_told_once_or_noted_as_missed_once(box, start, steps):
    life = Life(box, start)
    ends = [("reach", "page"), ("resume", None), ("wait", 1801), ("look", None), ("look", None)]
    for name, value in [*steps, *ends]:
        was, now = fresh(life.here, life.ref), life.here.clock.now
        before = len(life.news()[0])
        reachable = life.here.desk.reach(None, was) is not None
        awaited = was.status == "claimed" and was.waiting_since is None and was.due_update <= now
        life.do(name, value)
        told, read = life.news()
        assert told == read
        missed = [e.data["due"] for e in life.events("update_missed")]
        assert len(missed) == len(set(missed))
        if not looks(name):
            assert len(told) == before
        elif not awaited:
            assert len(told) == before
        elif not reachable:
            assert (len(told), missed[-1]) == (before, iso(was.due_update))
        elif iso(was.due_update) not in missed:  # else it is tried again some minutes later
            assert len(told) == before + 1
    ticket = fresh(life.here, life.ref)
    if ticket.status == "claimed":
        assert ticket.due_update > life.here.clock.now


@given(start=starts, steps=lives)
@example(start=BEGUN, steps=[CLOSE, ("wait", 301), DIE, CLOSE, LOOK, CLOSE, ("rate", 1)])
@example(start=BEGUN, steps=[CLOSE, ("wait", 301), LOOK, ("rate", 5), ("wait", 60), CLOSE])
@example(start=BEGUN, steps=[CLOSE, ("wait", 301), LOOK, ("rate", 5), CLOSE, CLOSE])
@quick
def test_each_time_a_case_is_closed_it_is_asked_about_and_reminded_of_once(box, start, steps):
    life = Life(box, start)
    for name, value in steps:
        life.do(name, value)
    if fresh(life.here, life.ref).status == "claimed":
        life.do("close", None)
    closed = life.events("resolved")[-1]
    written = life.here.store.messages(fresh(life.here, life.ref).conversation)
    wrote = any(one.author == "customer" and one.created_at > closed.at for one in written)
    rated = max((one.id for one in life.events("rated")), default=0)
    for seconds in (301, DAY + 1, 3 * DAY, DAY):
        life.do("wait", seconds)
        life.do("die", None)
        life.do("look", None)

    asked = life.events("survey_asked")
    assert len(asked) == len(life.asked(surveys.ASKED))
    assert len([one for one in asked if one.id > closed.id]) == 1
    reminded = Counter(one.data["survey"] for one in life.events("survey_reminded"))
    assert sum(reminded.values()) == len(life.asked(surveys.REMINDED))
    assert all(times == 1 for times in reminded.values())
    assert reminded[asked[-1].data["survey"]] == (rated < asked[-1].id)
    checked = [one for one in life.events("followed_up") if one.data["kind"] == "check"]
    assert len(checked) == len(life.asked(surveys.CHECK))
    since = [one for one in checked if one.id > closed.id]
    assert len(since) == (not wrote and rated < closed.id)


@given(start=starts, steps=lives)
@example(
    start=BEGUN, steps=[("snooze", 60), ("snooze", 120), ("wait", 60), LOOK, ("wait", 60), DIE]
)
@quick
def test_a_snooze_ends_at_the_first_look_after_its_time_and_once(box, start, steps):
    life = Life(box, start)
    for name, value in [*steps, ("wait", 5 * DAY), ("restart", None)]:
        was, now = fresh(life.here, life.ref), life.here.clock.now
        over = was.snoozed_until is not None and was.snoozed_until <= now
        before = len(life.events("woke"))
        life.do(name, value)
        assert len(life.events("woke")) - before == (over and looks(name))
    assert status.phase(fresh(life.here, life.ref)) != "snoozed"


@given(start=starts, steps=lives)
@example(start=BEGUN, steps=[CLOSE, CLOSE, RESTART, LOOK])
@example(start=BEGUN, steps=[("wait", 2 * DAY), DIE, LOOK])
@quick
def test_a_rule_applies_once_and_at_the_first_look_at_which_it_holds(box, start, steps):
    life = Life(box, start)
    for name, value in [*steps, ("wait", 5 * DAY), ("restart", None)]:
        life.do(name, value)
        applied, times = Counter(), 0
        for event in life.events("escalated", "reopened"):
            times += event.kind == "reopened"
            if event.kind == "escalated":
                applied[event.data["rule"], times] += 1
        assert not applied or max(applied.values()) == 1
        ticket = fresh(life.here, life.ref)
        if not looks(name) or ticket.status != "claimed":
            continue
        rules, found = life.here.desk.rules, {rule for rule, _ in applied}
        at = reads(ticket, "resolution", life.here.clock.now)
        if used_share(rules, ticket, "resolution", ticket.due_resolution, at) >= 1:
            assert {"nearly_unresolved", "unresolved"} <= found
        if ticket.reopened:
            assert "reopened" in found
