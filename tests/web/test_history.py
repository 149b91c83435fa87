"""What is known of a customer from before goes with every turn, and never holds one up."""

import asyncio
import threading
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from desk_fakes import fake_desk

from bot.errors import BackOfficeDown
from bot.handoff.records import Identity
from bot.web.history import FRESH_SECONDS, REST_SECONDS, Histories, nothing

pytestmark = pytest.mark.database

EVA = Identity("verified", "C-1", "Eva")


def case(number, issue, *, days=3, status="solved", channel="phone"):
    opened = date.today() - timedelta(days=days)
    return SimpleNamespace(id=number, issue=issue, opened_on=opened, status=status, channel=channel)


@dataclass
class Office:
    """A back office that answers as told."""

    found: list = field(default_factory=list)
    person: object = None
    fails: Exception | None = None
    gate: threading.Event | None = None
    asked: int = 0

    def customer(self, customer_id):
        self.asked += 1
        if self.gate is not None:
            self.gate.wait(10)
        if self.fails is not None:
            raise self.fails
        return self.person

    def cases(self, customer_id):
        return self.found


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def here(tmp_path):
    made = fake_desk(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def histories(here, office, clock):
    return Histories(here.desk, lambda: office, clock, limit=10)


@pytest.fixture
def read(here, histories):
    """Read the history of a fresh chat of Eva's, or of a given one."""

    def run(conversation=None):
        name = conversation or here.chat("hola", identity=EVA)
        return asyncio.run(histories.of(here.store.conversation(name)))

    return run


def test_the_desk_and_the_back_office_are_told_together_in_order(here, office, read):
    ticket = here.ticket("no llega", payload={"trigger": "x", "issue": "quality"}, identity=EVA)
    office.found = [case("K-2", "billing", days=1, status="open"), case("K-1", "billing", days=9)]
    office.person = SimpleNamespace(vip=True, vulnerable=False)

    history = read()

    assert [each["issue"] for each in history["contacts"]].count("billing") == 2
    assert {"at": "2026-11-25", "issue": "quality", "channel": "chat"} in history["contacts"]
    ordered = [each["at"] for each in history["contacts"]]
    assert ordered == sorted(ordered)
    assert history["open"] == [
        {"ref": ticket.ref, "issue": "quality"},
        {"ref": "K-2", "issue": "billing"},
    ]
    assert (history["vip"], history["vulnerable"]) == (True, False)


def test_old_cases_are_no_contacts_but_open_ones_are_open(office, read):
    office.found = [case("K-1", "billing", days=31, status="open")]

    history = read()

    assert (history["contacts"], history["open"]) == ([], [{"ref": "K-1", "issue": "billing"}])


def test_a_case_that_this_very_chat_may_have_opened_is_left_out(here, office, read):
    today = here.clock.now.date()
    mine = SimpleNamespace(
        id="K-9", issue="billing", opened_on=today, status="open", channel="chat"
    )
    office.found = [mine]

    assert read() == nothing()


@pytest.mark.parametrize("status", ["anonymous", "claimed"])
def test_nobody_is_looked_up_who_has_not_proved_who_they_are(here, office, read, status):
    chat = here.chat("hola", identity=Identity(status, "C-1", "Eva"))

    assert read(chat) == nothing()
    assert office.asked == 0


def test_a_history_is_read_once_and_again_after_ten_minutes(here, office, clock, read):
    chat = here.chat("hola", identity=EVA)
    read(chat)
    read(chat)
    assert office.asked == 1

    clock.now += FRESH_SECONDS + 1
    read(chat)
    assert office.asked == 2


def test_another_customer_in_the_same_chat_is_read_anew(here, office, read):
    chat = here.chat("hola", identity=EVA)
    read(chat)
    here.store.set_identity(chat, Identity("verified", "C-2", "Leo"))
    read(chat)

    assert office.asked == 2


@pytest.mark.parametrize("failure", [BackOfficeDown("no answer"), RuntimeError("broken")])
def test_a_back_office_that_fails_leaves_its_part_out_and_rests(
    here, office, clock, read, caplog, failure
):
    office.fails = failure
    office.person = SimpleNamespace(vip=True, vulnerable=True)
    chat = here.chat("hola", identity=EVA)

    assert read(chat) == nothing()
    assert "history" in caplog.text
    read()
    assert office.asked == 1  # another customer does not wait for it either

    office.fails = None
    clock.now += REST_SECONDS + 1
    assert read(chat)["vip"] is True


def test_a_slow_back_office_is_not_waited_for(here, office, clock, caplog):
    office.gate = threading.Event()
    histories = Histories(here.desk, lambda: office, clock, limit=0.2)
    chat = here.store.conversation(here.chat("hola", identity=EVA))
    try:
        assert asyncio.run(histories.of(chat)) == nothing()
        assert "more than 0.2 s" in caplog.text
    finally:
        office.gate.set()


def test_a_back_office_that_cannot_be_opened_harms_nothing(here, clock):
    def closed():
        raise BackOfficeDown("no file")

    histories = Histories(here.desk, closed, clock)
    chat = here.store.conversation(here.chat("hola", identity=EVA))

    assert asyncio.run(histories.of(chat)) == nothing()


def test_what_was_read_is_known_at_once_and_goes_with_the_handoff(here, office, histories, read):
    office.person = SimpleNamespace(vip=False, vulnerable=True)
    here.desk.known_history = histories.known
    chat = here.chat("hola", identity=EVA)
    assert histories.known(chat) == {}
    read(chat)

    ticket, _ = here.desk.open_ticket(chat, None, trigger="person_button")

    assert ticket.context["history"]["vulnerable"] is True


def test_only_so_many_are_remembered(here, histories, read, monkeypatch):
    monkeypatch.setattr("bot.web.history.KEPT", 3)
    chats = [here.chat("hola", identity=EVA) for _ in range(5)]
    for chat in chats:
        read(chat)

    assert [bool(histories.known(chat)) for chat in chats] == [False, False, True, True, True]
