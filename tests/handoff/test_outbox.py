"""E-mail: what is planned with its cause, and what becomes of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from bot.handoff import tickets
from bot.handoff.attachments import Attachments
from bot.handoff.contact import Contacts
from bot.handoff.mail_texts import MailTexts
from bot.handoff.outbox import BACK_OFF, Outbox
from bot.handoff.records import Reply
from bot.handoff.tables_desk import mails
from bot.settings import ROOT

pytestmark = pytest.mark.database

TEXTS = MailTexts.from_file(ROOT / "data" / "mail" / "mails.yml")
ADDRESS = "ana@ejemplo.es"


class Post:
    """A desk with an outbox; ``present`` are conversations whose page is open."""

    def __init__(self, here, on=True):
        self.here, self.present = here, set()
        seen = lambda conversation, since: conversation in self.present  # noqa: E731
        self.outbox = Outbox(here.desk, TEXTS, on=on, domain="ejemplo.es", seen=seen)
        self.contacts = Contacts(here.desk, mail=on)
        self.contacts.left = self.outbox.contact_left
        here.desk.said = self.outbox.said

    def case(self, address=ADDRESS):
        """A claimed case whose customer left an address before it was handed over."""
        conversation = self.here.chat("No llega mi pedido")
        if address:
            self.contacts.leave(conversation, email=address, consent=True)
        return self.here.desk.open_ticket(conversation, None, trigger="person_button")[0]

    def claimed(self):
        ticket = self.case()
        agent = self.here.agent()
        self.here.desk.claim(ticket.ref, agent)
        self.outbox.take()
        with self.here.store.database.write() as connection:
            connection.execute(sa.delete(mails))
        return ticket, agent

    def rows(self):
        with self.here.store.database.read() as connection:
            return connection.execute(sa.select(mails).order_by(mails.c.id)).all()

    def kinds(self, ref):
        with self.here.store.database.read() as connection:
            return [event.kind for event in tickets.events(connection, ref)]


@pytest.fixture
def post(here):
    return Post(here)


def test_a_handoff_has_its_receipt_in_the_same_transaction(post):
    ticket = post.case()
    (row,) = post.rows()
    assert (row.event, row.kind) == (f"receipt:{ticket.ref}", "receipt")
    assert row.recipient == ADDRESS
    assert row.subject == f"Caso {ticket.ref}: recibido"
    assert row.next_at == row.made_at


def test_a_handoff_that_fails_leaves_no_mail(post, monkeypatch):
    monkeypatch.setattr(post.here.desk, "said", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        post.case()
    assert post.rows() == []


@pytest.mark.parametrize("on, address", [(False, None), (True, None)])
def test_without_mail_or_address_nothing_is_planned(here, on, address):
    post = Post(here, on)
    post.case(address)
    assert post.rows() == []


def test_who_leaves_an_address_later_gets_the_receipt_once(post):
    ticket = post.case(None)
    for _ in range(2):
        post.contacts.leave(ticket.conversation, email=ADDRESS, consent=True)
    assert [row.event for row in post.rows()] == [f"receipt:{ticket.ref}"]


def test_an_answer_is_mailed_when_the_customer_stays_away_for_two_minutes(post):
    ticket, agent = post.claimed()
    post.here.desk.say(ticket.ref, agent, "Lo miro ahora.", "a1")
    assert post.outbox.take() == []

    post.here.clock.forward(minutes=2)

    (mail,) = post.outbox.take()
    assert mail.kind == "answer"
    assert mail.text.endswith("Lo miro ahora.")
    assert post.outbox.take() == [], "nobody else gets it meanwhile"


def test_an_answer_read_on_the_page_is_not_mailed(post):
    ticket, agent = post.claimed()
    post.here.desk.say(ticket.ref, agent, "Lo miro ahora.", "a1")
    post.present.add(ticket.conversation)
    post.here.clock.forward(minutes=2)

    assert post.outbox.take() == []
    assert post.rows()[0].error == "read on the page"


def test_who_has_written_since_has_read_the_answer(post):
    ticket, agent = post.claimed()
    post.here.desk.say(ticket.ref, agent, "¿Le llegó?", "a1")
    post.here.clock.forward(minutes=1)
    post.here.store.add_customer_message(ticket.conversation, "Sí", "m9")
    post.here.clock.forward(minutes=1)
    assert post.outbox.take() == []


def test_a_burst_of_answers_is_one_mail_and_a_repeated_one_none(post):
    ticket, agent = post.claimed()
    for number in (1, 2, 2):
        post.here.desk.say(ticket.ref, agent, f"Parte {number}.", f"a{number}")
    (row,) = post.rows()
    assert row.text.endswith("Parte 1.\n\nParte 2.")


AGREED = Reply("Acordado con Ana: sale el lunes.", response="utter_resume")


def given_back(post):
    """A case that Ana has given back; the bot's turn."""
    ticket, agent = post.claimed()
    post.here.desk.give_back(ticket.ref, agent, {"agreed": "sale el lunes"})
    (turn,) = post.here.store.unfinished_turns()
    return ticket, turn


def test_what_was_agreed_at_a_hand_back_is_mailed_once_to_who_is_away(post):
    ticket, turn = given_back(post)
    for _ in range(2):
        post.here.desk.take_up(turn.id, replies=[AGREED, Reply("¿Algo más?")])
    assert post.outbox.take() == []

    post.here.clock.forward(minutes=2)

    (mail,) = post.outbox.take()
    assert (mail.ticket, mail.kind) == (ticket.ref, "resolved")
    assert mail.text.endswith("\n\nAcordado con Ana: sale el lunes.")


def test_who_reads_on_the_page_what_was_agreed_gets_no_mail_of_it(post):
    ticket, turn = given_back(post)
    post.here.desk.take_up(turn.id, replies=[AGREED])
    post.present.add(ticket.conversation)
    post.here.clock.forward(minutes=2)
    assert post.outbox.take() == []


def test_what_the_bot_says_too_late_after_a_hand_back_is_mailed_to_nobody(post):
    ticket, turn = given_back(post)
    post.here.store.start_turn(turn.id)
    post.here.desk.open_ticket(ticket.conversation, None, trigger="person_button")
    (said,) = post.here.desk.take_up(turn.id, replies=[AGREED])
    assert said.late
    assert not [row for row in post.rows() if row.kind == "resolved"]


def test_a_file_is_named_and_stays_on_the_page(post, tmp_path):
    ticket, agent = post.claimed()
    files = Attachments(post.here.desk, tmp_path / "files")
    made = files.keep(ticket.conversation, "agent:ana", "etiqueta {x}.txt", b"una etiqueta")
    post.here.desk.say(ticket.ref, agent, "", "a1", [made.id])
    (row,) = post.rows()
    assert row.text.endswith("Archivos, en la página del caso: etiqueta {x}.txt")


def test_what_was_sent_is_not_sent_again_after_a_restart(post):
    post.case()
    (mail,) = post.outbox.take()
    post.outbox.sent(mail)
    post.here.clock.forward(days=3)
    assert Post(post.here).outbox.take() == []
    assert post.kinds(mail.ticket)[-1] == "mailed"


def test_a_sender_that_dies_has_its_mail_sent_again_with_the_same_id(post):
    post.case()
    (first,) = post.outbox.take()
    post.here.clock.forward(minutes=10)
    (again,) = Post(post.here).outbox.take()
    assert (again.id, again.message_id) == (first.id, first.message_id)


def test_what_cannot_go_now_is_tried_later_and_later_then_given_up(post):
    ticket = post.case()
    waits = []
    for _ in range(len(BACK_OFF) + 1):
        (mail,) = post.outbox.take()
        post.outbox.put_off(mail, "SMTP 451")
        next_at = post.rows()[0].next_at
        if next_at:
            waits.append((next_at - post.here.clock()).total_seconds())
            post.here.clock.now = next_at
    assert waits == list(BACK_OFF)
    assert post.rows()[0].error == "gave up: SMTP 451"
    assert post.kinds(ticket.ref)[-1] == "bounced"
    assert post.contacts.of(ticket.conversation)["mail"] == "on"


def test_a_bounce_stops_all_mail_there_and_is_told_once(post):
    ticket, agent = post.claimed()
    post.here.desk.say(ticket.ref, agent, "Hecho.", "a1")

    change = post.outbox.bounced(ticket.conversation)

    assert change.ticket.ref == ticket.ref
    assert change.messages[0].response == "utter_notice_mail_bounced"
    assert post.outbox.bounced(ticket.conversation) is None
    post.here.clock.forward(hours=1)
    assert post.outbox.take() == []
    assert post.kinds(ticket.ref).count("bounced") == 1
    post.here.desk.say(ticket.ref, agent, "¿Sigue ahí?", "a2")
    assert len(post.rows()) == 1


def test_after_a_bounce_a_new_address_gets_what_was_missed(post):
    ticket, agent = post.claimed()
    post.here.desk.say(ticket.ref, agent, "Hecho.", "a1")
    post.outbox.bounced(ticket.conversation)

    post.contacts.leave(ticket.conversation, email="nueva@ejemplo.es", consent=True)

    sent = {mail.kind: mail.recipient for mail in post.outbox.take()}
    assert sent == {"answer": "nueva@ejemplo.es", "receipt": "nueva@ejemplo.es"}


def test_who_opts_out_gets_nothing_more_not_even_what_was_planned(post):
    ticket, agent = post.claimed()
    post.here.desk.say(ticket.ref, agent, "Hecho.", "a1")
    assert post.outbox.opt_out(ticket.conversation) is True
    assert post.outbox.opt_out(ticket.conversation) is False
    post.here.clock.forward(hours=1)
    post.here.desk.say(ticket.ref, agent, "Otra cosa.", "a2")
    assert post.outbox.take() == []


def test_mail_planned_for_a_withdrawn_address_does_not_go(post):
    ticket = post.case()
    post.contacts.withdraw(ticket.conversation)
    assert post.outbox.take() == []
    assert post.rows()[0].error == "no address"


def test_later_mail_of_a_case_answers_the_earlier_one(post):
    ticket = post.case()
    (receipt,) = post.outbox.take()
    post.outbox.sent(receipt)
    agent = post.here.agent()
    post.here.desk.claim(ticket.ref, agent)
    post.here.desk.say(ticket.ref, agent, "Hola.", "a1")
    post.here.clock.forward(minutes=3)
    answer = next(mail for mail in post.outbox.take() if mail.kind == "answer")
    assert answer.before == (receipt.message_id,)


def many(post, count):
    """Plan so many mails of one case."""
    ticket, at = post.case(), post.here.clock()
    row = {
        "conversation": ticket.conversation,
        "ticket": ticket.ref,
        "kind": "update",
        "recipient": ADDRESS,
        "subject": "s",
        "text": "t",
        "language": "es",
        "made_at": at,
        "next_at": at,
        "message_id": "<m@ejemplo.es>",
    }
    with post.here.store.database.write() as connection:
        connection.execute(
            sa.insert(mails), [{**row, "event": f"e{number}"} for number in range(count - 1)]
        )


def test_two_senders_never_take_the_same_mail(post):
    many(post, 60)

    def take_all(_):
        outbox, taken = Post(post.here).outbox, []
        while found := outbox.take(7):
            taken += [mail.event for mail in found]
        return taken

    with ThreadPoolExecutor(3) as pool:
        taken = [event for each in pool.map(take_all, range(3)) for event in each]
    assert len(taken) == len(set(taken)) == 60


def test_five_hundred_mails_are_each_taken_once(post):
    many(post, 500)
    taken = []
    while found := post.outbox.take(50):
        assert len(found) <= 50
        taken += [mail.event for mail in found]
    assert len(taken) == len(set(taken)) == 500
