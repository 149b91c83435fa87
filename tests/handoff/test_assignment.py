"""Offers: who is asked, for how long, and what if not."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from desk_fakes import fake_desk
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Conflict, NotAllowed
from bot.handoff import agents, staff, tickets
from bot.handoff.alarms import unserved
from bot.handoff.assignment import Assignment
from bot.handoff.availability import Availability
from bot.handoff.progress import Progress
from bot.handoff.transfers import Transfers

pytestmark = pytest.mark.database

ANGRY = {"frustration": {"score": 0.9, "level": "angry", "cues": []}}


@pytest.fixture
def offers(here):
    return Assignment(here.desk)


def there(here, username, **account):
    """An agent with an open console."""
    values = {key: account.pop(key) for key in ("languages", "skills", "tier") if key in account}
    values |= {key: account.pop(key) for key in ("capacity", "cool_until") if key in account}
    agent = here.agent(username, name=username.title(), **account)
    here.desk.agent_back(agent)
    if values:
        with here.store.database.write() as connection:
            staff.update(connection, username, **values)
    return agent


def angry_ticket(here):
    ticket = here.ticket("esto es indignante")
    here.store.set_parse(here.store.messages(ticket.conversation)[0].id, ANGRY)
    return ticket


def of_tier(here, tier):
    ticket = here.ticket()
    with here.store.database.write() as connection:
        return tickets.update(connection, ticket.ref, tier=tier)


def log(here, ref, *kinds):
    with here.store.database.read() as connection:
        events = tickets.events(connection, ref)
    return [each for each in events if not kinds or each.kind in kinds]


def rules(here, **changes):
    assignment = replace(here.desk.rules.assignment, **changes)
    here.desk.rules = replace(here.desk.rules, assignment=assignment)


def test_a_waiting_ticket_is_offered_to_one_agent(here, offers):
    there(here, "ana"), there(here, "bea")
    ticket = here.ticket()

    (outcome,) = offers.round()

    assert here.desk.ticket(ticket.ref).offered_to == "ana"
    assert outcome.changes[0].ticket.offered_to == "ana"
    (frame,) = outcome.frames
    assert (frame.to, frame.data) == ("ana", {"type": "offer", "ref": ticket.ref, "seconds": 30})
    assert [(each.actor, each.data) for each in log(here, ticket.ref, "offered")] == [
        ("system", {"agent": "ana"})
    ]
    assert offers.round() == []


def test_accepting_is_claiming(here, offers):
    ana = there(here, "ana")
    ticket = here.ticket()
    offers.round()

    change = offers.accept(ticket.ref, ana)

    assert (change.ticket.status, change.ticket.owner_agent) == ("claimed", "ana")
    assert (change.ticket.offered_to, change.ticket.offered_at) == (None, None)
    assert "utter_notice_agent_joined agent=Ana" in change.messages[0].text
    assert log(here, ticket.ref, "claimed")[0].data == {"type": "offer"}
    assert offers.accept(ticket.ref, ana).created is False


def test_declining_asks_the_next_agent_and_later_the_first_again(here, offers):
    ana, bea = there(here, "ana"), there(here, "bea")
    ticket = here.ticket()
    offers.round()

    offers.decline(ticket.ref, ana)
    offers.round()
    assert here.desk.ticket(ticket.ref).offered_to == "bea"
    offers.decline(ticket.ref, bea)
    offers.round()
    assert here.desk.ticket(ticket.ref).offered_to is None

    here.clock.forward(seconds=121)
    offers.round()
    assert here.desk.ticket(ticket.ref).offered_to == "ana"


def test_an_offer_that_is_not_answered_goes_to_the_next(here, offers):
    ana = there(here, "ana")
    there(here, "bea")
    ticket = here.ticket()
    offers.round()
    here.clock.forward(seconds=29)
    assert offers.round() == []

    here.clock.forward(seconds=1)
    outcomes = offers.round()
    offers.round()

    assert outcomes[0].frames[0].data == {"type": "offer", "ref": ticket.ref, "seconds": 0}
    assert here.desk.ticket(ticket.ref).offered_to == "bea"
    assert [each.data for each in log(here, ticket.ref, "offer_timeout")] == [{"agent": "ana"}]
    with pytest.raises(Conflict) as refused:
        offers.accept(ticket.ref, ana)
    assert refused.value.code == "offer_over"


def test_an_offer_survives_a_restart_of_everything(here, offers):
    there(here, "ana")
    ticket = here.ticket()
    offers.round()

    assert Assignment(here.desk).round() == []
    here.clock.forward(seconds=31)
    Assignment(here.desk).round()
    assert log(here, ticket.ref, "offer_timeout")


@pytest.mark.parametrize("how", ["leaves", "away", "disabled", "full"])
def test_an_offer_is_taken_back_at_once_from_who_cannot_take_it(here, offers, how):
    ana = there(here, "ana", capacity=1)
    ticket = here.ticket()
    offers.round()

    if how == "leaves":
        here.desk.agent_lost(ana)
    elif how == "disabled":
        agents.disable(here.store, "ana")
    elif how == "full":
        other = here.ticket("otra cosa")
        here.desk.claim(other.ref, ana)
    else:
        with here.store.database.write() as connection:
            staff.update(connection, "ana", presence="away")
    offers.round()

    assert here.desk.ticket(ticket.ref).offered_to is None
    data = {"agent": "ana", "why": "not_there"}
    assert [each.data for each in log(here, ticket.ref, "offer_timeout")] == [data]


def test_who_lets_two_offers_pass_in_a_row_is_away(here, offers):
    there(here, "ana")
    for _ in range(2):
        here.ticket()
        offers.round()
        assert agents.get(here.store, "ana").presence == "online"
        here.clock.forward(seconds=31)
        offers.round()
        here.clock.forward(seconds=1)

    assert agents.get(here.store, "ana").presence == "away"


@pytest.mark.parametrize("change", [{"team": "billing"}, {"tier": "L2"}, {"language": "en"}])
def test_an_offer_is_taken_back_when_the_ticket_is_for_others_now(here, offers, change):
    there(here, "ana", languages=["es"])
    here.desk.agent_lost(there(here, "bea", tier="L2"))
    ticket = here.ticket()
    offers.round()
    with here.store.database.write() as connection:
        tickets.update(connection, ticket.ref, **change)

    offers.round()

    assert here.desk.ticket(ticket.ref).offered_to is None


def test_a_case_raised_to_the_second_tier_goes_to_who_serves_it(here, offers):
    ana = there(here, "ana")
    there(here, "bea", tier="L2")
    ticket = here.ticket()
    here.desk.claim(ticket.ref, ana)

    Transfers(here.desk).transfer(ticket.ref, ana, note="Pide un reembolso mayor", tier="L2")
    offers.round()

    assert here.desk.ticket(ticket.ref).offered_to == "bea"
    assert here.desk.ticket(ticket.ref).tier == "L2"


def test_claiming_by_hand_ends_an_offer_to_somebody_else(here, offers):
    ana, bea = there(here, "ana"), there(here, "bea")
    ticket = here.ticket()
    offers.round()

    here.desk.claim(ticket.ref, bea)

    assert here.desk.ticket(ticket.ref).offered_to is None
    with pytest.raises(Conflict):
        offers.accept(ticket.ref, ana)
    with pytest.raises(Conflict):
        offers.decline(ticket.ref, ana)


def test_an_offer_is_for_one_agent_only(here, offers):
    there(here, "ana")
    bea = there(here, "bea")
    ticket = here.ticket()
    offers.round()

    with pytest.raises(Conflict):
        offers.accept(ticket.ref, bea)
    assert here.desk.ticket(ticket.ref).offered_to == "ana"


def test_nobody_is_offered_a_ticket_of_another_team_in_the_first_minute(here, offers):
    lola = there(here, "lola", teams=("logistics",))
    ticket = here.ticket()
    offers.round()
    assert here.desk.ticket(ticket.ref).offered_to is None
    with pytest.raises(NotAllowed):
        here.desk.claim(ticket.ref, lola)

    here.clock.forward(seconds=60)
    offers.round()

    assert here.desk.ticket(ticket.ref).offered_to == "lola"
    assert offers.accept(ticket.ref, lola).ticket.owner_agent == "lola"
    assert here.desk.say(ticket.ref, lola, "Lo miro", "1").ticket.owner_agent == "lola"


def test_an_agent_at_the_capacity_gets_no_offer_and_accepts_none(here, offers):
    ana = there(here, "ana", capacity=1)
    first = here.ticket()
    here.clock.forward(seconds=1)
    second = here.ticket()
    offers.round()
    assert here.desk.ticket(second.ref).offered_to is None  # one question at a time
    here.desk.claim(second.ref, ana)

    with pytest.raises(Conflict) as refused:
        offers.accept(first.ref, ana)

    assert (refused.value.code, refused.value.facts) == ("at_capacity", {"limit": 1})


def test_what_is_put_aside_does_not_count(here, offers):
    ana = there(here, "ana", capacity=1)
    first = here.ticket()
    here.desk.claim(first.ref, ana)
    with here.store.database.write() as connection:
        later = here.clock.now.replace(hour=20)
        tickets.update(connection, first.ref, snoozed_until=later)
    second = here.ticket()

    offers.round()

    assert here.desk.ticket(second.ref).offered_to == "ana"


def test_what_waits_for_the_customer_does_not_count_until_they_write(here, offers):
    ana = there(here, "ana", capacity=1)
    first = here.ticket()
    here.desk.claim(first.ref, ana)
    Progress(here.desk).waiting(first.ref, ana)
    second = here.ticket()

    offers.round()

    assert here.desk.ticket(second.ref).offered_to == "ana"
    Progress(here.desk).customer_wrote(first.conversation)
    with here.store.database.read() as connection:
        (one,) = staff.candidates(connection, here.desk.rules.assignment, here.clock.now)
    assert (one.load, one.presence) == (1, "busy")


def test_a_tier_that_no_account_of_the_team_has_is_offered_to_a_lower_one_at_once(here, offers):
    there(here, "ana")
    ticket = of_tier(here, "L2")

    offers.round()
    offers.round()

    assert here.desk.ticket(ticket.ref).offered_to == "ana"


@pytest.mark.parametrize("role, tier", [("agent", "L2"), ("supervisor", "L1")])
def test_else_who_has_the_tier_is_waited_for_until_others_are_asked(here, offers, role, tier):
    there(here, "ana"), there(here, "bea", role=role, tier=tier)
    Availability(here.desk).choose(agents.get(here.store, "bea"), "busy")
    ticket = of_tier(here, "L2")

    here.clock.forward(seconds=59)
    offers.round()
    assert here.desk.ticket(ticket.ref).offered_to is None

    here.clock.forward(seconds=1)
    offers.round()
    assert here.desk.ticket(ticket.ref).offered_to == "ana"


def test_of_another_team_who_has_the_tier_is_asked_before_who_has_it_not(here, offers):
    there(here, "ana"), there(here, "lola", teams=("logistics",), tier="L2")
    there(here, "bea", tier="L2")
    Availability(here.desk).choose(agents.get(here.store, "bea"), "busy")
    ticket = of_tier(here, "L2")

    here.clock.forward(seconds=60)
    offers.round()

    assert here.desk.ticket(ticket.ref).offered_to == "lola"


def test_a_disabled_account_serves_no_tier(here, offers):
    there(here, "ana"), there(here, "bea", tier="L2")
    agents.disable(here.store, "bea")
    ticket = of_tier(here, "L2")

    offers.round()

    assert here.desk.ticket(ticket.ref).offered_to == "ana"


def test_teams_that_nobody_of_a_rules_tier_serves_are_named(here):
    here.agent("ana")
    here.agent("bea", teams=("billing",))
    here.agent("eva", teams=("billing",), role="supervisor")
    assert unserved(here.desk) == ["general L2"]

    here.agent("sol", role="supervisor")
    assert unserved(here.desk) == []


def test_the_pressing_ticket_is_offered_first(here, offers):
    there(here, "ana", teams=("general", "safety"))
    here.ticket()
    here.clock.forward(seconds=1)
    urgent = here.ticket("peligro", payload={"trigger": "x", "risk": ["safety"]}, trigger="x")

    offers.round()

    assert here.desk.ticket(urgent.ref).offered_to == "ana"


def test_a_heated_ticket_waits_for_somebody_who_has_cooled_down(here, offers):
    there(here, "ana", cool_until=here.clock.now.replace(hour=12))
    hot = angry_ticket(here)
    calm = here.ticket()

    offers.round()

    assert here.desk.ticket(calm.ref).offered_to == "ana"
    there(here, "bea")
    offers.round()
    assert here.desk.ticket(hot.ref).offered_to == "bea"


def test_a_third_heated_chat_at_once_goes_to_somebody_else(here, offers):
    ana = there(here, "ana")
    for _ in range(2):
        here.desk.claim(angry_ticket(here).ref, ana)
    hot = angry_ticket(here)

    offers.round()
    assert here.desk.ticket(hot.ref).offered_to is None

    there(here, "bea")
    offers.round()
    assert here.desk.ticket(hot.ref).offered_to == "bea"


def test_where_agents_pull_nothing_is_offered(here, offers):
    rules(here, mode="pull")
    ana = there(here, "ana")
    ticket = here.ticket()

    assert offers.round() == []
    assert here.desk.claim(ticket.ref, ana).ticket.owner_agent == "ana"


def test_who_released_a_ticket_is_not_asked_for_it_at_once(here, offers):
    ana = there(here, "ana")
    ticket = here.ticket()
    here.desk.claim(ticket.ref, ana)
    here.desk.release(ticket.ref, ana)

    offers.round()

    assert here.desk.ticket(ticket.ref).offered_to is None


def test_the_longest_idle_is_asked_first(here, offers):
    ana, _ = there(here, "ana"), there(here, "bea")
    offers.round()
    here.clock.forward(minutes=5)
    first = here.ticket()
    here.desk.claim(first.ref, ana)
    offers.round()
    here.desk.release(first.ref, ana)
    here.clock.forward(minutes=5)
    offers.round()
    assert here.desk.ticket(first.ref).offered_to == "bea"
    assert agents.get(here.store, "ana").idle_since > agents.get(here.store, "bea").idle_since


def test_a_console_that_opens_is_told_of_the_offer_that_waits(here, offers):
    ana, bea = there(here, "ana"), there(here, "bea")
    ticket = here.ticket()
    offers.round()
    here.clock.forward(seconds=12)

    assert offers.offers(ana) == [{"type": "offer", "ref": ticket.ref, "seconds": 18}]
    assert offers.offers(bea) == []


def test_of_many_who_accept_one_has_the_ticket(here, offers):
    team = [there(here, f"a{number}") for number in range(5)]
    ticket = here.ticket()
    offers.round()

    def take(agent):
        try:
            return offers.accept(ticket.ref, agent).ticket.owner_agent
        except Conflict:
            return None

    def pull(agent):
        try:
            return here.desk.claim(ticket.ref, agent).ticket.owner_agent
        except Conflict:
            return None

    with ThreadPoolExecutor(10) as pool:
        found = [*pool.map(take, team), *pool.map(pull, team)]

    owners = {each for each in found if each}
    assert len(owners) == 1
    assert [each.kind for each in log(here, ticket.ref, "claimed")] == ["claimed"]


def test_rounds_at_the_same_time_offer_once(here, offers):
    there(here, "ana", capacity=1), there(here, "bea", capacity=1)
    refs = [here.ticket().ref for _ in range(4)]

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: offers.round(), range(6)))

    asked = [here.desk.ticket(ref).offered_to for ref in refs]
    assert sorted(filter(None, asked)) == ["ana", "bea"]
    assert sum(len(log(here, ref, "offered")) for ref in refs) == 2


class Day:
    """A day at the desk: agents accept, decline, ignore and finish as they like."""

    def __init__(self, here, seed):
        self.here, self.dice, self.offers = here, random.Random(seed), Assignment(here.desk)
        names = ("ana", "bea", "eva")
        self.team = {name: there(here, name, capacity=self.dice.randint(1, 2)) for name in names}
        self.open = {here.ticket().ref for _ in range(4)}

    def step(self):
        self.offers.round()
        for ref in sorted(self.open):
            ticket = self.here.desk.ticket(ref)
            if ticket.offered_to:
                self.answer(ref, self.team[ticket.offered_to])
            elif ticket.status == "claimed" and self.dice.random() < 0.3:
                self.here.desk.give_back(ref, self.team[ticket.owner_agent], {"agreed": "Hecho"})
                self.open.remove(ref)
        for agent in self.team.values():  # whoever was taken for absent says that they are there
            if agents.get(self.here.store, agent.username).presence == "away":
                Availability(self.here.desk).choose(agent, "online")
        self.here.clock.forward(seconds=self.dice.choice([1, 10, 31]))

    def answer(self, ref, agent):
        deed = self.dice.choice(["accept", "accept", "decline", "ignore"])
        if deed == "accept":
            self.offers.accept(ref, agent)
        elif deed == "decline":
            self.offers.decline(ref, agent)

    def overloaded(self):
        rules = self.here.desk.rules.assignment
        with self.here.store.database.read() as connection:
            found = staff.candidates(connection, rules, self.here.clock())
        return [one for one in found if one.load + one.pending > one.capacity]


@settings(max_examples=3)
@given(seed=st.integers(0, 10_000))
def test_nobody_gets_more_than_they_may_and_nobody_is_forgotten(tmp_path_factory, seed):
    here = fake_desk(tmp_path_factory.mktemp("desk"))
    day = Day(here, seed)

    for _ in range(300):
        day.step()
        assert not day.overloaded()
        if not day.open:
            break

    assert not day.open
    here.store.close()
