"""What the charts of the measures show, as tables: for who reads them with a screen reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.handoff.rules import PRIORITIES, DeskRules
from bot.web.measures_charts import issues, reasons

Table = dict[str, Any]
"""{"heads": [text], "rows": [[text, number as text, …]]}; the first of a row is its name."""
Written = Callable[[float | None], str]


def tables(
    report: Mapping[str, Any],
    rules: DeskRules,
    language: str,
    words: Mapping[str, str],
    *,
    time: Written,
    share: Written,
) -> dict[str, Table]:
    """Return the table of each chart by the chart's name.

    Args:
        report: Of :meth:`bot.handoff.measuring.Measuring.report`.
        rules: The desk's, for names.
        language: es or en.
        words: Of the page.
        time: Writes seconds.
        share: Writes a share in [0, 1].
    """
    scores = report["satisfaction"]["scores"]
    return {
        "response_chart": _times(report["response"]["by_priority"], words, time),
        "resolution_chart": _times(report["resolution"]["by_priority"], words, time),
        "csat_chart": _counts(scores, words["score"], words["answers"]),
        "fcr_chart": _counts(reasons(report, rules, language), words["reason"], words["number"]),
        "rate_chart": {
            "heads": [words["week"], words["conversations"], words["cases"], words["share"]],
            "rows": [
                [each["week"], each["conversations"], each["cases"], share(each["rate"])]
                for each in report["weeks"]
            ],
        },
        "issues_chart": _rates(issues(report, language), words["issue"], words, share),
        "products_chart": _rates(report["escalation"]["products"], words["product"], words, share),
    }


def _times(told: Mapping[str, Any], words: Mapping[str, str], time: Written) -> Table:
    keys = ("mean", "median", "p90")
    names = [name for name in PRIORITIES if (told.get(name) or {}).get("count")]
    return {
        "heads": [words["priority"], words["number"], *(words[key] for key in keys)],
        "rows": [
            [words[name], told[name]["count"], *(time(told[name][key]) for key in keys)]
            for name in names
        ],
    }


def _counts(numbers: Mapping[str, int], name: str, count: str) -> Table:
    return {"heads": [name, count], "rows": [list(each) for each in numbers.items()]}


def _rates(
    told: Mapping[str, Mapping[str, Any]], name: str, words: Mapping[str, str], share: Written
) -> Table:
    return {
        "heads": [name, words["escalated"], words["conversations"], words["share"]],
        "rows": [
            [
                each,
                one["escalated"],
                words["unknown"] if one["conversations"] is None else one["conversations"],
                share(one["rate"]),
            ]
            for each, one in told.items()
        ],
    }
