"""Whatever happens in whatever order, over months, holidays and daylight saving."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from clock_helpers import fresh, log, restarted, works
from desk_fakes import fake_desk, sqlite_only
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.handoff import clock_jobs, clock_state, clocks, sla
from bot.handoff.rules_hours import Team
from bot.handoff.rules_read import PRIORITIES
from bot.handoff.sla import Hours, due, open_seconds, working_days
from bot.handoff.tables_desk import jobs

pytestmark = pytest.mark.database

quick = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
SHOP = (((540, 840), (960, 1200)),) * 5 + (((600, 840),), ())
NIGHT = (((0, 180), (1320, 1440)),) * 7  # over midnight, where clocks change
ALWAYS = (((0, 1440),),) * 7
PLACES = ("Europe/Madrid", "America/Santiago", "America/Argentina/Buenos_Aires")
FEASTS = frozenset({date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 6)})

hours = st.builds(
    Hours,
    zone=st.sampled_from(PLACES).map(ZoneInfo),
    week=st.sampled_from([SHOP, NIGHT, ALWAYS]),
    holidays=st.sampled_from([frozenset(), FEASTS]),
)
instants = st.datetimes(datetime(2026, 2, 1), datetime(2027, 11, 30)).map(
    lambda at: at.replace(microsecond=0, tzinfo=timezone.utc)
)
# The hours around which the clocks change in Madrid and in Santiago.
changes = st.sampled_from(
    [datetime(2026, 3, 29, 0), datetime(2026, 10, 24, 23), datetime(2026, 4, 4, 23),
     datetime(2026, 9, 6, 0)]
).flatmap(
    lambda at: st.integers(-8 * 3600, 8 * 3600).map(
        lambda gap: at.replace(tzinfo=timezone.utc) + timedelta(seconds=gap)
    )
)  # fmt: skip
whens = st.one_of(instants, changes)


@given(hours=hours, start=whens, seconds=st.integers(1, 20 * 86400))
@quick
def test_a_deadline_is_as_much_opening_time_away_as_was_given(hours, start, seconds):
    deadline = due(start, seconds, hours)

    assert deadline > start
    assert open_seconds(start, deadline, hours) == pytest.approx(seconds, abs=1e-3)


@given(hours=hours, start=whens, parts=st.lists(st.integers(0, 5 * 86400), max_size=5))
@quick
def test_opening_time_adds_up_and_is_never_negative_nor_more_than_time(hours, start, parts):
    spent, at = 0.0, start
    for gap in parts:
        after = at + timedelta(seconds=gap)
        piece = open_seconds(at, after, hours)
        assert 0 <= piece <= gap
        spent, at = spent + piece, after
    assert open_seconds(start, at, hours) == pytest.approx(spent, abs=1e-3)


@given(hours=hours, start=whens, gap=st.integers(0, 10 * 86400), limit=st.integers(0, 5 * 86400))
@quick
def test_the_short_look_agrees_with_the_long_one(hours, start, gap, limit):
    end = start + timedelta(seconds=gap)

    assert sla.at_most(start, end, limit, hours) == (open_seconds(start, end, hours) <= limit)


@given(start=whens, days=st.integers(1, 60), place=st.sampled_from(PLACES))
@quick
def test_working_days_are_no_weekends_and_no_holidays(start, days, place):
    zone = ZoneInfo(place)
    first = start.astimezone(zone).date()
    last = working_days(start, days, zone, FEASTS).astimezone(zone)
    between = [first + timedelta(n) for n in range(1, (last.date() - first).days + 1)]

    assert sum(day.weekday() < 5 and day not in FEASTS for day in between) == days
    assert last.date().weekday() < 5
    assert (last.hour, last.minute, last.second) == (23, 59, 59)


# A case's life, in any order.

spans = st.one_of(st.integers(1, 12 * 86400), st.integers(1, 900)).map(lambda n: ("wait", n))
moves = st.one_of(
    spans,
    st.sampled_from(["say", "look", "close", "restart"]).map(lambda name: (name, None)),
    st.sampled_from(PRIORITIES).map(lambda name: ("priority", name)),
    st.sampled_from(["general", "south", "safety"]).map(lambda name: ("team", name)),
)
pauses = st.lists(st.one_of(spans, moves), min_size=1, max_size=4).map(
    lambda between: [("pause", None), *between, ("resume", None)]
)
some = st.lists(st.one_of(moves.map(lambda move: [move]), pauses), min_size=1, max_size=4)
steps = st.tuples(some, pauses, some).map(  # at least one pause in every life
    lambda life: [step for group in (*life[0], life[1], *life[2]) for step in group]
)


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    made = fake_desk(tmp_path_factory.mktemp("clocks"))
    rules = made.desk.rules
    south = Hours(ZoneInfo("America/Santiago"), SHOP, FEASTS)
    teams = {**rules.teams, "south": Team("south", south, {"es": "sur"})}
    made.desk.rules = replace(
        rules, teams=teams, automation=(), survey=replace(rules.survey, ask=False)
    )
    box = [made, made.agent("boss", role="supervisor")]
    yield box
    box[0].store.close()


class Life:
    """One case, and what is done with it."""

    def __init__(self, box, start):
        self.box = box
        self.here.clock.now = start
        with self.here.store.database.write() as connection:
            connection.execute(sa.delete(jobs))  # of the lives before
        ticket = self.here.ticket()
        self.ref = self.here.desk.claim(ticket.ref, box[1]).ticket.ref
        self.works = works(self.here.desk)
        self.retargeted = False

    @property
    def here(self):
        return self.box[0]

    def change(self, operation, *args, **kwargs):
        with self.here.store.database.write() as connection:
            ticket = self.here.desk.visible(connection, self.ref, self.box[1], lock=True)
            before = () if operation is clocks.pause else (self.here.desk.rules,)
            return operation(connection, *before, ticket, self.here.clock.now, *args, **kwargs)

    def do(self, name, value):  # noqa: C901
        ticket, boss, now = fresh(self.here, self.ref), self.box[1], self.here.clock.now
        is_open = ticket.status == "claimed"
        if name == "wait":
            self.here.clock.now = now + timedelta(seconds=value)
        elif name == "look":
            self.works.scheduler.run_due()
        elif name == "restart":
            self.box[0] = restarted(self.here)
            self.works = works(self.here.desk)
            self.works.scheduler.run_due()
        elif name == "close" and is_open:
            self.here.desk.resolve(self.ref, boss, "solved", cause="knowledge")
        elif name == "close":
            self.here.desk.reopen(self.ref, boss)
        elif is_open and name == "say":
            self.here.desk.say(self.ref, boss, "Sigo con ello", f"{now}")
        elif is_open and name == "pause":
            self.change(clocks.pause)
        elif is_open and name == "resume":
            self.change(clocks.resume)
        elif is_open and name in ("priority", "team"):
            self.retargeted = True
            self.change(clocks.retarget, **{name: value})

    def left(self):
        """Time left on each clock that pauses and has not been missed, by unit of its target."""
        ticket, rules, found = fresh(self.here, self.ref), self.here.desk.rules, {}
        for name, deadline in clock_state.running(ticket):
            at = clock_state.reads(ticket, name, self.here.clock.now)
            if name == "answer" or deadline <= at:
                continue
            with self.here.store.database.read() as connection:
                used = clock_jobs.used(connection, rules, ticket, name, at)
            target = clock_state.target(rules, ticket.priority, name)
            ends = used.due(target, rules.times(ticket.team))
            assert abs(ends - deadline) < timedelta(milliseconds=1)
            found[name] = {unit: target[unit] - used.seconds[unit] for unit in target}
        return found


@given(start=whens, steps=steps)
@quick
@sqlite_only
def test_clocks_stand_still_while_paused_and_go_on_with_what_was_left(box, start, steps):
    life = Life(box, start)
    for name, value in steps:
        before, was = life.left(), fresh(life.here, life.ref)
        life.do(name, value)
        now = fresh(life.here, life.ref)
        assert all(min(units.values()) > -1e-3 for units in life.left().values())
        if was.paused_at and name in ("wait", "look", "restart"):
            assert life.left() == before
        if name in ("pause", "resume") and now.status == was.status:
            after = life.left()
            for clock, units in before.items():
                assert after[clock] == pytest.approx(units, abs=1e-3)


@given(start=whens, steps=steps)
@example(  # answered during a pause, when the deadline would have been
    start=datetime(2026, 3, 29, tzinfo=timezone.utc),
    steps=[("wait", 1), ("pause", None), ("wait", 111899), ("say", None), ("resume", None)],
)
@quick
@sqlite_only
def test_each_deadline_is_told_of_once_and_what_was_missed_stays_missed(box, start, steps):
    life, missed = Life(box, start), {}
    for name, value in steps:
        life.do(name, value)
        ticket = fresh(life.here, life.ref)
        for clock in ("first_response", "resolution", "answer"):
            due = getattr(ticket, clock_state.COLUMNS[clock])
            state = clock_state.state(life.here.desk.rules, ticket, clock, life.here.clock.now)
            if missed.get(clock) == due:
                assert state == "missed"
            if state == "missed":
                missed[clock] = due
    life.do("look", None)
    said = Counter(
        (event.kind, event.data["clock"], event.data["due"])
        for event in log(life.here, life.ref, "sla_soon", "sla_missed")
    )
    assert not said or max(said.values()) == 1
    told = {event.data["clock"] for event in log(life.here, life.ref, "sla_missed")}
    assert set(missed) <= told


@given(start=whens, steps=steps)
@example(  # due at the very instant of the pause, and looked at during it
    start=datetime(2026, 2, 1, tzinfo=timezone.utc),
    steps=[("wait", 172800), ("pause", None), ("look", None), ("resume", None), ("wait", 1)],
)
@quick
@sqlite_only
def test_no_news_is_missed_or_sent_twice_whenever_the_process_restarts(box, start, steps):
    life = Life(box, start)
    late = [("resume", None), ("wait", 12 * 86400), ("restart", None), ("wait", 9), ("look", None)]
    for name, value in [*steps, *late]:
        life.do(name, value)
        if name in ("look", "restart"):
            ticket = fresh(life.here, life.ref)
            if ticket.status == "claimed" and ticket.paused_at is None:
                assert ticket.due_update > life.here.clock.now
    if life.retargeted:
        return  # deadlines moved: the distance between two is another one
    heard = fresh(life.here, life.ref).created_at
    for event in log(life.here, life.ref, "told", "said", "reopened"):
        if event.kind == "told":
            assert event.at - heard >= timedelta(hours=48)
        heard = event.at
