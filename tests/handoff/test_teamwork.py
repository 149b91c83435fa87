"""Notes, mentions, participants, consulting: nobody's case changes hands, no customer reads it."""

import pytest

from bot.errors import Conflict, DeskError, NotAllowed
from bot.handoff.colleagues import Colleagues
from bot.handoff.people import MENTION
from bot.handoff.teamwork import Teamwork

pytestmark = pytest.mark.database


@pytest.fixture
def team(here):
    return Teamwork(here.desk)


def kinds(here, ref, agent):
    return [event["kind"] for event in here.desk.view(ref, agent)["events"]]


def texts(here, ref):
    chat = here.desk.ticket(ref).conversation
    return [message.text for message in here.store.messages(chat)]


@pytest.mark.parametrize(
    "text, names",
    [
        pytest.param("@bea mira esto", ["bea"], id="at the start"),
        pytest.param("Lo sabe @bea.", ["bea"], id="before a full stop"),
        pytest.param("(@bea, @leo)", ["bea", "leo"], id="two"),
        pytest.param("escribe a eva@tienda.es", [], id="an e-mail address"),
        pytest.param("@j.perez-gil", ["j.perez-gil"], id="dots and dashes"),
        pytest.param("a las 10 @ la tienda", [], id="a lone at"),
    ],
)
def test_mentions_are_read_out_of_a_note(text, names):
    assert MENTION.findall(text) == names


def test_a_note_is_for_colleagues_only(here, team, ana, ref):
    before = texts(here, ref)

    _, note = team.note(ref, ana, "  Cliente habitual  ")

    assert (note["text"], note["agent_name"], note["kind"]) == (
        "Cliente habitual",
        "Ana Ruiz",
        "note",
    )
    assert team.notes(ref, ana) == [note]
    assert texts(here, ref) == before
    assert "noted" in kinds(here, ref, ana)
    assert "Cliente habitual" not in str(here.desk.view(ref, ana)["events"])


def test_who_is_mentioned_sees_the_case_and_finds_it_until_it_is_read(here, team, ana, bea, ref):
    with pytest.raises(NotAllowed):
        team.notes(ref, bea)

    _, note = team.note(ref, ana, "@bea ¿es un cobro doble?")

    assert note["mentions"] == ["bea"]
    (waiting,) = team.inbox(bea)
    assert (waiting["ref"], waiting["kind"], waiting["by"]) == (ref, "note", "ana")
    assert here.desk.row(ref, viewer="bea")["mentioned"] is True
    assert here.desk.row(ref, viewer="ana")["mentioned"] is False
    assert team.notes(ref, bea) == [note]
    assert team.read(ref, bea).created is True
    assert team.inbox(bea) == []
    assert team.read(ref, bea).created is False


def test_an_unknown_name_is_told_and_nothing_is_kept(team, ana, bea, ref):
    with pytest.raises(DeskError, match=r"'@bae' is nobody.*Did you mean 'bea'") as refused:
        team.note(ref, ana, "@bea y @bae, mirad")

    assert refused.value.facts["agent"] == "@bae"
    assert team.notes(ref, ana) == []
    assert team.inbox(bea) == []


def test_mentioning_oneself_rings_nowhere(team, ana, ref):
    _, note = team.note(ref, ana, "Lo miro yo, @ana")

    assert note["mentions"] == []
    assert team.inbox(ana) == []


def test_a_participant_writes_while_the_owner_stays(here, team, ana, bea, ref):
    with pytest.raises(NotAllowed):
        here.desk.say(ref, bea, "Hola", "1")

    _, guest = team.invite(ref, ana, "@bea")

    assert guest == {"username": "bea", "name": "Bea Gil"}
    assert here.desk.row(ref)["participants"] == [guest]
    said = here.desk.say(ref, bea, "Hola, soy Bea", "1")
    assert said.messages[0].name == "Bea Gil"
    assert said.ticket.owner_agent == "ana"
    with pytest.raises(NotAllowed):
        here.desk.resolve(ref, bea, "solved", cause="system")


def test_inviting_twice_is_inviting_once_and_the_owner_is_no_guest(here, team, ana, bea, ref):
    team.invite(ref, ana, "bea")

    assert team.invite(ref, ana, "bea")[0].created is False
    assert kinds(here, ref, ana).count("joined") == 1
    with pytest.raises(Conflict):
        team.invite(ref, bea, "ana")


def test_who_leaves_writes_no_more_and_may_come_back(here, team, ana, bea, ref):
    team.invite(ref, ana, "bea")
    team.leave(ref, bea, "bea")

    assert here.desk.row(ref)["participants"] == []
    with pytest.raises(NotAllowed):
        here.desk.say(ref, bea, "Hola", "1")
    team.invite(ref, ana, "bea")
    assert here.desk.row(ref)["participants"] == [{"username": "bea", "name": "Bea Gil"}]


def test_only_owner_supervisor_or_oneself_ends_a_participation(here, team, ana, bea, ref):
    leo = here.agent("leo")
    team.invite(ref, ana, "bea")

    with pytest.raises(NotAllowed):
        team.leave(ref, leo, "bea")
    assert team.leave(ref, here.agent("boss", role="supervisor"), "bea").created is True


def test_a_consultation_reaches_every_supervisor_and_the_answer_comes_back(here, team, ana, ref):
    boss, chief = here.agent("boss", role="supervisor"), here.agent("chief", role="supervisor")
    before = texts(here, ref)

    _, question = team.consult(ref, ana, "¿Puedo regalarle el envío?")

    assert question["mentions"] == ["boss", "chief"]
    assert [each["kind"] for each in team.inbox(chief)] == ["consult"]
    _, answer = team.note(ref, boss, "Sí, adelante", kind="answer")
    assert answer["mentions"] == ["ana"]
    assert [each["kind"] for each in team.inbox(ana)] == ["answer"]
    assert here.desk.ticket(ref).owner_agent == "ana"
    assert texts(here, ref) == before
    assert ["consulted", "answered"] == [
        kind for kind in kinds(here, ref, ana) if kind in ("consulted", "answered")
    ]


def test_nobody_to_ask_and_nothing_to_answer_are_said(here, team, ana, ref):
    with pytest.raises(Conflict, match="no supervisor"):
        team.consult(ref, ana, "¿Puedo?")
    with pytest.raises(Conflict, match="Nobody has consulted"):
        team.note(ref, ana, "Sí", kind="answer")
    with pytest.raises(DeskError, match="empty"):
        team.note(ref, ana, "   ")


def test_colleagues_are_listed_with_what_they_have_in_hand(here, ana, bea, ref):
    here.desk.agent_back(ana)

    found = {each["username"]: each for each in Colleagues(here.desk).listing()}

    assert (found["ana"]["presence"], found["ana"]["load"]) == ("online", 1)
    assert (found["bea"]["presence"], found["bea"]["load"]) == ("offline", 0)
    assert found["ana"]["capacity"] == here.desk.rules.assignment.capacity
