"""Which operations are legal in which phase, tried against the desk itself."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import Conflict, DeskError
from bot.handoff import status, tickets
from bot.handoff.approvals import Approvals
from bot.handoff.moments import Moments
from bot.handoff.progress import Progress
from bot.handoff.reviews import Reviews
from bot.handoff.teamwork import Teamwork
from bot.handoff.transfers import Transfers
from bot.handoff.vows import Vows

pytestmark = pytest.mark.database


class Stage:
    """A desk with a case, and every operation on it by name."""

    def __init__(self, here, made):
        self.here, self.desk, self.clock = here, here.desk, here.clock
        self.ana, self.boss = made("ana"), made("boss", "supervisor")
        self.progress, self.teamwork = Progress(here.desk), Teamwork(here.desk)
        self.ref = here.ticket("no llega").ref
        self.turn = itertools.count()

    def phase(self):
        return status.phase(self.desk.ticket(self.ref))

    def do(self, operation):
        desk, ref, ana = self.desk, self.ref, self.ana
        number = next(self.turn)
        later = (self.clock.now + timedelta(hours=1)).isoformat()
        made = {
            "claim": lambda: desk.claim(ref, ana if self.phase() == "queued" else self.boss),
            "messages": lambda: desk.say(ref, ana, "Un momento", str(number)),
            "waiting": lambda: self.progress.waiting(ref, ana),
            "snooze": lambda: self.progress.snooze(ref, ana, later),
            "resume": lambda: self.progress.resume(ref, ana),
            "promises": lambda: Vows(desk).promise(ref, ana, "Le llamo", later),
            "release": lambda: desk.release(ref, ana),
            "return": lambda: desk.give_back(ref, ana, {"agreed": "Se reenvía"}),
            "resolve": lambda: desk.resolve(ref, ana, "solved", cause="system"),
            "reopen": lambda: desk.reopen(ref, ana),
            "priority": lambda: self.progress.priority(ref, ana, "urgent", "grave"),
            "tier": lambda: self.progress.tier(ref, ana, "L2", "grave"),
            "labels": lambda: self.progress.label(ref, ana, ["goodwill"]),
            "notes": lambda: self.teamwork.note(ref, ana, "Visto"),
            "consult": lambda: self.teamwork.consult(ref, ana, "¿Puedo?"),
            "participants": lambda: self.teamwork.invite(ref, ana, self.boss.username),
            "leave": lambda: self.teamwork.leave(ref, ana, ana.username),
            "read": lambda: self.teamwork.read(ref, ana),
            "moments": lambda: Moments(desk).add(ref, ana, None, "Debió ofrecer el reenvío"),
            "reviews": lambda: Reviews(desk).add(ref, self.boss, "Bien llevado", ana.username),
            "transfer": lambda: Transfers(desk).transfer(
                ref, self.boss, note="Sigue tú", team="billing", confirmed=True
            ),
            "money": lambda: Approvals(desk).give(ref, ana, "refund", 100, f"CH-{number}"),
        }
        return made[operation]()

    def bring_to(self, phase):
        ways = {
            "queued": (),
            "open": ("claim",),
            "waiting": ("claim", "waiting"),
            "snoozed": ("claim", "snooze"),
            "returned": ("claim", "return"),
            "resolved": ("claim", "resolve"),
        }
        for operation in ways[phase]:
            self.do(operation)
        assert self.phase() == phase


@pytest.fixture
def stage(here):
    return Stage(here, lambda name, role="agent": here.agent(name, role=role))


def test_every_operation_has_a_phase_and_every_phase_is_known():
    assert set(status.TABLE) == set(status.PHASES)
    assert all(status.TABLE.values())


@pytest.mark.parametrize("phase", status.PHASES)
def test_the_desk_refuses_what_the_table_does_not_name_and_changes_nothing(stage, phase):
    stage.bring_to(phase)
    before = stage.desk.ticket(stage.ref)
    for operation in sorted(status.OPERATIONS - status.TABLE[phase]):
        with pytest.raises(Conflict) as refused:
            stage.do(operation)
        assert refused.value.facts["possible"] == sorted(status.TABLE[phase]), operation
        assert stage.desk.ticket(stage.ref) == before, operation


@pytest.mark.parametrize("phase", status.PHASES)
def test_the_desk_does_what_the_table_names(stage, phase):
    for operation in sorted(status.TABLE[phase]):
        stage.ref = stage.here.ticket("no llega").ref
        stage.bring_to(phase)
        stage.do(operation)


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.sampled_from(sorted(status.OPERATIONS - {"transfer"})), max_size=10))
def test_no_sequence_of_operations_leaves_the_phases_or_loses_the_log(here, steps):
    number = next(_fresh)
    stage = Stage(here, lambda name, role="agent": here.agent(f"{name}{number}", role=role))
    for operation in steps:
        before, phase = stage.desk.ticket(stage.ref), stage.phase()
        try:
            stage.do(operation)
        except DeskError:
            assert stage.desk.ticket(stage.ref) == before
        else:
            assert operation in status.TABLE[phase]
        assert stage.phase() in status.PHASES
        with stage.desk.store.database.read() as connection:
            events = tickets.events(connection, stage.ref)
        assert [event.id for event in events] == sorted(event.id for event in events)


_fresh = itertools.count()
