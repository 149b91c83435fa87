"""What agents practise with: a customer, what happened before, and what the agent may do.

A situation is a file of the folder that the caller names::

    draft: true               # not ready: nobody practises with it; left out otherwise
    issue: late_delivery      # as the desk calls it
    money: €                  # how amounts are written
    es:                       # for the agent, in both languages
      title: El cochecito que no llega
      happened: Pedido con 3 semanas de retraso.
      wants: Que se lo envíen otra vez.
      tried: [Dos disculpas, ofrecer esperar]     # by the bot
      refused: [Un vale de 10 €]                  # offers the customer said no to
      known: [El paquete consta perdido]          # what only the agent can see, and may tell
      guide: [Diga el plazo antes de preguntar]   # at the end: one or two sentences
    en: {…}
    before:                   # the conversation with the bot, oldest first
      - {who: customer, text: "…"}
      - {who: bot, text: "…"}
    may: {resend: true, refund: 120, voucher: 20}  # deeds; a number is the most that may be given
    supervisor: {refund: 300} # what a supervisor allows beyond it, when asked; {} says no
    good: {deeds: [resend, refund], told: ["regex"], team: safety}  # how it should end: a deed, a
                              # piece of information (plain text), or the right team
    customer:                 # as in bot/simulation/persona.py, no name, customer, goal
      called: Rosario
      …
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.simulation.persona import Persona, PersonaError, made

LANGUAGES = ("es", "en")
NAME = re.compile(r"[a-z][a-z0-9_]{2,59}")
"""What a situation, and so its file, may be called."""
DEEDS = ("resend", "refund", "voucher", "cancel", "invoice")
"""What an agent may press, beside asking a supervisor, handing over and ending."""
MONEY = ("refund", "voucher")
"""Deeds with an amount."""
WRITERS = ("customer", "bot")
TEXTS = ("title", "happened", "wants")
LISTS = ("tried", "refused", "known", "guide")
FIELDS = {
    *("draft", "issue", "money", "es", "en", "before", "may", "supervisor", "good", "customer"),
}
PARTS = {"deeds", "told", "team"}


@dataclass(frozen=True)
class About:
    """What the agent reads, in one language."""

    title: str
    happened: str
    wants: str
    tried: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    guide: tuple[str, ...] = ()


@dataclass(frozen=True)
class Situation:
    """One situation to practise; the fields are those of its file.

    Args:
        may: Deed to the most that may be given; None where it is no amount.
        supervisor: The same, beyond it; None when there is no supervisor to ask.
        deeds: Any of them settles the matter.
        team: Or handing it over to this team.
    """

    name: str
    issue: str
    money: str
    called: str
    persona: Persona
    about: Mapping[str, About]
    before: tuple[tuple[str, str], ...] = ()
    may: Mapping[str, float | None] = field(default_factory=dict)
    supervisor: Mapping[str, float | None] | None = None
    deeds: tuple[str, ...] = ()
    team: str = ""

    def said(self, who: str) -> tuple[str, ...]:
        """Return what the customer or the bot said before."""
        return tuple(text for writer, text in self.before if writer == who)


def read(path: Path) -> Situation:
    """Return the situation of a file.

    Raises:
        PersonaError: it says something that cannot be; ``file:line`` is named.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise PersonaError(f"{path.name}: cannot be read: {error}.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path.name}:{mark.line + 1}" if mark else path.name
        told = getattr(error, "problem", error)
        raise PersonaError(f"{place}: not readable as YAML: {told}.") from error
    return _Reading(path, text).situation(data)


def is_draft(path: Path) -> bool:
    """Return whether a file says that it is a draft, which need not be whole."""
    return re.search(r"^draft: *true\b", path.read_text("utf-8", "replace"), re.M) is not None


def read_all(folder: Path) -> dict[str, Situation]:
    """Return all situations of a folder by name, in the order of their names."""
    return {path.stem: read(path) for path in sorted(folder.glob("*.yml"))}


@dataclass(frozen=True)
class _Reading:
    """Reads one file, and knows the line of what is wrong in it."""

    path: Path
    text: str

    def situation(self, data: Any) -> Situation:
        self.need(isinstance(data, dict), (), "it is no mapping")
        for name in sorted({*FIELDS} - {"supervisor", "may", "draft"} - data.keys()):
            self.need(False, (), f"'{name}' is missing")
        self.need(not data.get("draft"), ("draft",), "it is still a draft")
        for name in data:
            self.need(name in FIELDS, (name,), f"unknown field '{name}'")
        good = self.mapping(data, "good")
        self.need(bool(good) and good.keys() <= PARTS, ("good",), "it has deeds, told or team")
        deeds = tuple(good.get("deeds") or ())
        for deed in deeds:
            self.need(deed in DEEDS, ("good", "deeds"), f"'{deed}' is none of {', '.join(DEEDS)}")
        asked = data.get("supervisor")
        return Situation(
            name=self.path.stem,
            issue=str(data["issue"]),
            money=str(data["money"]),
            called=str(self.mapping(data, "customer").get("called") or ""),
            persona=self.persona(data, good),
            about={language: self.about(data, language) for language in LANGUAGES},
            before=self.before(data),
            may=self.may(data, "may"),
            supervisor=None if asked is None else self.may(data, "supervisor"),
            deeds=deeds,
            team=str(good.get("team") or ""),
        )

    def persona(self, data: dict[str, Any], good: dict[str, Any]) -> Persona:
        own = {**data["customer"]}
        self.need(bool(own.pop("called", "")), ("customer",), "'called' is missing")
        told = good.get("told")
        goal = {"told": told} if told else {"booked": good.get("deeds") or [good.get("team")]}
        own |= {"name": self.path.stem, "customer": "", "goal": goal}
        try:
            return made(own, self.path)
        except PersonaError as error:
            fault = str(error).partition(": ")[2]
            place = next((name for name in own if f"'{name}'" in fault), "")
            at = ("customer", place) if place else ("customer",)
            raise PersonaError(f"{self.path.name}:{self.line(at)}: {fault}") from error

    def about(self, data: dict[str, Any], language: str) -> About:
        own = self.mapping(data, language)
        for name in (*TEXTS, "guide"):
            self.need(bool(own.get(name)), (language,), f"'{name}' is missing")
        for name in own:
            known = name in (*TEXTS, *LISTS)
            self.need(known, (language, name), f"unknown field '{name}'")
        for name in LISTS:
            held = own.get(name) or []
            fine = isinstance(held, list) and all(isinstance(one, str) for one in held)
            self.need(fine, (language, name), f"'{name}' is a list of texts (quote a colon)")
        lists = {name: tuple(map(str, own.get(name) or ())) for name in LISTS}
        title, happened, wants = (str(own[name]) for name in TEXTS)
        return About(title, happened, wants, **lists)

    def before(self, data: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        lines = data["before"]
        fine = isinstance(lines, list) and all(
            isinstance(one, dict) and one.keys() == {"who", "text"} and one["who"] in WRITERS
            for one in lines
        )
        self.need(fine, ("before",), "each line has 'who' (customer or bot) and 'text'")
        return tuple((str(one["who"]), str(one["text"])) for one in lines)

    def may(self, data: dict[str, Any], part: str) -> dict[str, float | None]:
        found: dict[str, float | None] = {}
        for deed, most in self.mapping(data, part).items():
            self.need(deed in DEEDS, (part, deed), f"'{deed}' is none of {', '.join(DEEDS)}")
            if deed in MONEY:
                number = isinstance(most, (int, float)) and not isinstance(most, bool)
                self.need(number and most > 0, (part, deed), f"'{deed}' is a positive number")
                found[deed] = float(most)
            else:
                self.need(most is True, (part, deed), f"'{deed}' is true")
                found[deed] = None
        return found

    def mapping(self, data: dict[str, Any], name: str) -> dict[str, Any]:
        found = data.get(name)
        self.need(isinstance(found or {}, dict), (name,), f"'{name}' is no mapping")
        return found or {}

    def need(self, holds: bool, place: tuple[str, ...], fault: str) -> None:
        if not holds:
            raise PersonaError(f"{self.path.name}:{self.line(place)}: {fault}.")

    def line(self, place: tuple[str, ...]) -> int:
        """Return the line of a field, or of what holds it, from 1."""
        node: Any = yaml.compose(self.text, Loader=yaml.SafeLoader)
        line = 1
        for name in place:
            pairs = node.value if isinstance(node, yaml.MappingNode) else ()
            found = next((pair for pair in pairs if pair[0].value == name), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        return line
