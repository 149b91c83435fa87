"""What a reply is, judged by what a customer can read: words and buttons, no key, no step.

The expressions are in ``judge.yml``, those that people use beside them in ``judge_person.yml``.
Tests hold replies with the right verdicts, of bots and of people, and keep the accuracy of each
label.
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

from bot.simulation.plain_text import named, plain

FILES = tuple(Path(__file__).with_name(name) for name in ("judge.yml", "judge_person.yml"))
NEAR = 0.93  # likeness from which two texts are the same text
LONG = 400  # characters from which two texts are compared word by word: letters take seconds
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
        apologises: It says sorry; only told of people, like what follows.
        thanks: It thanks the customer.
        brushes_off: It hides behind rules or others, or puts the blame on the customer.
        consults: It says that whoever decides is asked.
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
    apologises: bool = False
    thanks: bool = False
    brushes_off: bool = False
    consults: bool = False

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
    by_person: bool = False,
) -> Verdict:
    """Return what a customer sees in a reply.

    Args:
        texts: The messages.
        choices: Titles of the quick replies.
        facts: The customer's facts, by name.
        before: All messages of the bot so far.
        by_person: Whether a person wrote it, who says things in more ways than a bot.
    """
    see = _Reader(_rules(by_person))
    whole = " ".join(texts)
    sentences = [plain(one) for text in texts for one in SENTENCE.findall(text) if one.strip()]
    read = plain(whole)
    done = tuple(dict.fromkeys(kind for one in sentences for kind in see.done(one)))
    steps = (kind for text in [*sentences, *map(plain, choices)] for kind in see.steps(text))
    return Verdict(
        facts=named(whole, facts),
        acknowledges=any(see.acknowledges(one) for one in sentences),
        asks=see.asks(sentences, [plain(one) for one in choices]),
        repeats=any(_repeats(text, before) for text in texts),
        offers=tuple(dict.fromkeys(kind for kind in steps if kind not in done)),
        done=done,
        told="status" in see.kinds(read),
        offers_person=any(see.offers_person(one) for one in [*sentences, *map(_button, choices)]),
        transfers=any(see.transfers(one) for one in sentences),
        cheer=see.any("cheer", whole.lower()) or see.any("cheer", read),
        calm_down=any(see.calm_down(one) for one in sentences),
        promise=see.promises(sentences, read),
        not_understood=see.any("not_understood", read),
        words=len(WORD.findall(whole)),
        apologises=see.any("apologises", read),
        thanks=see.any("thanks", read),
        brushes_off=any(see.brushes_off(one) for one in sentences),
        consults=any(see.consults(one) for one in sentences),
    )


def kinds(text: str) -> tuple[str, ...]:
    """Return what a text, a sentence or the title of a button, is about."""
    return _Reader(_rules()).kinds(plain(text))


def about(topic: str, title: str) -> bool:
    """Return whether a button's title is about a topic."""
    return _matches(_rules()["topics"].get(topic, ()), plain(title))


@cache
def _rules(by_person: bool = False) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    for path in FILES if by_person else FILES[:1]:
        rules = _joined(rules, yaml.safe_load(path.read_text(encoding="utf-8")))
    return {name: _compiled(value) for name, value in rules.items()}


def _joined(one: Any, other: Any) -> Any:
    """Return the expressions of both, name by name."""
    if isinstance(other, dict):
        return {
            **one,
            **{name: _joined(one.get(name, type(more)()), more) for name, more in other.items()},
        }
    return [*one, *other]


def _compiled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _compiled(one) for name, one in value.items()}
    return [re.compile(one) for one in value]


def _matches(patterns: Sequence[re.Pattern[str]], text: str) -> bool:
    return any(one.search(text) for one in patterns)


@dataclass(frozen=True)
class _Reader:
    """Reads plain sentences by the expressions of ``rules``."""

    rules: Mapping[str, Any]

    def any(self, name: str, text: str) -> bool:
        return _matches(self.rules.get(name, ()), text)

    def kinds(self, text: str) -> tuple[str, ...]:
        return tuple(name for name, found in self.rules["kinds"].items() if _matches(found, text))

    def steps(self, text: str) -> tuple[str, ...]:
        if self.any("no_step", text):
            return ()
        return tuple(kind for kind in self.kinds(text) if kind in STEPS)

    def asks(self, sentences: Sequence[str], choices: Sequence[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for sentence in sentences:
            if not self.any("requests", sentence):
                continue
            asked = [
                name for name, rules in self.rules["asks"].items() if _matches(rules, sentence)
            ]
            if "order" in asked and "proof" in asked:  # "the e-mail of the order": the proof
                asked.remove("order")
            found.update(dict.fromkeys(asked))
            if not asked and "?" in sentence:
                found[self.open_question(sentence, choices)] = None
        others = [one for one in choices if "person" not in self.kinds(one)]
        if not found and len(others) > 1 and not _is_yes_no(others):
            found["choice"] = None
        return tuple(found)

    def open_question(self, sentence: str, choices: Sequence[str]) -> str:
        steps = [kind for kind in self.kinds(sentence) if kind in STEPS]
        others = [one for one in choices if "person" not in self.kinds(one)]
        if len(steps) > 1 or (len(others) > 1 and not _is_yes_no(others)):
            return "choice"
        return "person" if not steps and "person" in self.kinds(sentence) else "yes_no"

    def done(self, sentence: str) -> tuple[str, ...]:
        unsure = "?" in sentence or self.any("not_done", sentence)
        if unsure or not self.any("done", sentence):
            return ()
        return tuple(kind for kind in self.kinds(sentence) if kind in STEPS) or ("other",)

    def acknowledges(self, sentence: str) -> bool:
        return self.any("acknowledges", sentence) and not self.any("not_acknowledged", sentence)

    def calm_down(self, sentence: str) -> bool:
        return self.any("calm_down", sentence) and not self.any("not_calm_down", sentence)

    def promises(self, sentences: Sequence[str], read: str) -> bool:
        if "not_promised" not in self.rules:  # a bot's sentences belong together
            return self.any("promise", read)
        return any(
            self.any("promise", one) and not self.any("not_promised", one) for one in sentences
        )

    def transfers(self, sentence: str) -> bool:
        kept = self.any("maybe", sentence) or self.any("not_transferred", sentence)
        return self.any("transfers", sentence) and not kept

    def offers_person(self, sentence: str) -> bool:
        return "person" in self.kinds(sentence) and self.any("maybe", sentence)

    def brushes_off(self, sentence: str) -> bool:
        kept = self.any("not_brushed_off", sentence) or self.consults(sentence)
        return self.any("brushes_off", sentence) and not kept

    def consults(self, sentence: str) -> bool:
        return self.any("consults", sentence) and "?" not in sentence


def _button(title: str) -> str:
    return f"{plain(title)}?"  # a button is an offer


def _is_yes_no(choices: Sequence[str]) -> bool:
    """Return whether quick replies are a yes and a no, whatever follows these words."""
    first = {(WORD.findall(plain(one)) or [""])[0] for one in choices}
    return "no" in first and bool(first & {"si", "yes"})


def _repeats(text: str, before: Iterable[str]) -> bool:
    read = plain(text)
    if len(WORD.findall(read)) <= SHORT:
        return False
    return any(read == one or _near(read, one) for one in map(plain, before))


def _near(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > len(one) * (1 - NEAR) * 2:
        return False
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    split = str.split if len(one) > LONG else list
    alike: SequenceMatcher[str] = SequenceMatcher(None, split(one), split(other), autojunk=False)
    return alike.quick_ratio() >= NEAR and alike.ratio() >= NEAR
