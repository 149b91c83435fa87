"""Nothing falls through: what nobody has is found and given to somebody."""

from dataclasses import replace

import pytest

from bot.handoff import agents, tickets
from bot.handoff.orphans import Orphans
from bot.handoff.store import conversations

pytestmark = pytest.mark.database


@pytest.fixture
def sweep(here):
    return lambda: swept(here)


def swept(here):
    return [change for outcome in Orphans(here.desk).sweep() for change in outcome.changes]


def columns(here, ref, **values):
    with here.store.database.write() as connection:
        return tickets.update(connection, ref, **values)


def log(here, ref, kind):
    with here.store.database.read() as connection:
        return [each.data for each in tickets.events(connection, ref) if each.kind == kind]


def test_what_is_in_order_is_left_alone(here, sweep):
    ana = here.agent("ana")
    here.desk.agent_back(ana)
    here.ticket()
    here.desk.claim(here.ticket().ref, ana)
    done = here.ticket()
    here.desk.claim(done.ref, ana)
    here.desk.give_back(done.ref, ana, {"agreed": "Hecho"})
    here.chat("con el bot")
    here.clock.forward(hours=1)

    assert sweep() == []


@pytest.mark.parametrize("status", ["queued", "claimed"])
def test_a_case_of_a_team_that_is_gone_goes_to_where_its_issue_belongs(here, sweep, status):
    ticket = here.ticket()
    if status == "claimed":
        ana = here.agent("ana")
        here.desk.agent_back(ana)
        here.desk.claim(ticket.ref, ana)
    columns(here, ticket.ref, team="returns", issue="double_charge")

    (change,) = sweep()

    assert (change.ticket.team, change.ticket.status) == ("billing", status)
    data = {"from": "returns", "to": "billing", "why": "no_such_team"}
    assert log(here, ticket.ref, "routed") == [data]
    assert sweep() == []


def test_a_case_whose_owner_is_disabled_goes_back_to_the_queue_at_once(here, sweep):
    ana, ticket = here.agent("ana"), here.ticket()
    here.desk.claim(ticket.ref, ana)
    columns(here, ticket.ref, waiting_since=here.clock())
    agents.disable(here.store, "ana")

    (change,) = sweep()

    assert (change.ticket.status, change.ticket.owner_agent) == ("queued", None)
    assert change.ticket.waiting_since is None
    assert change.messages[0].response == "utter_notice_agent_lost"
    assert here.store.conversation(ticket.conversation).owner == "queue"
    assert log(here, ticket.ref, "requeued") == [{"agent": "ana"}]
    assert sweep() == []


def test_a_chat_whose_owner_is_not_there_and_does_nothing_is_given_on(here, sweep):
    ana, ticket = here.agent("ana"), here.ticket()
    here.desk.claim(ticket.ref, ana)  # by a program or a page that was closed: no console
    here.clock.forward(minutes=14)
    assert sweep() == []
    here.desk.say(ticket.ref, ana, "Sigo aquí", "1")
    here.clock.forward(minutes=14)
    assert sweep() == []

    here.clock.forward(minutes=2)
    (change,) = sweep()

    assert change.ticket.lost_at == here.clock()
    here.clock.forward(seconds=here.desk.grace)
    (given,) = here.desk.sweep()
    assert given.ticket.status == "queued"


def test_a_program_that_serves_needs_no_console(here, sweep):
    ana, ticket = here.agent("ana"), here.ticket()
    agents.new_token(here.store, "ana", scopes=["tickets:write"])
    here.desk.claim(ticket.ref, ana)
    here.clock.forward(hours=2)

    assert sweep() == []


@pytest.mark.parametrize("how", ["waiting_since", "snoozed_until", "channel"])
def test_what_needs_nobody_at_this_moment_stays_with_its_owner_overnight(here, sweep, how):
    ana, ticket = here.agent("ana"), here.ticket()
    here.desk.agent_back(ana)
    here.desk.claim(ticket.ref, ana)
    columns(here, ticket.ref, **{how: "phone" if how == "channel" else here.clock()})

    here.desk.agent_lost(ana)
    here.clock.forward(hours=10)

    assert here.desk.sweep() == []
    assert sweep() == []
    assert here.desk.ticket(ticket.ref).owner_agent == "ana"


@pytest.mark.parametrize("owner", ["queue", "agent"])
def test_a_conversation_that_waits_without_a_ticket_gets_one(here, sweep, owner):
    conversation = here.chat("hola")
    with here.store.database.write() as connection:
        conversations.update(connection, conversation, owner=owner)

    (change,) = sweep()

    assert change.ticket.conversation == conversation
    assert (change.ticket.status, change.ticket.reason_code) == ("queued", "system_failure")
    assert change.messages[0].author == "system"
    assert sweep() == []


def test_one_that_cannot_be_put_right_holds_up_no_other(here, sweep, monkeypatch):
    first, second = here.ticket(), here.ticket()
    for ticket in (first, second):
        columns(here, ticket.ref, team="returns")
    real = Orphans._reroute

    def broken(self, ref):
        if ref == first.ref:
            raise RuntimeError("no luck")
        return real(self, ref)

    monkeypatch.setattr(Orphans, "_reroute", broken)

    (change,) = sweep()

    assert change.ticket.ref == second.ref


def test_a_team_taken_out_of_the_rules_is_noticed(here):
    ticket = here.ticket(payload={"trigger": "x", "team": "quality"})
    assert ticket.team == "quality"
    teams = {name: team for name, team in here.desk.rules.teams.items() if name != "quality"}
    here.desk.rules = replace(here.desk.rules, teams=teams)

    (change,) = swept(here)

    assert change.ticket.team == "general"


def test_who_leads_is_told_of_what_was_nobodys(here):
    ticket = here.ticket()
    columns(here, ticket.ref, team="returns")

    (outcome,) = Orphans(here.desk).sweep()

    (frame,) = outcome.frames
    data = {"type": "alarm", "ref": ticket.ref, "clock": "orphan"}
    assert (frame.roles, frame.data) == (("supervisor", "admin"), data)
