"""Authority per case, approval above it, and gifts that are booked at most once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.errors import Conflict, DeskError, NotAllowed
from bot.handoff.approvals import Approvals
from bot.handoff.authority import money
from bot.handoff.presence import Call
from bot.handoff.teamwork import Teamwork

pytestmark = pytest.mark.database

LIMIT = 30_000  # of an agent's refunds in a case, as desk.yml has it
CHARGE = "CH-48213-1"


@pytest.fixture
def approvals(here):
    return Approvals(here.desk)


@pytest.fixture
def ana(here):
    return here.agent("ana")


@pytest.fixture
def boss(here):
    return here.agent("boss", role="supervisor", name="Berta Jefa")


@pytest.fixture
def ref(here, ana):
    ref = here.ticket("no llega").ref
    here.desk.claim(ref, ana)
    return ref


def told(here, ref):
    chat = here.desk.ticket(ref).conversation
    return [message.response for message in here.store.messages(chat) if message.response]


def kinds(here, ref, agent):
    return [event["kind"] for event in here.desk.view(ref, agent)["events"]]


def test_who_decides_is_called_and_then_who_asked(here, approvals, ana, boss, ref):
    asked = approvals.ask(ref, ana, "refund", 40_000, CHARGE, "Llegó roto")
    assert asked.change.call == Call(("boss",), "approval")
    number = asked.approval.id
    assert approvals.decide(number, boss, approve=True).change.call is None  # not booked yet
    assert approvals.finish(number, problem="down").change.call == Call(("ana",), "failed")
    approvals.retry(number, boss)
    assert approvals.finish(number, booking="REF-1").change.call == Call(("ana",), "approved")

    other = approvals.ask(ref, ana, "voucher", 8_000, "order:48213", "Muy molesta").approval.id
    refused = approvals.decide(other, boss, approve=False, answer="Mejor el reenvío")
    assert refused.change.call == Call(("ana",), "refused")


def test_nobody_is_called_to_what_they_do_themselves(here, approvals, ana, ref):
    given = approvals.give(ref, ana, "refund", 5_000, CHARGE)
    assert given.change.call is None
    assert approvals.finish(given.approval.id, booking="REF-1").change.call is None


def test_within_authority_it_is_approved_at_once_and_told_when_done(here, approvals, ana, ref):
    given = approvals.give(ref, ana, "refund", 5_000, CHARGE)

    assert given.approval.state == "approved"
    assert "utter_notice_refund_booked" not in told(here, ref)
    done = approvals.finish(given.approval.id, booking="REF-1")
    assert (done.approval.state, done.approval.booking) == ("done", "REF-1")
    assert "amount=50,00 €" in done.change.messages[0].text
    assert "booking=REF-1" in done.change.messages[0].text
    assert approvals.finish(given.approval.id, booking="REF-2").change.created is False
    assert told(here, ref).count("utter_notice_refund_booked") == 1


def test_the_limit_is_the_cases_whoever_gave_and_in_how_many_parts(here, approvals, ana, boss, ref):
    approvals.give(ref, ana, "refund", LIMIT - 1_000, "CH-1")
    approvals.give(ref, boss, "voucher", 3_000, "order:1")

    with pytest.raises(NotAllowed) as refused:
        approvals.give(ref, ana, "refund", 1_001, "CH-2")

    assert refused.value.code == "above_authority"
    assert refused.value.facts["left_cents"] == 1_000
    assert approvals.authority(ref, ana)["left"] == {"refund_cents": 1_000, "voucher_cents": 0}
    assert approvals.give(ref, ana, "refund", 1_000, "CH-2").approval.state == "approved"


def test_what_may_have_been_given_counts_and_what_was_refused_does_not(approvals, ana, ref):
    unsure = approvals.give(ref, ana, "refund", 20_000, "CH-1").approval
    approvals.finish(unsure.id, problem="uncertain")
    assert approvals.authority(ref, ana)["left"]["refund_cents"] == 10_000
    refused = approvals.give(ref, ana, "refund", 10_000, "CH-2").approval
    approvals.finish(refused.id, problem="refused")
    assert approvals.authority(ref, ana)["left"]["refund_cents"] == 10_000


def test_the_same_gift_again_is_the_same_and_another_sum_is_refused(approvals, ana, ref):
    first = approvals.give(ref, ana, "refund", 5_000, CHARGE)
    again = approvals.give(ref, ana, "refund", 5_000, CHARGE)

    assert (again.approval.id, again.change.created) == (first.approval.id, False)
    with pytest.raises(Conflict, match="already"):
        approvals.give(ref, ana, "refund", 4_000, CHARGE)


def test_a_failed_gift_is_tried_again_under_its_own_number(here, approvals, ana, ref):
    first = approvals.give(ref, ana, "refund", 5_000, CHARGE).approval
    failed = approvals.finish(first.id, problem="down").approval

    assert failed.as_dict()["retry"] is True
    assert approvals.retry(first.id, ana).approval.state == "approved"
    approvals.finish(first.id, problem="uncertain")
    assert approvals.give(ref, ana, "refund", 5_000, CHARGE).approval.id == first.id
    approvals.finish(first.id, booking="REF-1")
    with pytest.raises(Conflict):
        approvals.retry(first.id, ana)
    assert told(here, ref).count("utter_notice_refund_booked") == 1


def test_trying_again_needs_no_authority_twice_and_takes_no_other_sum(approvals, ana, boss, ref):
    dear = approvals.ask(ref, ana, "refund", 40_000, CHARGE, "Roto").approval
    approvals.decide(dear.id, boss, approve=True)
    approvals.finish(dear.id, problem="down")

    with pytest.raises(Conflict, match="already"):
        approvals.give(ref, ana, "refund", 5_000, CHARGE)
    assert approvals.ask(ref, ana, "refund", 40_000, CHARGE, "Roto").approval.id == dear.id
    again = approvals.give(ref, ana, "refund", 40_000, CHARGE).approval
    assert (again.id, again.state) == (dear.id, "approved")


def test_a_gift_the_back_office_refused_is_not_tried_again(approvals, ana, ref):
    number = approvals.give(ref, ana, "refund", 5_000, CHARGE).approval.id
    assert approvals.finish(number, problem="refused").approval.as_dict()["retry"] is False
    with pytest.raises(Conflict):
        approvals.retry(number, ana)


def test_above_authority_a_supervisor_decides_with_words(here, approvals, ana, boss, ref):
    asked = approvals.ask(ref, ana, "refund", 40_000, CHARGE, "Roto al llegar").approval

    assert [each["id"] for each in approvals.asked(boss)] == [asked.id]
    assert Teamwork(here.desk).inbox(boss)[0]["ref"] == ref
    decided = approvals.decide(asked.id, boss, approve=True, answer="Vale").approval
    assert (decided.state, decided.decided_by, decided.answer) == ("approved", "boss", "Vale")
    assert approvals.unfinished() == [asked.id]
    assert approvals.asked(boss) == []
    assert Teamwork(here.desk).inbox(ana)[0]["ref"] == ref
    approvals.finish(asked.id, booking="REF-1")
    wanted = ["approval_asked", "approved", "done"]
    assert [kind for kind in kinds(here, ref, ana) if kind in wanted] == wanted


def test_a_refusal_says_why_and_gives_nothing(here, approvals, ana, boss, ref):
    asked = approvals.ask(ref, ana, "refund", 40_000, CHARGE, "Roto").approval
    with pytest.raises(DeskError, match="Say why not"):
        approvals.decide(asked.id, boss, approve=False, answer=" ")

    approvals.decide(asked.id, boss, approve=False, answer="Ofrece el reenvío")

    assert approvals.unfinished() == []
    assert approvals.authority(ref, ana)["given"]["refund_cents"] == 0
    assert "utter_notice_refund_booked" not in told(here, ref)
    with pytest.raises(Conflict, match="refused by boss"):
        approvals.decide(asked.id, boss, approve=True)


def test_nobody_decides_alone_or_without_the_authority(here, approvals, ana, boss, ref):
    asked = approvals.ask(ref, boss, "refund", 40_000, CHARGE, "Roto").approval
    with pytest.raises(NotAllowed, match="Somebody else"):
        approvals.decide(asked.id, boss, approve=True)
    with pytest.raises(NotAllowed, match="supervisor decides"):
        approvals.decide(asked.id, ana, approve=True)
    approvals.give(ref, boss, "refund", 140_000, "CH-9")
    other = here.agent("chief", role="supervisor")
    with pytest.raises(NotAllowed, match="above"):
        approvals.decide(asked.id, other, approve=True)


def test_what_nobody_may_give_is_not_even_asked(approvals, ana, ref):
    with pytest.raises(DeskError, match="150000 at most"):
        approvals.ask(ref, ana, "refund", 150_001, CHARGE, "Roto")
    with pytest.raises(DeskError, match="Say why"):
        approvals.ask(ref, ana, "refund", 40_000, CHARGE, "")


@pytest.mark.parametrize(
    "kind, cents", [("refund", 0), ("refund", -5), ("resend", 5), ("gift", 5), ("voucher", 10**9)]
)
def test_what_is_no_gift_is_refused(approvals, ana, ref, kind, cents):
    with pytest.raises(DeskError):
        approvals.give(ref, ana, kind, cents, CHARGE)


def test_only_owner_and_supervisor_give_in_an_open_case(here, approvals, ana, ref):
    with pytest.raises(NotAllowed):
        approvals.give(ref, here.agent("leo"), "refund", 100, CHARGE)
    with pytest.raises(Conflict):
        approvals.give(here.ticket("hola").ref, ana, "refund", 100, CHARGE)


def test_of_many_supervisors_who_click_one_decides(here, approvals, ana, ref):
    chiefs = [here.agent(f"chief{number}", role="supervisor") for number in range(4)]
    asked = approvals.ask(ref, ana, "refund", 40_000, CHARGE, "Roto").approval

    def click(chief):
        try:
            return approvals.decide(asked.id, chief, approve=True).approval.decided_by
        except Conflict:
            return None

    with ThreadPoolExecutor(4) as pool:
        deciders = [name for name in pool.map(click, chiefs) if name]

    assert len(deciders) == 1
    assert kinds(here, ref, ana).count("approved") == 1


def test_many_clicks_never_give_more_than_the_limit(here, approvals, ana, ref):
    def click(number):
        try:
            return approvals.give(ref, ana, "refund", 10_000, f"CH-{number}").approval.cents
        except NotAllowed:
            return 0

    with ThreadPoolExecutor(6) as pool:
        given = sum(pool.map(click, range(6)))

    assert given == LIMIT
    assert approvals.authority(ref, ana)["left"]["refund_cents"] == 0


def test_many_who_finish_tell_the_customer_once(here, approvals, ana, ref):
    number = approvals.give(ref, ana, "refund", 5_000, CHARGE).approval.id

    with ThreadPoolExecutor(4) as pool:
        changed = list(pool.map(lambda _: approvals.finish(number, booking="REF-1"), range(4)))

    assert sum(each.change.created for each in changed) == 1
    assert told(here, ref).count("utter_notice_refund_booked") == 1


def test_amounts_are_written_as_the_language_does():
    assert (money(1250, "es"), money(1205, "en"), money(5, "es")) == ("12,50 €", "€12.05", "0,05 €")
