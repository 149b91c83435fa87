"""What the desk knows of a customer from other chats."""

import pytest

from bot.handoff.records import Identity

pytestmark = pytest.mark.database

EVA = Identity("verified", "C-1", "Eva")
LATE = {"trigger": "x", "issue": "late_delivery"}


def test_other_chats_and_open_tickets_of_a_verified_customer_are_known(here):
    old = here.ticket("no llega", payload=LATE, identity=EVA)
    here.clock.forward(days=2)
    now = here.chat("hola", identity=EVA)

    assert here.desk.contacts(now) == {
        "contacts": [{"at": "2026-11-25", "issue": "late_delivery", "channel": "chat"}],
        "open": [{"ref": old.ref, "issue": "late_delivery"}],
    }


def test_a_chat_without_a_ticket_is_a_contact_of_the_issue_the_bot_knew(here):
    before = here.chat("no llega", identity=EVA)
    turn = here.store.open_turn(before).id
    here.store.start_turn(turn)
    here.store.finish_turn(turn, replies=[], state={"issue": "billing"})

    (contact,) = here.desk.contacts(here.chat(identity=EVA))["contacts"]

    assert contact["issue"] == "billing"


def test_a_chat_is_no_contact_of_its_own_and_an_empty_one_is_none(here):
    here.chat(identity=EVA)
    now = here.chat("hola", identity=EVA)
    here.desk.open_ticket(now, LATE, trigger="x")

    assert here.desk.contacts(now) == {"contacts": [], "open": []}


def test_what_is_older_than_thirty_days_counts_only_while_it_is_open(here):
    old = here.ticket("no llega", payload=LATE, identity=EVA)
    here.clock.forward(days=31)

    found = here.desk.contacts(here.chat("hola", identity=EVA))

    assert (found["contacts"], [each["ref"] for each in found["open"]]) == ([], [old.ref])


@pytest.mark.parametrize(
    "identity",
    [
        pytest.param(Identity("claimed", "C-1", "Eva"), id="claimed"),
        pytest.param(Identity("verified", "C-2", "Eva"), id="another customer"),
        pytest.param(Identity(), id="anonymous"),
    ],
)
def test_nobody_else_learns_of_them(here, identity):
    here.ticket("no llega", payload=LATE, identity=EVA)

    assert here.desk.contacts(here.chat("hola", identity=identity)) == {"contacts": [], "open": []}


def test_a_handoff_carries_what_is_known_from_elsewhere(here):
    here.desk.known_history = lambda conversation: {"vip": True, "contacts": [{"at": "2026-11-20"}]}

    history = here.ticket().context["history"]

    assert history["vip"] is True
    assert history["contacts"] == [{"at": "2026-11-20"}]
    assert history["conversations_30_days"] == 1
