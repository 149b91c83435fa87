from concurrent.futures import ThreadPoolExecutor

import pytest
from desk_fakes import sqlite_only

from bot.errors import NotFound, StoreError
from bot.handoff.records import Identity, Reply
from bot.handoff.store import Store

pytestmark = pytest.mark.database

BUTTONS = ({"title": "Sí", "payload": "/affirm"}, {"title": "No", "payload": "/deny"})


def answered(here, conversation, *texts):
    turn = here.store.open_turn(conversation)
    here.store.start_turn(turn.id)
    return here.store.finish_turn(turn.id, replies=[Reply(text) for text in texts])


def test_a_new_conversation_is_the_bots_and_says_what_it_is_first(here):
    conversation = here.store.create_conversation(welcome=Reply("Soy un bot"), disclosure="v1")

    assert conversation.owner == "bot"
    assert conversation.disclosure_at == here.clock.now
    assert [message.text for message in here.store.messages(conversation.id)] == ["Soy un bot"]


def test_an_unknown_conversation_is_not_found(here):
    with pytest.raises(NotFound):
        here.store.conversation("c_nobody")


def test_messages_of_a_burst_join_one_turn(here):
    conversation = here.chat("hola", "¿dónde está mi pedido?")
    turn = here.store.open_turn(conversation)

    texts = [message.text for message in here.store.turn_messages(turn.id)]

    assert texts == ["hola", "¿dónde está mi pedido?"]


def test_a_message_after_the_start_of_a_turn_opens_another(here):
    conversation = here.chat("hola")
    first = here.store.open_turn(conversation)
    here.store.start_turn(first.id)

    message, _ = here.store.add_customer_message(conversation, "y otra cosa", "m9")

    assert message.turn != first.id


def test_the_same_client_id_twice_is_one_message(here):
    conversation = here.chat()

    first, created = here.store.add_customer_message(conversation, "hola", "x")
    again, created_again = here.store.add_customer_message(conversation, "hola", "x")

    assert (created, created_again) == (True, False)
    assert first == again


def test_the_same_client_id_from_eight_threads_at_once_is_one_message(here):
    conversation = here.chat()

    with ThreadPoolExecutor(8) as pool:
        results = list(
            pool.map(lambda _: here.store.add_customer_message(conversation, "hola", "x"), range(8))
        )

    assert sum(created for _, created in results) == 1
    assert len(here.store.messages(conversation)) == 1
    assert len(here.store.unfinished_turns()) == 1


def test_finishing_a_turn_stores_replies_state_and_what_was_understood(here):
    conversation = here.chat("llega tarde", "muy tarde")
    turn = here.store.open_turn(conversation)
    here.store.start_turn(turn.id)
    parse = {"frustration": {"score": 0.7, "level": "frustrated", "cues": []}}

    stored = here.store.finish_turn(
        turn.id,
        replies=[Reply("Lo miro", response="utter_look", variation="look_1")],
        state={"step": "listen", "language": "en", "register": "tu"},
        parse=parse,
        identity=Identity("verified", "C-1001", "Eva", "eva@example.org"),
    )

    after = here.store.conversation(conversation)
    written = here.store.turn_messages(turn.id)
    assert [message.text for message in stored] == ["Lo miro"]
    assert (after.state["step"], after.language, after.register) == ("listen", "en", "tu")
    assert after.identity == Identity("verified", "C-1001", "Eva", "eva@example.org")
    assert [message.parse for message in written] == [None, parse]
    assert here.store.said(conversation) == ["look_1"]
    assert here.store.turn(turn.id).status == "answered"


def test_finishing_a_turn_twice_doubles_no_reply(here):
    conversation = here.chat("hola")
    turn = here.store.open_turn(conversation)
    here.store.start_turn(turn.id)

    first = here.store.finish_turn(turn.id, replies=[Reply("Hola")])
    again = here.store.finish_turn(turn.id, replies=[Reply("Hola")])

    assert first == again
    assert len(here.store.messages(conversation)) == 2


def test_a_reply_to_a_turn_that_was_given_up_is_late(here):
    conversation = here.chat("hola")
    turn = here.store.open_turn(conversation)
    here.store.start_turn(turn.id)
    here.store.fail_turn(turn.id, "EngineLate")

    stored = here.store.finish_turn(turn.id, replies=[Reply("Hola")])

    assert [message.late for message in stored] == [True]
    assert len(here.store.messages(conversation)) == 1
    assert len(here.store.messages(conversation, late=True)) == 2
    assert here.store.turn(turn.id).error == {"detail": "EngineLate"}


def test_a_running_turn_may_be_started_again_after_a_crash_but_a_finished_one_not(here):
    conversation = here.chat("hola")
    turn = here.store.open_turn(conversation)

    assert here.store.start_turn(turn.id).status == "running"
    assert here.store.start_turn(turn.id).status == "running"
    here.store.finish_turn(turn.id, replies=[Reply("Hola")])
    assert here.store.start_turn(turn.id) is None


def test_what_a_crash_left_unfinished_is_found_oldest_first(here):
    first = here.chat("uno")
    here.store.start_turn(here.store.open_turn(first).id)
    here.clock.forward(seconds=1)
    second = here.chat("dos")

    found = here.store.unfinished_turns()

    assert [turn.conversation for turn in found] == [first, second]
    assert [turn.status for turn in found] == ["running", "open"]


def test_a_quick_reply_is_stored_as_its_title_and_its_meaning_stays_here(here):
    conversation = here.chat("hola")
    turn = here.store.open_turn(conversation)
    shown = here.store.finish_turn(turn.id, replies=[Reply("¿Sí?", BUTTONS)])[0]
    choice = shown.as_dict()["choices"][0]

    message, _ = here.store.add_customer_message(conversation, "", "m1", choice_id=choice["id"])

    assert set(choice) == {"id", "title", "used"}
    assert message.text == "Sí"
    assert message.choice["payload"] == "/affirm"
    used = here.store.messages(conversation)[1].as_dict()["choices"]
    assert [each["used"] for each in used] == [True, False]


def test_a_quick_reply_taken_twice_is_one_message(here):
    conversation = here.chat("hola")
    turn = here.store.open_turn(conversation)
    shown = here.store.finish_turn(turn.id, replies=[Reply("¿Sí?", BUTTONS)])[0]
    choice = shown.choices[0]["id"]

    first, _ = here.store.add_customer_message(conversation, "", "a", choice_id=choice)
    again, created = here.store.add_customer_message(conversation, "", "b", choice_id=choice)

    assert (again, created) == (first, False)


def test_a_quick_reply_of_another_conversation_opens_nothing(here):
    conversation = here.chat("hola")
    turn = here.store.open_turn(conversation)
    shown = here.store.finish_turn(turn.id, replies=[Reply("¿Sí?", BUTTONS)])[0]

    with pytest.raises(NotFound):
        here.store.add_customer_message(here.chat(), "", "m", choice_id=shown.choices[0]["id"])


def test_messages_after_an_id_come_in_order(here):
    conversation = here.chat("uno", "dos", "tres")
    first = here.store.messages(conversation)[0]

    assert [m.text for m in here.store.messages(conversation, first.id)] == ["dos", "tres"]


def test_a_signed_identity_is_good_once(here):
    soon = here.clock.now.replace(hour=12)

    assert here.store.use_identity("jti-1", soon) is True
    assert here.store.use_identity("jti-1", soon) is False


def test_tries_to_prove_an_order_are_counted_per_conversation(here):
    one, other = here.chat(), here.chat()

    assert [here.store.count_identity_try(one) for _ in range(3)] == [1, 2, 3]
    assert here.store.count_identity_try(other) == 1


@sqlite_only
def test_a_reopened_store_has_everything(here, tmp_path):
    conversation = here.chat("hola")
    here.store.close()

    again = Store(f"sqlite:///{tmp_path / 'desk.db'}")

    assert [message.text for message in again.messages(conversation)] == ["hola"]
    again.close()


def test_writers_in_many_threads_wait_for_each_other(here):
    conversations = [here.chat() for _ in range(4)]

    def write(number):
        here.store.add_customer_message(conversations[number % 4], f"t{number}", f"c{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(80)))

    assert sum(len(here.store.messages(each)) for each in conversations) == 80


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("sqlite://", id="in memory"),
        pytest.param("no address", id="nonsense"),
    ],
)
def test_a_database_that_cannot_work_is_refused_clearly(url):
    with pytest.raises(StoreError):
        Store(url)
