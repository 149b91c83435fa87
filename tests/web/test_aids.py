"""What helps an agent to write: wording check, canned and calm replies, playbooks."""

import os

import pytest
import yaml
from agents_client import Agent, add_agent
from fake_engine import handoff

from bot.deescalation.phrasing import Phrasebook
from bot.deescalation.wording import check
from bot.errors import ConfigError
from bot.handoff.rules import DeskRules
from bot.settings import ROOT
from bot.web.canned import CannedReplies
from bot.web.playbooks import LEVELS, TIERS, Playbooks, edition
from bot.web.rewording import findings

pytestmark = pytest.mark.server

ANGRY = "Llevo tres semanas esperando el pedido 48213 y nadie me contesta"
RULES = DeskRules.from_file(ROOT / "desk.yml")
FOLDER = ROOT / "data" / "playbooks"
CANNED = CannedReplies.from_folder(ROOT / "data" / "canned")


def playbooks():
    teams = {name: team.names for name, team in RULES.teams.items()}
    resolve = {name: each.resolve for name, each in RULES.priorities.items()}
    limits = {"authority": RULES.authority, "resolve": resolve}
    return Playbooks.from_folder(FOLDER, teams=teams, limits=limits, desk=ROOT / "desk.yml")


def accepted(text, found):
    """The text after its replacements were taken, the last first."""
    for one in sorted(found, key=lambda one: -one["start"]):
        if change := one["replace"]:
            text = text[: change["start"]] + change["text"] + text[change["end"] :]
    return text


@pytest.mark.parametrize(
    ("text", "rule", "after"),
    [
        ("Cálmese.", "calm_down", "Quiero ayudarle a resolverlo. Vamos paso a paso."),
        ("Ya está hecho!", "exclamation", "Ya está hecho."),
        ("¡Ya está hecho!", "exclamation", "Ya está hecho."),
        ("Sale HOY a las 18:00.", "capitals", "Sale hoy a las 18:00."),
        ("Sale hoy 🙂", "emoji", "Sale hoy"),
        (
            "El pedido 48213 salió. Le escribimos lo antes posible. Un saludo.",
            "vague_time",
            "El pedido 48213 salió. Le escribimos hoy antes de las 18:00. Un saludo.",
        ),
    ],
)
def test_a_finding_says_why_and_can_be_accepted(text, rule, after):
    found = [one for one in findings(text, language="es", level="angry") if one["rule"] == rule]

    assert found and all(one["reason"] and one["better"] for one in found)
    assert text[found[0]["start"] : found[0]["end"]] == found[0]["text"]
    assert accepted(text, found) == after


def test_advice_is_not_put_into_the_text():
    text = "Le llamaremos. ¿Le va bien? ¿O prefiere otro día?"
    found = {one["rule"]: one["replace"] for one in findings(text, language="es", level="calm")}

    assert found["promise_without_time"] is None
    assert found["two_questions"] is None


def test_a_gap_of_a_canned_reply_is_found_before_it_is_sent():
    (found,) = findings("El pedido [pedido] sale hoy.", language="es", level="calm")

    assert (found["rule"], found["text"]) == ("gap", "[pedido]")


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("register", ["usted", "tu", "vos"])
def test_no_canned_reply_inflames(language, register):
    for reply in CANNED.filled(language, register=register, facts={}):
        assert not check(reply["text"], language=language, level="angry", by_person=True), reply


def test_canned_replies_are_filled_with_what_is_known_and_leave_gaps():
    known = {"name": "Lucía", "agent": "Marta", "team": "envíos"}
    texts = {one["code"]: one["text"] for one in CANNED.filled("es", register="tu", facts=known)}

    assert texts["saludo"].startswith("Hola, Lucía. Soy Marta, de envíos.")
    assert "has escrito" in texts["saludo"]
    assert "[pedido]" in texts["reviso"]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"code": "x y", "title": "t", "text": "t"}], "is no code"),
        ([{"code": "uno", "title": "t", "text": "{que}"}], "unknown {que}"),
        ([{"code": "uno", "title": "t", "text": {"tu": "t"}}], "'usted' must be there"),
        ([{"code": "uno", "title": "t"}], "has 'code', 'title' and 'text'"),
        ([{"code": "uno", "title": "t", "text": "t"}] * 2, "two replies have the code"),
    ],
)
def test_a_wrong_canned_file_stops_the_start(tmp_path, rows, says):
    (tmp_path / "es.yml").write_text(yaml.safe_dump({"replies": rows}), "utf-8")

    with pytest.raises(ConfigError, match=says):
        CannedReplies.from_folder(tmp_path)


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_issue_has_steps_for_every_tier_and_level(language):
    books = playbooks()
    assert set(RULES.routing["issues"]) == set(books.issues())
    for issue in books.issues():
        for tier in TIERS:
            for level in LEVELS:
                found = books.of(issue, level=level, tier=tier, priority="high", language=language)
                assert found["first"] and found["steps"] and found["say"] and found["never"]
                assert [each["tier"] for each in found["path"]] == list(TIERS)


def test_what_playbooks_tell_to_say_does_not_inflame():
    books = playbooks()
    for issue in books.issues():
        for language in ("es", "en"):
            for level in LEVELS:
                said = books.of(issue, level=level, tier="L1", priority="low", language=language)
                for text in said["say"]:
                    assert not check(text, language=language, level=level, by_person=True), text


def test_the_matrix_has_the_limits_and_times_of_the_desk():
    found = playbooks().of("billing", level="calm", tier="L1", priority="high", language="es")
    first, second, third = found["matrix"]

    assert "300 €" in first["may"] and "1.500 €" in second["may"]
    assert "tres cuartos del plazo (24 h)" in second["when"]
    assert third["who"] == "Responsables"


def test_a_file_says_which_version_it_is_and_when_it_last_changed(tmp_path):
    path = tmp_path / "billing.yml"
    path.write_text("L1: antes", "utf-8")
    os.utime(path, (1_763_892_000, 1_763_892_000))  # 23 November 2025, 10:00 UTC
    before = edition(path)
    path.write_text("L1: ahora", "utf-8")
    after = edition(path)

    assert (before["file"], before["changed"]) == ("billing.yml", "2025-11-23T10:00:00.000Z")
    assert len(before["version"]) == 8
    assert after["version"] != before["version"]
    assert after["changed"] > before["changed"]
    with pytest.raises(ConfigError, match=r"gone\.yml cannot be read"):
        edition(tmp_path / "gone.yml")


def test_a_playbook_names_the_versions_of_the_guide_of_the_levels_and_of_the_limits():
    found = playbooks().of("billing", level="calm", tier="L1", priority="high", language="es")

    assert found["sources"] == [
        {"what": "guide", **edition(FOLDER / "billing.yml")},
        {"what": "levels", **edition(FOLDER / "levels.yml")},
        {"what": "limits", **edition(ROOT / "desk.yml")},
    ]


def test_a_step_of_nobody_stops_the_start():
    wrong = {"es": {}, "en": {}}
    for part in wrong.values():
        part |= {tier: [{"who": "suprvisor", "text": "x"}] for tier in TIERS}
        part |= {"say": [], "never": []}

    with pytest.raises(ConfigError, match=r"nobody is 'suprvisor'.*supervisor"):
        Playbooks({"other": wrong}, {}, teams={}, limits={})


class TestOverHttp:
    """The three operations, at the desk."""

    @pytest.fixture
    def client(self, gateway):
        client = gateway()
        client.app.state.gateway.desk.phrasebook = Phrasebook.from_folder(
            ROOT / "data" / "responses"
        )
        add_agent(client, teams=("logistics",), name="Ana Ruiz")
        add_agent(client, "luis", teams=("billing",), name="Luis Gil")
        return client

    @pytest.fixture
    def path(self, client, customer, engine):
        facts = {"order": "48213", "wait": "tres semanas"}
        payload = handoff(issue="late_delivery", facts=facts, team="logistics")
        engine.script[ANGRY] = {"handoff": payload}
        engine.levels[ANGRY] = "angry"
        eva = customer(client)
        eva.say(ANGRY)
        (row,) = Agent(client).queue()
        return f"/api/v1/tickets/{row['ref']}"

    def test_the_check_knows_how_the_customer_feels(self, client, path):
        answer = Agent(client).post(f"{path}/check", text="Cálmese, por favor!")

        rules = [one["rule"] for one in answer.json()["findings"]]
        assert answer.status_code == 200
        assert {"calm_down", "exclamation"} <= set(rules)

    def test_suggestions_use_the_facts_of_the_case(self, client, path):
        found = Agent(client).get(f"{path}/suggestions").json()

        assert any("48213" in one["text"] for one in found["canned"])
        assert any("tres semanas" in one["text"] for one in found["calm"])
        techniques = [one["technique"] for one in found["calm"]]
        assert len(techniques) == len(set(techniques)) > 1

    def test_the_playbook_follows_the_agents_language(self, client, path):
        ana = Agent(client)
        spanish = ana.get(f"{path}/playbook").json()
        english = client.get(
            f"{path}/playbook",
            headers={"Accept-Language": "en", "Cookie": f"remanso_session={ana.cookie}"},
        ).json()

        assert (spanish["issue"], spanish["level"]) == ("late_delivery", "angry")
        assert "Calm down." in english["never"] and "Cálmese." in spanish["never"]

    def test_the_playbook_says_since_when_its_files_and_the_desks_rules_hold(self, client, path):
        sources = Agent(client).get(f"{path}/playbook").json()["sources"]

        desk = edition(client.app.state.gateway.settings.desk)
        assert [each["what"] for each in sources] == ["guide", "levels", "limits"]
        assert sources[0] == {"what": "guide", **edition(FOLDER / "late_delivery.yml")}
        assert sources[2] == {"what": "limits", **desk}

    @pytest.mark.parametrize("operation", ["suggestions", "playbook"])
    def test_other_teams_and_strangers_get_nothing(self, client, path, operation):
        assert Agent(client, "luis").get(f"{path}/{operation}").status_code == 403
        assert client.get(f"{path}/{operation}").status_code == 401
        assert Agent(client).get(f"/api/v1/tickets/R-NADA00/{operation}").status_code == 404

    def test_a_check_of_something_else_is_refused(self, client, path):
        ana = Agent(client)

        assert ana.post(f"{path}/check", text=5).status_code == 400
        assert ana.post(f"{path}/check", text="a" * 4001).status_code == 400
        assert ana.post(f"{path}/check").status_code == 400
