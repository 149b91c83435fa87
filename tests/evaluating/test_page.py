"""The report for people: one page that fetches nothing, and tables in the terminal."""

import io
import json
import re

import pytest
from rich.console import Console

from evaluation import terminal
from evaluation.evaluate import write
from evaluation.page import render
from evaluation.systems import OURS

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def page(report):
    return render(report)


@pytest.fixture(scope="module")
def own(page):
    """The page without plotly's own code."""
    return re.sub(r"<script>.*?</script>", "", page, count=1, flags=re.S)


def test_the_page_fetches_nothing(own):
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", own)
    assert "@import" not in own
    assert "url(" not in own


def test_plotly_is_inside_once(page):
    assert page.count("plotly.js v") == 1


def test_what_customers_wrote_is_text_and_never_markup(own):
    assert "&lt;/script&gt;" in own
    assert "hola <b>" not in own


def test_every_chart_has_a_sentence_and_every_axis_a_title(own):
    charts = own.count('class="plotly-graph-div"')
    assert charts > 10
    assert len(re.findall(r"<section class=\"card\"><h3>[^<]{20,}\.</h3>", own)) == charts


def test_intervals_are_shown(own):
    assert re.search(r"0\.\d{3} \[0\.\d{3}, [01]\.\d{3}\]", own)


def test_what_was_left_out_is_said(own):
    assert "Left out: Real texts: not there." in own


def test_a_model_of_other_data_is_called_that(report):
    old = {**report["model"], "about": "m.tar.gz, NOT of the present data: train again."}
    assert "trained on other data than the present" in render({**report, "model": old})
    assert "trained on other data than the present" not in render(report)


def test_held_out_texts_that_are_trained_on_are_shouted_about(report, own):
    assert '<p class="warning">1 of 12 held-out texts is trained on.</p>' in own
    assert 'class="warning"' not in render({**report, "overlap": []})


def test_the_benchmark_is_shown_when_there_is_one(report):
    loads = [{"clients": 1, "p50": 1.0, "p95": 2.0, "p99": 3.0}]
    one = {"start_seconds": 1, "memory_mb": 2, "training_seconds": 3, "loads": loads}
    assert "clients at once" in render({**report, "benchmark": {"ours": one, "default": one}})


def test_both_files_are_written_and_the_data_is_json(report, tmp_path):
    data, page = write(report, tmp_path / "new")
    assert json.loads(data.read_text())["headline"]["intent_f1_es"]["value"] > 0
    assert page.read_text().startswith("<!doctype html>")


def test_the_terminal_shows_every_system_and_what_was_left_out(report):
    stream = io.StringIO()
    terminal.show(report, Console(file=stream, width=160))
    shown = stream.getvalue()
    assert OURS in shown
    assert "keywords" in shown
    assert "McNemar p" in shown
    assert "Left out: Real texts" in shown


def test_a_missing_number_is_a_dash():
    assert terminal.written(None) == "–"
    assert terminal.written({"value": None, "low": None, "high": None}) == "–"
    assert terminal.written({"value": 0.5, "low": 0.4, "high": 0.61}) == "0.500 [0.400, 0.610]"
