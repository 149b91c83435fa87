"""The gateway's own sentences, chosen by the phrasebook like the bot's.

Nothing is worded here: ``data/responses/`` has the texts, one key per notice or refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.deescalation.phrasing import Phrasebook

LANGUAGES = ("es", "en")
"""The languages the product speaks, the first one by default."""


@dataclass(frozen=True)
class Notice:
    """A sentence and where it comes from."""

    text: str
    key: str  # response key
    variation: str  # id of the variation


def preferred_language(accept: str) -> str:
    """Return the first language we speak in an ``Accept-Language`` header, by its order."""
    for part in accept.split(","):
        code = part.split(";")[0].strip().lower().split("-")[0]
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]


class Notices:
    """Chooses the gateway's sentences.

    Args:
        phrasebook: The texts of ``data/responses/``.
    """

    def __init__(self, phrasebook: Phrasebook) -> None:
        self._phrasebook = phrasebook

    def choose(
        self,
        key: str,
        *,
        language: str,
        facts: Mapping[str, Any] | None = None,
        said: Iterable[str] = (),
    ) -> Notice | None:
        """Return a sentence not said before, or None when none is left."""
        phrase = self._phrasebook.choose(
            key,
            language=language,
            facts=facts,
            said=set(said),
        )
        return Notice(phrase.text, key, phrase.id) if phrase else None

    def text(self, key: str, *, language: str, facts: Mapping[str, Any] | None = None) -> str:
        """Return a sentence that may be repeated, such as a refusal."""
        notice = self.choose(key, language=language, facts=facts)
        return notice.text if notice else ""
