"""Personal data in an example, replaced by neutral invented data of the same kind.

What a trainer pastes is often what a customer wrote. The sentence stays natural, because the
examples teach what such sentences look like. Patterns cannot find everything: the caller shows
the masked text, and a person looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.training import names


@dataclass(frozen=True)
class Masked:
    """A text fit to be kept."""

    text: str
    told: tuple[str, ...]  # what was replaced by what, without the personal data itself


@dataclass(frozen=True)
class _Rule:
    kind: str
    pattern: re.Pattern[str]
    es: str
    en: str
    holds: Callable[[re.Match[str]], bool] = lambda match: True


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_NUMBERED = re.compile(
    r"(?:pedido|orden|compra|encargo|order|seguimiento|tracking|localizador|referencia|ref|"
    r"factura|invoice|ticket|expediente|contrato|p[oó]liza|serie|serial|imei|isbn)\W+"
    r"(?:(?:es|el|la|is|the|number|n[uú]mero|num|no|nro|n)\W+){0,3}$",
    re.IGNORECASE,
)


def _luhn(match: re.Match[str]) -> bool:
    """Return whether a number can be a card's: by its check digit, or written in fours."""
    digits = [int(char) for char in match[0] if char.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    grouped = re.fullmatch(r"\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}", match[0])
    if not grouped and _NUMBERED.search(match.string[: match.start()]):
        return False
    return bool(grouped) or (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_phone(match: re.Match[str]) -> bool:
    """Return whether digits are a telephone number, and not the number of an order."""
    digits = re.sub(r"\D", "", match[0])
    return 9 <= len(digits) <= 13 and not _NUMBERED.search(match.string[: match.start()])


_ROAD = (
    r"(?:c/\s*|(?:calle|avenida|avda\.?|av\.?|paseo|plaza|pza\.?|carrera|cra\.?|ronda|camino|"
    r"pasaje)\s+)"
)
_COUNTED = (
    r"(?!\s*(?:d[ií]as?|horas?|minutos?|min|semanas?|mes(?:es)?|años?|veces|euros?|pesos?|personas?|"
    r"days?|hours?|minutes?|weeks?|months?|years?|times|people|%|€|\$|[.,]?\d))"
)
_NO_ROAD = r"(?!(?:hace|llevo|desde|con|por|y|que|me|a|en|sin|ni|no|se|pero|donde|cuando|es)\b)"
_RULES = (
    _Rule(
        "e-mail address",
        _compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
        "ana@ejemplo.com",
        "ana@example.com",
    ),
    _Rule(
        "account number (IBAN)",
        _compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){3,7}(?:[ -]?[A-Z0-9]{1,3})?\b"),
        "ES00 0000 0000 0000 0000 0000",
        "GB00 AAAA 0000 0000 0000 00",
        lambda match: sum(char.isdigit() for char in match[0]) >= 12,
    ),
    _Rule(
        "identity number (CURP)",
        _compile(r"\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d\b"),
        "AAAA000101HDFAAA00",
        "AAAA000101HDFAAA00",
    ),
    _Rule(
        "tax number (RFC)",
        _compile(r"\b[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3}\b"),
        "XAXX010101000",
        "XAXX010101000",
    ),
    _Rule(
        "tax number (CUIT)",
        _compile(r"\b(?:20|2[3-7]|3[034])-\d{8}-\d\b"),
        "20-00000000-0",
        "20-00000000-0",
    ),
    _Rule(
        "tax number (CUIT)",
        _compile(r"(?<=cui[tl] )(?:20|2[3-7]|3[034])\d{9}\b"),
        "20-00000000-0",
        "20-00000000-0",
    ),
    _Rule(
        "identity number (RUT)",
        _compile(r"\b(?:\d{1,2}\.\d{3}\.\d{3}|\d{7,8})-[\dK]\b"),
        "11.111.111-1",
        "11.111.111-1",
    ),
    _Rule(
        "identity number (NIE)",
        _compile(r"\b[XYZ][ -]?\d{7}[ -]?[A-Z]\b"),
        "X0000000T",
        "X0000000T",
    ),
    _Rule(
        "identity number (DNI)",
        _compile(r"\b(?:\d{8}|\d{2}\.\d{3}\.\d{3})(?:[ -]?[A-HJ-NP-TV-Z])\b"),
        "00000000T",
        "00000000T",
        lambda match: match[0][-2] != " " or match[0][-1].isupper(),
    ),
    _Rule(
        "identity number",
        _compile(
            r"(?<=\b)(?:(?P<keep>(?:dni|c[eé]dula|c\.c\.|documento|pasaporte|passport)"
            r"(?:\W+(?:es|el|n[uú]mero|n[º°]|is|number|no)){0,2}\W+))"
            r"(?:[A-Z]{0,3}\d{6,10}|\d{1,3}(?:\.\d{3}){2,3})\b(?!-)"
        ),
        "00.000.000",
        "00000000",
    ),
    _Rule(
        "social security number", _compile(r"\b\d{3}-\d{2}-\d{4}\b"), "000-00-0000", "000-00-0000"
    ),
    _Rule(
        "card number",
        _compile(r"(?<![\d+])\d(?:[ -]?\d){12,18}(?![\d])"),
        "0000 0000 0000 0000",
        "0000 0000 0000 0000",
        _luhn,
    ),
    _Rule(
        "telephone number",
        _compile(
            r"(?<![\w.,/-])(?:\+|00)?\(?\d{1,4}\)?(?:[ .-]?\(?\d{1,4}\)?){2,6}(?![\w/]|[.,]\d)"
        ),
        "600 000 000",
        "07700 900000",
        _is_phone,
    ),
    _Rule(
        "postal address",
        _compile(
            rf"\b(?P<keep>{_ROAD})(?:{_NO_ROAD}[^\W\d_][\w'.-]*,?\s+){{1,5}}"
            rf"(?:n[º°.]?\s*|n[uú]m(?:ero|\.)?\s*|#\s*|,\s*)?\d{{1,5}}(?:\s*-\s*\d+)?\b{_COUNTED}"
            r"(?:,?\s*\d{1,2}\s?[ºª°]\s?[A-Z]?\b)?"
        ),
        "Mayor 1",
        "Mayor 1",
    ),
    _Rule(
        "postal address",
        _compile(
            r"\b(?P<keep>calle|cl\.?|carrera|cra\.?|kr\.?|diagonal|transversal)\s+\d+\s?[A-Z]?\s*"
            r"(?:#|n[º°o]\.?)\s*\d+\s?[A-Z]?\s*-\s*\d+\b"
        ),
        " 1 # 1-01",
        " 1 # 1-01",
    ),
    _Rule(
        "postal address",
        re.compile(
            r"\b\d{1,5} (?:[A-Z][\w'-]+ ){1,3}"
            r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Close|Court|Way)\b\.?"
        ),
        "1 High Street",
        "1 High Street",
    ),
)


def mask(text: str, *, language: str) -> Masked:
    """Return a text without the personal data that patterns can find.

    Args:
        text: What somebody wrote.
        language: es or en: the language of the invented data.
    """
    told: list[str] = []
    for rule in _RULES:
        invented = rule.en if language == "en" else rule.es

        def replace(match: re.Match[str], rule: _Rule = rule, invented: str = invented) -> str:
            kept = match.groupdict().get("keep") or ""
            if not rule.holds(match) or match[0] == kept + invented or _is_invented(match[0]):
                return match[0]
            told.append(f"{rule.kind} -> {invented.strip()}")
            return kept + invented

        text = rule.pattern.sub(replace, text)
    text = names.mask(text, language=language, told=told)
    return Masked(text, tuple(dict.fromkeys(told)))


def _is_invented(found: str) -> bool:
    """Return whether something is of the invented data: masked texts stay as they are."""
    compact = re.sub(r"\W", "", found).lower()
    return any(
        compact in re.sub(r"\W", "", value).lower()
        for rule in _RULES
        for value in (rule.es, rule.en)
    )
