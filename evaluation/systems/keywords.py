"""A fair keyword rule: what a shop would write in an afternoon."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from bot.deescalation.cues import Lexicon, fold
from bot.settings import ROOT
from evaluation.held_out import Text
from evaluation.systems import Reading

CUES = ROOT / "data" / "frustration" / "cues.yml"
NO_MOOD = ("account_misuse",)  # cues that say nothing of a mood
PERSON = re.compile(
    r"\b(?:agente|asesora?|operadora?|humano|human|supervisora?|supervisor|persona real"
    r"|real person|representative|representante|ejecutiv[oa]|someone real|live agent|agent"
    r"|hablar con (?:una persona|alguien|un responsable)"
    r"|(?:talk|speak) (?:to|with) (?:a person|someone|somebody))\b"
)


class Keywords:
    """Any cue of the word list is frustration; a word for a person is a request for one."""

    name = "keywords"
    about = "Word list of data/frustration/cues.yml; a dozen words for asking for a person."
    intents = "ask_human"
    frustration = True
    levels = False
    calibrated = False

    def __init__(self) -> None:
        lexicon = Lexicon.from_file(CUES)
        moods = {name: words for name, words in lexicon.entries.items() if name not in NO_MOOD}
        self._lexicon = Lexicon(moods)

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Return what it makes of each text, in order."""
        return [self._one(one.text) for one in texts]

    def _one(self, text: str) -> Reading:
        found = self._lexicon.find(text)
        intent = "ask_human" if PERSON.search(fold(text)) else ""
        return Reading(
            intent=intent,
            guess=intent,
            confidence=float(bool(intent)),
            probability=len(found) / (len(found) + 1),
            complaint=len(found) / (len(found) + 1),
            level="frustrated" if found else "calm",
            cues=tuple(cue.name for cue in found),
        )

    def latency(self, texts: Sequence[Text]) -> list[float]:
        """Return the milliseconds of reading each text alone."""
        times = []
        for one in texts:
            start = time.perf_counter()
            self._one(one.text)
            times.append((time.perf_counter() - start) * 1000)
        return times

    def megabytes(self) -> float:
        """Return the size of the word list in MB."""
        return CUES.stat().st_size / 1e6
