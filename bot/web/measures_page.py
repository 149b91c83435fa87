"""The page of the desk's measures: figures, charts and tables from one report.

The charts are plotly's. The page as it is served runs no inline script; the one that is downloaded
holds everything in one file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from bot.handoff.rules import DeskRules
from bot.web.measures_charts import charts, issue_names, words_of
from bot.web.measures_tables import tables
from bot.web.notices import LANGUAGES

TEMPLATES = Path(__file__).resolve().parent / "templates"
STATIC = Path(__file__).resolve().parent / "static" / "console"
CSS, DRAWS = STATIC / "css" / "measures.css", STATIC / "measures.js"
CHARTS = (
    "response_chart", "resolution_chart", "csat_chart", "fcr_chart", "rate_chart", "issues_chart",
    "products_chart",
)  # fmt: skip


def page(
    report: Mapping[str, Any],
    rules: DeskRules,
    language: str,
    *,
    query: Mapping[str, str],
    whole: bool = False,
) -> str:
    """Return the page as HTML.

    Args:
        report: Of :meth:`bot.handoff.measuring.Measuring.report`.
        rules: The desk's, for names.
        language: es or en.
        query: ``from``, ``to``, ``team`` and ``language`` as asked.
        whole: Everything in one file, to keep and to send.
    """
    words = words_of(language)
    figures = charts(report, rules, language) if report["cases"] or report["conversations"] else {}

    def time(value: float | None) -> str:
        return _time(value, words)

    def share(value: float | None) -> str:
        return _share(value, words, language)

    return (
        _environment()
        .get_template("measures.html")
        .render(
            language=language,
            words=words,
            report=report,
            cards=_cards(report, words, language),
            charts={name: _title(name, report, words) for name in CHARTS if name in figures},
            tables=tables(report, rules, language, words, time=time, share=share),
            figures=_embedded(figures),
            recurring=[_named(one, rules, language) for one in report["recurring"]],
            sla=_sla(report, words, language),
            teams={name: rules.label("teams", name, language) for name in rules.teams},
            query=query,
            others={code: words_of(code)["language"] for code in LANGUAGES if code != language},
            css=CSS.read_text(encoding="utf-8") if whole else "",
            plotly=_plotly() if whole else "",
            draws=DRAWS.read_text(encoding="utf-8") if whole else "",
        )
    )


def refusal(language: str) -> str:
    """Return the page for who may not see the measures."""
    words = words_of(language)
    return (
        f'<!doctype html><html lang="{language}"><title>{words["title"]}</title>'
        f'<p>{words["for_supervisors"]} <a href="/console/">{words["back"]}</a></p></html>'
    )


def _title(name: str, report: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """Return a chart's heading: of one team, cases are drawn instead of shares."""
    alone = None if report["team"] is None else words.get(f"{name}_team")
    return alone or words[name]


def _named(one: Mapping[str, Any], rules: DeskRules, language: str) -> dict[str, Any]:
    cause = one["cause"]
    return {
        "issue": issue_names(language).get(str(one["issue"]), one["issue"] or ""),
        "product": one["product"] or "",
        "cause": rules.label("causes", cause, language) if cause else "",
        "cases": one["cases"],
    }


def _cards(
    report: Mapping[str, Any], words: Mapping[str, str], language: str
) -> list[dict[str, str]]:
    response, said = report["response"], report["satisfaction"]
    contact, rate = report["first_contact"], report["escalation"]

    def share(value: float | None) -> str:
        return _share(value, words, language)

    def time(value: float | None) -> str:
        return _time(value, words)

    whole = "" if report["team"] is None else words["whole_desk"]
    where = words[f"band_{rate['where']}"] if rate["where"] else whole
    mean = said["mean"]

    def spread(label: str, told: Mapping[str, Any]) -> dict[str, str]:
        more = "" if told["mean"] is None else f"{words['mean']}: {time(told['mean'])}"
        return _card(words[label], time(told["median"]), more, "")

    return [
        spread("to_person", response["to_person"]),
        _card(
            words["within"].format(seconds=round(response["within"]["seconds"])),
            share(response["within"]["share"]),
            f"{words['target']}: {share(response['within']['target'])}",
            _against(response["within"]["share"], response["within"]["target"]),
        ),
        spread("to_escalation", response["to_escalation"]),
        spread("resolution", report["resolution"]["all"]),
        _card(
            words["csat"],
            words["unknown"] if mean is None else _decimal(mean, language),
            f"{words['good']}: {share(said['good'])} · "
            f"{words['answered']}: {share(said['answered'])}",
            _against(mean, said["target"]),
        ),
        _card(
            words["fcr"],
            share(contact["rate"]),
            f"{words['without_person']}: {share(contact['without_person'])} · "
            f"{words['by_first_person']}: {share(contact['by_first_person'])}",
            "",
        ),
        _card(
            words["rate"],
            share(rate["rate"]),
            where,
            {"within": "good", "low": "bad", "high": "bad"}.get(rate["where"] or "", ""),
        ),
        _card(words["updates"], share(report["updates"]["share"]), "", ""),
        _card(words["promises"], share(report["promises"]["share"]), "", ""),
        _card(words["transfers"], _number(report["transfers"]["mean"], words, language), "", ""),
    ]


def _against(value: float | None, target: float) -> str:
    return "" if value is None else "good" if value >= target else "bad"


def _card(label: str, value: str, more: str, state: str) -> dict[str, str]:
    return {"label": label, "value": value, "more": more, "state": state}


def _sla(
    report: Mapping[str, Any], words: Mapping[str, str], language: str
) -> list[tuple[str, str]]:
    names = {"resolution": "resolution_clock"}
    return [
        (
            words[names.get(clock, clock)],
            f"– ({words['no_cases']})" if value is None else _share(value, words, language),
        )
        for clock, value in report["sla"].items()
    ]


def _share(value: float | None, words: Mapping[str, str], language: str) -> str:
    if value is None:
        return words["unknown"]
    return f"{_decimal(round(100 * value, 1), language)} %"


def _number(value: float | None, words: Mapping[str, str], language: str) -> str:
    return words["unknown"] if value is None else _decimal(round(value, 2), language)


def _decimal(value: float, language: str) -> str:
    text = f"{value:g}" if value == int(value) else f"{round(value, 2)}"
    return text.replace(".", ",") if language == "es" else text


def _time(seconds: float | None, words: Mapping[str, str]) -> str:
    if seconds is None:
        return words["unknown"]
    for unit, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{round(seconds / unit)} {words[name]}"
    return f"{round(seconds)} {words['seconds']}"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _embedded(figures: Mapping[str, Any]) -> str:
    """Return JSON that may stand in a script element: nothing in it can end the element."""
    text = json.dumps(figures, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _plotly() -> str:
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())
