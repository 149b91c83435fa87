"""What supervisors look at, and what agents hear of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.errors import Conflict, NotAllowed, NotFound
from bot.handoff.measuring import Measuring
from bot.handoff.moments import Moments
from bot.handoff.profiles import Profiles
from bot.handoff.records import Identity
from bot.handoff.reviews import Reviews
from bot.handoff.tables import conversations
from bot.handoff.tables_desk import reads, surveys
from bot.handoff.teamwork import Teamwork

pytestmark = pytest.mark.database

LUCIA = Identity("verified", "C-1001", "Lucía", "lucia.ferrer@ejemplo.es")


@pytest.fixture
def ana(here):
    return here.agent("ana")


@pytest.fixture
def boss(here):
    return here.agent("boss", role="supervisor", name="Berta Jefa")


@pytest.fixture
def closed(here, ana):
    def close(**options):
        ticket = here.ticket("no llega", **options)
        here.desk.claim(ticket.ref, ana)
        return here.desk.resolve(ticket.ref, ana, "solved", cause="system").ticket

    return close


def rate(here, ticket, score, comment=None):
    row = {"ticket": ticket.ref, "conversation": ticket.conversation, "asked_at": here.clock.now}
    with here.store.database.write() as connection:
        connection.execute(sa.delete(surveys).where(surveys.c.ticket == ticket.ref))
        answer = {"answered_at": here.clock.now, "score": score, "comment": comment}
        connection.execute(sa.insert(surveys).values(**row, **answer))


def test_the_telling_cases_come_first_and_of_the_others_a_sample(here, closed, ana, boss):
    many = [closed() for _ in range(8)]
    rate(here, many[3], 1)
    rate(here, many[4], 5)
    here.desk.reopen(many[5].ref, ana)
    here.desk.resolve(many[5].ref, ana, "solved", cause="system")

    queue = Reviews(here.desk).queue(boss)

    why = [(each["ticket"]["ref"], each["why"]) for each in queue]
    assert why[:2] == [(many[3].ref, ["low_score"]), (many[5].ref, ["reopened"])]
    assert [reason for _, reason in why[2:]] == [["sample"]] * here.desk.rules.teamwork.sample
    assert Reviews(here.desk).queue(boss) == queue
    here.clock.forward(days=8)
    assert [each["why"] for each in Reviews(here.desk).queue(boss)] == [["low_score"]]


def test_a_low_score_waits_until_it_is_reviewed_whenever_it_comes(here, closed, boss):
    early, late, good = closed(), closed(), closed()
    reviews = Reviews(here.desk)
    reviews.add(late.ref, boss, "Bien explicado")  # before the customer says anything
    rate(here, early, 1)
    here.clock.forward(days=8)
    rate(here, late, 2, "Nadie me llamó")
    rate(here, good, 5)

    queue = reviews.queue(boss)

    assert [(each["ticket"]["ref"], each["score"], each["comment"]) for each in queue] == [
        (early.ref, 1, None),
        (late.ref, 2, "Nadie me llamó"),
    ]
    reviews.add(late.ref, boss, "Tenías que haber llamado")
    assert [each["ticket"]["ref"] for each in reviews.queue(boss)] == [early.ref]


def test_the_measures_say_which_scores_were_looked_at_and_after_another_answer_anew(
    here, closed, boss
):
    ticket = closed()
    rate(here, ticket, 1, "Mal")

    def looked_at():
        span = (here.clock.now - timedelta(days=1), here.clock.now + timedelta(days=1))
        return [each["reviewed"] for each in Measuring(here.desk).report(boss, *span)["comments"]]

    assert looked_at() == [False]
    Reviews(here.desk).add(ticket.ref, boss, "Leído")
    assert looked_at() == [True]
    rate(here, ticket, 2, "Y sigue mal")
    assert looked_at() == [False]
    assert [each["score"] for each in Reviews(here.desk).queue(boss)] == [2]


def test_of_an_erased_customer_there_is_nothing_to_review(here, closed, boss):
    ticket = closed()
    rate(here, ticket, 1)
    with here.store.database.write() as connection:
        gone = sa.update(conversations).where(conversations.c.id == ticket.conversation)
        connection.execute(gone.values(erased_at=here.clock.now))
    assert Reviews(here.desk).queue(boss) == []


def test_a_review_goes_to_who_had_the_case_last(here, closed, ana, boss):
    ticket, reviews = closed(), Reviews(here.desk)

    _, about = reviews.add(ticket.ref, boss, "Bien explicado")

    assert about == "ana"
    assert Teamwork(here.desk).inbox(ana)[0]["ref"] == ticket.ref
    assert [each["text"] for each in reviews.mine(ana)] == ["Bien explicado"]
    assert reviews.mine(here.agent("leo")) == []
    assert reviews.queue(boss) == []
    event = here.desk.view(ticket.ref, boss)["events"][-2]
    assert (event["kind"], event["data"]["agent"]) == ("reviewed", "ana")


def test_what_is_said_again_after_a_lost_answer_is_there_once(here, closed, ana, boss):
    ticket, reviews, moments = closed(), Reviews(here.desk), Moments(here.desk)
    said = here.store.messages(ticket.conversation)[0].id
    rate(here, ticket, 1)
    for _ in range(2):
        reviews.add(ticket.ref, boss, "Leído")
        moments.add(ticket.ref, ana, said, "Debió preguntar el pedido")
    assert len(reviews.of_case(ticket.ref, boss)) == 1
    (moment,) = moments.listing(boss)

    rate(here, ticket, 2)  # another answer: the same words are said of it
    reviews.add(ticket.ref, boss, "Leído")
    moments.done(moment["id"], boss)
    moments.add(ticket.ref, ana, said, "Debió preguntar el pedido")  # seen to, and not mended
    assert len(reviews.of_case(ticket.ref, boss)) == 2
    assert len(moments.listing(boss)) == 1


def test_only_supervisors_review_and_only_what_somebody_had(here, closed, ana, boss):
    reviews, waiting = Reviews(here.desk), here.ticket("hola")
    with pytest.raises(NotAllowed):
        reviews.add(closed().ref, ana, "Bien")
    with pytest.raises(NotAllowed):
        reviews.queue(ana)
    with pytest.raises(Conflict, match="Nobody had"):
        reviews.add(waiting.ref, boss, "Bien")


def test_a_moment_names_a_message_of_its_own_chat(here, closed, ana, boss):
    ticket, other = closed(), closed()
    theirs = here.store.messages(other.conversation)[0].id
    moments = Moments(here.desk)
    with pytest.raises(NotFound):
        moments.add(ticket.ref, ana, theirs, "Debió preguntar el pedido")

    moments.add(other.ref, ana, theirs, "Debió preguntar el pedido")

    assert moments.listing(boss)[0]["said"] == "no llega"
    assert len(moments.listing(ana)) == 1
    assert moments.listing(here.agent("leo")) == []


def test_a_history_spans_the_chats_of_a_proved_customer_only(here, closed, ana, boss):
    first, second = closed(identity=LUCIA), closed(identity=LUCIA)
    closed(identity=Identity("claimed", "C-1001", "Otra", None))
    profiles = Profiles(here.desk)

    history = profiles.history("C-1001", ana)

    assert {each["ref"] for each in history["tickets"]} == {first.ref, second.ref}
    assert len(history["conversations"]) == 2
    assert profiles.history("C-1001", boss) == history
    with here.store.database.read() as connection:
        looks = connection.execute(sa.select(reads.c.agent, reads.c.kind, reads.c.customer_id))
        assert looks.all() == [("ana", "history", "C-1001"), ("boss", "history", "C-1001")]
    for agent, customer in ((here.agent("leo", teams=("billing",)), "C-1001"), (ana, "C-9")):
        with pytest.raises(NotFound):
            profiles.profile(customer, agent)


def test_a_profile_stays_with_the_customer(here, closed, ana):
    closed(identity=LUCIA)
    profiles = Profiles(here.desk)
    assert profiles.profile("C-1001", ana)["text"] == ""

    profiles.write("C-1001", ana, " Prefiere por escrito ", ["written_only", "written_only"])
    here.clock.forward(**{"days": timedelta(days=400).days})

    found = profiles.profile("C-1001", ana)
    assert (found["text"], found["needs"]) == ("Prefiere por escrito", ["written_only"])
