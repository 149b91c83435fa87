"""What a scenario may expect of a turn, checked by what a customer sees and what the shop booked.

Every check yields what was not so: its name, what was wanted, and what there was. The expectations
are described in :mod:`evaluation.scenarios`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluation.replies import Reply

Check = tuple[str, str, str]

UPSET = ("frustrated", "angry")
LISTENING = 30  # words of a reply that only listens
SHORT = 45  # words of a message to somebody who is upset
PERSON = re.compile(r"\b(persona|person|agente|companer[oa]|supervisora?|alguien|somebody)\b")
DATA = re.compile(
    r"numero de pedido|order number|codigo postal|postcode|correo electronico|e-?mail"
)
LEFT = re.compile(r"\{\w*\}|\butter_\w+|\bNone\b|\bnull\b|<[a-z/]+>")
ES = frozenset("el la los las de que en un una por para con se tu su lo es no más y".split())
EN = frozenset("the of to and a in is it you your for with this that not on be i we".split())


def expected(expect: Mapping[str, Any], reply: Reply, new: Sequence[Any]) -> Iterator[Check]:
    """Yield what is not as a step expects.

    Args:
        expect: The step's ``expect``.
        reply: What came back.
        new: What the turn put in the shop's ledger.
    """
    yield from _words_of(expect, reply)
    yield from _shape_of(expect, reply)
    yield from handoff_of(expect.get("handoff", False), reply)
    yield from _money_of(expect, new)
    for name in ("step", "issue", "register"):
        if name in expect and reply.state.get(name) not in many(expect[name]):
            yield name, str(expect[name]), str(reply.state.get(name))
    for name in ("level", "intent"):
        if name in expect and _understood(reply, name) not in many(expect[name]):
            yield name, str(expect[name]), _understood(reply, name)
    if "promises" in expect and len(reply.promises) < expect["promises"]:
        yield "promises", f"{expect['promises']} at least", str(len(reply.promises))


def _words_of(expect: Mapping[str, Any], reply: Reply) -> Iterator[Check]:
    text = fold(reply.text)
    for wanted in many(expect.get("says")):
        if not any(fold(one) in text for one in many(wanted)):
            yield "says", " | ".join(map(str, many(wanted))), reply.text
    for unwanted in many(expect.get("says_not")):
        if term(unwanted) in f" {text} ":
            yield "says_not", str(unwanted), reply.text
    if "facts" in expect:
        count, of = expect["facts"]["count"], expect["facts"]["of"]
        if sum(any(fold(word) in text for word in many(one)) for one in of) < count:
            yield "facts", f"{count} of {of}", reply.text
    if "response" in expect and not set(many(expect["response"])) & set(reply.responses):
        yield "response", str(expect["response"]), ", ".join(reply.responses)


def _shape_of(expect: Mapping[str, Any], reply: Reply) -> Iterator[Check]:
    text = fold(reply.text)
    count = len(text.split())
    if expect.get("listens") and (reply.choices or DATA.search(text) or count > LISTENING):
        got = f"{count} words, {len(reply.choices)} quick replies: {reply.text}"
        yield "listens", f"no menu, no form, at most {LISTENING} words", got
    if len(reply.choices) < expect.get("choices", 0):
        yield "choices", f"{expect['choices']} at least", str([one.title for one in reply.choices])
    if "person" in expect and _offers_person(reply) is not expect["person"]:
        yield "person", f"offered: {expect['person']}", reply.text
    longest = max((len(one.text.split()) for one in reply.messages), default=0)
    if longest > expect.get("words", longest):
        yield "words", f"{expect['words']} at most", str(longest)
    if reply.text.count("?") > expect.get("questions", 1):
        yield "questions", f"{expect.get('questions', 1)} at most", reply.text
    if "language" in expect and language_of(reply.text) != expect["language"]:
        yield "language", expect["language"], f"{language_of(reply.text)}: {reply.text}"
    if reply.silent is not bool(expect.get("silent", reply.silent)):
        yield "silent", str(expect["silent"]), reply.text


def handoff_of(wanted: Any, reply: Reply) -> Iterator[Check]:
    """Yield what of a handoff is not as wanted."""
    given = reply.handoff
    accepted = accepts(wanted)
    if accepted is not None and accepted is not (given is not None):
        got = f"handed over: {given.get('trigger')}" if given else f"not: {reply.text}"
        yield "handoff", str(wanted), got
    if given is None or not isinstance(wanted, Mapping):
        return
    yield from _request_of(wanted, given)


def _request_of(wanted: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Check]:
    names = {"reason": "reason_code"}
    for name in ("trigger", "reason", "team", "priority"):
        got = given.get(names.get(name, name))
        if name in wanted and got not in many(wanted[name]):
            yield f"handoff {name}", str(wanted[name]), str(got)
    if "risk" in wanted and not set(many(wanted["risk"])) & set(given.get("risk") or ()):
        yield "handoff risk", str(wanted["risk"]), str(given.get("risk"))
    facts = given.get("facts") or {}
    for name, value in (wanted.get("facts") or {}).items():
        if fold(str(value)) not in fold(str(facts.get(name, ""))):
            yield f"handoff fact {name}", str(value), str(facts)
    everything = fold(json.dumps(given, ensure_ascii=False))
    for word in many(wanted.get("has")):
        if not any(fold(one) in everything for one in many(word)):
            yield "handoff has", str(word), everything[:600]


def accepts(wanted: Any) -> bool | None:
    """Return whether a handoff is expected; None when either is right."""
    if wanted == "maybe":
        return None
    return bool(wanted)


def _money_of(expect: Mapping[str, Any], new: Sequence[Any]) -> Iterator[Check]:
    got = listed(new)
    for operation, amount in (expect.get("booked") or {}).items():
        mine = [one for one in new if one.operation == operation]
        cents = sum(one.amount_cents for one in mine)
        if not mine or (amount is not True and cents != round(amount * 100)):
            yield "booked", f"{operation} {amount}", got
    unwanted = expect.get("not_booked")
    if unwanted is True and new:
        yield "not_booked", "nothing", got
    elif unwanted and {one.operation for one in new} & set(many(unwanted)):
        yield "not_booked", str(unwanted), got


def forbidden(never: Mapping[str, Any], reply: Reply, new: Sequence[Any]) -> Iterator[Check]:
    """Yield what must not happen in the whole conversation, and did in this turn."""
    text = fold(reply.text)
    for word in many(never.get("says")):
        if term(word) in f" {text} ":
            yield "never says", str(word), reply.text
    for key in set(many(never.get("responses"))) & set(reply.responses):
        yield "never responds", str(key), reply.text
    for one in new:
        if one.operation in many(never.get("booked")):
            yield "never booked", one.operation, listed(new)
    if reply.handoff and reply.handoff.get("trigger") in many(never.get("handoff")):
        yield "never handed over", str(never["handoff"]), str(reply.handoff.get("trigger"))


def always(
    expect: Mapping[str, Any], reply: Reply, said: Sequence[str], page: str
) -> Iterator[Check]:
    """Yield what no reply may have, whatever the scenario.

    Args:
        expect: The step's ``expect``.
        reply: What came back.
        said: All that the bot said before.
        page: Language of the page, until the engine knows the customer's.
    """
    from bot.deescalation import wording

    if reply.error and not expect.get("error"):
        yield "no error", "none", str(dict(reply.error))
    language = str(reply.state.get("language") or page)
    level = _understood(reply, "level")
    before = list(said)
    for message in reply.messages:
        findings = wording.check(message.text, language=language, level=level, previous=before)
        for one in findings:
            yield (
                f"wording: {one.rule}",
                one.better or one.reason,
                f"«{one.text}» in {message.text}",
            )
        before.append(message.text)
        if level in UPSET and len(message.text.split()) > SHORT:
            yield "short when upset", f"{SHORT} words", message.text
        left = LEFT.search(message.text)
        if left:
            yield "nothing unfilled", "words", f"{left.group()} in {message.text}"
    for promise in reply.promises:
        if not promise.get("due") or not promise.get("owner"):
            yield "promise has a time and an owner", "due, owner", str(dict(promise))


def _offers_person(reply: Reply) -> bool:
    pressed = any(choice.payload.startswith("/ask_human") for choice in reply.choices)
    return pressed or bool(PERSON.search(fold(reply.text)))


def _understood(reply: Reply, name: str) -> str:
    part = reply.parse.get("intent" if name == "intent" else "frustration") or {}
    return str(part.get("name" if name == "intent" else "level") or "")


def listed(bookings: Sequence[Any]) -> str:
    """Return bookings as words."""
    lines = [f"{one.operation} {one.subject} {one.amount_cents / 100:.2f}" for one in bookings]
    return ", ".join(lines) or "nothing"


def many(value: Any) -> Sequence[Any]:
    """Return a value as a list: none for None, itself for a list."""
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def fold(text: Any) -> str:
    """Return a text in lower case without accents, spaces made one."""
    plain = unicodedata.normalize("NFKD", str(text).replace("\u00a0", " "))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(letters.casefold().split())


def term(word: Any) -> str:
    """Return a word as it is looked for: a space at its beginning or end is a word's border."""
    text = str(word)
    return " " * text.startswith(" ") + fold(text) + " " * text.endswith(" ")


def language_of(text: str) -> str:
    """Return es or en, whichever has more of its small words in the text."""
    words = re.findall(r"\w+", text.casefold())
    spanish, english = (sum(word in known for word in words) for known in (ES, EN))
    return "es" if spanish >= english else "en"
