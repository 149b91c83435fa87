"""Files over HTTP: who may send and see them, how they are served, what the bot says of them."""

import sys

import pytest
from agents_client import Agent, add_agent, bearer
from pictures import PDF, PLACE, png

from bot.handoff.tables_desk import reads

pytestmark = pytest.mark.server


def send(customer, content=None, name="foto.png", **headers):
    content = png() if content is None else content
    return customer.client.post(
        f"{customer.path}/attachments",
        params={"name": name},
        content=content,
        headers={**customer.headers, **headers},
    )


def written(customer, *numbers, text=None, client_id="f1"):
    body = {"client_id": client_id, "attachments": list(numbers)}
    if text is not None:
        body["text"] = text
    return customer.client.post(f"{customer.path}/messages", json=body, headers=customer.headers)


@pytest.fixture
def who(gateway, customer):
    return customer(gateway(attachment_bytes=5000, attachments_per_conversation=3))


def test_a_file_goes_up_with_its_name_and_comes_back_the_same(who):
    made = send(who, png((b"tEXt", PLACE)))
    assert made.status_code == 201
    file = made.json()
    assert (file["name"], file["type"], file["size"]) == ("foto.png", "image/png", len(png()))
    back = who.client.get(file["url"], headers=who.headers)
    assert back.content == png(), "and without the place it was taken at"


def test_nothing_in_a_file_ever_runs(who):
    url = send(who).json()["url"]
    shown = who.client.get(f"{url}?inline=1", headers=who.headers)
    assert shown.headers["content-disposition"].startswith("inline")
    paper = send(who, PDF, 'a"; filename="x.html').json()
    given = who.client.get(f"{paper['url']}?inline=1", headers=who.headers)
    assert given.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert '"' not in given.headers["content-disposition"]
    for answer in (shown, given):
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "content, status, code",
    [
        (b"", 400, "attachment_empty"),
        (b"x" * 5001, 413, "attachment_size"),
        (b"<svg onload=alert(1)>", 400, "attachment_type"),
    ],
)
def test_a_refused_file_is_refused_in_words(who, content, status, code):
    refused = send(who, content)
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
    assert len(refused.json()["error"]["text"]) > 20


def test_only_so_many(who):
    for number in range(3):
        assert send(who, b"texto %d" % number).status_code == 201
    refused = send(who, b"otro")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "attachment_many")


def test_an_infected_file_says_so(gateway, customer):
    scan = f'{sys.executable} -c "import sys; sys.exit(1)"'
    refused = send(customer(gateway(scan_command=scan)))
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "attachment_unsafe")


def test_nobody_elses_token_opens_a_file(who, customer):
    url = send(who).json()["url"]
    other = customer(who.client)
    assert who.client.get(url).status_code == 401
    assert who.client.get(url, headers=other.headers).status_code == 401
    theirs = url.replace(who.id, other.id)
    assert who.client.get(theirs, headers=other.headers).status_code == 404
    for number in ("a_x", "..%2f..%2fsecret", "%00"):
        path = f"{who.path}/attachments/{number}"
        assert who.client.get(path, headers=who.headers).status_code == 404


def test_a_message_carries_files_and_twice_is_once(who):
    file = send(who).json()
    first = written(who, file["id"], text="La foto")
    again = written(who, file["id"], text="La foto")
    assert first.json()["message"]["attachments"] == [
        {key: file[key] for key in ("id", "name", "type", "size")}
    ]
    assert again.json()["message"]["id"] == first.json()["message"]["id"]


@pytest.mark.parametrize("numbers, status", [(["a_unknown"], 404), ([], 400)])
def test_a_message_with_a_wrong_file_or_nothing_is_refused(who, numbers, status):
    before = who.messages()
    assert written(who, *numbers).status_code == status
    assert who.messages() == before


def test_the_bot_says_once_that_it_cannot_read_a_file_and_offers_a_person(who, engine):
    written(who, send(who).json()["id"])
    (notice,) = [each for each in who.messages() if each["author"] == "system"]
    assert [choice["title"] for choice in notice["choices"]] == [
        "Hablar con una persona",
        "Seguir por escrito",
    ]
    assert engine.calls == [], "an empty text is no turn"

    written(who, send(who, b"otro", "b.txt").json()["id"], client_id="f2")
    more = [each for each in who.messages() if each["author"] == "system"]
    assert len(more) == 2
    assert more[1]["choices"] == []


def test_with_words_beside_the_file_the_bot_answers_the_words(who):
    answer = written(who, send(who).json()["id"], text="Llegó roto").json()
    assert [each["author"] for each in answer["replies"]] == ["system", "bot"]


def test_the_file_goes_with_the_handoff_and_the_agent_may_open_it(who):
    file = send(who).json()
    written(who, file["id"], text="Llegó roto")
    reference = who.person()["reference"]
    client = who.client
    add_agent(client)
    agent = Agent(client)

    seen = agent.get(f"/api/v1/tickets/{reference}").json()

    carried = [each["attachments"] for each in seen["messages"] if each["author"] == "customer"]
    assert carried == [[{key: file[key] for key in ("id", "name", "type", "size")}]]
    path = f"/api/v1/tickets/{reference}/attachments/{file['id']}"
    assert agent.get(path).content == png()
    kinds = [e["data"] for e in agent.get(f"/api/v1/tickets/{reference}").json()["events"]]
    assert {"attachment": file["id"]} in kinds, "the read is logged"


def test_a_file_of_the_bots_chat_opens_before_it_is_taken_and_not_after(who):
    file = send(who).json()
    written(who, file["id"], text="La foto")
    add_agent(who.client)
    add_agent(who.client, "bea", teams=("billing",))
    path = f"/api/v1/bot-chats/{who.id}/attachments/{file['id']}"
    before = reads_of(who)

    assert Agent(who.client, "ana").get(path).headers["content-type"] == "image/png"
    assert reads_of(who) == [*before, ("ana", "bot_chat")]
    assert Agent(who.client, "bea").get(path).status_code == 403
    who.person()
    assert Agent(who.client, "ana").get(path).status_code == 409


def reads_of(who):
    with who.client.app.state.gateway.store.database.read() as connection:
        rows = connection.execute(reads.select().where(reads.c.conversation == who.id))
        return [(row.agent, row.kind) for row in rows]


def test_an_agent_sends_the_customer_a_file(who):
    reference, client = who.person()["reference"], who.client
    add_agent(client)
    agent = Agent(client)
    agent.act(reference, "claim")
    made = agent.request(
        "POST", f"/api/v1/tickets/{reference}/attachments?name=etiqueta.pdf", content=PDF
    )
    assert made.status_code == 201
    agent.act(reference, "messages", text="", client_id="a1", attachments=[made.json()["id"]])
    (message,) = [each for each in who.messages() if each["author"] == "agent"]
    file = message["attachments"][0]
    assert file["name"] == "etiqueta.pdf"
    back = client.get(f"{who.path}/attachments/{file['id']}", headers=who.headers)
    assert back.content == PDF


def test_an_agent_of_another_team_sees_and_sends_no_file(who):
    file = send(who).json()
    written(who, file["id"], text="x")
    reference, client = who.person()["reference"], who.client
    add_agent(client, "eva", teams=("billing",))
    agent = Agent(client, "eva")
    path = f"/api/v1/tickets/{reference}/attachments"
    assert agent.get(f"{path}/{file['id']}").status_code == 403
    assert agent.request("POST", path, content=PDF).status_code == 403
    assert client.post(path, content=PDF).status_code == 401
    add_agent(client)
    reading = bearer(client, "ana", scopes=("tickets:read",))
    assert client.post(path, content=PDF, headers=reading).status_code == 403
    assert Agent(client).request("POST", path, csrf="no", content=PDF).status_code == 403
