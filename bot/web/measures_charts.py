"""The charts of the measures, as plotly reads them, and the words of their page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml

from bot.handoff.rules import PRIORITIES, DeskRules
from bot.settings import ROOT

WORDS = ROOT / "data" / "gateway" / "measures.yml"
WATER, CLAY, MOSS, LINE = "#0f6b72", "#b4532a", "#2f7d4f", "#d9d3c8"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
MOST = 12
"""Bars of a chart; the rest is in the data."""


@lru_cache(maxsize=4)
def words_of(language: str) -> Mapping[str, str]:
    """Return the page's words."""
    texts = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    found: Mapping[str, str] = texts.get(language) or texts["es"]
    return found


@lru_cache(maxsize=4)
def issue_names(language: str) -> Mapping[str, str]:
    """Return what each issue is called."""
    path = ROOT / "data" / "wording" / "summary.yml"
    texts = yaml.safe_load(path.read_text(encoding="utf-8"))
    found: Mapping[str, str] = (texts.get(language) or texts["es"])["issue"]
    return found


def charts(report: Mapping[str, Any], rules: DeskRules, language: str) -> dict[str, Any]:
    """Return the figures of a report by name, as plotly reads them."""
    import plotly.graph_objects as go  # half a second, for supervisors only

    words = words_of(language)
    named = {
        "response_chart": _times(go, report["response"]["by_priority"], 60.0, words),
        "resolution_chart": _times(go, report["resolution"]["by_priority"], 3600.0, words),
        "csat_chart": _scores(go, report["satisfaction"], words),
        "rate_chart": _weeks(go, report, words),
        "fcr_chart": _bars(go, reasons(report, rules, language)),
        "issues_chart": _rates(go, issues(report, language), words),
        "products_chart": _rates(go, report["escalation"]["products"], words),
    }
    return {
        name: json.loads(figure.to_json()) for name, figure in named.items() if figure is not None
    }


def _figure(go: Any, height: int = 260) -> Any:
    axis = {"gridcolor": LINE, "linecolor": LINE, "zerolinecolor": LINE, "automargin": True}
    figure = go.Figure()
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 13, "color": "#1d2a2c"},
        legend={"orientation": "h", "y": 1.12, "x": 0},
        xaxis=axis,
        yaxis=axis,
    )
    return figure


def _times(
    go: Any,
    table: Mapping[str, Any],
    unit: float,
    words: Mapping[str, str],
) -> Any:
    names = [name for name in PRIORITIES if (table.get(name) or {}).get("count")]
    if not names:
        return None
    labels = [words[name] for name in names]
    figure = _figure(go)
    for key, colour in (("mean", MOSS), ("median", WATER), ("p90", CLAY)):
        values = [round(table[name][key] / unit, 2) for name in names]
        figure.add_bar(x=labels, y=values, name=words[key], marker_color=colour)
    return figure


def _scores(go: Any, told: Mapping[str, Any], words: Mapping[str, str]) -> Any:
    if not told["answers"]:
        return None
    figure = _figure(go)
    numbers = told["scores"]
    colours = [MOSS if int(score) >= told["target"] else CLAY for score in numbers]
    figure.add_bar(x=list(numbers), y=list(numbers.values()), marker_color=colours)
    figure.add_vline(x=told["target"] - 1, line_dash="dash", annotation_text=words["target"])
    figure.update_xaxes(type="category")
    return figure


def _weeks(go: Any, report: Mapping[str, Any], words: Mapping[str, str]) -> Any:
    weeks = [week for week in report["weeks"] if week["rate"] is not None]
    if not weeks:
        return None
    figure = _figure(go)
    band = report["escalation"]
    if band["low"] is not None:
        figure.add_hrect(
            y0=band["low"],
            y1=band["high"],
            fillcolor=MOSS,
            opacity=0.12,
            line_width=0,
            annotation_text=words["band"],
        )
    figure.add_scatter(
        x=[week["week"] for week in weeks],
        y=[week["rate"] for week in weeks],
        mode="lines+markers",
        line_color=WATER,
        name=words["rate"],
    )
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    figure.update_xaxes(type="category")
    return figure


def _bars(go: Any, numbers: Mapping[str, float]) -> Any:
    shown = dict(sorted(numbers.items(), key=lambda item: -item[1])[:MOST])
    if not shown or set(shown) == {"other"}:
        return None
    figure = _figure(go, 60 + 26 * len(shown))
    figure.add_bar(
        x=list(reversed(shown.values())),
        y=list(reversed(shown)),
        orientation="h",
        marker_color=WATER,
    )
    return figure


def _rates(go: Any, told: Mapping[str, Mapping[str, Any]], words: Mapping[str, str]) -> Any:
    """Draw which share of the conversations about each thing reaches a person, with its number.

    Where there are no shares, of one team, the cases are drawn.
    """
    shown = dict(list(told.items())[:MOST])
    if any(one["rate"] is None for one in shown.values()):
        return _bars(go, {name: one["escalated"] for name, one in shown.items()})
    figure = _bars(go, {name: one["rate"] for name, one in shown.items()})
    if figure is None:
        return None
    of = [words["of"].format(**shown[name]) for name in figure.data[0].y]
    figure.update_traces(text=of, textposition="auto")
    figure.update_xaxes(tickformat=".0%", range=[0, 1])
    return figure


def reasons(report: Mapping[str, Any], rules: DeskRules, language: str) -> dict[str, int]:
    """Return why a person was needed, by name: as agents noted it, else as the bot did."""
    told = report["first_contact"]
    kind, numbers = ("causes", told["causes"]) if told["causes"] else ("reasons", told["reasons"])
    found: dict[str, int] = {}
    for code, number in numbers.items():
        label = rules.label(kind, code, language)
        found[label] = found.get(label, 0) + number
    return found


def issues(report: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the escalation rate of each issue, by the issue's name."""
    names = issue_names(language)
    return {names.get(code, code): one for code, one in report["escalation"]["issues"].items()}
