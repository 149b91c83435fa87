"""Facts of this customer: what they told us, in their own words, and what the shop knows.

A fact that the customer gave is kept as they wrote it ("tres semanas", not 21 days), with the
language it was written in, so that it is never put into a sentence of another language.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

FACT_OF = {
    "order_number": "order",
    "duration": "wait",
    "contacts": "contacts",
    "amount": "amount",
    "product": "product",
    "date": "date",
    "email": "email",
    "phone": "phone",
    "postcode": "postcode",
    "service": "service",
}
"""Entity to the name of the fact, which is also its placeholder in the response files."""

MAX_FACTS = 14
MAX_VALUE = 60  # characters as JSON

_WORDED = frozenset({"wait", "contacts", "product", "date"})  # facts that are words of a language
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FILE = Path(__file__).resolve().parents[2] / "data" / "wording" / "facts.yml"


@dataclass(frozen=True)
class Fact:
    """One fact.

    Args:
        value: The words to say, at most :data:`MAX_VALUE` characters.
        turn: Number of the customer turn in which it was last given, from 1.
        language: Language of the words; empty for numbers, names and addresses.
        source: ``customer``, ``shop`` (the back office) or ``agent``.
    """

    value: str
    turn: int = 0
    language: str = ""
    source: str = "customer"


def clip(text: str, limit: int) -> str:
    """Return ``text`` on one line, at most ``limit`` characters long when written as JSON."""
    text = _SPACE.sub(" ", _CONTROL.sub(" ", text)).strip()[:limit]
    while len(json.dumps(text)) - 2 > limit:
        excess = len(json.dumps(text)) - 2 - limit
        text = text[: -max(1, excess // 12)]
    return text


def from_entities(
    entities: Mapping[str, str | Sequence[str]], *, turn: int, language: str, text: str = ""
) -> dict[str, Fact]:
    """Return the facts in a turn's entities; of several values of one kind, the last one.

    Args:
        entities: Entity to the customer's words.
        turn: Number of the turn.
        language: Language of the turn.
        text: The whole message; it tells a wait from a delay that was promised or a week that was
            hard, and what was bought from what came instead.
    """
    found = {}
    for entity, given in entities.items():
        name = FACT_OF.get(entity)
        values = [given] if isinstance(given, str) else [str(one) for one in given]
        if name == "wait":
            values = [one for one in values if not _promised(one, text) and not _mood(one, text)]
        if name == "product":
            values = _bought(values, text)
        value = clip(values[-1], MAX_VALUE) if values else ""
        if name in _WORDED and value.isupper():  # shouting is not said back
            value = value.lower()
        if name and value:
            found[name] = Fact(value, turn, language if name in _WORDED else "")
    return found


def _promised(duration: str, text: str) -> bool:
    """Return whether the words before a duration make it a promise: "you said 48 hours"."""
    return bool(_words().promised.search(_around(duration, text)[0]))


def _mood(duration: str, text: str) -> bool:
    """Return whether the word after a duration makes it no wait: "una semana horrible"."""
    return bool(_words().moods.match(_around(duration, text)[1]))


def _bought(products: Sequence[str], text: str) -> list[str]:
    """Return, of several things, those that were bought and not what came instead."""
    before = [_around(one, text)[0] for one in products]
    bought = [
        one for one, words in zip(products, before, strict=True) if _words().bought.search(words)
    ]
    kept = [
        one
        for one, words in zip(products, before, strict=True)
        if not _words().received.search(words)
    ]
    return bought or kept or list(products)


def _around(value: str, text: str) -> tuple[str, str]:
    """Return the three words before a detail, and all that comes after it, plain."""
    plain = _plain(value)
    before, _, after = _plain(text).partition(plain) if plain else ("", "", "")
    return " ".join(before.split()[-3:]), after.strip()


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def merged(old: Mapping[str, Fact], new: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return ``old`` with ``new`` over it, the oldest dropped beyond :data:`MAX_FACTS`."""
    both = {**old, **new}
    kept = sorted(both, key=lambda name: -both[name].turn)[:MAX_FACTS]
    return {name: both[name] for name in both if name in kept}


def sayable(facts: Mapping[str, Fact], language: str, told: Iterable[str] = ()) -> dict[str, str]:
    """Return the facts that may stand in a sentence of ``language``, without those in ``told``.

    A service of ours is said by its name: ``failing`` is "la web", "the app".
    """
    told = set(told)
    said = {
        name: fact.value
        for name, fact in facts.items()
        if name not in told and fact.language in ("", language)
    }
    service = facts.get("service")
    names = _words().services.get(language, {})
    if service is not None and service.value in names and "failing" not in told:
        said["failing"] = names[service.value]
    return said


@dataclass(frozen=True)
class _Words:
    """``data/wording/facts.yml``."""

    numbers: Mapping[str, int]
    order: frozenset[str]
    proof: frozenset[str]
    promised: re.Pattern[str]
    moods: re.Pattern[str]
    bought: re.Pattern[str]
    received: re.Pattern[str]
    services: Mapping[str, Mapping[str, str]]
    answers: Mapping[str, str]
    exchange: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    numbers = {str(word): int(n) for n, words in data["numbers"].items() for word in words}
    order, proof = (frozenset(map(str, data[name])) for name in ("order", "proof"))
    promised = _any_of([one for words in data["promised"] for one in words])
    moods, bought, received = (_any_of(data[name]) for name in ("moods", "bought", "received"))
    answers = {word: name for name in ("affirm", "deny") for word in data[name]}
    exchange = _any_of(data["exchange"])
    return _Words(
        numbers,
        order,
        proof,
        promised,
        moods,
        bought,
        received,
        data["services"],
        answers,
        exchange,
    )


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return what finds one of some words; ``*`` takes any ending."""
    entries = [re.escape(str(one)).replace(r"\*", r"\w*") for one in words]
    return re.compile(rf"\b(?:{'|'.join(entries)})\b")


def names_order(text: str) -> bool:
    """Return whether a message says that its number is an order's: "no, el pedido es el 48213"."""
    said = set(re.findall(r"\w+", _plain(text)))
    return bool(said & _words().order) and not said & _words().proof


def answer_in(text: str) -> str:
    """Return ``affirm`` or ``deny`` if a message begins with a yes or a no; empty otherwise."""
    first = next(iter(re.findall(r"\w+", _plain(text))), "")
    return _words().answers.get(first, "")


def asks_exchange(text: str) -> bool:
    """Return whether a message speaks of another one in place of what came: "cambiar", "swap"."""
    return bool(_words().exchange.search(_plain(text)))


def count_in(words: str) -> int | None:
    """Return the number said in words like "tres veces", "3rd time"; None if there is none."""
    digits = re.search(r"\d+", words)
    if digits:
        return int(digits.group()[:4])
    known = _words().numbers
    return next((known[word] for word in re.findall(r"\w+", words.lower()) if word in known), None)
