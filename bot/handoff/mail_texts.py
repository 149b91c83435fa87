"""Reading ``data/mail/mails.yml``: which notices are mailed, when, and between which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError, did_you_mean
from bot.handoff.records import Message

ANSWER = "answer"
"""The kind of mail that brings what an agent wrote."""
RECEIPT = "receipt"
"""The kind of mail that proves what was received."""
LANGUAGES = ("es", "en")
_KEYS = ("notices", "when", "after", *LANGUAGES)
_WORDS = ("subject", "intro")


@dataclass(frozen=True)
class Kind:
    """One kind of mail.

    Args:
        name: receipt, answer, update, …
        away: Only sent if the customer has not been on the page since.
        after: Seconds that are waited for that.
        words: By language: subject and intro, with ``{reference}`` and ``{team}``.
    """

    name: str
    away: bool
    after: float
    words: Mapping[str, Mapping[str, str]]


class MailTexts:
    """The words of e-mail.

    Args:
        data: What the file says.

    Raises:
        ConfigError: something is missing or unknown.
    """

    def __init__(self, data: Any) -> None:
        self.kinds = {name: _kind(name, each) for name, each in data["kinds"].items()}
        self.frame: Mapping[str, Mapping[str, str]] = data["frame"]
        self._by_notice = {
            notice: name
            for name, each in data["kinds"].items()
            for notice in each.get("notices") or ()
        }
        for needed in (ANSWER, RECEIPT):
            if needed not in self.kinds:
                raise ConfigError(f"data/mail/mails.yml > kinds has no '{needed}'.")
        for language in LANGUAGES:
            if language not in self.frame:
                raise ConfigError(f"data/mail/mails.yml > frame has no '{language}'.")

    @classmethod
    def from_file(cls, path: Path) -> MailTexts:
        """Read a file.

        Raises:
            ConfigError: it cannot be read, or something is missing or unknown.
        """
        try:
            return cls(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"{path.name} cannot be read: {error!r}") from error

    def kind_of(self, message: Message) -> Kind | None:
        """Return as what a message to the customer is mailed; None if it is not."""
        if message.author == "agent":
            return self.kinds[ANSWER]
        name = self._by_notice.get(message.response or "")
        return self.kinds[name] if name else None

    def words(self, language: str) -> Mapping[str, str]:
        """Return the words around every mail in a language; Spanish for one that has none."""
        return self.frame.get(language) or self.frame[LANGUAGES[0]]


def _kind(name: str, data: Mapping[str, Any]) -> Kind:
    where = f"data/mail/mails.yml > kinds > {name}"
    for key in data:
        if key not in _KEYS:
            raise ConfigError(f"Unknown '{key}' in {where}.{did_you_mean(key, _KEYS)}")
    if data.get("when") not in ("always", "away"):
        raise ConfigError(f"{where} > when: '{data.get('when')}'. Accepted: always, away.")
    for language in LANGUAGES:
        for word in _WORDS:
            if not (data.get(language) or {}).get(word):
                raise ConfigError(f"{where} > {language} has no '{word}'.")
    words = {language: data[language] for language in LANGUAGES}
    return Kind(name, data["when"] == "away", float(data.get("after") or 0), words)
