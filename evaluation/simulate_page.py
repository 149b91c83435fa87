"""The report on simulated customers as one page of its own: plotly inside, nothing fetched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from evaluation import charts
from evaluation.page import CONFIG, TEMPLATE
from evaluation.simulate_measures import SHARES
from evaluation.systems import OURS

NAMES = {
    "calmed": "calmed",
    "resolved": "solved here, where nobody was due",
    "handoff_recall": "a person when due",
    "handoff_precision": "a person only when due",
    "first_reply_fact": "first reply names a fact",
    "repeated": "said something twice",
    "left": "left with nothing",
}


def render(report: Mapping[str, Any]) -> str:
    """Return the page.

    Args:
        report: As ``evaluation.simulate.evaluate`` returns it.
    """
    from jinja2 import Environment, FileSystemLoader
    from plotly.offline import get_plotlyjs

    from evaluation.simulate_terminal import written

    environment = Environment(
        loader=FileSystemLoader(TEMPLATE.parent), autoescape=True, trim_blocks=True
    )
    return environment.get_template("personas.html").render(
        report=report,
        ours=OURS,
        shares=SHARES,
        written=written,
        plotly=get_plotlyjs(),
        charts=[_html(figure) | {"sentence": text} for text, figure in _charts(report)],
    )


def _charts(report: Mapping[str, Any]) -> list[tuple[str, go.Figure]]:
    found = [
        (
            "What became of the customers, with 95 % intervals.",
            charts.compared(report["bots"], NAMES),
        ),
        ("Mood of those who came angry, reply by reply (mean).", _moods(report)),
        ("Change of mood by persona: from the start to the end.", _by_persona(report)),
    ]
    if report["without"]:
        parts = {"nothing": report["with"], **report["without"]}
        text = "Our bot with a mechanism switched off: share calmed and a person only when due."
        found.append((text, _without(parts)))
    return found


def _html(figure: go.Figure) -> dict[str, str]:
    return {"html": figure.to_html(full_html=False, include_plotlyjs=False, config=CONFIG)}


def _colours(report: Mapping[str, Any]) -> dict[str, str]:
    return dict(zip(report["bots"], (charts.WATER, charts.CLAY), strict=False))


def _moods(report: Mapping[str, Any]) -> go.Figure:
    figure = charts._figure(360, "replies", "mood (0 content, 1 furious)")
    for name, values in report["curves"].items():
        figure.add_scatter(
            x=list(range(len(values))),
            y=values,
            mode="lines+markers",
            name=name,
            line={"color": _colours(report)[name], "width": 3 if name == OURS else 2},
        )
    figure.update_yaxes(range=[0, 1])
    return figure


def _by_persona(report: Mapping[str, Any]) -> go.Figure:
    rows = next(iter(report["personas"].values()))
    figure = charts._figure(120 + 26 * len(rows), "mood at the end", "")
    for name, mine in report["personas"].items():
        figure.add_scatter(
            x=[one["end"] for one in mine],
            y=[one["persona"].replace("_", " ") for one in mine],
            mode="markers",
            name=name,
            marker={"color": _colours(report)[name], "size": 10},
        )
    figure.add_scatter(
        x=[one["start"] for one in rows],
        y=[one["persona"].replace("_", " ") for one in rows],
        mode="markers",
        name="at the start",
        marker={"color": charts.INK, "symbol": "line-ns-open", "size": 12},
    )
    figure.update_xaxes(range=[0, 1])
    figure.update_yaxes(autorange="reversed")
    return figure


def _without(parts: Mapping[str, Any]) -> go.Figure:
    figure = charts._figure(120 + 40 * len(parts), "share (95 % interval)", "")
    shown = {
        "calmed": charts.WATER,
        "handoff_recall": charts.MOSS,
        "handoff_precision": charts.CLAY,
    }
    for metric, colour in shown.items():
        kept = {
            name: one[metric] for name, one in parts.items() if one[metric]["value"] is not None
        }
        figure.add_scatter(
            x=[one["value"] for one in kept.values()],
            y=[f"without {name}" for name in kept],
            error_x={**charts._error(list(kept.values())), "color": colour},
            mode="markers",
            name=NAMES[metric],
            marker={"color": colour, "size": 9},
        )
    figure.update_xaxes(range=[0, 1.04])
    figure.update_yaxes(autorange="reversed")
    return figure
