"""A real conversation as a draft of a situation to practise: ``remanso practice add``.

Personal data is masked as in stories and examples. What only people can decide (title, mood, what
would be a good end, the customer's other words) is left for them, and the file says so; until they
take ``draft`` out, nobody practises with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError
from bot.simulation.situation import NAME
from bot.training.checks_practice import FOLDER
from bot.training.conversations import LEVELS, Conversation, highest
from bot.training.masking import mask
from bot.training.turns import Turn

TEMPER = dict(zip(LEVELS, (0.2, 0.5, 0.7, 0.88), strict=True))
"""Mood in [0, 1] that a level of frustration stands for at the start."""
SHORT = 3  # words from which a message is worth keeping

HEAD = """\
# From a real conversation; personal data masked by patterns, which cannot find everything.
# Look over:
# - names, addresses, dates and anything by which somebody could be known: change it;
# - title, happened, wants, known and guide, in both languages: write them for who practises;
# - before: what the bot and the customer said, shortened to what matters;
# - may, supervisor, good: what may be done, and how it should end;
# - customer: what they are called, region, facts, and at least four of open and of more in other
#   words than theirs, with {facts}; lines for needs such as vent or thanks, if theirs are special.
# Then take the line 'draft' out, and: remanso practice check
"""


@dataclass(frozen=True)
class Draft:
    """A situation before it is written.

    Args:
        name: Its name.
        content: The file's content below its head.
        masked: What was masked, as ``e-mail address -> ana@ejemplo.com``.
    """

    name: str
    content: dict[str, Any]
    masked: tuple[str, ...]

    def text(self) -> str:
        """Return the file."""
        parts = [
            yaml.safe_dump(
                {name: value},
                allow_unicode=True,
                sort_keys=False,
                width=1000,
                default_flow_style=None if name == "before" else False,
            )
            for name, value in self.content.items()
        ]
        return HEAD + "".join(parts)


def draft(conversation: Conversation, name: str, *, later: Iterable[str] = ()) -> Draft:
    """Return a situation made of a conversation.

    Args:
        conversation: With the bot.
        name: The situation's name: small letters, digits and underscores.
        later: What the customer wrote to a person afterwards, oldest first.

    Raises:
        ConfigError: the name is none.
    """
    if not NAME.fullmatch(name):
        raise ConfigError(f"'{name}' is no name: small letters, digits and _, such as late_lamp.")
    turns = [turn for turn in conversation.turns if turn.text and not turn.handed_back]
    language = turns[-1].language
    told: list[str] = [line for turn in turns for line in turn.masked.told]

    def masked(text: str) -> str:
        found = mask(" ".join(str(text).split()), language=language)
        told.extend(found.told)
        return found.text

    handed = _handoff(turns)
    own = [masked(text) for text in later if len(text.split()) >= SHORT]
    words = own or [turn.masked.text for turn in turns[-2:]]
    about = _about(handed, masked)
    content = {
        "draft": True,
        "issue": handed.get("issue") or "other",
        "money": "€",
        "es": about,
        "en": {**about},
        "before": list(_before(turns, masked)),
        "may": {"resend": True, "refund": 50, "voucher": 10},
        "supervisor": {"refund": 150},
        "good": {"deeds": ["resend", "refund"]},
        "customer": {
            "called": "",
            "language": language,
            "region": "EN" if language == "en" else "ES",
            "topic": "complaint",
            "wants": ["answer"],
            "facts": {
                str(key): [masked(str(value))] for key, value in (handed.get("facts") or {}).items()
            },
            "temper": TEMPER[highest(turn.level for turn in turns)],
            "patience": 6,
            "style": [],
            "open": words[:1],
            "more": words[1:],
        },
    }
    return Draft(name, content, tuple(dict.fromkeys(told)))


def write(root: Path, made: Draft) -> Path:
    """Write a draft into ``data/practice``.

    Raises:
        ConfigError: there is a situation with this name; nothing is overwritten.
    """
    path = root / FOLDER / f"{made.name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(made.text())
    except FileExistsError:
        place = path.relative_to(root)
        raise ConfigError(f"{place} is there already. Choose another --name.") from None
    return path


def _before(turns: list[Turn], masked: Any) -> Iterator[dict[str, str]]:
    for turn in turns:
        yield {"who": "customer", "text": turn.masked.text}
        for event in turn.of("bot"):
            if event.get("text"):
                yield {"who": "bot", "text": masked(event["text"])}


def _handoff(turns: list[Turn]) -> dict[str, Any]:
    """Return what the bot handed over; empty when it did not."""
    for turn in reversed(turns):
        for event in turn.of("bot"):
            found = ((event.get("data") or {}).get("custom") or {}).get("handoff")
            if isinstance(found, dict):
                return found
    return {}


def _about(handed: dict[str, Any], masked: Any) -> dict[str, Any]:
    offers = [one for one in handed.get("offers") or () if isinstance(one, dict)]
    refused = [masked(one.get("text", "")) for one in offers if one.get("status") == "refused"]
    tried = [masked(handed["tried"])] if handed.get("tried") else []
    return {
        "title": "",
        "happened": masked(handed.get("happened") or ""),
        "wants": masked(handed.get("wants") or ""),
        "tried": tried,
        "refused": refused,
        "known": [],
        "guide": [],
    }
