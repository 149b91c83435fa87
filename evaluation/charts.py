"""The pictures of the report: plotly figures in the colours of the pages, intervals shown."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from bot.deescalation.turn import LEVELS
from evaluation.systems import OURS

WATER, CLAY, AMBER, MOSS = "#0f6b72", "#b4532a", "#a86b00", "#2f7d4f"
INK, SAND, LINE = "#1d2a2c", "#f6f3ee", "#d9d3c8"
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "cross")
LOOK = {
    OURS: (WATER, "circle"),
    "tf-idf + logistic regression": (CLAY, "square"),
    "frozen encoder": (MOSS, "triangle-up"),
    "Rasa's default pipeline": (AMBER, "diamond"),
    "keywords": ("#5b6b70", "x"),
    "plain bot": (CLAY, "square"),
}
OTHER = ("#7a8a86", "cross")  # any further system
LABEL = 15  # characters of a label before it is broken: phones are narrow
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
LANGUAGE = {"es": "Spanish", "en": "English", "all": "both"}


def styles(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return colour and symbol of each system, the same in every chart."""
    return {name: LOOK.get(name, OTHER) for name in names}


def _figure(height: int, x: str, y: str) -> go.Figure:
    figure = go.Figure()
    axis = {"gridcolor": LINE, "zerolinecolor": LINE, "linecolor": LINE, "automargin": True}
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="#ffffff",
        font={"family": FONT, "size": 13, "color": INK},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        xaxis={**axis, "title": x},
        yaxis={**axis, "title": y},
        hoverlabel={"font": {"family": FONT}},
    )
    return figure


def _error(values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the bars from value to interval."""
    up = [(one["high"] if one["high"] is not None else one["value"]) for one in values]
    down = [(one["low"] if one["low"] is not None else one["value"]) for one in values]
    pairs = list(zip(values, up, down, strict=True))
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - one["value"] for one, high, _ in pairs],
        "arrayminus": [one["value"] - low for one, _, low in pairs],
        "thickness": 1.5,
        "width": 4,
    }


def compared(parts: Mapping[str, Any], metrics: Mapping[str, str]) -> go.Figure:
    """Return dots with intervals: metrics down, systems side by side.

    Args:
        parts: System to metric to value with interval.
        metrics: Those shown, with their labels, from the top.
    """
    rows = list(metrics)
    figure = _figure(130 + 15 * len(rows) * max(len(parts), 3), "share (95 % interval)", "")
    look = styles(list(parts))
    step = 0.8 / max(len(parts), 1)
    for place, (name, numbers) in enumerate(parts.items()):
        kept = [key for key in rows if (numbers.get(key) or {}).get("value") is not None]
        values = [numbers[key] for key in kept]
        figure.add_scatter(
            x=[one["value"] for one in values],
            y=[rows.index(key) + (place - (len(parts) - 1) / 2) * step for key in kept],
            error_x={**_error(values), "color": look[name][0]},
            mode="markers",
            name=name,
            marker={"color": look[name][0], "symbol": look[name][1], "size": 10},
            text=[metrics[key] for key in kept],
            hovertemplate="%{text}: %{x:.3f}<extra>" + name + "</extra>",
        )
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=["<br>".join(textwrap.wrap(metrics[key], LABEL)) for key in rows],
        range=[len(rows) - 0.5, -0.5],
    )
    figure.update_xaxes(range=[0, 1.04])
    return figure


def curves(part: Mapping[str, Any], kind: str) -> go.Figure:
    """Return ROC or precision-recall curves of all systems.

    Args:
        part: The frustration of one language.
        kind: ``roc`` or ``pr``.
    """
    titles = {
        "roc": ("false alarms, share of the others", "frustrated heard, share"),
        "pr": ("frustrated heard, share (recall)", "right alarms, share (precision)"),
    }
    figure = _figure(400, *titles[kind])
    look = styles(list(part["curves"]))
    for name, curve in part["curves"].items():
        x, y = curve[kind]
        figure.add_scatter(
            x=x,
            y=y,
            mode="lines",
            name=name,
            line={"color": look[name][0], "width": 3 if name == OURS else 1.5, "shape": "linear"},
        )
    if kind == "roc":
        _diagonal(figure)
    figure.update_xaxes(range=[0, 1])
    figure.update_yaxes(range=[0, 1.04])
    return figure


def reliability(bins: Mapping[str, Sequence[Mapping[str, float]]], what: str) -> go.Figure:
    """Return said against true, one dot for each tenth of the texts.

    Args:
        bins: System to bins.
        what: Of what the chance is.
    """
    figure = _figure(400, f"{what}, as said", "share that was true")
    look = styles(list(bins))
    for name, rows in bins.items():
        figure.add_scatter(
            x=[one["said"] for one in rows],
            y=[one["true"] for one in rows],
            error_y={**_wilson(rows), "color": look[name][0]} if name == OURS else None,
            mode="lines+markers",
            name=name,
            line={"color": look[name][0], "width": 3 if name == OURS else 1.5},
            marker={"symbol": look[name][1], "size": 8},
        )
    _diagonal(figure)
    figure.update_xaxes(range=[0, 1])
    figure.update_yaxes(range=[0, 1.04])
    return figure


def _wilson(rows: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Return the 95 % Wilson interval of each bin's share as error bars."""
    up, down = [], []
    for one in rows:
        n, share, z = one["texts"], one["true"], 1.96
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
        up.append(max(middle + half - share, 0.0))
        down.append(max(share - middle + half, 0.0))
    return {"type": "data", "symmetric": False, "array": up, "arrayminus": down, "thickness": 1.5}


def _diagonal(figure: go.Figure) -> None:
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": LINE, "dash": "dot"},
        showlegend=False,
        hoverinfo="skip",
    )


def heat(names: Sequence[str], counts: Sequence[Sequence[int]], *, shares: bool) -> go.Figure:
    """Return a table of counts as colours: rows are true, columns found.

    Args:
        names: Of the classes.
        counts: Rows are the true ones.
        shares: Whether right ones are coloured too; else only mistakes are.
    """
    size = range(len(names))
    coloured = [[counts[i][j] if shares or i != j else 0 for j in size] for i in size]
    figure = _figure(max(320, 60 + 30 * len(names)), "found", "true")
    labels = [name.replace("_", " ") for name in names]
    figure.add_heatmap(
        z=coloured,
        x=labels,
        y=labels,
        text=[[str(cell) if cell else "" for cell in row] for row in counts],
        texttemplate="%{text}",
        hovertemplate="true %{y}, found %{x}: %{text} texts<extra></extra>",
        colorscale=[[0, "#ffffff"], [1, WATER if shares else CLAY]],
        showscale=False,
        xgap=1,
        ygap=1,
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(tickangle=-45)
    return figure


def levels(counts: Sequence[Sequence[int]]) -> go.Figure:
    """Return the table of the four levels."""
    return heat(LEVELS, counts, shares=True)


def bars(rows: Sequence[Mapping[str, Any]], metric: str, title: str) -> go.Figure:
    """Return one metric of many slices with intervals, ours.

    Args:
        rows: Slices with ``slice``, ``value``, ``texts`` and metrics.
        metric: Which.
        title: Of the axis.
    """
    kept = [one for one in rows if one[metric]["value"] is not None]
    figure = _figure(90 + 24 * len(kept), f"{title} (95 % interval)", "")
    values = [one[metric] for one in kept]
    figure.add_scatter(
        x=[one["value"] for one in values],
        y=[f"{one['slice']}: {one['value']} ({one['texts']})" for one in kept],
        error_x={**_error(values), "color": WATER},
        mode="markers",
        marker={"color": WATER, "size": 9},
        hovertemplate="%{y}: %{x:.3f}<extra></extra>",
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(range=[0, 1.04])
    return figure


def latency(systems: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Return p50, p95 and p99 of reading one text, each system a row."""
    kept = [one for one in systems if one["latency"]]
    figure = _figure(130 + 34 * len(kept), "milliseconds for one text (log scale)", "")
    look = zip(("p50", "p95", "p99"), (MOSS, AMBER, CLAY), SYMBOLS, strict=False)
    for key, colour, symbol in look:
        figure.add_scatter(
            x=[one["latency"][key] for one in kept],
            y=[one["name"] for one in kept],
            mode="markers",
            name=key,
            marker={"color": colour, "symbol": symbol, "size": 11},
            hovertemplate="%{y}: %{x:.2f} ms<extra>" + key + "</extra>",
        )
    figure.update_xaxes(type="log", dtick=1)
    figure.update_yaxes(autorange="reversed")
    return figure


def under_load(report: Mapping[str, Any]) -> go.Figure:
    """Return the engine's milliseconds by number of clients, ours and the default pipeline."""
    figure = _figure(360, "clients at once", "milliseconds for one message")
    pairs = (("ours", OURS, WATER), ("default", "Rasa's default pipeline", CLAY))
    for key, name, colour in pairs:
        loads = report[key]["loads"]
        for quantile, dash in (("p50", "solid"), ("p95", "dash"), ("p99", "dot")):
            figure.add_scatter(
                x=[str(one["clients"]) for one in loads],
                y=[one[quantile] for one in loads],
                mode="lines+markers",
                name=f"{name}, {quantile}",
                line={"color": colour, "dash": dash},
            )
    figure.update_xaxes(type="category")
    figure.update_yaxes(rangemode="tozero")
    return figure
