"""What was promised is kept, or a person is woken: once, whatever happens in between."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from desk_fakes import WEDNESDAY_NOON, fake_desk, sqlite_only

from bot.errors import NotAllowed, NotFound
from bot.handoff.instants import instant
from bot.handoff.presence import Call
from bot.handoff.records import Reply, Vow
from bot.handoff.store import promises
from bot.handoff.tables import promises as table

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)
RESEND = Vow("resend", "El reenvío sale hoy", WEDNESDAY_NOON + HOUR)


def running(here, *texts, **options):
    """Return a conversation and its turn that runs."""
    conversation = here.chat(*(texts or ("no llega",)), **options)
    turn = here.store.open_turn(conversation).id
    here.store.start_turn(turn)
    return conversation, turn


def promised(here, *vows):
    """Return a conversation in which the bot promised something."""
    conversation, turn = running(here)
    here.store.finish_turn(turn, replies=[Reply("Sale hoy")], vows=vows or (RESEND,))
    return conversation


def ledger(here, conversation):
    with here.store.database.read() as connection:
        return promises.of_conversation(connection, conversation)


def events(here, ref, agent):
    return [each["kind"] for each in here.desk.view(ref, agent)["events"]]


def test_a_promise_is_stored_with_the_turn_that_made_it(here):
    (promise,) = ledger(here, promised(here))

    assert (promise.name, promise.owner, promise.made_by) == ("resend", "bot", "bot")
    assert (promise.due, promise.kept_at, promise.ticket) == (RESEND.due, None, None)


def test_a_turn_answered_twice_promises_once(here):
    conversation, turn = running(here)
    for _ in range(2):
        here.store.finish_turn(turn, replies=[Reply("Sale hoy")], vows=[RESEND])

    assert len(ledger(here, conversation)) == 1


def test_the_same_name_twice_in_a_turn_is_one_promise(here):
    assert len(ledger(here, promised(here, RESEND, RESEND))) == 1


def test_what_the_customer_never_read_is_no_promise(here):
    conversation, turn = running(here)
    here.desk.open_ticket(conversation, None, trigger="person_button")

    here.store.finish_turn(turn, replies=[Reply("Sale hoy")], vows=[RESEND], kept=["refund"])

    assert ledger(here, conversation) == []


def test_the_bot_says_that_it_kept_a_promise(here):
    conversation = promised(here)
    here.store.add_customer_message(conversation, "¿ha salido?", "m9")
    turn = here.store.open_turn(conversation).id
    here.store.start_turn(turn)

    again = Vow("resend", "Otro reenvío", RESEND.due)
    here.store.finish_turn(turn, replies=[Reply("Ha salido")], kept=["resend"], vows=[again])

    assert [each.kept_at is not None for each in ledger(here, conversation)] == [True, False]


def test_a_handoff_carries_what_was_promised_in_its_own_turn_and_before(here):
    conversation = promised(here)
    here.store.add_customer_message(conversation, "una persona", "m9")
    turn = here.store.open_turn(conversation).id
    here.store.start_turn(turn)

    call = Vow("call", "Le llaman antes de las 18:00", RESEND.due, "logistics")
    ticket, _ = here.desk.open_ticket(
        conversation, {"trigger": "x"}, trigger="x", turn=turn, replies=[Reply("Va")], vows=[call]
    )

    told = [(each["text"], each["kept"]) for each in ticket.context["promises"]]
    assert told == [(RESEND.text, False), (call.text, False)]
    assert {each.ticket for each in ledger(here, conversation)} == {ticket.ref}


def test_what_an_agent_promises_on_handing_back_is_the_teams(here):
    ana, ticket = here.agent(), here.ticket()
    here.desk.claim(ticket.ref, ana)
    note = {"text": "Llega el viernes", "due": "2026-11-27T18:00:00+01:00"}
    here.desk.give_back(ticket.ref, ana, {"agreed": "Reenviar", "promised": [note]})

    (promise,) = ledger(here, ticket.conversation)

    assert (promise.made_by, promise.owner, promise.ticket) == ("agent", "general", ticket.ref)
    assert promise.due == instant("2026-11-27T17:00:00Z")


@pytest.mark.parametrize("text", ["mañana", "", None, "2026-11-27T18:00:00", "2026-13-01"])
def test_what_names_no_instant_is_none(text):
    assert instant(text) is None


@pytest.mark.parametrize(
    "text, expected",
    [
        pytest.param("2026-11-27", "2026-11-27T22:59:59Z", id="a day is its end at the desk"),
        pytest.param("2026-07-27", "2026-07-27T21:59:59Z", id="in summer too"),
        pytest.param("2026-11-27T18:00", "2026-11-27T17:00:00Z", id="the desk's time"),
        pytest.param("2026-11-27T18:00:00Z", "2026-11-27T18:00:00Z", id="a zone of its own"),
    ],
)
def test_a_time_without_a_zone_is_the_desks(here, text, expected):
    assert instant(text, here.desk.rules.zone) == instant(expected)


def test_a_promise_that_is_not_due_wakes_nobody(here):
    promised(here)

    here.clock.forward(minutes=59)

    assert here.desk.alarm_promises() == []


def test_a_promise_without_a_time_wakes_nobody(here):
    promised(here, Vow("call", "Le llaman", None))

    here.clock.forward(days=300)

    assert here.desk.alarm_promises() == []


def test_a_due_promise_without_a_ticket_opens_one_for_its_owner(here):
    conversation = promised(here, Vow("resend", RESEND.text, RESEND.due, "logistics"))
    here.clock.forward(hours=1)

    (change,) = here.desk.alarm_promises()

    ticket = change.ticket
    assert (ticket.reason_code, ticket.trigger) == ("promise_due", "promise_due")
    assert (ticket.team, ticket.priority, ticket.status) == ("logistics", "high", "queued")
    assert ticket.context["initiator"] == "system"
    assert ticket.context["trigger"]["evidence"] == RESEND.text
    assert "utter_notice_promise_due" in change.messages[0].text
    assert here.store.conversation(conversation).owner == "queue"


def test_a_due_promise_of_the_bots_goes_where_the_issue_belongs(here):
    _, turn = running(here)
    state = {"issue": "double_charge"}
    here.store.finish_turn(turn, replies=[Reply("Sale hoy")], vows=[RESEND], state=state)
    here.clock.forward(hours=1)

    (change,) = here.desk.alarm_promises()

    assert change.ticket.team == "billing"


def test_a_due_promise_presses_in_the_ticket_that_is_open(here):
    conversation = promised(here)
    ticket, _ = here.desk.open_ticket(conversation, None, trigger="person_button")
    sol = here.agent("sol", role="supervisor")
    here.clock.forward(hours=1)

    (change,) = here.desk.alarm_promises()

    assert (change.ticket.ref, change.messages) == (ticket.ref, ())
    assert (ticket.priority, change.ticket.priority, change.ticket.rank) == ("medium", "high", 1)
    assert change.ticket.due_first_response <= ticket.due_first_response
    assert "promise_due" in events(here, ticket.ref, sol)
    assert change.call is None  # nobody has it: its line in the queue tells


def test_a_due_promise_calls_who_has_the_case_and_waits_for_their_eyes(here):
    conversation = promised(here)
    ana = here.agent("ana")
    ticket, _ = here.desk.open_ticket(conversation, {"priority": "urgent"}, trigger="x")
    here.desk.claim(ticket.ref, ana)
    here.clock.forward(hours=1)

    (change,) = here.desk.alarm_promises()

    assert change.call == Call(("ana",), "promise")
    assert here.desk.row(ticket.ref, viewer="ana")["mentioned"] is True


def test_a_ticket_that_presses_more_keeps_its_priority(here):
    conversation = promised(here)
    urgent = {"trigger": "x", "priority": "urgent"}
    here.desk.open_ticket(conversation, urgent, trigger="x")
    here.clock.forward(hours=1)

    (change,) = here.desk.alarm_promises()

    assert change.ticket.priority == "urgent"


def test_a_promise_is_alarmed_once_even_by_many_at_the_same_time(here):
    conversation = promised(here)
    here.clock.forward(hours=1)

    with ThreadPoolExecutor(4) as pool:
        changes = [each for found in pool.map(_alarm, [here] * 4) for each in found]

    assert len(changes) == 1
    assert here.desk.alarm_promises() == []
    assert len([m for m in here.store.messages(conversation) if m.author == "system"]) == 1


def _alarm(here):
    return here.desk.alarm_promises()


def test_two_promises_due_at_once_are_one_ticket(here):
    promised(here, RESEND, Vow("call", "Le llaman", RESEND.due))
    here.clock.forward(hours=1)

    first, second = here.desk.alarm_promises()

    assert first.ticket.ref == second.ticket.ref


def test_a_kept_promise_wakes_nobody(here):
    conversation = promised(here)
    ticket, _ = here.desk.open_ticket(conversation, None, trigger="person_button")
    ana = here.agent()
    (promise,) = ledger(here, conversation)

    first = here.desk.keep_promise(ticket.ref, ana, promise.id)
    again = here.desk.keep_promise(ticket.ref, ana, promise.id)
    here.clock.forward(hours=2)

    assert (first.created, again.created) == (True, False)
    assert here.desk.alarm_promises() == []
    assert events(here, ticket.ref, ana).count("promise_kept") == 1
    assert here.desk.view(ticket.ref, ana)["context"]["promises"][0]["kept"] is True


def test_only_a_promise_of_the_ticket_can_be_kept_and_only_by_who_sees_it(here):
    (promise,) = ledger(here, promised(here))
    ticket = here.ticket()

    with pytest.raises(NotFound):
        here.desk.keep_promise(ticket.ref, here.agent(), promise.id)
    with pytest.raises(NotFound):
        here.desk.keep_promise(ticket.ref, here.agent("bea"), 999)
    with pytest.raises(NotAllowed):
        here.desk.keep_promise(ticket.ref, here.agent("eva", teams=("billing",)), promise.id)


def test_a_promise_due_while_the_desk_is_closed_waits_in_the_queue_for_the_morning(here):
    night = WEDNESDAY_NOON + timedelta(hours=12)  # midnight in Madrid
    conversation = promised(here, Vow("resend", RESEND.text, night))
    here.clock.now = night

    (change,) = here.desk.alarm_promises()

    assert "opens=hoy a las 9:00" in change.messages[0].text
    assert change.ticket.due_first_response == instant("2026-11-26T08:03:00Z")
    assert here.store.conversation(conversation).owner == "queue"


@sqlite_only
def test_a_restart_between_due_and_alarm_loses_and_repeats_nothing(tmp_path):
    before = fake_desk(tmp_path)
    conversation = promised(before)
    before.store.close()

    after = fake_desk(tmp_path)
    after.clock.forward(hours=2)
    assert [each.ticket.conversation for each in after.desk.alarm_promises()] == [conversation]
    after.store.close()

    later = fake_desk(tmp_path)
    later.clock.forward(hours=3)
    assert later.desk.alarm_promises() == []
    later.store.close()


def test_a_failure_while_opening_leaves_the_alarm_for_the_next_look_and_stops_no_other(here):
    conversation, other = promised(here), promised(here)
    here.desk.open_ticket(other, None, trigger="person_button")
    here.clock.forward(hours=1)
    words, here.phrasebook.choose = here.phrasebook.choose, _broken

    assert [each.ticket.conversation for each in here.desk.alarm_promises()] == [other]
    assert here.store.conversation(conversation).owner == "bot"
    here.phrasebook.choose = words

    assert [each.ticket.conversation for each in here.desk.alarm_promises()] == [conversation]


def _broken(*args, **kwargs):
    raise RuntimeError("no words")


def test_the_log_never_has_the_words_of_a_promise(here):
    conversation = promised(here)
    here.clock.forward(hours=1)
    (change,) = here.desk.alarm_promises()

    seen = here.desk.view(change.ticket.ref, here.agent())["events"]

    assert RESEND.text not in str(seen)
    assert ledger(here, conversation)[0].ticket == change.ticket.ref


def test_the_database_itself_refuses_the_same_promise_twice(here):
    conversation = promised(here)
    (promise,) = ledger(here, conversation)
    row = {
        "conversation": conversation,
        "turn": promise.turn,
        "name": promise.name,
        "text": "otra vez",
        "owner": "bot",
        "made_by": "bot",
        "made_at": here.clock.now,
    }

    with pytest.raises(sa.exc.IntegrityError), here.store.database.write() as connection:
        connection.execute(sa.insert(table).values(**row))
