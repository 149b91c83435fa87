"""A case followed by its reference and code: who may see it, and what it shows."""

import pytest
from agents_client import Agent, add_agent
from fake_engine import handoff
from test_identity import signed

from bot.handoff.rules import DeskRules
from bot.settings import ROOT
from bot.web import status

pytestmark = pytest.mark.server

PATH = status.PATH


@pytest.fixture
def client(gateway):
    client = gateway()
    add_agent(client)
    return client


@pytest.fixture
def eva(client, customer):
    """A customer who complained and asked for a person."""
    eva = customer(client)
    eva.say("mi pedido no llega")
    eva.person()
    eva.case = eva.view()["case"]
    return eva


def enter(client, reference="", code="", **wish):
    return client.post(PATH, json={"reference": reference, "code": code, **wish})


def case_of(eva, language="es"):
    path = f"{eva.path}/cases/{eva.case['reference']}?language={language}"
    answer = eva.client.get(path, headers=eva.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def resolve(ana, ref):
    ana.act(ref, "resolve", disposition="solved", note="enviado otra vez", cause="knowledge")


def test_reference_and_code_are_told_where_the_customer_chats(eva):
    assert eva.case["reference"] == eva.view()["reference"]
    assert len(eva.case["code"]) == 8
    assert eva.case["open"] is True


def test_no_case_no_code(client, customer):
    assert customer(client).view()["case"] is None


@pytest.mark.parametrize("spoken", [str, str.lower, lambda text: text.replace("R-", " r ")])
def test_reference_and_code_open_the_case_as_they_are_dictated(client, eva, spoken):
    answer = enter(client, spoken(eva.case["reference"]), spoken(eva.case["code"]))

    assert answer.status_code == 200, answer.text
    assert answer.json()["case"]["reference"] == eva.case["reference"]


def test_the_key_it_gives_opens_that_conversation_only(client, eva, customer):
    opened = enter(client, **{name: eva.case[name] for name in ("reference", "code")}).json()
    headers = {"Authorization": f"Bearer {opened['token']}"}

    assert opened["conversation"] == eva.id
    seen = client.get(f"{eva.path}/messages", headers=headers).json()["messages"]
    assert [each["text"] for each in seen] == [text for _, text in eva.texts()]
    other = customer(client)
    assert client.get(other.path, headers=headers).status_code == 401


def test_a_message_from_there_reaches_the_same_conversation(client, eva):
    opened = enter(client, eva.case["reference"], eva.case["code"]).json()
    path = f"/api/v1/conversations/{opened['conversation']}/messages?wait=0"
    client.post(
        path,
        json={"client_id": "page1", "text": "sigo esperando"},
        headers={"Authorization": f"Bearer {opened['token']}"},
    )

    assert ("customer", "sigo esperando") in eva.texts()


def test_wrong_code_and_wrong_reference_get_the_same_answer(client, eva):
    wrong_code = enter(client, eva.case["reference"], "AAAAAAAA")
    wrong_reference = enter(client, "R-AAAAAA", eva.case["code"])

    assert wrong_code.status_code == wrong_reference.status_code == 404
    assert wrong_code.json() == wrong_reference.json()
    assert wrong_code.json()["error"]["code"] == "no_case"


@pytest.mark.parametrize("code", ["", "ñ", "😠" * 8, "0" * 8, "x" * 5000])
def test_strange_codes_open_nothing(client, eva, code):
    assert enter(client, eva.case["reference"], code).status_code == 404


def test_a_case_without_a_code_opens_by_none(client, eva, gateway):
    desk = client.app.state.gateway.desk
    from bot.handoff import tickets

    with desk.store.database.write() as connection:
        tickets.update(connection, eva.case["reference"], code=None)
    for code in ("", "00000000", "None"):
        assert enter(client, eva.case["reference"], code).status_code == 404


def test_tries_are_limited_by_address_and_the_right_code_waits_too(gateway, customer):
    client = gateway(logins_per_minute=2)
    eva = customer(client)
    eva.person()
    case = eva.view()["case"]
    for _ in range(4):
        assert enter(client, case["reference"], "AAAAAAAA").status_code == 404
    refused = enter(client, case["reference"], case["code"])

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_tries_on_one_case_are_limited_from_everywhere(gateway, customer):
    client = gateway(logins_per_minute=2, trust_proxy=True)
    eva = customer(client)
    eva.person()
    ref = eva.view()["case"]["reference"]
    answers = [
        client.post(
            PATH,
            json={"reference": ref, "code": "AAAAAAAA"},
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
        ).status_code
        for number in range(9)
    ]

    assert answers == [404] * 8 + [429]


def test_right_codes_use_up_no_tries(gateway, customer):
    client = gateway(logins_per_minute=1)
    eva = customer(client)
    eva.person()
    case = eva.view()["case"]
    answers = [enter(client, case["reference"], case["code"]).status_code for _ in range(9)]
    assert answers == [200] * 9


def test_a_signed_link_opens_the_case(client, eva):
    address = status.link(client.app.state.gateway, eva.case["reference"])
    page, _, token = address.partition("#l=")

    assert page.endswith("/status")
    assert enter(client, link=token).json()["conversation"] == eva.id


def test_no_other_token_is_a_link(client, eva):
    tokens = client.app.state.gateway.tokens
    gone = tokens.sign_link(eva.case["reference"], days=-1)
    foreign = tokens.sign_link("R-AAAAAA")
    for link in ("", "x", eva.token, gone, foreign):
        answer = enter(client, link=link)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "link")


def test_a_link_is_no_key_to_a_conversation(client, eva):
    link = client.app.state.gateway.tokens.sign_link(eva.case["reference"])
    answer = client.get(eva.path, headers={"Authorization": f"Bearer {link}"})
    assert answer.status_code == 401


def test_steps_follow_the_case_to_its_end(client, eva):
    ana, ref = Agent(client), eva.case["reference"]
    where = [[(each["step"], each["state"]) for each in case_of(eva)["steps"]]]
    ana.act(ref, "claim")
    claimed = case_of(eva)
    where.append([(each["step"], each["state"]) for each in claimed["steps"]])
    resolve(ana, ref)
    closed = case_of(eva)
    where.append([(each["step"], each["state"]) for each in closed["steps"]])

    assert where == [
        [
            ("received", "done"),
            ("team", "now"),
            ("person", "next"),
            ("waiting", "next"),
            ("solved", "next"),
        ],
        [
            ("received", "done"),
            ("team", "done"),
            ("person", "now"),
            ("waiting", "next"),
            ("solved", "next"),
        ],
        [("received", "done"), ("team", "done"), ("person", "done"), ("solved", "done")],
    ]
    assert claimed["agent"] == "Ana Ruiz"
    assert closed["next_update"] is None
    assert closed["closed_at"]


def test_it_says_by_when_the_next_news_comes_and_when_it_is_late(client, eva):
    from datetime import datetime, timedelta, timezone

    from bot.handoff import tickets

    assert case_of(eva)["next_update"]["late"] is False
    desk = client.app.state.gateway.desk
    past = datetime.now(timezone.utc) - timedelta(hours=1)
    with desk.store.database.write() as connection:
        tickets.update(connection, eva.case["reference"], due_update=past)
    assert case_of(eva)["next_update"]["late"] is True


def test_names_come_in_the_language_asked_for(eva):
    assert case_of(eva, "es")["team"] == "atención al cliente"
    assert case_of(eva, "en")["team"] == "customer care"


def test_nothing_internal_is_on_the_page(client, eva):
    ana, ref = Agent(client), eva.case["reference"]
    ana.act(ref, "claim")
    ana.get(f"/api/v1/tickets/{ref}")
    case = case_of(eva)

    assert {each["kind"] for each in case["history"]} == {"opened", "claimed"}
    assert "asked_for_person" not in str(case)
    assert "Pidió" not in str(case)
    assert not {"context", "priority", "reason", "frustration", "labels", "notes"} & set(case)


def test_other_cases_are_shown_only_to_who_proved_who_they_are(client, customer, settings):
    key = settings.identity_secret()
    first = customer(client, identity=signed(key))
    first.person()
    second = customer(client, identity=signed(key))
    second.person()
    second.case = second.view()["case"]
    stranger = customer(client)
    stranger.person()
    stranger.case = stranger.view()["case"]

    listed = case_of(second)["cases"]
    assert [each["reference"] for each in listed] == [first.view()["reference"]]
    assert "code" not in listed[0]
    assert case_of(stranger)["cases"] == []


def test_another_conversations_case_is_not_found(eva, client, customer):
    other = customer(client)
    other.person()
    path = f"{other.path}/cases/{eva.case['reference']}"
    assert client.get(path, headers=other.headers).status_code == 404
    assert client.get(path).status_code == 401


def test_a_closed_team_says_when_it_is_back(client, customer, engine):
    from datetime import datetime, timezone

    sunday = datetime(2026, 11, 29, 11, 0, tzinfo=timezone.utc)
    desk = client.app.state.gateway.desk
    eva = customer(client)
    engine.script["hola"] = {"say": ["Paso el caso."], "handoff": handoff()}
    eva.say("hola")
    desk.rules = DeskRules.from_file(ROOT / "desk.yml")
    desk.clock = lambda: sunday
    assert eva.view()["opens"] == "mañana a las 9:00"


def test_ending_keeps_the_case_with_the_team(client, eva):
    ana, ref = Agent(client), eva.case["reference"]
    ana.act(ref, "claim")
    for _ in range(2):
        answer = client.post(f"{eva.path}/end", headers=eva.headers)
        assert answer.json()["status"] == "ended"

    assert eva.view()["case"]["open"] is True
    seen = ana.get(f"/api/v1/tickets/{ref}").json()
    assert [each["kind"] for each in seen["events"]].count("customer_left") == 1
    assert seen["ticket"]["status"] == "claimed"
    ana.act(ref, "messages", text="Le escribo igualmente.", client_id="a1")
    assert eva.texts()[-1] == ("agent", "Le escribo igualmente.")


def test_who_writes_again_takes_the_conversation_up(client, eva):
    client.post(f"{eva.path}/end", headers=eva.headers)
    eva.say("una cosa más")
    assert eva.view()["status"] == "open"


def test_a_conversation_with_the_bot_can_be_ended_and_taken_up(client, customer):
    eva = customer(client)
    eva.say("hola")
    assert client.post(f"{eva.path}/end", headers=eva.headers).json()["status"] == "ended"
    assert eva.person()["conversation"]["status"] == "open"


# How they were served


def ask(client, eva):
    """Ask the customer of a resolved case how they were served, as the scheduler does."""
    import sqlalchemy as sa

    from bot.handoff.tables_desk import surveys

    desk = client.app.state.gateway.desk
    row = {"ticket": eva.case["reference"], "conversation": eva.id, "asked_at": desk.clock()}
    with desk.store.database.write() as connection:
        connection.execute(sa.insert(surveys).values(**row))


def rate(eva, **body):
    return eva.client.post(f"{eva.path}/rating", json=body, headers=eva.headers)


def test_a_rating_is_taken_once(client, eva):
    assert (eva.view()["survey"], eva.view()["survey_id"]) == (False, None)
    ask(client, eva)
    assert eva.view()["survey"] is True
    assert eva.view()["survey_id"] > 0
    answer = rate(eva, score=2, comment="Nadie llamó.")

    assert answer.status_code == 200, answer.text
    assert answer.json()["survey"] is False
    again = rate(eva, score=5)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "no_survey")
    events = Agent(client).get(f"/api/v1/tickets/{eva.case['reference']}").json()["events"]
    (rated,) = [each for each in events if each["kind"] == "rated"]
    assert rated["data"]["score"] == 2
    assert "Nadie" not in str(events)


def test_a_rating_can_be_skipped(client, eva):
    ask(client, eva)
    assert rate(eva, skip=True).json()["survey"] is False
    assert rate(eva, score=3).status_code == 409


WRONG = [{}, {"score": 0}, {"score": 6}, {"score": -1}, {"score": 4, "comment": "x" * 2001}]


@pytest.mark.parametrize("body", WRONG, ids=str)
def test_a_wrong_rating_changes_nothing_and_says_what_is_accepted(client, eva, body):
    ask(client, eva)
    answer = rate(eva, **body)

    assert answer.status_code == 400
    assert "1 a 5" in answer.json()["error"]["text"]
    assert eva.view()["survey"] is True


@pytest.mark.parametrize("body", [{"score": "5"}, {"score": 4.5}, {"score": True}, {"skip": 1}])
def test_a_rating_of_another_kind_cannot_be_read(client, eva, body):
    ask(client, eva)
    assert rate(eva, **body).status_code == 400
    assert eva.view()["survey"] is True
