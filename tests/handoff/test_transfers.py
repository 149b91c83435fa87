"""A case changes hands: with a note, counted, told to the customer once, rarely twice."""

import pytest

from bot.errors import Conflict, DeskError, NotAllowed
from bot.handoff.teamwork import Teamwork
from bot.handoff.transfers import Transfers

pytestmark = pytest.mark.database


@pytest.fixture
def give(here):
    return Transfers(here.desk).transfer


def last_event(here, ref, agent):
    events = here.desk.view(ref, agent)["events"]
    return [event for event in events if event["kind"] != "read"][-1]  # looks are logged too


def test_to_a_team_it_waits_there_with_the_note(here, give, ana, bea, ref):
    change, note = give(ref, ana, note="Cobro doble, ya se disculpó", team="billing")

    ticket = change.ticket
    assert (ticket.status, ticket.team, ticket.owner_agent) == ("queued", "billing", None)
    assert (ticket.transfers, note["kind"]) == (1, "transfer")
    (told,) = change.messages
    assert told.response == "utter_notice_transferred_team" and "team=facturación" in told.text
    assert Teamwork(here.desk).notes(ref, bea) == [note]
    assert here.store.conversation(ticket.conversation).owner == "queue"
    event = last_event(here, ref, bea)
    assert event["kind"] == "transferred"
    assert event["data"] == {
        "from": "ana",
        "to": None,
        "from_team": "general",
        "team": "billing",
        "number": 1,
        "note": note["id"],
    }


def test_to_a_colleague_it_is_theirs_at_once(here, give, ana, bea, ref):
    here.desk.agent_back(bea)

    change, _ = give(ref, ana, note="Sabe de cobros", to="bea")

    assert (change.ticket.owner_agent, change.ticket.team) == ("bea", "billing")
    assert "agent=Bea Gil" in change.messages[0].text
    assert Teamwork(here.desk).inbox(bea)[0]["kind"] == "transfer"
    assert here.desk.say(ref, bea, "Hola", "1").created
    with pytest.raises(NotAllowed):
        here.desk.say(ref, ana, "Hola", "1")


def test_a_customer_is_not_given_to_somebody_who_is_not_there(here, give, ana, bea, ref):
    with pytest.raises(Conflict, match="no console open"):
        give(ref, ana, note="Sabe de cobros", to="bea")

    assert here.desk.ticket(ref).owner_agent == "ana"


def test_the_second_time_must_be_confirmed(here, give, ana, ref):
    boss = here.agent("boss", role="supervisor")
    give(ref, ana, note="Es de envíos", team="logistics")

    with pytest.raises(Conflict) as refused:
        give(ref, boss, note="Es de cobros", team="billing")

    assert (refused.value.code, refused.value.facts["transfers"]) == ("second_transfer", 1)
    assert here.desk.ticket(ref).team == "logistics"
    change, _ = give(ref, boss, note="Es de cobros", team="billing", confirmed=True)
    assert (change.ticket.team, change.ticket.transfers) == ("billing", 2)
    assert len(change.messages) == 1


def test_a_higher_level_alone_puts_it_in_its_teams_queue(here, give, ana, ref):
    change, _ = give(ref, ana, note="Hace falta más experiencia", tier="L2")

    assert (change.ticket.status, change.ticket.team, change.ticket.tier) == (
        "queued",
        "general",
        "L2",
    )


@pytest.mark.parametrize(
    "wish, says",
    [
        pytest.param({"note": " ", "team": "billing"}, "must know", id="no note"),
        pytest.param({"note": "x"}, "to which team", id="nowhere"),
        pytest.param({"note": "x", "team": "biling"}, "Did you mean 'billing'", id="no such team"),
        pytest.param({"note": "x", "tier": "L9"}, "Accepted: L1, L2, L3", id="no such tier"),
        pytest.param({"note": "x", "to": "bae"}, "no agent 'bae'", id="no such colleague"),
        pytest.param(
            {"note": "x", "to": "bea", "team": "general"}, "not in the team", id="not in it"
        ),
        pytest.param({"note": "x", "to": "ana"}, "already", id="to oneself"),
    ],
)
def test_a_wrong_target_is_told_and_nothing_changes(here, give, ana, bea, ref, wish, says):
    before = here.desk.ticket(ref)

    with pytest.raises(DeskError, match=says):
        give(ref, ana, **wish)

    assert here.desk.ticket(ref) == before
    assert Teamwork(here.desk).notes(ref, ana) == []


def test_only_who_has_it_or_supervises_gives_it_on(here, give, ana, ref):
    with pytest.raises(NotAllowed):
        give(ref, here.agent("leo"), note="A mí", team="billing")
    assert give(ref, here.agent("boss", role="supervisor"), note="Va ahí", team="billing")


def test_a_waiting_case_is_sent_to_the_right_team_by_anybody_who_sees_it(here, give, ana):
    ref = here.ticket("me cobraron dos veces").ref

    change, _ = give(ref, ana, note="Es un cobro", team="billing")

    assert (change.ticket.team, change.ticket.status) == ("billing", "queued")
    with pytest.raises(DeskError, match="already"):
        give(ref, here.agent("bo", teams=("billing",)), note="x", team="billing", confirmed=True)


def test_who_took_part_and_receives_the_case_is_its_owner_only(here, give, ana, bea, ref):
    here.desk.agent_back(bea)
    Teamwork(here.desk).invite(ref, ana, "bea")

    give(ref, ana, note="Sigue ella", to="bea")

    assert here.desk.row(ref)["participants"] == []
