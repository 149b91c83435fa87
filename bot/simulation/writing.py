"""What a simulated customer writes: a need and a mood become words, misspelt as people misspell.

The words are in ``bot/simulation/words``; ``[AR] text`` is only for that region. Whoever is with a
person already asks for somebody else's say than whoever is with a bot: ``es_person.yml`` and
``en_person.yml`` say how.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.simulation.persona import Persona

WORDS = Path(__file__).with_name("words")
TIERS = ((0.4, "calm"), (0.75, "cross"), (1.01, "furious"))  # mood below which it is that temper
TAG = re.compile(r"^\[([A-Z]{2})\]\s*")
SACRED = re.compile(r"[@\d{}]")  # a word with one of these is never misspelt
SHORTER = {"que": "q", "porque": "xq", "por": "x", "también": "tb", "you": "u", "please": "pls"}
SLIPS = {"typos": 0.07}  # share of words with a slip, by style
SLIP = 0.015  # ... of anybody else
NO_ACCENTS, SHORT, LOWER = 0.45, 0.25, 0.5  # chances, by message
SHOUTED = 0.55  # chance that a furious customer who shouts writes everything in capitals


@cache
def words(language: str, by_person: bool = False) -> Mapping[str, Any]:
    """Return the words of a language: need to temper to variations.

    Args:
        language: es or en.
        by_person: Whether the customer writes to a person.
    """
    found: dict[str, Any] = yaml.safe_load((WORDS / f"{language}.yml").read_text("utf-8"))
    if by_person:
        found |= yaml.safe_load((WORDS / f"{language}_person.yml").read_text("utf-8"))
    return found


def temper(mood: float) -> str:
    """Return calm, cross or furious."""
    return next(name for below, name in TIERS if mood < below)


class Writer:
    """Writes for one customer; never the same variation twice while others are left.

    Args:
        persona: Who writes.
        chance: Their chance, seeded.
        by_person: Whether a person reads it, not a bot.
    """

    def __init__(self, persona: Persona, chance: random.Random, *, by_person: bool = False) -> None:
        self._persona = persona
        self._words = words(persona.language, by_person)
        self._chance = chance
        self._used: set[str] = set()

    def write(self, need: str, mood: float) -> str:
        """Return a message.

        Args:
            need: ``open``, ``more`` or a need of the words.
            mood: In [0, 1].
        """
        who = self._persona
        own = {"open": who.open, "more": who.more, **who.lines}
        variations = own.get(need) or self._words[need][temper(mood)]
        return self._spelt(self._filled(self._pick(variations)), mood)

    def _pick(self, variations: Any) -> str:
        mine = []
        for text in variations:
            tag = TAG.match(text)
            if tag is None or tag.group(1) == self._persona.region:
                mine.append(TAG.sub("", text))
        known = [text for text in mine if self._can_fill(text)]
        fresh = [text for text in known if text not in self._used] or known or mine
        found = self._chance.choice(fresh)
        self._used.add(found)
        return found

    def _can_fill(self, text: str) -> bool:
        return set(re.findall(r"{(\w+)}", text)) <= set(self._persona.facts)

    def _filled(self, text: str) -> str:
        facts = self._persona.facts
        return re.sub(
            r"{(\w+)}",
            lambda found: self._chance.choice(facts.get(found.group(1)) or ("",)),
            text,
        )

    def _spelt(self, text: str, mood: float) -> str:
        chance, style = self._chance, self._persona.style
        if "polite" in style and chance.random() < SHOUTED:
            return text
        if "shouts" in style and temper(mood) == "furious" and chance.random() < SHOUTED:
            text = text.upper() if "@" not in text else text
        if chance.random() < NO_ACCENTS:
            text = without_accents(text)
        if chance.random() < LOWER:
            text = text.replace("¿", "").replace("¡", "").rstrip(".")
            text = text[:1].lower() + text[1:] if not text.isupper() else text
        shorten = "typos" in style and chance.random() < SHORT
        share = max((SLIPS.get(one, SLIP) for one in style), default=SLIP)
        return " ".join(self._slip(word, share, shorten) for word in text.split(" "))

    def _slip(self, word: str, share: float, shorten: bool) -> str:
        if SACRED.search(word):
            return word
        if shorten and word.lower() in SHORTER:
            return SHORTER[word.lower()]
        if len(word) < 5 or self._chance.random() >= share:
            return word
        place = self._chance.randrange(1, len(word) - 2)
        if self._chance.random() < 0.5:  # two letters the wrong way round
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        return word[:place] + word[place + 1 :]


def without_accents(text: str) -> str:
    """Return the text without accents; ñ stays, as most keyboards have it."""
    kept = text.replace("ñ", "\0").replace("Ñ", "\1")
    plain = "".join(c for c in unicodedata.normalize("NFD", kept) if not unicodedata.combining(c))
    return plain.replace("\0", "ñ").replace("\1", "Ñ")
