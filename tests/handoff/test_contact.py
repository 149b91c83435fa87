"""Where customers can be reached: what is kept, with consent, and when it counts."""

import pytest

from bot.errors import Conflict, DeskError
from bot.handoff import tickets
from bot.handoff.contact import Contacts, email_address, phone_number, reach

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    "given, kept",
    [
        (" Ana.Gil@Ejemplo.ES ", "Ana.Gil@ejemplo.es"),
        ("a+b@sub.example.com", "a+b@sub.example.com"),
    ],
)
def test_an_address_is_kept_as_it_is_written_to(given, kept):
    assert email_address(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "ana",
        "ana@",
        "@ejemplo.es",
        "ana@ejemplo",
        "ana@@ejemplo.es",
        "ana@ejemplo..es",
        ".ana@ejemplo.es",
        "ana @ejemplo.es",
        "ana@ejemplo.es\nBcc: otro@ejemplo.es",
        "ana@ejemplo.es,otro@ejemplo.es",
        "añá@ejemplo.es",
        "a" * 250 + "@ejemplo.es",
    ],
)
def test_what_is_no_address_is_refused(given):
    with pytest.raises(DeskError) as refused:
        email_address(given)
    assert refused.value.code == "contact_email"


@pytest.mark.parametrize(
    "given, kept", [("+34 600 11 22 33", "+34600112233"), ("(011) 4321-0000", "01143210000")]
)
def test_a_number_is_kept_without_what_is_written_between(given, kept):
    assert phone_number(given) == kept


@pytest.mark.parametrize("given", ["12345", "mañana", "+34", "600112233 ext 4", "٦٠٠١١٢٢٣٣"])
def test_what_is_no_number_is_refused(given):
    with pytest.raises(DeskError) as refused:
        phone_number(given)
    assert refused.value.code == "contact_phone"


def test_without_consent_or_address_nothing_is_kept(here):
    conversation, contacts = here.chat("hola"), Contacts(here.desk)
    for code, given in {
        "contact_consent": {"email": "ana@ejemplo.es"},
        "contact_empty": {"consent": True, "email": " "},
        "contact_email": {"consent": True, "email": "ana", "phone": "600112233"},
    }.items():
        with pytest.raises(DeskError) as refused:
            contacts.leave(conversation, **given)
        assert refused.value.code == code
    assert contacts.of(conversation) == {
        "email": None,
        "phone": None,
        "consent_at": None,
        "mail": "none",
    }


def test_what_is_left_has_its_time_and_the_case_says_so(here):
    ticket, contacts = here.ticket("hola"), Contacts(here.desk)

    left = contacts.leave(ticket.conversation, email="ana@ejemplo.es", consent=True)

    assert left["consent_at"] == "2026-11-25T11:00:00.000Z"
    assert left["mail"] == "on"
    with here.store.database.read() as connection:
        event = tickets.events(connection, ticket.ref)[-1]
    assert (event.kind, event.actor) == ("contact_left", "customer")
    assert event.data == {"email": True, "phone": False}


def test_a_number_alone_is_no_mail_and_a_later_address_keeps_it(here):
    conversation, contacts = here.chat("hola"), Contacts(here.desk)
    assert contacts.leave(conversation, phone="600112233", consent=True)["mail"] == "none"
    left = contacts.leave(conversation, email="ana@ejemplo.es", consent=True)
    assert (left["phone"], left["mail"]) == ("600112233", "on")


def test_an_installation_without_mail_takes_no_address_but_a_number(here):
    conversation, contacts = here.chat("hola"), Contacts(here.desk, mail=False)
    with pytest.raises(Conflict) as refused:
        contacts.leave(conversation, email="ana@ejemplo.es", phone="600112233", consent=True)
    assert refused.value.code == "mail_off"
    assert contacts.leave(conversation, phone="600112233", consent=True)["mail"] == "off"


def test_withdrawn_is_forgotten_and_twice_is_once(here):
    ticket, contacts = here.ticket("hola"), Contacts(here.desk)
    contacts.leave(ticket.conversation, email="ana@ejemplo.es", phone="600112233", consent=True)

    for _ in range(2):
        assert contacts.withdraw(ticket.conversation)["email"] is None

    with here.store.database.read() as connection:
        kinds = [event.kind for event in tickets.events(connection, ticket.ref)]
    assert kinds.count("contact_left") == 2


@pytest.mark.parametrize(
    "watched, mail, address, expected",
    [
        pytest.param(True, True, True, "page", id="on the page"),
        pytest.param(True, False, False, "page", id="on the page, no mail"),
        pytest.param(False, True, True, "mail", id="away, with an address"),
        pytest.param(False, True, False, None, id="away, without"),
        pytest.param(False, False, True, None, id="away, and no mail is sent"),
    ],
)
def test_how_somebody_hears_of_something(here, watched, mail, address, expected):
    ticket = here.ticket("hola")
    if address:
        Contacts(here.desk).leave(ticket.conversation, email="ana@ejemplo.es", consent=True)
    with here.store.database.read() as connection:
        assert reach(connection, ticket, watched, mail=mail) == expected


@pytest.mark.parametrize("column", ["opted_out_at", "bounced_at"])
def test_an_address_that_does_not_work_reaches_nobody_until_a_new_one_is_left(here, column):
    from bot.handoff.store import conversations

    ticket, contacts = here.ticket("hola"), Contacts(here.desk)
    contacts.leave(ticket.conversation, email="ana@ejemplo.es", consent=True)
    with here.store.database.write() as connection:
        conversations.update(connection, ticket.conversation, **{column: here.clock()})
        assert contacts.reach(connection, ticket) is None
    assert contacts.of(ticket.conversation)["mail"] == column.removesuffix("_at")

    contacts.leave(ticket.conversation, email="otra@ejemplo.es", consent=True)

    with here.store.database.read() as connection:
        assert contacts.reach(connection, ticket) == "mail"
