"""An agent takes a chat from the bot."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.deescalation.conversation import ConversationState
from bot.errors import Conflict, NotAllowed, NotFound
from bot.handoff.by_hand import Cases
from bot.handoff.records import Identity, Reply

pytestmark = pytest.mark.database

ANNOYED = {"score": 0.4, "level": "annoyed", "cues": []}
ANGRY = {"score": 0.9, "level": "angry", "cues": []}


def answered(here, text="no llega", *, state=None, feeling=None, **options):
    """Return a conversation to which the bot has answered."""
    conversation = here.chat(text, **options)
    turn = here.store.open_turn(conversation).id
    here.store.start_turn(turn)
    parse = {"frustration": feeling} if feeling else None
    here.store.finish_turn(turn, replies=[Reply("Veamos")], state=state, parse=parse)
    return conversation


def test_taking_a_chat_is_ticket_owner_and_notice_at_once(here):
    ana, conversation = here.agent(), answered(here)

    change = here.desk.take_over(conversation, ana)

    ticket = change.ticket
    assert (ticket.trigger, ticket.reason_code) == ("agent_takeover", "agent_takeover")
    assert (ticket.status, ticket.owner_agent, ticket.team) == ("claimed", "ana", "general")
    assert ticket.context["initiator"] == "agent"
    assert "utter_notice_agent_takeover agent=Ana Ruiz" in change.messages[0].text
    assert here.store.conversation(conversation).owner == "agent"
    kinds = [each["kind"] for each in here.desk.view(ticket.ref, ana)["events"]]
    assert kinds == ["opened", "claimed", "read"]


def test_a_chat_with_a_risk_is_shown_to_and_taken_by_its_team_as_pressing_as_it_is(here):
    seen = ConversationState(step="listen", risks=("press",), priority="high")
    conversation = answered(here, state=seen.summary())
    meg = here.agent("meg", teams=("managers",))

    (row,) = here.desk.bot_chats(meg)
    assert (row["team"], here.desk.bot_chats(here.agent())) == ("managers", [])
    assert Cases(here.desk).bot_chat(conversation, meg)["state"]["risk"] == ["press"]

    ticket = here.desk.take_over(conversation, meg).ticket

    assert (ticket.priority, ticket.team) == ("high", "managers")
    assert ticket.context["risks"] == ["press"]


def test_two_agents_taking_the_same_chat_are_one_ticket(here):
    conversation = answered(here)
    team = [here.agent(f"a{number}") for number in range(5)]

    def take(agent):
        try:
            return here.desk.take_over(conversation, agent).ticket.owner_agent
        except Conflict:
            return None

    with ThreadPoolExecutor(5) as pool:
        owners = [owner for owner in pool.map(take, team) if owner]

    assert len(owners) == 1
    assert len(here.desk.open_cases()) == 1


def test_taking_twice_is_taking_once(here):
    ana, conversation = here.agent(), answered(here)
    first = here.desk.take_over(conversation, ana)

    again = here.desk.take_over(conversation, ana)

    assert (again.ticket.ref, again.created, again.messages) == (first.ticket.ref, False, ())


def test_what_the_bot_says_to_a_running_turn_is_late(here):
    conversation = here.chat("hola")
    turn = here.store.open_turn(conversation).id
    here.store.start_turn(turn)

    here.desk.take_over(conversation, here.agent())
    (late,) = here.store.finish_turn(turn, replies=[Reply("Soy el bot")])

    assert late.late is True
    assert "Soy el bot" not in [each.text for each in here.store.messages(conversation)]


def test_a_turn_that_gathers_is_never_answered_by_the_bot(here):
    conversation = here.chat("hola")
    turn = here.store.open_turn(conversation).id

    here.desk.take_over(conversation, here.agent())

    assert here.store.start_turn(turn) is None
    assert here.store.add_customer_message(conversation, "¿hola?", "m9")[0].turn is None


def test_after_a_takeover_the_agent_hands_back_as_always(here):
    ana, conversation = here.agent(), answered(here)
    ticket = here.desk.take_over(conversation, ana).ticket

    here.desk.give_back(ticket.ref, ana, {"agreed": "Reenviar"})

    assert here.store.conversation(conversation).owner == "bot"


@pytest.mark.parametrize(
    "teams, role, may",
    [
        pytest.param(("logistics",), "agent", True, id="the team of its issue"),
        pytest.param(("general",), "agent", False, id="another team"),
        pytest.param((), "agent", False, id="no team"),
        pytest.param((), "supervisor", True, id="supervisor"),
    ],
)
def test_who_would_receive_a_chat_sees_and_takes_it(here, teams, role, may):
    conversation = answered(here, state={"issue": "late_delivery"})
    agent = here.agent(teams=teams, role=role)

    assert [row["conversation"] for row in here.desk.bot_chats(agent)] == [conversation] * may
    if may:
        assert here.desk.take_over(conversation, agent).ticket.team == "logistics"
    else:
        with pytest.raises(NotAllowed):
            here.desk.take_over(conversation, agent)
        assert here.store.conversation(conversation).owner == "bot"


def test_a_chat_that_waits_for_a_person_or_has_one_is_not_taken(here):
    waiting = here.ticket().conversation

    with pytest.raises(Conflict):
        here.desk.take_over(waiting, here.agent())
    with pytest.raises(NotFound):
        here.desk.take_over("c_unknown", here.agent("bea"))


def test_an_ended_chat_is_not_taken(here):
    conversation = answered(here)
    here.store.end_conversation(conversation)

    with pytest.raises(Conflict):
        here.desk.take_over(conversation, here.agent())


def test_the_most_frustrated_chat_comes_first_with_what_is_known(here):
    calm = answered(here, "gracias", feeling=ANNOYED)
    eva = Identity("verified", "C-1", "Eva")
    hot = answered(here, "basta", feeling=ANGRY, state={"issue": "quality"}, identity=eva)
    here.clock.forward(seconds=30)
    here.store.add_customer_message(hot, "¿hay alguien?", "m9")
    here.clock.forward(seconds=15)

    first, second = here.desk.bot_chats(here.agent(role="supervisor"))

    assert (first["conversation"], second["conversation"]) == (hot, calm)
    assert (first["issue"], first["team"], first["customer"]) == ("quality", "quality", "Eva")
    assert (first["waiting"], second["waiting"]) == (15, None)
    assert first["frustration"]["now"] == 0.9
    assert first["since"] == "2026-11-25T11:00:00.000Z"
    assert first["last_message_at"] == "2026-11-25T11:00:30.000Z"


def test_only_live_chats_of_the_bot_are_listed(here):
    old = answered(here)
    here.clock.forward(minutes=31)
    here.chat()  # nothing was written in it
    here.ticket()  # a person's
    live = answered(here)

    rows = here.desk.bot_chats(here.agent())

    assert [row["conversation"] for row in rows] == [live]
    assert old != live
