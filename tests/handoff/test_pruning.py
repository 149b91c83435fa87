"""What is through is forgotten by age, in batches; what still stands for something stays."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.handoff import jobs as planned
from bot.handoff import pruning, tickets
from bot.handoff.looks import Looks
from bot.handoff.retention import Retention
from bot.handoff.tables_desk import deliveries, hooks, jobs, mails, reads

pytestmark = pytest.mark.database

KEPT = Retention(sent_days=90, lists_days=365)
OLD, YOUNG = timedelta(days=91), timedelta(days=89)


@pytest.fixture
def closed(here):
    """A case that was closed; what it planned and noted itself is gone."""
    ticket = here.ticket("No llega")
    agent = here.agent()
    here.desk.claim(ticket.ref, agent)
    here.desk.resolve(ticket.ref, agent, "solved", "", cause="wish")
    empty(here)
    return ticket.ref


@pytest.fixture
def opened(here):
    ref = here.ticket("No llega").ref
    empty(here)
    return ref


def empty(here):
    with here.store.database.write() as connection:
        for table in (jobs, mails):
            connection.execute(sa.delete(table))


def insert(here, table, **row):
    with here.store.database.write() as connection:
        done = connection.execute(sa.insert(table).values(**row))
        return done.inserted_primary_key[0]


def count(here, table):
    with here.store.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()


def mail(here, ref, event, **more):
    ticket = here.desk.ticket(ref)
    at = here.clock()
    row = {"event": event, "conversation": ticket.conversation, "ticket": ref, "kind": "update"}
    text = {"recipient": "a@b.es", "subject": "s", "text": "t", "language": "es", "made_at": at}
    return insert(here, mails, **row, **text, **more)


def job(here, key, **more):
    insert(here, jobs, kind="survey", key=key, due=here.clock(), data={}, **more)


def delivery(here, ref, *, cursor=10**9, **more):
    address = {"url": "https://a.example", "secret": "s", "events": [], "active": True}
    made = {"made_by": "root", "made_at": here.clock(), "cursor": cursor}
    hook = insert(here, hooks, **address, **made)
    with here.store.database.read() as connection:
        event = tickets.events(connection, ref)[0].id
    insert(here, deliveries, hook=hook, event=event, **more)


def test_what_was_sent_and_done_goes_when_it_is_old(here, closed):
    at = here.clock()
    mail(here, closed, "e1", sent_at=at)
    mail(here, closed, "e2", error="gave up: 550")
    job(here, "j1", done_at=at, ticket=closed, outcome="done")
    job(here, "j2", done_at=at, outcome="cancelled")
    delivery(here, closed, delivered_at=at, status=200)
    delivery(here, closed, status=500, next_at=at)

    here.clock.forward(days=YOUNG.days)
    assert pruning.prune(here.desk, KEPT) == {}
    here.clock.forward(days=OLD.days - YOUNG.days)

    assert pruning.prune(here.desk, KEPT) == {"mails": 2, "jobs": 2, "deliveries": 2}
    assert pruning.prune(here.desk, KEPT) == {}


def test_what_waits_stays_however_old_it_is(here, closed):
    mail(here, closed, "e1", next_at=here.clock())
    job(here, "j1", ticket=closed)
    here.clock.forward(days=400)
    assert pruning.prune(here.desk, KEPT) == {}
    assert (count(here, mails), count(here, jobs)) == (1, 1)


def test_an_open_case_keeps_what_says_that_it_was_done(here, opened):
    at = here.clock()
    mail(here, opened, "e1", sent_at=at)
    job(here, "j1", done_at=at, ticket=opened)
    here.clock.forward(days=400)

    assert pruning.prune(here.desk, KEPT) == {}

    with here.store.database.write() as connection:
        assert not planned.add(connection, "survey", "j1", here.clock(), ticket=opened)


def test_a_delivery_stays_until_its_hook_has_passed_the_event(here, closed):
    delivery(here, closed, cursor=0, delivered_at=here.clock(), status=200)
    here.clock.forward(days=400)
    assert pruning.prune(here.desk, KEPT) == {}


def test_many_go_in_batches(here, closed, monkeypatch):
    monkeypatch.setattr(pruning, "BATCH", 4)
    for number in range(10):
        job(here, f"j{number}", done_at=here.clock())
    here.clock.forward(days=OLD.days)
    assert pruning.prune(here.desk, KEPT) == {"jobs": 10}


def test_looks_at_lists_go_and_looks_at_customers_stay(here):
    ana = here.agent()
    Looks(here.desk).note(ana, "queue", ["R-A"])
    insert(here, reads, at=here.clock(), agent="ana", kind="profile", customer_id="C-1")
    here.clock.forward(days=366)
    assert pruning.prune(here.desk, KEPT) == {"reads": 1}
    assert count(here, reads) == 1


def test_nothing_goes_where_it_is_kept_for_ever(here, closed):
    job(here, "j1", done_at=here.clock())
    here.clock.forward(days=4000)
    assert pruning.prune(here.desk, Retention()) == {}
