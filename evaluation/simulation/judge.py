"""What a reply is, judged by what a customer can read: words and buttons, no key, no step.

The expressions are in ``judge.yml``. ``labelled_replies.yml`` holds replies with the right
verdicts; a test keeps the accuracy of each label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from evaluation.simulation.plain_text import named, plain

RULES = Path(__file__).with_name("judge.yml")
NEAR = 0.93  # likeness from which two texts are the same text
SHORT = 3  # words up to which a repetition is no repetition ("De acuerdo.")
STEPS = ("resend", "refund", "voucher", "cancel", "invoice", "technical", "access", "label")
WORD = re.compile(r"\w+")
SENTENCE = re.compile(r"[^.?!;…\n]+[.?!;…\n]*")


@dataclass(frozen=True)
class Verdict:
    """What a customer sees in a reply.

    Args:
        facts: The customer's facts that it names.
        acknowledges: It takes in what happened or how that feels.
        asks: What it asks for: order, proof, same (what it asked before), problem, person, choice,
            yes_no.
        repeats: Some text of it was said before.
        offers: Steps that it offers or explains.
        done: Steps that it says are done; ``other`` when it does not say which.
        told: It says where an order is.
        offers_person: A person is one of the ways on.
        transfers: It says that a person takes over now.
        cheer: It sounds cheerful.
        calm_down: It tells the customer to calm down.
        promise: It says when something will happen.
        not_understood: It says that it did not understand.
        words: How many words there are to read.
    """

    facts: tuple[str, ...] = ()
    acknowledges: bool = False
    asks: tuple[str, ...] = ()
    repeats: bool = False
    offers: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    told: bool = False
    offers_person: bool = False
    transfers: bool = False
    cheer: bool = False
    calm_down: bool = False
    promise: bool = False
    not_understood: bool = False
    words: int = 0

    @property
    def generic(self) -> bool:
        """It acknowledges with words that fit anybody."""
        return self.acknowledges and not self.facts


def judge(
    texts: Sequence[str],
    choices: Sequence[str] = (),
    *,
    facts: Mapping[str, Sequence[str]],
    before: Iterable[str] = (),
) -> Verdict:
    """Return what a customer sees in a reply.

    Args:
        texts: The messages.
        choices: Titles of the quick replies.
        facts: The customer's facts, by name.
        before: All messages of the bot so far.
    """
    whole = " ".join(texts)
    sentences = [plain(one) for text in texts for one in SENTENCE.findall(text) if one.strip()]
    read = plain(whole)
    asks = _asks(sentences, [plain(one) for one in choices])
    done = tuple(dict.fromkeys(kind for one in sentences for kind in _done(one)))
    return Verdict(
        facts=named(whole, facts),
        acknowledges=any(_acknowledges(one) for one in sentences),
        asks=asks,
        repeats=any(_repeats(text, before) for text in texts),
        offers=tuple(k for k in _kinds(sentences, choices) if k in STEPS and k not in done),
        done=done,
        told="status" in kinds(read),
        offers_person=any(_offers_person(one) for one in [*sentences, *map(_button, choices)]),
        transfers=any(_transfers(one) for one in sentences),
        cheer=_any("cheer", whole.lower()) or _any("cheer", read),
        calm_down=_any("calm_down", read),
        promise=_any("promise", read),
        not_understood=_any("not_understood", read),
        words=len(WORD.findall(whole)),
    )


def kinds(text: str) -> tuple[str, ...]:
    """Return what a text, a sentence or the title of a button, is about."""
    read = plain(text)
    return tuple(name for name, found in _rules()["kinds"].items() if _matches(found, read))


def about(topic: str, title: str) -> bool:
    """Return whether a button's title is about a topic."""
    return _matches(_rules()["topics"].get(topic, ()), plain(title))


@cache
def _rules() -> dict[str, Any]:
    data = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return {name: _compiled(value) for name, value in data.items()}


def _compiled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _compiled(one) for name, one in value.items()}
    return [re.compile(one) for one in value]


def _matches(patterns: Sequence[re.Pattern[str]], text: str) -> bool:
    return any(one.search(text) for one in patterns)


def _any(name: str, text: str) -> bool:
    return _matches(_rules()[name], text)


def _button(title: str) -> str:
    return f"{plain(title)}?"  # a button is an offer


def _asks(sentences: Sequence[str], choices: Sequence[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for sentence in sentences:
        if not _any("requests", sentence):
            continue
        asked = [name for name, rules in _rules()["asks"].items() if _matches(rules, sentence)]
        if "order" in asked and "proof" in asked:  # "the e-mail of the order": the proof
            asked.remove("order")
        found.update(dict.fromkeys(asked))
        if not asked and "?" in sentence:
            found[_open_question(sentence, choices)] = None
    others = [one for one in choices if "person" not in kinds(one)]
    if not found and len(others) > 1 and not _is_yes_no(others):
        found["choice"] = None
    return tuple(found)


def _open_question(sentence: str, choices: Sequence[str]) -> str:
    steps = [kind for kind in kinds(sentence) if kind in STEPS]
    others = [one for one in choices if "person" not in kinds(one)]
    if len(steps) > 1 or (len(others) > 1 and not _is_yes_no(others)):
        return "choice"
    if not steps and "person" in kinds(sentence):
        return "person"
    return "yes_no"


def _is_yes_no(choices: Sequence[str]) -> bool:
    """Return whether quick replies are a yes and a no, whatever follows these words."""
    first = {(WORD.findall(plain(one)) or [""])[0] for one in choices}
    return "no" in first and bool(first & {"si", "yes"})


def _done(sentence: str) -> tuple[str, ...]:
    if "?" in sentence or not _any("done", sentence):
        return ()
    return tuple(kind for kind in kinds(sentence) if kind in STEPS) or ("other",)


def _kinds(sentences: Sequence[str], choices: Sequence[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in [*sentences, *choices]:
        found.update(dict.fromkeys(kinds(text)))
    return tuple(found)


def _acknowledges(sentence: str) -> bool:
    return _any("acknowledges", sentence) and not _any("not_acknowledged", sentence)


def _transfers(sentence: str) -> bool:
    return _any("transfers", sentence) and not _any("maybe", sentence)


def _offers_person(sentence: str) -> bool:
    return "person" in kinds(sentence) and _any("maybe", sentence)


def _repeats(text: str, before: Iterable[str]) -> bool:
    read = plain(text)
    if len(WORD.findall(read)) <= SHORT:
        return False
    return any(read == one or _near(read, one) for one in map(plain, before))


def _near(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > len(one) * (1 - NEAR) * 2:
        return False
    digits = re.findall(r"\d+", one) == re.findall(r"\d+", other)
    return digits and SequenceMatcher(None, one, other, autojunk=False).ratio() >= NEAR
