"""What a detail means, besides how it was said: a number of days, a date, an amount of money."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from bot.deescalation.cues import fold
from bot.nlu.patterns import Found

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def value_of(found: Found, words: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the value to keep: codes in one form, everything else in the customer's own words.

    Args:
        found: The detail.
        words: The lists of ``data/patterns/entities.yml``.
    """
    text = " ".join(found.text.split())
    if found.entity == "service":
        return str(words["service"].get(fold(text), "payments"))
    if found.entity == "email":
        return text.lower().strip(".,;")
    if found.entity == "phone":
        return ("+" if text.startswith("+") else "") + "".join(filter(str.isdigit, text))
    if found.entity == "order_number":
        return re.sub(r"(?i)^[#n.º°]*(?:rm-?(?=\d))?|(?<=\d)es$", "", text).upper()
    return text.upper() if found.entity == "postcode" else text


def meaning_of(
    found: Found, words: Mapping[str, Mapping[str, Any]], today: date | None
) -> dict[str, Any]:
    """Return what a detail means, as far as it can be told.

    Args:
        found: The detail.
        words: The lists of ``data/patterns/entities.yml``.
        today: The day on which it was said; without it no date is told.

    Returns:
        ``{"days": 21.0}`` for a duration, ``{"count": 3}`` for contacts, ``{"amount": 45.9,
        "currency": "EUR"}`` for an amount, ``{"date": "2026-03-12"}`` for a date; else nothing.
    """
    tokens = re.findall(r"[^\W\d_]+|\d+(?:[.,]\d+)*|[€$£]", fold(found.text))
    if found.entity == "duration":
        return _duration(tokens, words)
    if found.entity == "contacts":
        count = _number(tokens, {**words["counted"], **words["ordinal"], "twice": 2})
        return {"count": int(count)} if count else {}
    if found.entity == "amount":
        return _amount(tokens, words)
    if found.entity == "date" and today is not None:
        day = _date(found.text, tokens, words, today)
        return {"date": day.isoformat()} if day else {}
    return {}


def _number(tokens: list[str], words: Mapping[str, float]) -> float | None:
    for token in tokens:
        if token in words:
            return float(words[token])
        if _NUMBER.fullmatch(token):
            return parse_money(token)
    return None


def _duration(tokens: list[str], words: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    number = 2.0 if {"par", "couple"} & set(tokens) else _number(tokens, words["number"])
    unit = next((words["unit"][token] for token in tokens if token in words["unit"]), None)
    return {"days": round(number * float(unit), 3)} if number and unit else {}


def _amount(tokens: list[str], words: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    number = _number(tokens, words["counted"])
    currency = next((words["currency"][one] for one in tokens if one in words["currency"]), None)
    if number is None:
        return {}
    return {"amount": number, **({"currency": currency} if currency else {})}


def parse_money(text: str) -> float:
    """Return the number in "1.234,50", "1,234.50", "45,9" or "1.200" (a thousand and more).

    Example:
        >>> parse_money("1.234,50")
        1234.5
    """
    last = max(text.rfind("."), text.rfind(","))
    decimals = len(text) - last - 1 if last >= 0 else 0
    digits = re.sub(r"[.,]", "", text)[:15]
    return float(digits) if decimals in (0, 3) else float(digits) / 10**decimals


def _date(
    text: str, tokens: list[str], words: Mapping[str, Mapping[str, Any]], today: date
) -> date | None:
    for token in tokens:
        if token in words["ago"]:
            return today - timedelta(days=int(words["ago"][token]))
        if token in words["weekday"]:
            back = (today.weekday() - int(words["weekday"][token])) % 7 or 7
            return today - timedelta(days=back)
    numbers = [int(one) for one in re.findall(r"\d+", text)]
    month = next((int(words["month"][one]) for one in tokens if one in words["month"]), None)
    if month and numbers:
        return _valid(numbers[1] if len(numbers) > 1 else None, month, numbers[0], today)
    if len(numbers) == 3 and numbers[0] > 31:
        return _valid(numbers[0], numbers[1], numbers[2], today)
    if len(numbers) in (2, 3):
        return _valid(numbers[2] if len(numbers) == 3 else None, numbers[1], numbers[0], today)
    return None


def _valid(year: int | None, month: int, day: int, today: date) -> date | None:
    """Return a date, in the last twelve months when no year was said."""
    full = today.year if year is None else year + 2000 if year < 100 else year
    try:
        found = date(full, month, day)
        return found if year is not None or found <= today else date(full - 1, month, day)
    except ValueError:
        return None
