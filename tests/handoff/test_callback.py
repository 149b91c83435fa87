"""The customer may leave an address instead of waiting."""

import pytest
import sqlalchemy as sa

from bot.deescalation.phrasing import Phrasebook
from bot.handoff import callback, tickets
from bot.handoff.callback import Callbacks, addresses
from bot.handoff.calls import Calls
from bot.handoff.contact import Contacts
from bot.handoff.progress import Progress
from bot.handoff.records import Reply
from bot.handoff.tables import messages as table
from bot.settings import ROOT

pytestmark = pytest.mark.database


@pytest.fixture
def words(here):
    """A desk that speaks with the real texts, because of their choices."""
    here.desk.phrasebook = Phrasebook.from_folder(ROOT / "data" / "responses")
    return here


@pytest.fixture
def contacts(words):
    return Contacts(words.desk)


@pytest.fixture
def callbacks(words, contacts):
    return Callbacks(words.desk, contacts)


def offered(here, ticket):
    with here.store.database.write() as connection:
        return callback.offer(here.desk, connection, ticket, here.clock())


def choose(here, message, number):
    """Take one of the choices of a message; return the customer's message."""
    choice = message.choices[number]["id"]
    return here.store.add_customer_message(
        message.conversation, None, f"c{number}", choice_id=choice
    )[0]


def write(here, ticket, text, client_id="w"):
    return here.store.add_customer_message(ticket.conversation, text, client_id)[0]


def log(here, ref, kind):
    with here.store.database.read() as connection:
        return [each for each in tickets.events(connection, ref) if each.kind == kind]


def test_the_offer_has_two_choices_and_one_is_a_person(words, callbacks):
    ticket = words.ticket()

    message = offered(words, ticket)

    assert [each["title"] for each in message.choices] == [
        "Dejar correo o teléfono",
        "Esperar a una persona",
    ]
    assert log(words, ticket.ref, "told")[0].data == {
        "kind": "callback_offer",
        "message": message.id,
    }
    assert offered(words, words.desk.ticket(ticket.ref)) is None


def test_out_of_hours_the_first_notice_offers_it_already(words, callbacks):
    words.clock.forward(hours=11)

    _, notice = words.desk.open_ticket(words.chat("hola"), None, trigger="person_button")

    assert "mañana a las 9:00" in notice.text
    assert len(notice.choices) == 2


@pytest.mark.parametrize(
    "zone, told",
    [
        ("America/Bogota", "mañana a las 3:00 (9:00 en Madrid)"),
        ("Nowhere/Land", "mañana a las 9:00"),
        ("../../etc/passwd", "mañana a las 9:00"),
    ],
)
def test_the_opening_is_told_by_the_customers_clocks(words, zone, told):
    words.clock.forward(hours=11)
    conversation = words.chat("hola", time_zone=zone)

    _, notice = words.desk.open_ticket(conversation, None, trigger="person_button")

    assert told in notice.text
    assert ("Madrid" in notice.text) is (zone == "America/Bogota")


def test_an_address_written_in_the_chat_is_kept_and_labels_the_case(words, callbacks, contacts):
    ticket = words.ticket()
    asked = callbacks.heard(choose(words, offered(words, ticket), 0))
    assert asked.messages[0].response == "utter_notice_contact_ask"

    told = callbacks.heard(write(words, ticket, "eva@example.org o el 600 111 222, gracias"))

    assert told.messages[0].response == "utter_notice_contact_left"
    assert told.ticket.labels == ["callback"]
    known = contacts.of(ticket.conversation)
    assert (known["email"], known["phone"]) == ("eva@example.org", "600111222")
    assert known["consent_at"]
    assert log(words, ticket.ref, "contact_left")[0].actor == "customer"
    assert log(words, ticket.ref, "labelled")[0].data == {"from": [], "to": ["callback"]}
    assert words.desk.ticket(ticket.ref).status == "queued"


def test_a_call_that_is_noted_takes_the_case_off_the_list_of_calls_to_make(
    words, callbacks, contacts
):
    ticket, ana = words.ticket(), words.agent("ana")
    words.desk.claim(ticket.ref, ana)
    Progress(words.desk).label(ticket.ref, ana, ["vip"])
    contacts.leave(ticket.conversation, consent=True, phone="600 111 222")
    assert words.desk.ticket(ticket.ref).labels == ["vip", "callback"]

    change, _ = Calls(words.desk).called(ticket.ref, ana, "Le llamé: sale hoy")

    assert change.ticket.labels == ["vip"]
    assert log(words, ticket.ref, "labelled")[-1].data == {
        "from": ["vip", "callback"],
        "to": ["vip"],
    }


def test_who_prefers_to_wait_keeps_the_place(words, callbacks):
    ticket = words.ticket()

    told = callbacks.heard(choose(words, offered(words, ticket), 1))

    assert told.messages[0].response == "utter_notice_queue_position"
    assert told.ticket.labels == []


@pytest.mark.parametrize("text", ["¿hay alguien?", "me llamo Eva", "pedido 48213"])
def test_a_message_without_an_address_is_just_a_message(words, callbacks, text):
    ticket = words.ticket()
    callbacks.heard(choose(words, offered(words, ticket), 0))

    assert callbacks.heard(write(words, ticket, text)) is None
    told = callbacks.heard(write(words, ticket, "eva@example.org", "w2"))
    assert told.messages[0].response == "utter_notice_contact_left"


def test_an_address_that_nobody_asked_for_is_not_taken(words, callbacks, contacts):
    ticket = words.ticket()

    assert callbacks.heard(write(words, ticket, "mi correo es eva@example.org")) is None
    assert contacts.of(ticket.conversation)["email"] is None


def test_where_no_mail_is_sent_a_phone_number_is_asked_for(words):
    contacts = Contacts(words.desk, mail=False)
    callbacks = Callbacks(words.desk, contacts)
    ticket = words.ticket()
    callbacks.heard(choose(words, offered(words, ticket), 0))

    told = callbacks.heard(write(words, ticket, "eva@example.org"))
    assert told.messages[0].response == "utter_notice_contact_no_mail"
    told = callbacks.heard(write(words, ticket, "600111222", "w2"))
    assert told.messages[0].response == "utter_notice_contact_left"
    assert contacts.of(ticket.conversation)["phone"] == "600111222"


def test_an_address_left_in_the_pages_form_labels_the_case_too(words, callbacks, contacts):
    ticket = words.ticket()

    contacts.leave(ticket.conversation, phone="600111222", consent=True)
    contacts.leave(ticket.conversation, email="eva@example.org", consent=True)

    assert words.desk.ticket(ticket.ref).labels == ["callback"]
    assert len(log(words, ticket.ref, "labelled")) == 1
    assert offered(words, words.desk.ticket(ticket.ref)) is None  # no need to ask any more


@pytest.mark.parametrize(
    "given, labels",
    [
        pytest.param({"email": "eva@example.org"}, [], id="an address to write to"),
        pytest.param({"phone": "600111222"}, ["callback"], id="a number to call"),
    ],
)
def test_with_a_person_there_only_a_number_asks_for_a_call(
    words, callbacks, contacts, given, labels
):
    ticket = words.ticket()
    words.desk.claim(ticket.ref, words.agent())

    contacts.leave(ticket.conversation, **given, consent=True)

    assert words.desk.ticket(ticket.ref).labels == labels


def test_who_was_to_be_called_stays_so_when_somebody_takes_the_case(words, callbacks, contacts):
    ticket = words.ticket()
    contacts.leave(ticket.conversation, email="eva@example.org", consent=True)
    words.desk.claim(ticket.ref, words.agent())
    contacts.leave(ticket.conversation, email="eva@example.net", consent=True)

    assert words.desk.ticket(ticket.ref).labels == ["callback"]


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_who_withdraws_is_called_no_more(words, callbacks, contacts, closed):
    ticket, ana = words.ticket(), words.agent()
    contacts.leave(ticket.conversation, phone="600111222", consent=True)
    words.desk.claim(ticket.ref, ana)
    if closed:
        words.desk.resolve(ticket.ref, ana, "solved", cause="knowledge")

    for _ in range(2):
        contacts.withdraw(ticket.conversation)

    assert words.desk.ticket(ticket.ref).labels == []
    changed = log(words, ticket.ref, "labelled")[-1]
    assert (changed.actor, changed.data) == ("system", {"from": ["callback"], "to": []})
    assert len(log(words, ticket.ref, "contact_left")) == 2, "left, and withdrawn once"


def test_the_choice_does_nothing_once_a_person_has_the_chat(words, callbacks):
    ticket = words.ticket()
    message = offered(words, ticket)
    words.desk.claim(ticket.ref, words.agent())

    assert callbacks.heard(choose(words, message, 0)) is None


def test_the_choice_still_asks_for_a_person_when_the_bot_has_the_chat_again(words):
    offer = offered(words, words.ticket())

    with words.store.database.read() as connection:
        stored = connection.execute(sa.select(table.c.choices).where(table.c.id == offer.id))
        payloads = [each["payload"].split("{")[0] for each in stored.scalar_one()]
    assert payloads == ["/ask_human", "/ask_human"]


def test_a_choice_of_the_bots_own_is_none_of_ours(words, callbacks):
    conversation = words.chat("hola")
    turn = words.store.open_turn(conversation)
    words.store.start_turn(turn.id)
    choices = ({"title": "Sí", "payload": "/affirm"},)
    (said,) = words.store.finish_turn(turn.id, replies=[Reply("¿Sigo?", choices)])

    assert callbacks.heard(choose(words, said, 0)) is None


@pytest.mark.parametrize(
    "text, expected",
    [
        ("eva@example.org", {"email": "eva@example.org"}),
        ("Es eva@Example.ORG.", {"email": "eva@example.org"}),
        (
            "correo: <eva@example.org>, tel. +34 600-111-222",
            {"email": "eva@example.org", "phone": "+34600111222"},
        ),
        ("(91) 123 45 67 por la tarde", {"phone": "911234567"}),
        ("+54 9 11 2345-6789", {"phone": "+5491123456789"}),
        ("48213", {}),
        ("eva arroba ejemplo", {}),
        ("@marta", {}),
        ("", {}),
    ],
)
def test_addresses_are_found_in_what_people_write(text, expected):
    assert addresses(text) == expected
