"""What a customer sees of a case: its way, what comes next, and nothing internal."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.errors import Conflict, DeskError, NotFound
from bot.handoff import tickets
from bot.handoff.case_view import reach, status_of, steps
from bot.handoff.instants import iso
from bot.handoff.leaving import Leaving
from bot.handoff.receipts import Receipts
from bot.handoff.records import Event
from bot.handoff.status_page import StatusPage, plain_reference
from bot.handoff.store import conversations
from bot.handoff.tables_desk import surveys

pytestmark = pytest.mark.database


@pytest.fixture
def pages(here):
    return StatusPage(here.desk)


def change(here, ticket, **values):
    with here.store.database.write() as connection:
        return tickets.update(connection, ticket.ref, **values)


def log(here, ticket, kind, actor="system", **data):
    with here.store.database.write() as connection:
        tickets.log(connection, ticket.ref, here.clock(), actor, kind, data)


def view(pages, ticket, language="es"):
    return pages.view(ticket.ref, ticket.conversation, language)


def states(ticket, events=()):
    return {each["step"]: each["state"] for each in steps(ticket, events)}


@pytest.mark.parametrize(
    "typed", ["R-7KM2QX", "r-7km2qx", "7KM2QX", " r 7km 2qx ", "R7KM2QX", "r—7km—2qx"]
)
def test_a_reference_is_read_as_it_is_dictated(typed):
    assert plain_reference(typed) == "R-7KM2QX"


def test_a_reference_that_begins_with_r_loses_nothing():
    assert plain_reference("RKM2QX") == "R-RKM2QX"
    assert plain_reference("R-RKM2QX") == "R-RKM2QX"


def test_only_reference_and_code_together_open_a_case(here, pages):
    ticket, other = here.ticket(), here.ticket()

    assert pages.opened_by(ticket.ref, ticket.code) == ticket
    assert pages.opened_by(ticket.ref.lower(), f" {ticket.code.lower()} ") == ticket
    for reference, code in (
        (ticket.ref, other.code),
        (other.ref, ticket.code),
        (ticket.ref, ""),
        ("", ticket.code),
        ("R-AAAAAA", "00000000"),
        (ticket.ref, ticket.code + "A"),
    ):
        assert pages.opened_by(reference, code) is None


def test_a_case_belongs_to_its_conversation(here, pages):
    ticket = here.ticket()
    with pytest.raises(NotFound):
        pages.view(ticket.ref, here.chat("hola"), "es")


def test_the_way_of_a_case(here, pages):
    ana, ticket = here.agent(), here.ticket()
    assert states(ticket)["team"] == "now"
    claimed = here.desk.claim(ticket.ref, ana).ticket
    assert states(claimed)["person"] == "now"
    waiting = replace(claimed, waiting_since=here.clock())
    assert states(waiting) == {
        "received": "done",
        "team": "done",
        "person": "done",
        "waiting": "now",
        "solved": "next",
    }


@pytest.mark.parametrize("status", ["resolved", "returned"])
def test_a_closed_case_has_every_step_behind_it(here, status):
    ana, ticket = here.agent(), here.ticket()
    claimed = here.desk.claim(ticket.ref, ana).ticket
    closed = replace(claimed, status=status, resolved_at=here.clock())
    assert set(states(closed).values()) == {"done"}
    assert "waiting" not in states(closed)


def test_a_case_closed_by_nobody_had_no_person(here):
    closed = replace(here.ticket(), status="resolved", resolved_at=here.clock())
    assert "person" not in states(closed)


def test_a_reopened_case_is_with_a_person_since_then(here):
    ticket = here.ticket()
    here.clock.forward(hours=2)
    event = Event(1, ticket.ref, here.clock(), "agent:ana", "reopened", {})
    again = replace(ticket, status="claimed", claimed_at=ticket.created_at)
    (person,) = [each for each in steps(again, [event]) if each["step"] == "person"]
    assert person["at"] == iso(here.clock())


def test_every_status_has_a_name(here):
    ticket = here.ticket()
    named = {
        status_of(replace(ticket, status=status))
        for status in ("queued", "claimed", "returned", "resolved")
    }
    assert named == {"team", "person", "returned", "solved"}


def test_the_history_names_people_and_teams_and_hides_the_rest(here, pages):
    ana, ticket = here.agent(), here.ticket()
    here.desk.claim(ticket.ref, ana)
    log(here, ticket, "transferred", "agent:ana", team="billing", to=None)
    log(here, ticket, "transferred", "agent:eva", team="billing", to="ana")
    for kind in ("read", "noted", "mentioned", "labelled", "priority", "sla_missed", "escalated"):
        log(here, ticket, kind, "agent:ana", text="x")
    shown = view(pages, ticket)["history"]

    assert [(each["kind"], each["who"]) for each in shown] == [
        ("opened", "atención al cliente"),
        ("claimed", "Ana Ruiz"),
        ("transferred", "facturación"),
        ("transferred", "Ana Ruiz"),
    ]


def test_no_news_is_promised_while_it_is_the_customers_turn(here, pages):
    ticket = here.ticket()
    due = view(pages, ticket)["next_update"]
    assert due == {"due": iso(ticket.due_update), "late": False}
    change(here, ticket, paused_at=here.clock())
    assert view(pages, ticket)["next_update"] is None
    change(here, ticket, snoozed_until=here.clock())
    assert view(pages, ticket)["next_update"] == due


def test_news_that_did_not_come_are_late(here, pages):
    ticket = here.ticket()
    here.clock.now = ticket.due_update
    assert view(pages, ticket)["next_update"]["late"] is False
    here.clock.forward(seconds=1)
    assert view(pages, ticket)["next_update"]["late"] is True


def test_where_somebody_is_reached_is_masked(here):
    name = here.chat("hola")
    with here.store.database.write() as connection:
        conversations.update(
            connection, name, contact_email="ana.ruiz@example.com", contact_phone="+34600123456"
        )
    known = here.store.conversation(name)
    assert reach(known) == ["a…@example.com", "…456"]
    assert reach(replace(known, bounced_at=here.clock())) == ["…456"]
    assert reach(replace(known, opted_out_at=here.clock())) == ["…456"]
    assert reach(replace(known, contact_email=None, contact_phone=None)) == []


def test_the_newest_case_stands_in_the_chat(here, pages):
    name = here.chat("hola")
    assert pages.standing(name)["case"] is None
    ticket, _ = here.desk.open_ticket(name, None, trigger="person_button")
    case = {"reference": ticket.ref, "code": ticket.code, "open": True}
    assert pages.standing(name)["case"] == case
    assert pages.references(name) == [ticket.ref]


# Leaving


def test_leaving_ends_the_conversation_and_keeps_the_case(here):
    ticket, leaving = here.ticket(), Leaving(here.desk)
    left, told = leaving.leave(ticket.conversation)

    assert left.status == "queued"
    assert told.response == "utter_notice_customer_left"
    assert here.store.conversation(ticket.conversation).status == "ended"
    assert leaving.leave(ticket.conversation) == (left, None)


def test_leaving_the_bot_says_that_it_is_kept(here):
    name = here.chat("hola")
    left, told = Leaving(here.desk).leave(name)
    assert left is None
    assert told.response == "utter_notice_ended"
    here.store.add_customer_message(name, "una cosa", "m9")
    assert here.store.conversation(name).status == "open"
    assert here.store.conversation(name).ended_at is None


def test_who_asks_for_a_person_after_leaving_is_back(here):
    name = here.chat("hola")
    Leaving(here.desk).leave(name)
    here.desk.open_ticket(name, None, trigger="person_button")
    assert here.store.conversation(name).status == "open"


# Ratings


def test_a_rating_is_about_the_case_that_was_asked_about(here, pages):
    ticket = here.ticket()
    with pytest.raises(Conflict):
        pages.rate(ticket.conversation, 4)
    row = {"ticket": ticket.ref, "conversation": ticket.conversation, "asked_at": here.clock()}
    with here.store.database.write() as connection:
        connection.execute(sa.insert(surveys).values(**row))
    assert pages.standing(ticket.conversation)["survey"] is True
    with pytest.raises(DeskError):
        pages.rate(ticket.conversation, 6)
    assert pages.rate(ticket.conversation, None) == ticket.ref
    assert pages.standing(ticket.conversation)["survey"] is False


# Receipts


def test_a_receipt_covers_what_was_written_until_now(here):
    receipts, ticket = Receipts(here.desk), here.ticket("primero", "segundo")
    first = receipts.of(ticket.ref)
    here.clock.forward(minutes=3)
    here.store.add_customer_message(ticket.conversation, "tercero", "m9")
    later = receipts.of(ticket.ref)

    assert [each.text for each in first.written] == ["primero", "segundo"]
    assert [each.text for each in later.written] == ["primero", "segundo", "tercero"]
    assert later.upto > first.upto
    assert later.written[2].at == here.clock()


def test_the_same_receipt_is_noted_once(here):
    receipts, ticket = Receipts(here.desk), here.ticket("primero")
    receipt = receipts.of(ticket.ref)
    for form in ("pdf", "pdf", "txt"):
        receipts.handed_out(receipt, "a" * 64, form)
    with here.store.database.read() as connection:
        kinds = [each.kind for each in tickets.events(connection, ticket.ref)]
    assert kinds.count("receipt") == 2


def test_nothing_is_left_of_an_erased_case(here):
    receipts, ticket = Receipts(here.desk), here.ticket("primero")
    with here.store.database.write() as connection:
        conversations.update(connection, ticket.conversation, erased_at=here.clock())
    with pytest.raises(NotFound):
        receipts.of(ticket.ref)
    with pytest.raises(NotFound):
        receipts.of("R-AAAAAA")
