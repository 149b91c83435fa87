"""The one chooser of words: which variation of a response is said, and with which facts.

The texts are in ``data/responses/*.yml``, in Rasa's format::

    responses:
      utter_acknowledge:
        - id: acknowledge_wait_es_1   # unique, at most 60 characters
          text: "Son {wait} sin el pedido {order}, y así no se puede esperar."
          metadata:
            language: es              # es or en; the only field that must be there
            register: any             # any, usted, tu or vos
            level: [frustrated, angry]
            issue: [late_delivery]
            technique: name_the_wait  # see bot.deescalation.techniques
            last: listen              # listen, apologise, solve or thank
            repeat: true              # may be said again (fixed safety texts, queue positions)
          buttons:
            - {title: "Hablar con una persona", payload: /ask_human}

A missing field fits any. A variation is never said with an unfilled ``{fact}``, and never twice in
a conversation. Among those that fit, the most specific wins, then the one with most facts, then
the one in the customer's register, then the first in the file; at a high level those of at most
:data:`SHORT` words go before all others.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.deescalation.turn import at_least
from bot.deescalation.variations import PLACEHOLDER, Variation, read_folder, read_responses
from bot.deescalation.wording import quiet
from bot.errors import ConfigError, did_you_mean

SHORT = 45  # words, at frustrated or more
MAX_FACT = 300  # characters of one fact in a sentence
FALLBACK_LANGUAGE = "es"
FORMAL = "usted"  # the register used when the customer's own is not known

_CLEAN = re.compile(r"[{}<>\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_OPENING = re.compile(r"(^|[.?!…]\s+)[¿¡«\"]?$")


class UnknownResponse(ConfigError):
    """A response was asked for that no file in ``data/responses`` has."""

    def __init__(self, key: str, known: Iterable[str]) -> None:
        super().__init__(f"Unknown response '{key}' in data/responses.{did_you_mean(key, known)}")


@dataclass(frozen=True)
class Phrase:
    """A text ready to be said.

    Args:
        id: The variation's id.
        key: The response it belongs to.
        text: The words, facts filled in.
        buttons: ``{"title", "payload"}`` each.
        technique: The de-escalation technique it applies; None for none.
        last: Its step of L.A.S.T.; None for none.
        facts: Names of the facts it says.
        apology: Whether it regrets something.
        language: Its language.
        repeat: Whether it may be said again.
    """

    id: str
    key: str
    text: str
    buttons: tuple[Mapping[str, str], ...] = ()
    technique: str | None = None
    last: str | None = None
    facts: tuple[str, ...] = ()
    apology: bool = False
    language: str = FALLBACK_LANGUAGE
    repeat: bool = False


def mark(text: str) -> str:
    """Return a short mark of a variation's id or text, for lists of what was said."""
    return hashlib.blake2s(text.encode(), digest_size=4).hexdigest()


class Phrasebook:
    """All that can be said.

    Args:
        responses: Response key to its variations, as in the files.

    Raises:
        ConfigError: a variation is not as the module's docstring says.
    """

    def __init__(self, responses: Mapping[str, list[dict[str, Any]]]) -> None:
        self._variations = read_responses(responses)

    @classmethod
    def from_folder(cls, folder: Path) -> Phrasebook:
        """Read all ``*.yml`` files below ``folder``.

        Raises:
            ConfigError: a file or a variation is wrong; the text names file, key and id.
        """
        book = cls({})
        book._variations = read_folder(folder)
        return book

    def keys(self) -> tuple[str, ...]:
        """Return the keys of all responses, sorted."""
        return tuple(sorted(self._variations))

    def variations(self, key: str) -> tuple[Variation, ...]:
        """Return the variations of one response.

        Raises:
            UnknownResponse: no response has that key.
        """
        if key not in self._variations:
            raise UnknownResponse(key, self._variations)
        return self._variations[key]

    def choose(
        self,
        key: str,
        *,
        language: str = FALLBACK_LANGUAGE,
        register: str | None = None,
        level: str = "calm",
        issue: str | None = None,
        facts: Mapping[str, object] | None = None,
        said: Collection[str] = (),
        avoid: Collection[str] = (),
        apologised: bool = False,
    ) -> Phrase | None:
        """Return what to say, or None when nothing fresh is left.

        Args:
            key: The response.
            language: The conversation's; a response without it is said in Spanish.
            register: The customer's; None counts as formal.
            level: Of the newest turn.
            issue: What the conversation is about.
            facts: Name to value; empty values count as unknown.
            said: What the conversation has heard: ids, texts or their :func:`mark`.
            avoid: Techniques that were used already.
            apologised: Whether a regret was expressed already; then none is again.

        Raises:
            UnknownResponse: no response has that key.
        """
        found = self.candidates(
            key,
            language=language,
            register=register,
            level=level,
            issue=issue,
            facts=facts,
            said=said,
            avoid=avoid,
            apologised=apologised,
        )
        return found[0] if found else None

    def candidates(
        self,
        key: str,
        *,
        language: str = FALLBACK_LANGUAGE,
        register: str | None = None,
        level: str = "calm",
        issue: str | None = None,
        facts: Mapping[str, object] | None = None,
        said: Collection[str] = (),
        avoid: Collection[str] = (),
        apologised: bool = False,
    ) -> list[Phrase]:
        """Return all that :meth:`choose` may say, with the same arguments, the best first.

        Raises:
            UnknownResponse: no response has that key.
        """
        variations = self.variations(key)
        spoken = {variation.language for variation in variations}
        wanted = language if language in spoken else FALLBACK_LANGUAGE
        known = {
            name: text for name, value in (facts or {}).items() if (text := _clean(value, wanted))
        }
        found: list[tuple[tuple[int, ...], Phrase]] = []
        for position, variation in enumerate(variations):
            if variation.language != wanted or not _open(variation, known, avoid, apologised):
                continue
            phrase = _filled(variation, known)
            rank = _rank(variation, phrase, register=register, level=level, issue=issue)
            if rank is not None and not _heard(phrase, said):
                found.append(((*rank, -position), phrase))
        return [phrase for _, phrase in sorted(found, key=lambda one: one[0], reverse=True)]


def _open(
    variation: Variation,
    facts: Mapping[str, str],
    avoid: Collection[str],
    apologised: bool,
) -> bool:
    """Return whether the variation can be said at all with what is known and was done."""
    return (
        all(name in facts for name in variation.placeholders)
        and variation.technique not in avoid
        and not (apologised and variation.apology)
    )


def _rank(
    variation: Variation, phrase: Phrase, *, register: str | None, level: str, issue: str | None
) -> tuple[int, ...] | None:
    """Return how well a variation fits, higher is better; None when it must not be said."""
    manner = _manner(variation.register, register if register else FORMAL)
    if manner is None or (variation.issue and issue not in variation.issue):
        return None
    fits = not variation.level or level in variation.level
    short = at_least(level, "frustrated") and len(phrase.text.split()) <= SHORT
    specific = bool(variation.issue) + (bool(variation.level) and fits)
    return (int(fits), int(manner >= 0), int(short), specific, len(phrase.facts), manner)


def _manner(of_text: str, wanted: str) -> int | None:
    """Return 1 for the customer's register, 0 for none in particular or, last, for usted."""
    if of_text == wanted:
        return 1
    if of_text == "any":
        return 0
    return -1 if of_text == FORMAL else None


def _heard(phrase: Phrase, said: Collection[str]) -> bool:
    forms = (phrase.id, phrase.text, mark(phrase.id), mark(phrase.text))
    return not phrase.repeat and any(form in said for form in forms)


def _clean(value: object, language: str) -> str:
    """Return a fact as it may stand in a sentence: one line, no braces, no markup, no shouting."""
    if value is None or value is False:
        return ""
    text = " ".join(_CLEAN.sub(" ", str(value)).split())[:MAX_FACT]
    return quiet(text, language).strip(" ,;")


def _fill(text: str, facts: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        fact = facts[match.group(1)]
        if _OPENING.search(text[: match.start()]):
            fact = fact[:1].upper() + fact[1:]
        ends = text[match.end() : match.end() + 1] in (".", "?", "!", "…")
        return fact.rstrip(".") if ends else fact

    return PLACEHOLDER.sub(value, text)


def _filled(variation: Variation, facts: Mapping[str, str]) -> Phrase:
    buttons = tuple(
        {**button, "title": _fill(button["title"], facts)} for button in variation.buttons
    )
    return Phrase(
        id=variation.id,
        key=variation.key,
        text=_fill(variation.text, facts),
        buttons=buttons,
        technique=variation.technique,
        last=variation.last,
        facts=variation.placeholders,
        apology=variation.apology,
        language=variation.language,
        repeat=variation.repeat,
    )
