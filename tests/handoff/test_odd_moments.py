"""Moments that nobody plans: after an erasure, after a reopening, when two give the same."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from clock_helpers import fresh, log, works

from bot.errors import Conflict, NotAllowed, NotFound
from bot.handoff import agents, clock_state, logged, measures, rules_automation, tickets
from bot.handoff.approvals import Approvals
from bot.handoff.attachments import Attachments
from bot.handoff.by_hand import Cases
from bot.handoff.conditions import Situation
from bot.handoff.contact import Contacts, mailable
from bot.handoff.deliveries import Deliveries
from bot.handoff.erasure import Erasure
from bot.handoff.hooks import Hooks
from bot.handoff.mail_texts import MailTexts
from bot.handoff.measuring import Measuring
from bot.handoff.outbox import Outbox
from bot.handoff.progress import Progress
from bot.handoff.records import Identity, Vow
from bot.handoff.search import Filters, Search
from bot.handoff.store import promises
from bot.handoff.subject import Subject
from bot.handoff.tables import messages
from bot.handoff.tables_desk import surveys as survey_table
from bot.handoff.teamwork import Teamwork
from bot.handoff.tracker import Tracker
from bot.handoff.transfers import Transfers
from bot.settings import ROOT
from bot.web import wire
from bot.web.chat import Chat
from bot.web.problems import Problem
from bot.web.shop_panel import ShopPanel

pytestmark = pytest.mark.database

CHARGE = "CH-48213-1"


@pytest.fixture
def boss(here):
    return here.agent("boss", role="supervisor", name="Berta Jefa")


@pytest.fixture
def erase(here, tmp_path):
    """Erases a ticket's conversation."""
    files = Attachments(here.desk, tmp_path / "attachments")
    erasure = Erasure(here.desk, files, Tracker(f"sqlite:///{tmp_path / 'tracker.db'}"))

    def erased(ref, *, force=False):
        chat = here.desk.ticket(ref).conversation
        return erasure.erase(Subject(conversation=chat), force=force)

    return erased


def resolve(here, ref, agent):
    return here.desk.resolve(ref, agent, "solved", cause="knowledge").ticket


def case_of(here, ref):
    """What the measures know of a case."""
    return logged.cases(log(here, ref))[0]


# After an erasure


def test_a_promise_of_an_erased_customer_wakes_nobody(here, ana, ref, erase):
    ticket = here.desk.ticket(ref)
    vow = Vow("refund", "Le devolvemos 20 €", here.clock() + timedelta(days=3), "general")
    with here.store.database.write() as connection:
        promises.add(
            connection, ticket.conversation, "t_1", here.clock(), [vow], made_by="bot", ticket=ref
        )
    resolve(here, ref, ana)
    erase(ref)
    here.clock.forward(days=4)

    assert here.desk.alarm_promises() == []
    assert here.desk.open_cases() == []


def test_an_erased_conversation_takes_no_more_words(here, ana, ref, erase):
    chat = resolve(here, ref, ana).conversation
    erase(ref)

    with pytest.raises(NotFound):
        here.store.add_customer_message(chat, "Soy Quiterio y sigo aquí", "m9")

    with here.store.database.read() as connection:
        query = sa.select(messages.c.text).where(messages.c.conversation == chat)
        assert set(connection.execute(query).scalars()) <= {""}


def test_an_erased_case_is_not_taken_up_again(here, ana, ref, erase):
    resolve(here, ref, ana)
    erase(ref)
    with pytest.raises(Conflict):
        here.desk.reopen(ref, ana)


def test_money_asked_for_in_an_erased_case_waits_for_nobody(here, ana, boss, ref, erase):
    approvals = Approvals(here.desk)
    number = approvals.ask(ref, ana, "refund", 40_000, CHARGE, "Rota").approval.id
    lost = approvals.give(ref, ana, "voucher", 500, "order:1").approval.id
    approvals.finish(lost, problem="down")
    erase(ref, force=True)

    assert approvals.asked(boss) == []
    with pytest.raises(Conflict):
        approvals.decide(number, boss, approve=True)
    with pytest.raises(Conflict):
        approvals.retry(lost, boss)


# After a reopening


def test_a_case_closed_in_time_misses_nothing_when_it_is_reopened(here, ana, ref):
    resolve(here, ref, ana)
    here.clock.forward(days=60)
    reopened = here.desk.reopen(ref, ana).ticket
    parts = works(here.desk)
    parts.scheduler.run_due()

    rules, at = here.desk.rules, here.clock()
    states = {name: clock_state.state(rules, reopened, name, at) for name in clock_state.COLUMNS}
    assert "missed" not in states.values()
    assert log(here, ref, "sla_missed") == []


def test_a_missed_deadline_stays_missed_when_a_case_is_reopened(here, ana, ref):
    here.clock.forward(days=60)
    works(here.desk).scheduler.run_due()
    resolve(here, ref, ana)
    here.clock.forward(days=1)
    reopened = here.desk.reopen(ref, ana).ticket

    rules, at = here.desk.rules, here.clock()
    assert clock_state.state(rules, reopened, "first_response", at) == "missed"
    if reopened.due_answer is not None:
        assert clock_state.state(rules, reopened, "answer", at) == "missed"


def test_nobody_is_asked_how_it_was_while_the_case_is_open_again(here, ana, ref):
    chat = resolve(here, ref, ana).conversation
    parts = works(here.desk)
    here.clock.forward(minutes=5)
    parts.scheduler.run_due()
    assert parts.surveys.pending(chat)

    here.desk.reopen(ref, ana)

    assert not parts.surveys.pending(chat)
    with pytest.raises(Conflict):
        parts.surveys.answer(chat, 1)
    resolve(here, ref, ana)
    here.clock.forward(minutes=5)
    parts.scheduler.run_due()
    assert parts.surveys.pending(chat)
    with here.store.database.read() as connection:
        assert len(connection.execute(sa.select(survey_table.c.id)).all()) == 2


def test_a_reopened_conversation_is_not_ended_any_more(here, ana, ref):
    chat = resolve(here, ref, ana).conversation
    here.store.end_conversation(chat)
    here.desk.reopen(ref, ana)

    assert here.store.conversation(chat).status == "open"
    assert here.store.conversation(chat).ended_at is None


# Two at once


def test_what_was_given_meanwhile_is_not_approved_on_top(here, ana, boss, ref):
    approvals = Approvals(here.desk)
    other = here.agent("otra", role="supervisor", name="Olga Otra")
    number = approvals.ask(ref, ana, "refund", 40_000, CHARGE, "Rota").approval.id
    given = approvals.give(ref, boss, "refund", 40_000, CHARGE)
    approvals.finish(given.approval.id, booking="REF-1")

    with pytest.raises(Conflict) as refused:
        approvals.decide(number, other, approve=True)

    assert refused.value.code == "already_given"
    assert approvals.get(number).state == "asked", "it can still be refused, with words"
    approvals.decide(number, other, approve=False, answer="Ya está devuelto")


def test_a_case_that_was_given_on_is_not_lost_with_the_agent_who_had_it(here, ana, ref):
    """PostgreSQL lets another transaction end between reading and writing."""

    class Between:
        """Lets ``leo`` have the case as soon as ana's were read."""

        def __init__(self, connection):
            self.connection, self.read = connection, False

        def execute(self, statement):
            result = self.connection.execute(statement)
            if self.read:
                return result
            self.read, found = True, result.scalars().all()
            tickets.update(self.connection, ref, owner_agent="leo")
            return SimpleNamespace(scalars=lambda: found)

    with here.store.database.write() as connection:
        assert tickets.mark_lost(Between(connection), "ana", here.clock()) == []
        assert tickets.get(connection, ref).lost_at is None


# Who sees what


def test_who_was_sent_away_sees_the_case_no_more(here, ana, bea, ref):
    team = Teamwork(here.desk)
    team.invite(ref, ana, "bea")
    here.desk.view(ref, bea)
    team.leave(ref, ana, "bea")

    with pytest.raises(NotAllowed):
        here.desk.view(ref, bea)
    assert Search(here.desk).page(bea, Filters(view="all"))[0] == []
    assert team.inbox(bea) == []


def test_an_order_of_somebody_else_makes_nobody_somebody_else(here, ana):
    signed_in = Identity("verified", "C-1", "Pía Sol", "pia@ejemplo.es")
    ticket = here.ticket("hola", identity=signed_in)
    here.desk.claim(ticket.ref, ana)
    owner = SimpleNamespace(id="C-2", name="Otro Señor", email="otro@ejemplo.es")
    office = SimpleNamespace(prove=lambda order, **given: owner)
    panel = ShopPanel(here.desk, Approvals(here.desk), lambda: office)

    panel.prove(ticket.ref, ana, "48213", email=None, postcode="28001")

    chat = here.store.conversation(ticket.conversation)
    assert (chat.customer_id, chat.customer_name) == ("C-1", "Pía Sol")
    assert chat.proven_orders == ["48213"]
    assert here.desk.ticket(ticket.ref).context["customer"]["id"] == "C-1"


def test_a_hook_is_told_no_words_that_agents_wrote(here, ana, ref):
    hooks = Hooks(here.store, "k" * 64)
    hook = hooks.add("https://example.com/hook", [], "ana")
    deliveries = Deliveries(here.store, hooks)
    progress = Progress(here.desk)
    progress.priority(ref, ana, "high", "Quiterio amenaza con denunciar")
    progress.tier(ref, ana, "L2", "Quiterio otra vez")
    progress.label(ref, ana, ["cliente Quiterio"])
    deliveries.plan()

    told = {each.body["kind"]: each.body["data"] for each in deliveries.take(hook)}
    assert told["priority"]["to"] == "high"
    assert told["tier"]["to"] == "L2"
    assert "labelled" in told
    assert "Quiterio" not in str(told)


def test_an_address_nobody_agreed_to_is_not_written_to_because_of_a_telephone(here, ana):
    ticket = Cases(here.desk).open(ana, "Llamó", channel="phone", email="otra@ejemplo.es").ticket
    Contacts(here.desk).leave(ticket.conversation, phone="600112233", consent=True)

    assert not mailable(here.store.conversation(ticket.conversation))


# Mail


def test_an_answer_that_came_after_they_left_is_mailed_though_they_read_the_one_before(here, ana):
    seen = {}
    texts = MailTexts.from_file(ROOT / "data" / "mail" / "mails.yml")
    last = lambda chat, since: chat in seen and seen[chat] >= since  # noqa: E731
    outbox = Outbox(here.desk, texts, on=True, domain="ejemplo.es", seen=last)
    here.desk.said = outbox.said
    ticket = here.ticket("No llega")
    Contacts(here.desk).leave(ticket.conversation, email="ana@ejemplo.es", consent=True)
    here.desk.claim(ticket.ref, ana)
    here.clock.forward(minutes=5)
    outbox.take()
    here.desk.say(ticket.ref, ana, "Un momento.", "a1")
    here.clock.forward(seconds=30)
    seen[ticket.conversation] = here.clock()  # they have read it, and go
    here.clock.forward(seconds=30)
    here.desk.say(ticket.ref, ana, "Llega el viernes.", "a2")
    here.clock.forward(minutes=3)

    found = [mail for mail in outbox.take() if mail.kind == "answer"]
    assert len(found) == 1
    assert "Llega el viernes." in found[0].text


# A team that is gone


@pytest.fixture
def gone(here, ana, ref):
    """A resolved case of a team that is no longer in ``desk.yml``."""
    with here.store.database.write() as connection:
        tickets.update(connection, ref, team="night")
    teams = {**here.desk.rules.teams, "night": here.desk.rules.teams["general"]}
    before, here.desk.rules = here.desk.rules, replace(here.desk.rules, teams=teams)
    resolve(here, ref, ana)
    here.desk.rules = before
    return ref


def test_the_customer_of_a_team_that_is_gone_is_still_told(here, gone):
    parts = works(here.desk)
    here.clock.forward(minutes=5)
    parts.scheduler.run_due()
    assert len(log(here, gone, "survey_asked")) == 1


def test_a_case_of_a_team_that_is_gone_is_taken_up_again_by_another(here, boss, gone):
    ticket = here.desk.reopen(gone, boss).ticket
    assert ticket.team in here.desk.rules.teams
    assert here.desk.view(gone, boss)["ticket"]["phase"] == "open"


# Numbers


def test_a_case_by_hand_is_counted_under_its_channel(here, ana):
    ticket = Cases(here.desk).open(ana, "Llamó: la caja llegó vacía", channel="phone").ticket
    assert case_of(here, ticket.ref).about["channel"] == "phone"


def test_who_is_on_the_telephone_is_answered_already(here, ana):
    ticket = Cases(here.desk).open(ana, "Llamó: la caja llegó vacía", channel="phone").ticket
    waits = Cases(here.desk).open(ana, "Quiere que le llamen", channel="phone", team="billing")
    here.clock.forward(days=1)
    works(here.desk).scheduler.run_due()

    missed = [event.data["clock"] for event in log(here, ticket.ref, "sla_missed")]
    assert "first_response" not in missed
    assert case_of(here, ticket.ref).answered_at == ticket.created_at
    others = [event.data["clock"] for event in log(here, waits.ticket.ref, "sla_missed")]
    assert "first_response" in others


def test_cases_by_hand_are_no_escalations_of_the_bot(here, ana, boss):
    here.ticket("hola")
    for _ in range(3):
        here.chat("gracias")
        Cases(here.desk).open(ana, "Llamó", channel="phone")
    start, end = here.clock() - timedelta(days=1), here.clock() + timedelta(days=1)
    told = Measuring(here.desk).report(boss, start, end)

    assert (told["cases"], told["conversations"]) == (4, 4)
    assert told["escalation"]["rate"] == 0.25
    assert [week["rate"] for week in told["weeks"]] == [0.25]
    assert told["first_contact"]["without_person"] == 0.75


def test_a_case_that_was_rerouted_is_counted_under_the_team_that_has_it(here):
    ticket = here.ticket()
    rule = {"name": "r", "when": "opened", "then": [{"set_team": "billing"}]}
    rules = rules_automation.read([rule], tuple(here.desk.rules.teams))
    here.desk.rules = replace(here.desk.rules, automation=rules)
    parts = works(here.desk)
    ticket = here.ticket()
    parts.automation.on_events()
    parts.scheduler.run_due()

    assert fresh(here, ticket.ref).team == "billing"
    assert case_of(here, ticket.ref).about["team"] == "billing"


def test_a_case_that_nobody_accepted_is_still_its_teams(here):
    ticket = here.ticket()
    works(here.desk)
    with here.store.database.write() as connection:
        data = {"from": ticket.team, "to": "everyone", "why": "unaccepted"}
        tickets.log(connection, ticket.ref, here.clock(), "system", "routed", data)
    assert case_of(here, ticket.ref).about["team"] == ticket.team


def test_a_case_given_to_a_colleague_out_of_the_queue_was_taken_then(here, ana):
    here.agent("leo")
    with here.store.database.write() as connection:
        agents.set_live(connection, "leo", here.clock())
    ticket = here.ticket()
    here.clock.forward(minutes=1)
    Transfers(here.desk).transfer(ticket.ref, ana, note="Es tuyo", to="leo")

    assert case_of(here, ticket.ref).claimed_at == here.clock()


def test_a_promise_that_makes_a_case_pressing_is_in_its_log(here, ana, ref):
    with here.store.database.write() as connection:
        tickets.update(connection, ref, priority="low", rank=3)
        vow = Vow("refund", "20 €", here.clock() + timedelta(hours=1), "general")
        chat = here.desk.ticket(ref).conversation
        promises.add(connection, chat, "t_1", here.clock(), [vow], made_by="bot", ticket=ref)
    here.clock.forward(hours=2)
    here.desk.alarm_promises()

    assert here.desk.ticket(ref).priority == "high"
    assert case_of(here, ref).about["priority"] == "high"


def test_chats_that_another_team_served_were_not_settled_without_a_person(here, boss):
    for number in range(4):
        here.ticket(f"hola {number}")
    here.chat("gracias")
    start, end = here.clock() - timedelta(days=1), here.clock() + timedelta(days=1)
    told = Measuring(here.desk).report(agents.get(here.store, "boss"), start, end, team="billing")
    whole = Measuring(here.desk).report(agents.get(here.store, "boss"), start, end)

    assert whole["first_contact"]["without_person"] == 0.2
    assert told["first_contact"]["without_person"] is None  # conversations are no team's


def test_a_chat_with_two_cases_is_one_chat_that_needed_a_person(here, ana, boss, ref):
    chat = resolve(here, ref, ana).conversation
    here.desk.open_ticket(chat, None, trigger="person_button")
    here.chat("gracias")
    start, end = here.clock() - timedelta(days=1), here.clock() + timedelta(days=1)
    told = Measuring(here.desk).report(boss, start, end)

    assert told["first_contact"]["without_person"] == 0.5


def test_measures_of_many_cases_compare_no_case_with_another(here, monkeypatch):
    found = [case_of(here, here.ticket(f"hola {number}").ref) for number in range(3)]
    closed = [replace(case, resolved_at=here.clock()) for case in found]
    compared = []
    monkeypatch.setattr(
        logged.Case, "__eq__", lambda self, other: compared.append(1) or self is other
    )
    measures.first_contact(closed, None)
    assert compared == []


@pytest.mark.parametrize("how", ["waiting", "closed"])
def test_the_time_that_a_case_stood_still_does_not_make_it_old(here, ana, ref, how):
    progress = Progress(here.desk)
    here.clock.forward(minutes=10)
    if how == "waiting":
        progress.waiting(ref, ana)
    else:
        resolve(here, ref, ana)
    here.clock.forward(minutes=50)
    if how == "waiting":
        progress.resume(ref, ana)
    else:
        here.desk.reopen(ref, ana)
    here.clock.forward(minutes=5)

    with here.store.database.read() as connection:
        case = Situation(connection, here.desk.rules, here.desk.ticket(ref), here.clock())
        assert case.minutes_open() == 15


# PostgreSQL


def test_what_cannot_be_a_reference_is_not_found(here, ana):
    """PostgreSQL takes no text with a NUL in it, not even to look for it."""
    with pytest.raises(NotFound):
        here.desk.view("R-2\x00", ana)


def test_an_id_that_no_database_takes_is_refused_on_the_socket_too(here):
    chat = Chat(SimpleNamespace(settings=SimpleNamespace(message_limit=100)))
    known = here.store.conversation(here.chat("hola"))
    assert chat._checked(known, wire.Send(client_id="m1", text="hola")) == "hola"
    with pytest.raises(Problem) as refused:
        chat._checked(known, wire.Send(client_id="m\x00", text="hola"))
    assert refused.value.code == "bad_request"


def test_events_of_long_ago_are_not_looked_at_again(here, ana, ref, monkeypatch):
    rule = {"name": "r", "when": "labelled", "every": 30, "then": ["notify_supervisors"]}
    rules = rules_automation.read([rule], tuple(here.desk.rules.teams))
    here.desk.rules = replace(here.desk.rules, automation=rules)
    parts = works(here.desk)
    monkeypatch.setattr(here.store.database, "sqlite", False)  # transactions may end out of order
    Progress(here.desk).label(ref, ana, ["vip"])
    parts.automation.on_events()
    parts.scheduler.run_due()
    here.clock.forward(hours=2)
    here.ticket("otra cosa")
    parts.automation.on_events()
    parts.scheduler.run_due()

    assert len(log(here, ref, "escalated")) == 1
