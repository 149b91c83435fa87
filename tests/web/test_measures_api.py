"""The measures over HTTP: for supervisors only, as JSON, CSV and a page without inline script."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest
from agents_client import Agent, add_agent

from bot.handoff.rules_law import LawPack

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
