"""Rasa's hook for words: hands every ``utter_*`` to the one chooser, ``bot.deescalation.phrasing``.

Switched on by ``nlg: {type: bot.nlg.ResponseChooser}`` in ``endpoints.yml``. A response that has
nothing fresh left, or cannot be said, becomes a marked message without text; the channel turns it
into a handoff. Nothing is ever said twice.

Every text is checked before it is said (:mod:`bot.deescalation.wording`): one that would inflame is
replaced by the next best that does not, and logged. When all would, the least of them is said and
logged as an error. A line of the log names rules and variations, nothing that the customer wrote.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.deescalation.facts import sayable
from bot.deescalation.phrasing import Phrase, Phrasebook
from bot.deescalation.state import ConversationState
from bot.deescalation.techniques import closed_to
from bot.deescalation.wording import check

# What Rasa passes beside the facts of an action.
NOT_FACTS = frozenset(
    {"text", "buttons", "elements", "custom", "template", "response", "image", "attachment"}
    | {"domain_responses", "quick_replies"}
)

# What gives the customer's facts back; the same fact is not given back twice.
SAYS_BACK = frozenset(
    {"utter_acknowledge", "utter_note_fact", "utter_deescalate", "utter_boundary"}
)

logger = logging.getLogger(__name__)
lines = logging.getLogger("remanso.engine.wording")  # JSON lines, beside those of the turns


class ResponseChooser(TemplatedNaturalLanguageGenerator):
    """Chooses variations by language, register, level, issue and facts; none twice."""

    def __init__(
        self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None
    ) -> None:
        """Start with the responses of ``domain``; Rasa sets those of a model when it loads it."""
        del endpoint_config
        super().__init__(domain.responses if domain else {})

    @property
    def responses(self) -> dict[str, list[dict[str, Any]]]:
        """The responses as the domain has them; setting them reads them anew."""
        return self._responses

    @responses.setter
    def responses(self, responses: dict[str, list[dict[str, Any]]]) -> None:
        self._book = Phrasebook(responses)
        self._responses = responses

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Return the message for ``utter_action``.

        Its ``phrase`` says what was chosen. Without anything to say the message has no text, and
        ``custom`` is ``{"exhausted": key}`` or ``{"broken": {"response", "error"}}``.
        """
        del output_channel
        try:
            phrase = self._choose(utter_action, tracker, kwargs)
        except Exception as error:  # Rasa would log it and go on as if it had been said
            logger.exception("The response %s cannot be said.", utter_action)
            return {"custom": {"broken": {"response": utter_action, "error": str(error)[:200]}}}
        if phrase is None:
            return {"custom": {"exhausted": utter_action}}
        return message(phrase)

    def _choose(
        self, key: str, tracker: DialogueStateTracker, kwargs: Mapping[str, Any]
    ) -> Phrase | None:
        state = ConversationState.from_dict(tracker.get_slot("conversation_state"))
        said = texts_said(tracker)
        told = {name: value for name, value in kwargs.items() if name not in NOT_FACTS and value}
        heard = state.told if key in SAYS_BACK else ()
        known: dict[str, Any] = {
            "language": state.language,
            "register": state.register,
            "level": state.level,
            "issue": state.issue,
            "facts": {**sayable(state.facts, state.language, heard), **told},
            "said": {*state.said, *said},
            "apologised": state.apologised,
        }
        return calmest(self._options(key, known, closed_to(state)), state, said)

    def _options(
        self, key: str, known: Mapping[str, Any], closed: Sequence[str]
    ) -> Iterator[Phrase]:
        fresh = self._book.candidates(key, **known, avoid=closed)
        yield from fresh
        # Better a technique used before, in other words, than a conversation that ends.
        ids = {phrase.id for phrase in fresh}
        yield from (one for one in self._book.candidates(key, **known) if one.id not in ids)


def calmest(
    options: Iterable[Phrase], state: ConversationState, said: Collection[str]
) -> Phrase | None:
    """Return the first option that does not inflame; if all do, the one that does least.

    Both are logged when the first option is not fine: a warning for what was replaced, an error
    for what is said all the same.

    Args:
        options: What may be said, the best first.
        state: The conversation, with the level of the newest turn.
        said: Texts said before.
    """
    refused: list[tuple[Phrase, list[str]]] = []
    for phrase in options:
        rules = broken_rules(phrase, state, said)
        if not rules:
            if refused:
                _log(logging.WARNING, "replaced", refused, phrase, state)
            return phrase
        refused.append((phrase, rules))
    if not refused:
        return None
    least, _ = min(refused, key=lambda one: len(one[1]))
    _log(logging.ERROR, "said", refused, least, state)
    return least


def broken_rules(phrase: Phrase, state: ConversationState, said: Collection[str]) -> list[str]:
    """Return the rules of wording that a phrase breaks now, one for each place."""
    previous = () if phrase.repeat else said  # a fixed text may come again, its regret too
    found = check(
        phrase.text,
        language=phrase.language,
        level=state.level,
        previous=previous,
        solved=solved(state),
    )
    return [one.rule for one in found]


def solved(state: ConversationState) -> bool | None:
    """Return whether the customer's matter is solved; None when there is none yet."""
    if state.step == "confirm":
        return True
    return False if state.issue else None


def _log(
    severity: int,
    what: str,
    refused: Sequence[tuple[Phrase, list[str]]],
    phrase: Phrase,
    state: ConversationState,
) -> None:
    line = {
        "process": "engine",
        "wording": what,
        "response": phrase.key,
        "said": phrase.id,
        "language": phrase.language,
        "level": state.level,
        "refused": [{"id": one.id, "rules": sorted(set(rules))} for one, rules in refused[:8]],
    }
    lines.log(severity, json.dumps(line, ensure_ascii=False))


def texts_said(tracker: DialogueStateTracker) -> set[str]:
    """Return all texts and variation ids of this session, taken-back turns included."""
    said = set()
    for event in tracker.events:
        if isinstance(event, BotUttered) and event.text:
            said.add(event.text)
            said.add(str((event.metadata or {}).get("id")))
    return said


def message(phrase: Phrase) -> dict[str, Any]:
    """Return a phrase as Rasa's message, with what the channel records of it."""
    about = asdict(phrase)
    words = {"text": about.pop("text"), "buttons": list(about.pop("buttons"))}
    about["facts"] = list(phrase.facts)
    return {**words, "id": phrase.id, "technique": phrase.technique, "phrase": about}
