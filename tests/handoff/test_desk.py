from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.errors import Conflict, DeskError, NotAllowed, NotFound
from bot.handoff.records import Reply

pytestmark = pytest.mark.database

NOTE = {
    "agreed": "Reenviar el pedido",
    "promised": [{"text": "Llega el viernes", "due": "2026-11-27T18:00:00Z"}],
    "offers_refused": ["Vale de 10 €"],
}


@pytest.fixture
def ana(here):
    return here.agent()


@pytest.fixture
def claimed(here, ana):
    ticket = here.ticket("no llega")
    return here.desk.claim(ticket.ref, ana).ticket


def kinds(here, ref, agent):
    return [event["kind"] for event in here.desk.view(ref, agent)["events"]]


def test_claiming_gives_the_chat_to_the_agent_and_tells_the_customer(here, ana):
    ticket = here.ticket()
    change = here.desk.claim(ticket.ref, ana)

    assert change.ticket.owner_agent == "ana"
    assert "agent=Ana Ruiz" in change.messages[0].text
    assert here.store.conversation(ticket.conversation).owner == "agent"


def test_claiming_twice_is_claiming_once(here, ana, claimed):
    again = here.desk.claim(claimed.ref, ana)

    assert (again.created, again.messages) == (False, ())


def test_only_one_of_many_agents_gets_a_ticket(here):
    ticket = here.ticket()
    team = [here.agent(f"a{number}") for number in range(5)]

    def claim(agent):
        try:
            return here.desk.claim(ticket.ref, agent).ticket.owner_agent
        except Conflict:
            return None

    with ThreadPoolExecutor(5) as pool:
        owners = [owner for owner in pool.map(claim, team) if owner]

    assert len(owners) == 1


def test_an_agent_of_another_team_can_do_nothing(here):
    ticket = here.ticket()
    bea = here.agent("bea", teams=("billing",))

    for operation in (here.desk.claim, here.desk.view, here.desk.release):
        with pytest.raises(NotAllowed):
            operation(ticket.ref, bea)


def test_only_who_claimed_it_may_speak(here, claimed):
    bea = here.agent("bea")

    with pytest.raises(NotAllowed):
        here.desk.say(claimed.ref, bea, "hola", "1")


def test_nobody_speaks_on_a_ticket_that_waits(here, ana):
    with pytest.raises(Conflict):
        here.desk.say(here.ticket().ref, ana, "hola", "1")


def test_a_message_of_the_agent_is_stored_once_and_stops_the_first_clock(here, ana, claimed):
    here.clock.forward(seconds=30)
    first = here.desk.say(claimed.ref, ana, "Hola, soy Ana", "1")
    here.clock.forward(seconds=30)
    again = here.desk.say(claimed.ref, ana, "Hola, soy Ana", "1")
    other = here.desk.say(claimed.ref, ana, "¿Sigue ahí?", "2")

    assert first.messages == again.messages
    assert again.created is False
    assert other.ticket.first_response_at == first.messages[0].created_at
    assert first.messages[0].name == "Ana Ruiz"


def test_an_agents_and_a_customers_client_ids_do_not_collide(here, ana, claimed):
    here.store.add_customer_message(claimed.conversation, "gracias", "1")

    change = here.desk.say(claimed.ref, ana, "de nada", "1")

    assert change.messages[0].text == "de nada"


def test_the_client_ids_of_two_agents_do_not_collide(here, ana, claimed):
    here.desk.say(claimed.ref, ana, "soy Ana", "1")
    here.desk.release(claimed.ref, ana)
    bea = here.agent("bea", name="Bea")
    here.desk.claim(claimed.ref, bea)

    assert here.desk.say(claimed.ref, bea, "soy Bea", "1").messages[0].text == "soy Bea"


def test_a_message_without_words_is_refused(here, ana, claimed):
    with pytest.raises(DeskError):
        here.desk.say(claimed.ref, ana, "  ", "1")


def test_a_hand_back_leaves_a_turn_that_a_crash_cannot_lose(here, ana, claimed):
    change = here.desk.give_back(claimed.ref, ana, NOTE)

    (turn,) = here.store.unfinished_turns()
    assert (turn.kind, turn.conversation) == ("handback", claimed.conversation)
    assert turn.note["agreed"] == "Reenviar el pedido"
    assert turn.note["agent"] == "Ana Ruiz"
    assert turn.note["offers_refused"] == ["Vale de 10 €"]
    assert change.ticket.status == "returned"
    assert here.store.conversation(claimed.conversation).owner == "bot"


def test_after_a_hand_back_the_bot_answers_what_it_is_asked(here, ana, claimed):
    here.desk.give_back(claimed.ref, ana, NOTE)
    (turn,) = here.store.unfinished_turns()
    here.store.start_turn(turn.id)
    stored = here.store.finish_turn(turn.id, replies=[Reply("Queda así")])
    message, _ = here.store.add_customer_message(claimed.conversation, "vale", "v")

    assert stored[0].late is False
    assert here.store.start_turn(message.turn) is not None


@pytest.mark.parametrize("end", ["give_back", "resolve"])
def test_a_case_does_not_end_over_what_the_customer_wrote_a_moment_ago(here, ana, claimed, end):
    def close(seen):
        if end == "give_back":
            return here.desk.give_back(claimed.ref, ana, NOTE, seen=seen)
        return here.desk.resolve(claimed.ref, ana, "solved", cause="wish", seen=seen)

    seen = here.store.messages(claimed.conversation)[-1].id
    newer, _ = here.store.add_customer_message(claimed.conversation, "¿y cuándo llega?", "late")

    with pytest.raises(Conflict) as refused:
        close(seen)
    assert refused.value.code == "unread"
    assert refused.value.facts == {"said": "¿y cuándo llega?", "newest": newer.id}
    assert here.store.conversation(claimed.conversation).owner == "agent"
    assert close(newer.id).ticket.status in ("returned", "resolved")


def test_a_hand_back_needs_to_say_what_was_agreed(here, ana, claimed):
    with pytest.raises(DeskError):
        here.desk.give_back(claimed.ref, ana, {"agreed": " "})

    assert here.store.conversation(claimed.conversation).owner == "agent"


def test_what_the_bot_began_before_the_handoff_never_comes_after_the_hand_back(here, ana):
    conversation = here.chat("hola")
    turn = here.store.open_turn(conversation)
    here.store.start_turn(turn.id)
    ticket, _ = here.desk.open_ticket(conversation, None, trigger="person_button")
    here.desk.claim(ticket.ref, ana)
    here.desk.give_back(ticket.ref, ana, NOTE)

    stored = here.store.finish_turn(turn.id, replies=[Reply("una respuesta vieja")])

    assert stored[0].late is True
    assert [each.kind for each in here.store.unfinished_turns()] == ["handback"]


def test_resolving_tells_the_customer_and_keeps_how_it_ended(here, ana, claimed):
    change = here.desk.resolve(claimed.ref, ana, "solved", "Reenviado", cause="system")

    assert change.messages[0].response == "utter_notice_resolved"
    assert (change.ticket.status, change.ticket.disposition) == ("resolved", "solved")
    assert here.store.conversation(claimed.conversation).owner == "bot"
    assert here.desk.view(claimed.ref, ana)["context"]["returned"]["agreed"] == "Reenviado"


def test_an_unknown_disposition_is_refused_with_a_hint(here, ana, claimed):
    with pytest.raises(DeskError, match="Did you mean 'solved'"):
        here.desk.resolve(claimed.ref, ana, "solvd", cause="system")


def test_who_writes_after_a_resolved_case_is_answered_by_a_bot_that_knows(here, ana, claimed):
    here.desk.resolve(claimed.ref, ana, "solved", "Reenviado", cause="system")
    message, _ = here.store.add_customer_message(claimed.conversation, "¿y la factura?", "f")
    here.store.add_customer_message(claimed.conversation, "¿hola?", "g")

    first, second = here.store.unfinished_turns()

    assert (first.kind, first.note["agreed"]) == ("handback", "Reenviado")
    assert (second.kind, second.id) == ("message", message.turn)


def test_a_resolved_case_that_is_reopened_tells_the_bot_nothing(here, ana, claimed):
    here.desk.resolve(claimed.ref, ana, "solved", "Reenviado", cause="system")
    change = here.desk.reopen(claimed.ref, ana)
    here.store.add_customer_message(claimed.conversation, "sigo aquí", "s")

    assert change.ticket.status == "claimed"
    assert change.ticket.disposition is None
    assert here.store.unfinished_turns() == []


def test_a_case_is_not_reopened_beside_a_newer_one(here, ana, claimed):
    here.desk.resolve(claimed.ref, ana, "solved", cause="system")
    here.desk.open_ticket(claimed.conversation, None, trigger="person_button")

    with pytest.raises(Conflict):
        here.desk.reopen(claimed.ref, ana)


def test_a_released_ticket_waits_again_in_its_old_place(here, ana, claimed):
    here.clock.forward(minutes=1)
    later = here.ticket()
    change = here.desk.release(claimed.ref, ana)

    rows, _ = here.desk.queue(ana)

    assert [row["ref"] for row in rows] == [claimed.ref, later.ref]
    assert change.messages[0].response == "utter_notice_released"


def test_an_agent_who_is_gone_keeps_the_chat_for_the_grace(here, ana, claimed):
    here.desk.agent_back(ana)
    here.desk.agent_lost(ana)
    here.clock.forward(seconds=179)

    assert here.desk.sweep() == []
    assert here.store.conversation(claimed.conversation).owner == "agent"


def test_an_agent_who_stays_away_loses_the_chat_to_the_queue_not_to_the_bot(here, ana, claimed):
    here.desk.agent_lost(ana)
    here.clock.forward(seconds=180)

    (change,) = here.desk.sweep()

    assert change.ticket.status == "queued"
    assert change.messages[0].response == "utter_notice_agent_lost"
    assert here.store.conversation(claimed.conversation).owner == "queue"
    assert here.desk.sweep() == []
    assert kinds(here, claimed.ref, ana)[-3:] == ["lost", "requeued", "read"]


def test_an_agent_who_is_back_in_time_keeps_the_chat(here, ana, claimed):
    here.desk.agent_lost(ana)
    here.clock.forward(seconds=100)
    here.desk.agent_back(ana)
    here.clock.forward(seconds=100)

    assert here.desk.sweep() == []


def test_an_agent_who_speaks_through_a_program_is_not_lost(here, ana, claimed):
    here.desk.agent_lost(ana)
    here.desk.say(claimed.ref, ana, "sigo aquí", "1")
    here.clock.forward(minutes=10)

    assert here.desk.sweep() == []


def test_agents_who_never_had_a_console_are_never_lost(here, ana, claimed):
    assert here.desk.all_lost() == []


def test_after_a_crash_connected_agents_have_the_grace_to_come_back(here, ana, claimed):
    here.desk.agent_back(ana)

    assert [ticket.ref for ticket in here.desk.all_lost()] == [claimed.ref]
    assert here.desk.all_lost() == []


def test_every_read_is_logged_and_the_log_only_grows(here, ana, claimed):
    here.desk.view(claimed.ref, ana)

    events = here.desk.view(claimed.ref, ana)["events"]

    assert [each["kind"] for each in events] == ["opened", "claimed", "read", "read"]
    assert {each["actor"] for each in events[1:]} == {"agent:ana"}


def test_the_log_holds_no_words_of_the_chat(here, ana, claimed):
    here.desk.say(claimed.ref, ana, "un secreto", "1")

    assert "secreto" not in str(here.desk.view(claimed.ref, ana)["events"])


def test_the_agent_sees_the_whole_transcript_over_all_stretches(here, ana, claimed):
    here.desk.say(claimed.ref, ana, "soy Ana", "1")
    here.desk.give_back(claimed.ref, ana, NOTE)
    (turn,) = here.store.unfinished_turns()
    here.store.finish_turn(turn.id, replies=[Reply("sigo yo")])
    here.store.add_customer_message(claimed.conversation, "otra vez persona", "o")
    ticket, _ = here.desk.open_ticket(claimed.conversation, None, trigger="person_button")

    context = here.desk.view(ticket.ref, ana)["context"]

    told = [message["text"] for message in context["transcript"]]
    assert [text for text in told if not text.startswith("utter_")] == [
        "no llega",
        "soy Ana",
        "sigo yo",
        "otra vez persona",
    ]
    assert [each["ref"] for each in context["history"]["tickets"]] == [claimed.ref]


def test_frustration_is_shown_per_message_with_peak_and_trend(here, ana):
    ticket = here.ticket("uno", "dos", "tres")
    scores = [(0.2, "calm"), (0.9, "angry"), (0.3, "annoyed")]
    written = [m for m in here.store.messages(ticket.conversation) if m.author == "customer"]
    for message, (score, level) in zip(written, scores, strict=True):
        frustration = {"score": score, "level": level, "cues": []}
        here.store.set_parse(message.id, {"frustration": frustration})

    whole = here.desk.view(ticket.ref, ana)

    feeling = whole["context"]["frustration"]
    assert (feeling["now"], feeling["peak"], feeling["trend"]) == (0.3, 0.9, "falling")
    assert [each["score"] for each in feeling["messages"]] == [0.2, 0.9, 0.3]
    assert whole["ticket"]["frustration"] == {
        "now": 0.3,
        "peak": 0.9,
        "trend": "falling",
        "level": "annoyed",
    }


def test_late_replies_are_marked_for_the_agent(here, ana):
    conversation = here.chat("hola")
    turn = here.store.open_turn(conversation)
    here.store.start_turn(turn.id)
    ticket, _ = here.desk.open_ticket(conversation, None, trigger="person_button")
    here.store.finish_turn(turn.id, replies=[Reply("tarde")])

    seen = here.desk.view(ticket.ref, ana)["messages"]

    assert [(each["text"], each["late"]) for each in seen if each["author"] == "bot"] == [
        ("tarde", True)
    ]


def test_views_show_what_they_say(here, ana, claimed):
    waiting = here.ticket()
    done = here.ticket()
    here.desk.claim(done.ref, ana)
    here.desk.resolve(done.ref, ana, "solved", cause="system")

    def refs(view):
        return {row["ref"] for row in here.desk.queue(ana, view)[0]}

    assert refs("queue") == {waiting.ref}
    assert refs("mine") == {claimed.ref}
    assert refs("resolved") == {done.ref}
    assert refs("all") == {waiting.ref, claimed.ref, done.ref}


def test_a_reference_is_found_as_people_type_it(here, ana, claimed):
    assert here.desk.view(f" {claimed.ref.lower()} ", ana)["ticket"]["ref"] == claimed.ref


def test_an_unknown_reference_is_not_found(here, ana):
    with pytest.raises(NotFound):
        here.desk.view("R-222222", ana)


def test_the_wait_of_a_ticket_counts_until_it_is_claimed(here, ana):
    ticket = here.ticket()
    here.clock.forward(seconds=90)
    assert here.desk.row(ticket.ref)["wait"] == 90
    here.desk.claim(ticket.ref, ana)
    here.clock.forward(seconds=90)

    assert here.desk.row(ticket.ref)["wait"] == 90
