"""Beyond the page: contact and e-mail, through the running gateway and a real mail server."""

import re
from datetime import timedelta

import pytest
from agents_client import Agent, add_agent
from fake_engine import wait_until
from smtp_server import Catcher

from bot.web import mailer

pytestmark = pytest.mark.server

ADDRESS = "luis@ejemplo.es"
HOOK = "k" * 16
MAIL_FROM = "Tienda Río <ayuda@tienda.example>"


@pytest.fixture(autouse=True)
def by_hand(monkeypatch):
    """Mail goes when a test says so."""
    monkeypatch.setattr(mailer, "PAUSE", 3600.0)


@pytest.fixture
def catcher():
    server = Catcher()
    yield server
    server.stop()


@pytest.fixture
def mailing(gateway, catcher):
    def start(**changes):
        asked = {"smtp_host": "127.0.0.1", "smtp_port": catcher.port, "smtp_security": "none"}
        return gateway(**{**asked, "mail_from": MAIL_FROM, **changes})

    return start


def leave(customer, **body):
    return customer.client.post(f"{customer.path}/contact", json=body, headers=customer.headers)


def deliver(client, later=timedelta()):
    """Send what is due after a while in which the customer is away."""
    parts = client.app.state.gateway
    parts.reaching.sightings._asked.clear()
    now = parts.desk.clock() + later
    was, parts.desk.clock = parts.desk.clock, lambda: now
    try:
        return parts.reaching.mailer.deliver(parts.desk.clock)
    finally:
        parts.desk.clock = was


def text_of(message):
    return message.get_body(("plain",)).get_content()


def with_case(client, customer, **wish):
    who = customer(client, **wish)
    who.say("El pedido de Lucía Prado no llega")
    who.person()
    return who


def test_an_address_is_left_shown_and_withdrawn(mailing, customer):
    who = customer(mailing())
    left = leave(who, email=ADDRESS, phone="+34 600 112 233", consent=True).json()
    assert (left["email"], left["phone"], left["mail"]) == (ADDRESS, "+34600112233", "on")
    assert left["consent_at"]
    assert leave(who).json()["email"] is None
    shown = who.client.get(f"{who.path}/contact", headers=who.headers).json()
    assert shown == {"email": None, "phone": None, "consent_at": None, "mail": "none"}


@pytest.mark.parametrize(
    "body, status, code",
    [
        ({"email": "luis"}, 400, "contact_consent"),
        ({"email": "luis", "consent": True}, 400, "contact_email"),
        ({"phone": "1", "consent": True}, 400, "contact_phone"),
        ({"consent": True}, 400, "contact_empty"),
        ({"consent": "sure"}, 400, "bad_request"),
        ({"email": "x" * 400, "consent": True}, 400, "bad_request"),
    ],
)
def test_a_wrong_contact_says_what_is_wrong_and_keeps_nothing(
    mailing, customer, body, status, code
):
    who = customer(mailing())
    refused = leave(who, **body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
    assert len(refused.json()["error"]["text"]) > 20
    shown = who.client.get(f"{who.path}/contact", headers=who.headers).json()
    assert shown["consent_at"] is None


def test_without_mail_the_customer_is_told(gateway, customer):
    refused = leave(customer(gateway()), email=ADDRESS, consent=True)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "mail_off")


def test_contact_needs_the_conversations_own_token(mailing, customer):
    client = mailing()
    who, other = customer(client), customer(client)
    refused = client.post(f"{who.path}/contact", json={}, headers=other.headers)
    assert refused.status_code == 401


def test_the_receipt_goes_out_whole_and_its_subject_names_nobody(mailing, customer, catcher):
    client = mailing(smtp_user="u", smtp_password="p")
    who = with_case(client, customer)
    reference = who.view()["reference"]
    leave(who, email=ADDRESS, consent=True)

    deliver(client)

    ((recipients, message),) = catcher.caught
    assert recipients == (ADDRESS,)
    assert catcher.logins
    assert message["Subject"] == f"Caso {reference}: recibido"
    assert message["From"].addresses[0].addr_spec == "ayuda@tienda.example"
    assert message["Message-ID"].endswith("@tienda.example>")
    text, page = text_of(message), message.get_body(("html",)).get_content()
    for shown in (text, page):
        assert "El pedido de Lucía Prado no llega" in shown
        assert reference in shown
    assert "http://127.0.0.1:8080/status#l=" in text
    assert "src=" not in page, "nothing is loaded: a mail does not tell that it was opened"
    assert deliver(client, timedelta(days=2)) == []
    assert len(catcher.caught) == 1


def test_what_a_customer_wrote_is_text_in_the_page_of_a_mail(mailing, customer, catcher):
    client = mailing()
    who = customer(client)
    who.say("<img src=x onerror=alert(1)>\nX-Evil: 1")
    who.person()
    leave(who, email=ADDRESS, consent=True)
    deliver(client)
    (message,) = catcher.messages
    assert "<img" not in message.get_body(("html",)).get_content()
    assert "X-Evil" not in message


def answered(client, who, username="ana"):
    add_agent(client, username)
    agent, reference = Agent(client, username), who.view()["reference"]
    agent.act(reference, "claim")
    agent.act(reference, "messages", text="Sale hoy.", client_id="a1")
    return agent, reference


def test_an_answer_follows_who_has_left_and_hangs_on_the_receipt(mailing, customer, catcher):
    client = mailing()
    who = with_case(client, customer)
    leave(who, email=ADDRESS, consent=True)
    deliver(client)
    answered(client, who)

    deliver(client, timedelta(minutes=3))

    receipt, answer = catcher.messages
    assert "Sale hoy." in text_of(answer)
    assert answer["In-Reply-To"] == receipt["Message-ID"]
    assert receipt["Message-ID"] in answer["References"]
    assert answer["Auto-Submitted"] is None, "a person wrote it"


def test_who_is_on_the_page_gets_no_mail_of_an_answer(mailing, customer, catcher):
    client = mailing()
    who = with_case(client, customer)
    leave(who, email=ADDRESS, consent=True)
    deliver(client)
    with who.socket() as socket:
        socket.send_json({"type": "hello", "token": who.token})
        socket.receive_json()
        answered(client, who)
        deliver(client, timedelta(minutes=3))
    deliver(client, timedelta(hours=3))
    assert len(catcher.caught) == 1


def test_who_has_the_page_in_the_background_gets_the_answer_by_mail(mailing, customer, catcher):
    client = mailing()
    who = with_case(client, customer)
    leave(who, email=ADDRESS, consent=True)
    deliver(client)
    with who.socket() as socket:
        socket.send_json({"type": "hello", "token": who.token})
        socket.receive_json()
        socket.send_json({"type": "seen", "on": False})
        wait_until(lambda: not client.app.state.gateway.hub.looked_at(who.id))
        answered(client, who)
        deliver(client, timedelta(minutes=3))
    assert "Sale hoy." in text_of(catcher.messages[-1])


def test_a_page_that_comes_back_in_the_background_has_read_nothing(mailing, customer):
    client = mailing()
    who = with_case(client, customer)
    sightings = client.app.state.gateway.reaching.sightings
    sightings._asked.clear()
    with who.socket() as socket:
        socket.send_json({"type": "hello", "token": who.token, "seen": False})
        socket.receive_json()
        hidden = {**who.headers, "X-Remanso-Hidden": "1"}
        assert client.get(f"{who.path}/messages", headers=hidden).status_code == 200
        assert not sightings.present(who.id)
        client.get(f"{who.path}/messages", headers=who.headers)
        assert sightings.present(who.id)


def test_the_link_in_a_mail_opens_the_very_case(mailing, customer, catcher):
    client = mailing()
    who = with_case(client, customer)
    leave(who, email=ADDRESS, consent=True)
    deliver(client)
    token = re.search(r"/status#l=(\S+)", text_of(catcher.messages[0])).group(1)
    tokens = client.app.state.gateway.tokens
    assert tokens.read_link(token) == who.view()["reference"]
    assert tokens.read_link(token[:-2] + "xx") is None
    assert tokens.read_link(tokens.sign_link("R-222222", days=-1)) is None


def test_what_was_agreed_at_a_hand_back_follows_who_has_left(mailing, customer, catcher, engine):
    engine.script["hand_back"] = {"say": ["Acordado con Ana: sale el lunes."], "as": "utter_resume"}
    client = mailing()
    who = with_case(client, customer)
    leave(who, email=ADDRESS, consent=True)
    deliver(client)
    agent, reference = answered(client, who)
    agent.act(reference, "return", agreed="sale el lunes")
    who.wait_for("Acordado con Ana: sale el lunes.")

    deliver(client, timedelta(minutes=3))

    (agreed,) = [each for each in catcher.messages if "sale el lunes" in text_of(each)]
    assert agreed["Subject"] == f"Caso {reference}: cambio de estado"
    assert "/status#l=" in text_of(agreed)


def stop_address(message):
    return message["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8080")


def test_one_click_stops_mail_and_only_a_click_does(mailing, customer, catcher):
    client = mailing()
    who = with_case(client, customer)
    leave(who, email=ADDRESS, consent=True)
    deliver(client)
    (receipt,) = catcher.messages
    assert receipt["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = stop_address(receipt)

    opened = client.get(path)
    assert opened.status_code == 200
    assert "<form" in opened.text
    state = f"{who.path}/contact"
    assert client.get(state, headers=who.headers).json()["mail"] == "on"

    stopped = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert stopped.status_code == 200
    assert client.get(state, headers=who.headers).json()["mail"] == "opted_out"
    answered(client, who)
    deliver(client, timedelta(minutes=3))
    assert len(catcher.caught) == 1


def test_a_forged_stop_link_stops_nothing(mailing, customer, catcher):
    client = mailing()
    who = with_case(client, customer)
    leave(who, email=ADDRESS, consent=True)
    assert client.post(f"/api/v1/mail/opt-out/{who.id}/{'0' * 32}").status_code == 404
    state = client.get(f"{who.path}/contact", headers=who.headers).json()
    assert state["mail"] == "on"


def test_a_refused_address_is_told_to_customer_and_agent(mailing, customer, catcher):
    client = mailing()
    catcher.refuse[ADDRESS] = 550
    who = with_case(client, customer)
    leave(who, email=ADDRESS, consent=True)

    (change,) = deliver(client)

    assert change.messages[0].response == "utter_notice_mail_bounced"
    assert client.get(f"{who.path}/contact", headers=who.headers).json()["mail"] == "bounced"
    add_agent(client)
    seen = Agent(client).get(f"/api/v1/tickets/{who.view()['reference']}").json()
    assert [event["kind"] for event in seen["events"]].count("bounced") == 1
    assert ADDRESS not in str(seen["events"])
    assert seen["context"]["contact"]["mail"] == "bounced"
    deliver(client, timedelta(days=1))
    assert catcher.caught == []


@pytest.mark.parametrize("at", ["sender", "recipient", "data", "connection"])
def test_what_is_not_taken_now_goes_later(mailing, customer, catcher, at):
    client = mailing(**({"smtp_port": 1} if at == "connection" else {}))
    who = with_case(client, customer)
    leave(who, email=ADDRESS, consent=True)
    catcher.refuse[ADDRESS] = 451 if at == "recipient" else 250
    catcher.data_code = 452 if at == "data" else 250
    catcher.mail_code = 553 if at == "sender" else 250
    deliver(client)
    assert catcher.caught == []

    catcher.refuse.clear()
    catcher.mail_code = catcher.data_code = 250
    parts = client.app.state.gateway.reaching.mailer
    parts._settings = client.app.state.gateway.settings.__class__(
        smtp_host="127.0.0.1", smtp_port=catcher.port, smtp_security="none", mail_from=MAIL_FROM
    )
    deliver(client, timedelta(seconds=30))
    assert catcher.caught == []
    deliver(client, timedelta(minutes=2))
    assert len(catcher.caught) == 1


def test_a_mail_that_the_server_refuses_for_good_does_not_spoil_the_address(
    mailing, customer, catcher
):
    client = mailing()
    catcher.data_code = 554
    who = with_case(client, customer)
    leave(who, email=ADDRESS, consent=True)
    deliver(client)
    catcher.data_code = 250
    deliver(client, timedelta(days=5))
    assert catcher.caught == []
    assert client.get(f"{who.path}/contact", headers=who.headers).json()["mail"] == "on"


def test_a_lost_answer_of_the_server_sends_again_with_the_same_id(mailing, customer, catcher):
    client = mailing()
    who = with_case(client, customer)
    leave(who, email=ADDRESS, consent=True)
    catcher.hang_up = True
    deliver(client)
    catcher.hang_up = False
    deliver(client, timedelta(minutes=15))
    first, again = catcher.messages
    assert first["Message-ID"] == again["Message-ID"]


def test_one_bad_address_holds_up_no_other(mailing, customer, catcher):
    client = mailing()
    addresses = [f"c{number}@ejemplo.es" for number in range(5)]
    catcher.refuse["c2@ejemplo.es"] = 550
    for address in addresses:
        leave(with_case(client, customer), email=address, consent=True)
    deliver(client)
    reached = sorted(each for recipients, _ in catcher.caught for each in recipients)
    assert reached == [each for each in addresses if each != "c2@ejemplo.es"]


def test_it_goes_out_by_itself(mailing, customer, catcher, monkeypatch):
    monkeypatch.setattr(mailer, "PAUSE", 0.05)
    who = with_case(mailing(), customer)
    leave(who, email=ADDRESS, consent=True)
    assert wait_until(lambda: catcher.caught)


def report(client, body, token=HOOK):
    headers = {"Authorization": f"Bearer {token}"}
    return client.post("/api/v1/mail/bounces", json=body, headers=headers)


@pytest.mark.parametrize("by", ["message_id", "recipient"])
def test_a_mail_service_reports_a_bounce(mailing, customer, catcher, by):
    client = mailing(mail_webhook_token=HOOK)
    who = with_case(client, customer)
    leave(who, email=ADDRESS, consent=True)
    deliver(client)
    names = {"message_id": catcher.messages[0]["Message-ID"], "recipient": ADDRESS.upper()}
    soft = report(client, {by: names[by], "permanent": False})
    assert soft.json() == {"conversations": 0}
    assert report(client, {by: names[by]}).json() == {"conversations": 1}
    assert client.get(f"{who.path}/contact", headers=who.headers).json()["mail"] == "bounced"


def test_only_the_mail_service_reports_bounces(mailing):
    assert report(mailing(mail_webhook_token=HOOK), {"recipient": "x"}, "no").status_code == 401
    assert report(mailing(), {"recipient": "x"}, "").status_code == 401
    both = {"recipient": "x", "message_id": "y"}
    assert report(mailing(mail_webhook_token=HOOK), both).status_code == 400


def test_english_customers_get_english_mail(mailing, customer, catcher):
    client = mailing()
    who = customer(client, language="en")
    who.say("My order is late")
    who.person()
    leave(who, email=ADDRESS, consent=True)
    deliver(client)
    (message,) = catcher.messages
    assert message["Subject"].startswith("Case ")
    assert "No more e-mail" in text_of(message)
