"""Practice over HTTP: for every role, played again from its replies, and nothing is kept."""

import re
from typing import get_args

import pytest
from agents_client import Agent, add_agent, strictly
from role_table import WHO, stored

from bot.simulation import mood
from bot.simulation.course import END, SUPERVISOR, TRANSFER, Over
from bot.simulation.situation import DEEDS
from bot.web import practice_wire
from bot.web.pages import STATIC
from bot.web.practice import FOLDER, Practice

pytestmark = pytest.mark.unit

PATH = "/api/v1/practice"
PRAM = f"{PATH}/late_pram"
GOOD = [
    {"text": "Rosario, tres semanas sin el cochecito y el parto encima: es demasiado, lo siento."},
    {"deed": "resend"},
    {"text": "Sale otro hoy antes de las 16 h y mañana lo tiene en casa."},
    {"text": "Gracias a usted por avisar. Que vaya muy bien el parto."},
]
BAD = [{"text": "Cálmese, por favor."}, {"text": "Es nuestra política, no podemos hacer nada."}]


def play(desk, tokens, *replies, path=PRAM, seed="1", who="ana", **headers):
    body = {"seed": seed, "replies": list(replies)}
    return desk.post(path, json=body, headers={**tokens[who], **headers})


def facts(answer):
    assert answer.status_code == 400, answer.text
    return answer.json()["error"]["facts"]


@pytest.mark.parametrize("who", WHO)
def test_every_role_may_practise(desk, tokens, who):
    assert desk.get(PATH, headers=tokens[who]).status_code == 200
    assert desk.get(PRAM, headers=tokens[who]).status_code == 200
    assert play(desk, tokens, *GOOD, who=who).status_code == 200


def test_answers_are_as_described(desk, tokens):
    strictly(desk.get(PATH, headers=tokens["ana"]), practice_wire.SituationsOut)
    strictly(desk.get(PRAM, headers=tokens["ana"]), practice_wire.SituationOut)
    strictly(play(desk, tokens, *GOOD), practice_wire.CourseOut)


@pytest.mark.parametrize(("language", "title"), [("es", "cochecito"), ("en", "pram")])
def test_the_list_speaks_the_agents_language(desk, tokens, language, title):
    headers = {**tokens["ana"], "Accept-Language": language}
    rows = desk.get(PATH, headers=headers).json()["situations"]
    assert len(rows) >= 14
    assert title in next(row for row in rows if row["name"] == "late_pram")["title"]


def test_a_situation_shows_what_a_handoff_shows_and_no_mood(desk, tokens):
    found = desk.get(PRAM, headers=tokens["ana"]).json()
    assert found["before"][0]["who"] == "customer"
    assert {one["deed"] for one in found["may"]} == {"resend", "refund", "voucher"}
    assert {"name": "order", "value": "61204"} in found["facts"]
    assert found["tried"] and found["refused"] and found["known"]
    assert not {"temper", "mood", "guide", "open"} & found.keys()


def test_a_practice_begins_with_the_customer(desk, tokens):
    begun = play(desk, tokens).json()
    assert [line["who"] for line in begun["lines"]] == ["customer"]
    assert (begun["over"], begun["debrief"]) == (None, None)


def test_the_same_replies_play_the_same_course(desk, tokens):
    first = play(desk, tokens, *GOOD).json()
    assert play(desk, tokens, *GOOD, who="jefa").json() == first
    longer = play(desk, tokens, *GOOD[:2]).json()
    assert longer["lines"] == first["lines"][: len(longer["lines"])]


def test_a_good_end_reaches_all_four_steps(desk, tokens):
    told = play(desk, tokens, *GOOD).json()
    assert told["over"] == "solved"
    debrief = told["debrief"]
    assert {one["step"]: one["reached"] for one in debrief["steps"]} == dict.fromkeys(
        ("listen", "apologise", "solve", "thank"), "yes"
    )
    assert debrief["end"] < debrief["start"]
    noticed = debrief["replies"][0]["noticed"]
    assert {"code": "acknowledged_with_fact", "calms": True} == {
        key: noticed[0][key] for key in ("code", "calms")
    }
    assert "3 semanas" in noticed[0]["facts"]
    assert debrief["guide"] and debrief["first"]


def test_a_bad_course_says_what_inflamed_and_what_to_say_instead(desk, tokens):
    debrief = play(desk, tokens, *BAD, {"deed": "end"}).json()["debrief"]
    one, two = debrief["replies"][:2]
    assert {"told_to_calm_down"} <= {each["code"] for each in one["noticed"]}
    assert one["after"] > one["before"]
    assert "brushed_off" in {each["code"] for each in two["noticed"]}
    assert all(found["better"] for found in one["findings"])
    assert one["findings"]
    assert {"wait", "product"} <= {fact["name"] for fact in debrief["unused"]}
    assert "order" not in {fact["name"] for fact in debrief["unused"]}


def test_what_is_only_said_is_not_done(desk, tokens):
    told = play(
        desk,
        tokens,
        {"text": "Ya le he reenviado el cochecito, mañana lo tiene."},
        {"text": "Gracias a usted."},
    ).json()
    assert told["over"] == "only_said"
    assert {"step": "solve", "reached": "no"} in told["debrief"]["steps"]


def test_nobody_in_danger_is_thanked_or_told_their_order_back(desk, tokens):
    debrief = play(
        desk,
        tokens,
        {"text": "I read what you wrote, and I'm sorry it is so hard. Are you safe right now?"},
        {"deed": "transfer", "team": "safety"},
        path=f"{PATH}/cannot_pay_english",
    ).json()["debrief"]
    reached = {one["step"]: one["reached"] for one in debrief["steps"]}
    assert (reached["listen"], reached["thank"]) == ("yes", "not_needed")
    assert debrief["unused"] == []


@pytest.mark.parametrize(("team", "over"), [("safety", "handed_over"), ("general", "wrong_team")])
def test_someone_in_distress_belongs_to_the_team_for_urgent_help(desk, tokens, team, over):
    path = f"{PATH}/alone_and_in_distress"
    told = play(desk, tokens, {"deed": "transfer", "team": team}, path=path).json()
    assert told["over"] == over
    assert told["lines"][-1]["team"]["name"] == team


def test_a_supervisor_raises_what_may_be_given(desk, tokens):
    path, refund = f"{PATH}/charged_twice_argentina", {"deed": "refund", "amount": 86_500}
    assert facts(play(desk, tokens, refund, path=path))["field"] == "replies[0].amount"
    told = play(desk, tokens, {"deed": "supervisor"}, refund, path=path).json()
    assert told["lines"][1]["allowed"] == [{"deed": "refund", "most": 90_000}]
    assert {"deed": "refund", "most": 90_000} in told["may"]


@pytest.mark.parametrize(
    ("reply", "field"),
    [
        ({"deed": "refund", "amount": 5000}, "replies[0].amount"),
        ({"deed": "refund", "amount": -1}, "replies[0].amount"),
        ({"deed": "refund"}, "replies[0].amount"),
        ({"deed": "invoice"}, "replies[0].deed"),
        ({"deed": "transfer"}, "replies[0].team"),
        ({"deed": "transfer", "team": "logistic"}, "replies[0].team"),
        ({"text": "Hola", "deed": "end"}, "replies[0]"),
        ({}, "replies[0]"),
        ({"text": "   "}, "replies[0]"),
        ({"text": "x" * 2001}, "replies[0].text"),
        ({"text": 7}, "replies[0].text"),
    ],
)
def test_a_reply_that_cannot_be_played_names_its_field(desk, tokens, reply, field):
    assert facts(play(desk, tokens, reply))["field"].replace("[...]", "[0]") == field


def test_there_are_forty_replies_at_most(desk, tokens):
    assert play(desk, tokens, *[{"text": "Sí."}] * 40).status_code == 200
    assert facts(play(desk, tokens, *[{"text": "Sí."}] * 41))["field"] == "replies"


@pytest.mark.parametrize("name", ["nobody", "..%2Fnlu%2Fes_delay", "levels.yml", "%00"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_there_is_no_other_situation(desk, tokens, method, name):
    body = {"seed": "1", "replies": []}
    answer = desk.request(method, f"{PATH}/{name}", json=body, headers=tokens["ana"])
    assert answer.status_code == 404


def test_nothing_of_a_practice_is_stored(desk, tokens):
    before = stored(desk)
    play(desk, tokens, *BAD, {"deed": "end"})
    assert stored(desk) == before


def test_a_flood_is_slowed_down(gateway, customer):
    client = gateway(messages_per_minute=1)
    add_agent(client)
    ana = Agent(client)
    codes = [ana.post(PRAM, seed="1", replies=[]).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_the_page_is_for_who_is_logged_in(gateway):
    client = gateway()
    away = client.get("/console/practice", follow_redirects=False)
    assert (away.status_code, away.headers["location"]) == (303, "/console/")
    add_agent(client)
    page = Agent(client).get("/console/practice")
    assert page.status_code == 200
    assert "script-src 'self';" in page.headers["content-security-policy"]


def test_a_file_that_is_wrong_is_left_out_of_the_list(tmp_path, desk, caplog):
    (tmp_path / "fine.yml").write_bytes((FOLDER / "late_pram.yml").read_bytes())
    (tmp_path / "wrong.yml").write_text("issue: other\n", encoding="utf-8")
    rules = desk.app.state.gateway.desk.rules
    rows = Practice(rules, tmp_path).listing("es")["situations"]
    assert [row["name"] for row in rows] == ["fine"]
    assert "wrong.yml:1" in caplog.text


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_has_words_for_everything_it_may_be_told(desk, tokens, language):
    words = (STATIC / "practice" / "words" / f"{language}.js").read_text(encoding="utf-8")

    def keys(block):
        body = re.search(rf"^  {block}: {{(.*?)^  }},$", words, re.MULTILINE | re.DOTALL)[1]
        return set(re.findall(r"(?:^\s+|, )(\w+):", body, re.MULTILINE))

    assert keys("noticed") == set(mood.rules(by_person=True).moves)
    assert keys("over") == keys("overAbout") == set(get_args(Over)) - {""}
    assert keys("deed") == {*DEEDS, SUPERVISOR, TRANSFER, END}
    listed = desk.get(PATH, headers=tokens["ana"]).json()["situations"]
    for row in listed:
        found = desk.get(f"{PATH}/{row['name']}", headers=tokens["ana"]).json()
        assert {one["name"] for one in found["facts"]} <= keys("fact"), row["name"]
