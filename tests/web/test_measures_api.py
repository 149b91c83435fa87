"""The measures over HTTP: for supervisors only, as JSON, CSV and a page without inline script."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from agents_client import Agent, add_agent

from bot.handoff import agents, band, jobs
from bot.handoff.rules_law import LawPack
from bot.web.measures_page import CHARTS

pytestmark = pytest.mark.unit

PATH = "/api/v1/measures"
PAGE = "/console/measures"


@pytest.fixture
def desk(gateway, customer):
    """A gateway with one case, a supervisor and an agent."""
    client = gateway()
    add_agent(client)
    add_agent(client, "eva", role="supervisor", name="Eva Sanz")
    one = customer(client)
    one.say("hola <script>alert(1)</script>")
    one.person()
    return client


def test_a_supervisor_reads_the_measures(desk):
    told = Agent(desk, "eva").get(PATH).json()

    assert told["cases"] == told["conversations"] == 1
    assert told["escalation"]["rate"] == 1.0
    assert told["escalation"]["where"] == "high"


@pytest.mark.parametrize("path", [PATH, PATH + ".csv", PAGE])
def test_an_agent_may_not(desk, path):
    assert Agent(desk).get(path).status_code == 403


@pytest.mark.parametrize("path", [PATH, PATH + ".csv"])
def test_nobody_reads_them_without_a_login(desk, path):
    assert desk.get(path).status_code == 401


def test_without_a_login_the_page_leads_to_the_console(desk):
    answer = desk.get(PAGE, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/console/")


@pytest.mark.parametrize("query", ["from=ayer", "from=2026-12-01&to=2026-11-01", "team=nadie"])
@pytest.mark.parametrize("path", [PATH, PATH + ".csv", PAGE])
def test_a_period_that_makes_no_sense_is_refused(desk, path, query):
    assert Agent(desk, "eva").get(f"{path}?{query}").status_code == 400


def test_the_export_is_a_file_with_a_line_for_the_case(desk):
    answer = Agent(desk, "eva").get(PATH + ".csv")

    assert "attachment" in answer.headers["content-disposition"]
    assert len(list(csv.DictReader(io.StringIO(answer.text)))) == 1


def test_a_deadline_that_no_case_had_is_unknown_everywhere(gateway, customer):
    client = gateway()
    at = client.app.state.gateway.desk
    at.rules = replace(at.rules, law=LawPack())
    one = customer(client)
    one.say("hola")
    one.person()
    add_agent(client, "eva", role="supervisor", name="Eva Sanz")
    eva = Agent(client, "eva")

    told = eva.get(PATH).json()
    (line,) = csv.DictReader(io.StringIO(eva.get(PATH + ".csv").text))

    assert (told["sla"]["answer"], told["sla_cases"]["answer"]) == (None, 0)
    assert line["deadlines"] == "first_response resolution update"
    assert "– (ningún caso)" in eva.get(PAGE).text


@pytest.mark.parametrize(("accept", "title"), [("es", "Medidas"), ("en", "Service measures")])
def test_the_page_speaks_the_readers_language(desk, accept, title):
    eva = Agent(desk, "eva")
    desk.headers["Accept-Language"] = accept

    page = eva.get(PAGE).text
    assert title in page
    assert f'<html lang="{accept}">' in page


def test_the_page_runs_no_inline_script_and_its_figures_are_the_reports(desk):
    answer = Agent(desk, "eva").get(PAGE)
    policy = answer.headers["content-security-policy"]

    assert "script-src 'self';" in policy
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", answer.text, re.DOTALL)
    inline = [text for about, text in scripts if "src=" not in about and "json" not in about]
    assert inline == []
    figures = json.loads(next(text for about, text in scripts if "json" in about))
    assert figures["rate_chart"]["data"][0]["y"] == [1.0]


def test_the_page_to_keep_holds_everything_in_one_file(desk):
    answer = Agent(desk, "eva").get(PAGE + "?download=1")

    assert "attachment" in answer.headers["content-disposition"]
    assert not re.search(r'(src|href)="(?!#)', answer.text[:20_000])
    assert "Plotly" in answer.text


def test_an_empty_period_says_so(desk):
    page = Agent(desk, "eva").get(PAGE + "?from=2025-01-01&to=2025-01-31").text

    assert "no hay casos" in page


def test_plotlys_script_is_served_from_here(desk):
    answer = desk.get("/console/plotly.js")

    assert answer.headers["content-type"].startswith("text/javascript")
    assert len(answer.content) > 1_000_000


def test_the_language_chosen_in_the_console_goes_before_the_browsers_and_is_kept(desk):
    desk.headers["Accept-Language"] = "es"
    page = Agent(desk, "eva").get(PAGE + "?language=en").text

    assert '<html lang="en">' in page
    assert '<input type="hidden" name="language" value="en">' in page
    links = re.findall(r'href="(/console/measures\?[^"]*)"', page)
    assert [re.search("language=(..)", link)[1] for link in links] == ["en", "es"]  # keep; switch
    unknown = Agent(desk, "eva").get(PAGE + "?language=xx").text
    assert '<html lang="es">' in unknown


def test_every_chart_has_its_figures_as_a_table(desk):
    at = desk.app.state.gateway
    ref = at.desk.open_cases()[0].ref
    add_agent(desk, "leo", name="Leo Sanz")
    leo = Agent(desk, "leo")
    leo.act(ref, "claim")
    leo.act(ref, "messages", text="Lo miro.", client_id="1")
    leo.act(ref, "resolve", disposition="solved", cause="authority")
    page = Agent(desk, "eva").get(PAGE).text
    figures = json.loads(re.search(r'id="figures">(.*?)</script>', page, re.DOTALL)[1])

    sections = re.findall(r'<section aria-labelledby="h-(\w+)">(.*?)</section>', page, re.DOTALL)
    assert [name for name, _ in sections] == [name for name in CHARTS if name in figures]
    rows = {name: re.findall(r"<t[hd][^>]*>([^<]+)<", text) for name, text in sections}
    assert rows["rate_chart"][4:] == [rows["rate_chart"][4], "1", "1", "100 %"]
    assert rows["response_chart"][:5] == ["Prioridad", "Casos", "media", "mediana", "90 %"]
    assert rows["resolution_chart"][6] == "1"
    assert rows["fcr_chart"][2:] == ["El bot no podía decidirlo", "1"]


def test_the_mean_stands_beside_the_median(desk):
    at = desk.app.state.gateway
    at.desk.claim(at.desk.open_cases()[0].ref, add_agent(desk, "leo"))
    at.desk.say(at.desk.open_cases()[0].ref, agents.get(at.store, "leo"), "Lo miro.", "c1")
    card = cards(Agent(desk, "eva").get(PAGE).text)["Del traspaso a una persona (mediana)"]

    assert re.search(r"media: \d+ s", card)


def test_one_team_is_held_against_no_band_and_has_no_share_of_the_conversations(desk):
    eva = Agent(desk, "eva")
    told = eva.get(PATH + "?team=technical").json()
    page = eva.get(PAGE + "?team=general").text

    assert (told["conversations"], told["escalation"]["where"]) == (None, None)
    assert "de la banda acordada" not in page
    assert "Casos por asunto" not in eva.get(PAGE).text
    rate = cards(page)["Llegan a una persona"]
    assert "sin datos" in rate
    assert "Solo para todos los equipos" in rate
    whole = cards(eva.get(PAGE).text)["Llegan a una persona"]
    assert "Por encima de la banda" in whole


def cards(page):
    found = re.findall(r'<li class="card (.*?)</li>', page, re.DOTALL)
    return {re.search(r'"label">([^<]+)<', card)[1]: card for card in found}


def test_a_week_outside_the_band_is_told_at_the_login_to_who_leads(desk):
    gateway = desk.app.state.gateway
    data = {"from": "2026-11-22T23:00:00Z", "to": "", "rate": 0.62, "low": 0.1, "high": 0.5}
    with gateway.store.database.write() as connection:
        later = gateway.store.clock() + timedelta(days=3)
        jobs.put(connection, band.JOB, band.JOB, later, data={**data, "where": "high"})

    (text,) = Agent(desk, "eva").get("/api/v1/session").json()["notices"]
    assert "23/11/2026 el 62 %" in text
    assert "como mucho el 50 %" in text
    assert Agent(desk).get("/api/v1/session").json()["notices"] == []
