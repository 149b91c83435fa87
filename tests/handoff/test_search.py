"""Views, filters, full text and the order by risk."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.errors import DeskError
from bot.handoff import tickets
from bot.handoff.full_text import pattern, words
from bot.handoff.search import VIEWS, Filters, Search
from bot.handoff.tables_desk import mentions, notes, participants

pytestmark = pytest.mark.database


@pytest.fixture
def search(here):
    return Search(here.desk)


@pytest.fixture
def find(here, search):
    """The references that an agent finds: ``find(agent, view=…, q=…)``."""

    def refs(agent, **filters):
        rows, _ = search.page(agent, Filters(**filters))
        return [row["ref"] for row in rows]

    return refs


def change(here, ticket, **values):
    with here.store.database.write() as connection:
        return tickets.update(connection, ticket.ref, **values)


def put(here, table, **values):
    with here.store.database.write() as connection:
        return connection.execute(sa.insert(table).values(**values)).inserted_primary_key[0]


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("devolución", id="as it was written"),
        pytest.param("DEVOLUCION", id="without accents, in capitals"),
        pytest.param("devol", id="a part of a word"),
        pytest.param("dinero  devolución", id="words in another order"),
        pytest.param("senor", id="without its tilde"),
    ],
)
def test_words_of_messages_are_found_whatever_accents_and_case(here, find, typed):
    agent = here.agent()
    wanted = here.ticket("Quiero la Devolución de mi dinero, Señor")
    here.ticket("Quiero otra cosa")
    assert find(agent, view="all", q=typed) == [wanted.ref]


@pytest.mark.parametrize("sign", ["100%", "a_b", "*", "?", "[a", "]", "(", "\\", "^", "'"])
def test_signs_stand_for_themselves(here, find, sign):
    agent = here.agent()
    wanted = here.ticket(f"esto lleva {sign} dentro")
    here.ticket("esto no lleva nada")
    assert find(agent, view="all", q=sign) == [wanted.ref]


def test_reference_customer_and_notes_are_searched_too(here, find):
    agent = here.agent()
    ticket, other = here.ticket(), here.ticket()
    put(
        here,
        notes,
        ticket=ticket.ref,
        at=here.clock(),
        agent="ana",
        kind="note",
        text="El paquete está en Getafe",
        mentions=[],
    )
    assert find(agent, q=ticket.ref.lower()) == [ticket.ref]
    assert find(agent, q="getafe paquete") == [ticket.ref]
    assert find(agent, q="getafe " + other.ref) == []


def test_what_cannot_be_printed_is_no_word_and_eight_words_are_enough():
    assert words("  Ñu\x00Árbol\n ") == ["nu", "arbol"]
    assert len(words("a b c d e f g h i j")) == 8


def test_a_pattern_says_the_same_in_both_notations():
    assert pattern("va*", sqlite=True) == "*[vV][aáàâäãåAÁÀÂÄÃÅ][*]*"
    assert pattern("va*", sqlite=False) == "[vV][aáàâäãåAÁÀÂÄÃÅ]\\*"


def test_other_teams_cases_are_never_found(here, find):
    agent = here.agent(teams=("billing",))
    ticket = here.ticket("el secreto")
    boss = here.agent("jefa", role="supervisor")
    for view in VIEWS:
        assert find(agent, view=view, q="secreto") == []
    assert find(boss, view="all", q="secreto") == [ticket.ref]


def test_each_view_shows_what_its_name_says(here, find):
    agent = here.agent()
    at = here.clock()
    queued, mine, waiting, snoozed, closed, along = (here.ticket() for _ in range(6))
    for ticket in (mine, waiting, snoozed):
        here.desk.claim(ticket.ref, agent)
    here.desk.claim(along.ref, here.agent("beto"))
    change(here, waiting, waiting_since=at)
    change(here, snoozed, waiting_since=at, snoozed_until=at + timedelta(hours=1))
    change(here, closed, status="resolved", resolved_at=at)
    put(here, participants, ticket=along.ref, agent="ana", added_by="beto", added_at=at)
    put(here, mentions, ticket=queued.ref, agent="ana", at=at)
    put(here, mentions, ticket=mine.ref, agent="ana", at=at, read_at=at)
    assert find(agent, view="queue") == [queued.ref]
    assert set(find(agent, view="mine")) == {mine.ref, waiting.ref, snoozed.ref}
    assert find(agent, view="participating") == [along.ref]
    assert find(agent, view="mentions") == [queued.ref]
    assert find(agent, view="waiting") == [waiting.ref]
    assert find(agent, view="snoozed") == [snoozed.ref]
    assert find(agent, view="resolved") == [closed.ref]
    assert len(find(agent, view="team")) == len(find(agent, view="risk")) == 5
    assert len(find(agent, view="all")) == 6
    assert find(agent, view="all", phase="open", owner="me") == [mine.ref]


def test_filters_narrow_a_view_together(here, find):
    agent = here.agent()
    ticket = here.ticket(language="en")
    other = here.ticket()
    change(here, ticket, labels=["devolución", "vip"], priority="high", rank=1)
    change(here, other, labels=["vip 2"], priority="high", rank=1)
    assert find(agent, label="devolución") == [ticket.ref]
    assert find(agent, label="vip") == [ticket.ref]
    assert find(agent, language="es", priority="high") == [other.ref]
    assert find(agent, language="es", label="vip") == []
    assert find(agent, team="general", owner="ana") == []


def test_the_order_by_risk_is_missed_then_urgent_then_heated_then_the_next_deadline(here, find):
    agent = here.agent()
    at = here.clock()

    def case(minutes, **values):
        ticket = here.ticket(*values.pop("said", ()))
        due = {"due_first_response": at + timedelta(minutes=minutes)}
        later = at + timedelta(days=3)
        return change(
            here, ticket, **{**due, "due_update": later, "due_resolution": later, **values}
        )

    late = case(-1)
    urgent = case(50, priority="urgent", rank=0)
    far, near = case(40), case(10)
    heated = case(30)
    message = here.store.messages(heated.conversation)[0]
    here.store.set_parse(message.id, {"frustration": {"score": 0.9, "level": "angry"}})
    paused = case(-5, paused_at=at)
    updating = case(-9, first_response_at=at, due_update=at + timedelta(minutes=20))
    found = find(agent, sort="risk")
    wanted = [late, urgent, heated, near, updating, far, paused]
    assert found == [ticket.ref for ticket in wanted]


def test_pages_follow_each_other_without_gap_or_overlap(here, search):
    agent = here.agent()
    all_refs = {here.ticket("pedido").ref for _ in range(5)}
    first, after = search.page(agent, Filters(q="pedido", sort="age"), limit=3)
    rest, end = search.page(agent, Filters(q="pedido", sort="age"), limit=3, after=after)
    assert {row["ref"] for row in (*first, *rest)} == all_refs
    assert len(first) == 3 and end is None


@pytest.mark.parametrize(
    "filters, says",
    [
        pytest.param({"view": "quque"}, "Did you mean 'queue'?", id="view"),
        pytest.param({"view": ""}, "Unknown view", id="no view"),
        pytest.param({"team": "sales"}, "Accepted: billing, general", id="team"),
        pytest.param({"priority": "higgh"}, "Did you mean 'high'?", id="priority"),
        pytest.param({"phase": "asleep"}, "Unknown phase", id="phase"),
        pytest.param({"sort": "name"}, "Accepted: age, risk", id="sort"),
        pytest.param({"q": "x" * 101}, "longer than 100", id="too long"),
    ],
)
def test_a_wrong_filter_says_what_is_accepted(here, search, filters, says):
    with pytest.raises(DeskError, match=says.replace("?", r"\?")):
        search.page(here.agent(), Filters(**filters))
