import pytest
from clock_helpers import log, restarted, works
from desk_fakes import sqlite_only

from bot.errors import Conflict, DeskError
from bot.handoff import surveys
from bot.handoff.reviews import Reviews

pytestmark = pytest.mark.database


@pytest.fixture
def closed(here):
    """A case that Ana has resolved."""
    here.ana = here.agent()
    ticket = here.ticket()
    here.desk.claim(ticket.ref, here.ana)
    return here.desk.resolve(ticket.ref, here.ana, "solved", cause="knowledge").ticket


@pytest.fixture
def asked(here, closed):
    parts = works(here.desk)
    here.clock.forward(minutes=5)
    parts.scheduler.run_due()
    return parts


def said(here, ticket):
    keys = (surveys.ASKED, surveys.REMINDED, surveys.THANKS, surveys.CHECK)
    return [m.response for m in here.store.messages(ticket.conversation) if m.response in keys]


def later(here, parts, **span):
    here.clock.forward(**span)
    parts.scheduler.run_due()


def test_a_resolved_case_is_asked_about_once(here, closed, asked):
    later(here, asked, minutes=30)

    assert said(here, closed) == [surveys.ASKED]
    assert asked.surveys.pending(closed.conversation) is True
    (event,) = log(here, closed.ref, "survey_asked")
    assert event.data["channel"] == "page"


def test_who_does_not_answer_is_reminded_once(here, closed, asked):
    for _ in range(4):
        later(here, asked, hours=24)

    assert said(here, closed).count(surveys.REMINDED) == 1
    assert len(log(here, closed.ref, "survey_reminded")) == 1


@pytest.mark.parametrize("how", ["answer", "skip"])
def test_who_has_answered_or_skipped_is_not_reminded(here, closed, asked, how):
    if how == "answer":
        asked.surveys.answer(closed.conversation, 5, "Bien")
    else:
        asked.surveys.skip(closed.conversation)
    later(here, asked, hours=24)

    assert said(here, closed) == [surveys.ASKED]
    assert asked.surveys.pending(closed.conversation) is False


def test_an_answer_is_taken_once_and_its_words_stay_out_of_the_log(here, closed, asked):
    found = asked.surveys.answer(closed.conversation, 4, "  Rápido  ")

    assert (found.score, found.comment) == (4, "Rápido")
    assert [event.data for event in log(here, closed.ref, "rated")] == [
        {"score": 4, "comment": True}
    ]
    with pytest.raises(Conflict):
        asked.surveys.answer(closed.conversation, 5)


@pytest.mark.parametrize("score", [0, 6, True, 3.5])
def test_a_score_is_one_of_five(closed, asked, score):
    with pytest.raises(DeskError):
        asked.surveys.answer(closed.conversation, score)
    assert asked.surveys.pending(closed.conversation) is True


def test_a_comment_has_an_end(closed, asked):
    with pytest.raises(DeskError):
        asked.surveys.answer(closed.conversation, 3, "x" * (surveys.LONGEST + 1))


def test_nothing_can_be_answered_before_it_is_asked(here, closed):
    with pytest.raises(Conflict):
        works(here.desk).surveys.answer(closed.conversation, 5)


@pytest.mark.parametrize("score, offered", [(1, True), (2, True), (3, False)])
def test_a_low_score_offers_a_person_and_waits_for_a_supervisor(
    here, closed, asked, score, offered
):
    asked.surveys.answer(closed.conversation, score)
    later(here, asked, seconds=1)
    sol = here.agent("sol", role="supervisor")
    waiting = [each for each in Reviews(here.desk).queue(sol) if "low_score" in each["why"]]

    assert (surveys.THANKS in said(here, closed)) is offered
    assert [each["ticket"]["ref"] for each in waiting] == ([closed.ref] if offered else [])


def test_a_case_taken_up_again_is_not_asked_about_until_it_ends_again(here, closed):
    parts = works(here.desk)
    here.desk.reopen(closed.ref, here.ana)
    later(here, parts, minutes=5)
    assert said(here, closed) == []

    here.desk.resolve(closed.ref, here.ana, "solved", cause="knowledge")
    later(here, parts, minutes=5)
    assert said(here, closed) == [surveys.ASKED]


def test_who_is_with_a_person_again_is_asked_nothing(here, closed):
    parts = works(here.desk)
    here.desk.open_ticket(closed.conversation, None, trigger="person_button")
    later(here, parts, minutes=5)

    assert said(here, closed) == []


def test_some_days_later_all_is_checked_with_who_said_nothing(here, closed, asked):
    later(here, asked, hours=72)

    assert said(here, closed).count(surveys.CHECK) == 1
    assert [event.data["kind"] for event in log(here, closed.ref, "followed_up")] == ["check"]


@pytest.mark.parametrize("how", ["rated", "wrote"])
def test_who_has_rated_or_written_is_not_checked_on(here, closed, asked, how):
    if how == "rated":
        asked.surveys.answer(closed.conversation, 5)
    else:
        here.store.add_customer_message(closed.conversation, "gracias", "g")
    later(here, asked, hours=72)

    assert surveys.CHECK not in said(here, closed)


@pytest.fixture
def returned(here):
    """A case that Ana has given back to the bot."""
    here.ana = here.agent()
    ticket = here.ticket()
    here.desk.claim(ticket.ref, here.ana)
    return here.desk.give_back(ticket.ref, here.ana, {"agreed": "Sale el lunes"}).ticket


def test_a_case_given_back_to_the_bot_is_asked_about_and_checked_too(here, returned):
    parts = works(here.desk)
    later(here, parts, minutes=5)
    assert said(here, returned) == [surveys.ASKED]

    later(here, parts, hours=72)
    assert said(here, returned).count(surveys.CHECK) == 1


def test_who_goes_on_with_the_bot_is_asked_when_they_have_come_to_rest(here, returned):
    parts = works(here.desk)
    for number in range(3):
        later(here, parts, minutes=4)
        here.store.add_customer_message(returned.conversation, "otra cosa", f"w{number}")
    later(here, parts, minutes=4)
    assert said(here, returned) == []

    later(here, parts, minutes=1)
    later(here, parts, minutes=30)
    assert said(here, returned) == [surveys.ASKED]


def test_a_case_given_back_and_handed_over_again_is_not_asked_about(here, returned):
    parts = works(here.desk)
    here.desk.open_ticket(returned.conversation, None, trigger="person_button")
    later(here, parts, minutes=5)
    assert said(here, returned) == []


@sqlite_only
def test_a_restart_neither_forgets_nor_repeats_the_question(here, closed):
    here.clock.forward(days=1)
    there = restarted(here)
    works(there.desk).scheduler.run_due()
    again = restarted(there)
    works(again.desk).scheduler.run_due()

    assert said(again, closed) == [surveys.ASKED]
    again.store.close()
