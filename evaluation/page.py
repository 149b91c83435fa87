"""The report as one page of its own: plotly inside, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation import charts
from evaluation.systems import OURS
from evaluation.terminal import FRUSTRATION, INTENTS, REAL, written

TEMPLATE = Path(__file__).parent / "templates" / "report.html"
CONFIG = {"displayModeBar": False, "responsive": True}


def render(report: Mapping[str, Any]) -> str:
    """Return the page.

    Args:
        report: As ``evaluation.evaluate`` returns it.
    """
    from jinja2 import Environment, FileSystemLoader
    from plotly.offline import get_plotlyjs

    environment = Environment(
        loader=FileSystemLoader(TEMPLATE.parent), autoescape=True, trim_blocks=True
    )
    environment.filters.update(written=written, percent=percent, number=number)
    return environment.get_template(TEMPLATE.name).render(
        report=report,
        ours=OURS,
        plotly=get_plotlyjs(),
        language=charts.LANGUAGE,
        intent_metrics=INTENTS,
        frustration_metrics=FRUSTRATION,
        real_metrics=REAL,
        sections=[*intent_charts(report), *frustration_charts(report), *other_charts(report)],
        tiles=tiles(report["headline"]),
    )


def percent(value: float | None) -> str:
    """Return a share as a percentage without decimals, 0.9 as 90 %; a dash for None."""
    return "–" if value is None else f"{value * 100:.0f} %"


def number(value: float | None, digits: int = 2) -> str:
    """Return a number with some decimals; a dash for None."""
    return "–" if value is None else f"{value:.{digits}f}"


def tiles(headline: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the few numbers at the top: what, value, interval."""
    wanted = {
        "intent_f1": "Intent macro F1",
        "frustration_f1": "Frustrated or angry, F1",
        "frustration_auc": "Frustrated or angry, ROC AUC",
        "ask_human_recall": "Requests for a person heard",
    }
    return [
        {
            "what": f"{label}, {charts.LANGUAGE[code]}",
            "value": number(headline[f"{name}_{code}"]["value"], 3),
            "range": written(headline[f"{name}_{code}"]).partition(" ")[2],
        }
        for name, label in wanted.items()
        for code in ("es", "en")
        if f"{name}_{code}" in headline
    ]


def _chart(part: str, sentence: str, figure: Any, note: str = "") -> dict[str, str]:
    html = figure.to_html(full_html=False, include_plotlyjs=False, config=CONFIG)
    return {"part": part, "sentence": sentence, "html": html, "note": note}


def _rival(systems: Mapping[str, Any], metric: str) -> tuple[str, float] | None:
    """Return the best of the others in a metric."""
    found = [
        (numbers[metric]["value"], name)
        for name, numbers in systems.items()
        if not name.startswith(OURS) and (numbers.get(metric) or {}).get("value") is not None
    ]
    return max(found)[::-1] if found else None


def _beside(systems: Mapping[str, Any], metric: str) -> str:
    """Return our value and that of the best rival, in words."""
    ours = systems[OURS][metric]["value"]
    rival = _rival(systems, metric)
    text = number(ours, 3)
    return f"{text}; the best other, {rival[0]}, {number(rival[1], 3)}" if rival else text


def intent_charts(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the charts on intents, each with the sentence that it shows."""
    found = []
    part = report["intents"]
    for code, language in part["languages"].items():
        name, systems = charts.LANGUAGE[code], language["systems"]
        sentence = f"Intents in {name}: macro F1 {_beside(systems, 'intent_f1')}."
        shown = {key: label for key, label in INTENTS.items() if key != "intent_ece"}
        found.append(_chart("Intents", sentence, charts.compared(systems, shown)))
        error = number(systems[OURS]["intent_ece"]["value"], 3)
        sentence = f"In {name} a stated confidence is {error} off on average (ECE)."
        figure = charts.reliability(language["reliability"], "confidence of the intent")
        note = (
            "Each dot is a tenth of the texts. On the dotted line confidences are true; above it "
            "the system is too modest."
        )
        found.append(_chart("Intents", sentence, figure, note))
    if part["confusions"]:
        worst = part["confusions"][0]
        sentence = (
            f"The most frequent mistake: {worst['intent']} taken for {worst['found']}, "
            f"{worst['texts']} texts."
        )
        figure = charts.heat(**part["heat"], shares=False)
        found.append(_chart("Intents", sentence, figure, "Numbers are texts, both languages."))
    return found


def frustration_charts(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the charts on frustration, each with the sentence that it shows."""
    found = []
    part = report["frustration"]
    for code, language in part["languages"].items():
        if code != "all":
            found += _frustration_language(charts.LANGUAGE[code], language)
    both = part["languages"]["all"]["systems"][OURS]
    sentence = (
        f"The exact level of four is right for {percent(both['level_accuracy']['value'])} of the "
        f"texts, at most one off for {percent(both['level_within_one']['value'])}."
    )
    figure = charts.levels(part["levels"]["all"])
    found.append(_chart("Frustration", sentence, figure, "Numbers are texts, both languages."))
    ranked = [one for one in part["slices"] if one["accuracy"]["value"] is not None]
    if ranked:
        worst = min(ranked, key=lambda one: one["accuracy"]["value"])
        sentence = (
            f"Frustrated or not is told right least often for {worst['slice']} {worst['value']}: "
            f"{percent(worst['accuracy']['value'])} of {worst['texts']} texts."
        )
        figure = charts.bars(part["slices"], "accuracy", "share told right")
        note = "In brackets: texts of the slice."
        found.append(_chart("Frustration", sentence, figure, note))
    return found


def _frustration_language(name: str, language: Mapping[str, Any]) -> list[dict[str, str]]:
    systems = language["systems"]
    shown = {key: label for key, label in FRUSTRATION.items() if key != "frustration_ece"}
    ours = systems[OURS]
    return [
        _chart(
            "Frustration",
            f"Frustrated or angry in {name}: F1 {_beside(systems, 'frustration_f1')}.",
            charts.compared(systems, shown),
        ),
        _chart(
            "Frustration",
            f"ROC in {name}: area {_beside(systems, 'frustration_auc')}.",
            charts.curves(language, "roc"),
        ),
        _chart(
            "Frustration",
            f"In {name}, {percent(ours['frustration_precision']['value'])} of the alarms are right "
            f"and {percent(ours['frustration_recall']['value'])} of the frustrated are heard.",
            charts.curves(language, "pr"),
        ),
        _chart(
            "Frustration",
            f"In {name} a stated probability is {number(ours['frustration_ece']['value'], 3)} off "
            "on average (ECE).",
            charts.reliability(language["reliability"], "P(frustrated or angry)"),
            "Each dot is a tenth of the texts.",
        ),
    ]


def other_charts(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the charts on real texts, latency and the whole engine under load."""
    found = []
    for name, part in report["real"].items():
        asked = "complaint_auc" if "complaint_auc" in part["systems"][OURS] else "frustration_auc"
        auc = _beside(part["systems"], asked)
        sentence = f"{name}: ROC AUC {auc}, on {part['texts']} texts that nobody here wrote."
        note = f"{part['positive']} of them are positive by their own labels."
        judged = {key for numbers in part["systems"].values() for key in numbers}
        shown = {key: label for key, label in REAL.items() if key in judged}
        figure = charts.compared(part["systems"], shown)
        found.append(_chart("Real texts", sentence, figure, note))
    timed = [one for one in report["systems"] if one["latency"]]
    if timed:
        ours = next(one["latency"] for one in timed if one["name"] == OURS)
        sentence = f"One text is read in {ours['p50']:.0f} ms (p50), {ours['p99']:.0f} ms (p99)."
        note = "One at a time in a warm process on this machine, which does other work too."
        found.append(_chart("Speed and size", sentence, charts.latency(timed), note))
    if report["benchmark"]:
        found.append(_load(report["benchmark"]))
    return found


def _load(benchmark: Mapping[str, Any]) -> dict[str, str]:
    most: Sequence[Any] = [benchmark[key]["loads"][-1] for key in ("ours", "default")]
    sentence = (
        f"With {most[0]['clients']} clients at once half of the answers take "
        f"{most[0]['p50']:.0f} ms; Rasa's default pipeline takes {most[1]['p50']:.0f} ms."
    )
    rows = "; ".join(
        f"{name}: start {benchmark[key]['start_seconds']:.0f} s, memory "
        f"{benchmark[key]['memory_mb']:.0f} MB, training {benchmark[key]['training_seconds']:.0f} s"
        for key, name in (("ours", OURS), ("default", "Rasa's default pipeline"))
    )
    return _chart("Speed and size", sentence, charts.under_load(benchmark), f"{rows}.")
