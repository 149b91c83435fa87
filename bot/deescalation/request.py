"""The request for a person: what the agent gets, made from the state and from facts alone.

The three summary lines (what happened, what they want, what was tried) are put together from the
labels in ``data/wording/summary.yml`` and the customer's own words; nothing in them is invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.deescalation.conversation import ConversationState, Promise
from bot.deescalation.facts import clip
from bot.deescalation.firing import TEAM_OF, Firing, higher
from bot.errors import ConfigError

TEXTS = Path(__file__).resolve().parents[2] / "data" / "wording" / "summary.yml"
_WAITED_FOR = (None, "late_delivery", "technical", "account")
"""Issues in which a time that the customer names is a wait, and no stay or period of something."""
MAX_LINE = 300  # characters of a summary line

NOBODY = Firing("handoff", "handoff", "", "other")
"""The firing of a handoff that no trigger asked for."""


def handoff_request(
    state: ConversationState,
    firing: Firing | None = None,
    facts: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """Return the handoff payload.

    Args:
        state: The conversation, before it is recorded as handed over.
        firing: Why; None when no trigger asked for it.
        facts: What else is known (slots, back office); a fact given here wins over the state's.
    """
    firing = firing or NOBODY
    known = {name: fact.value for name, fact in state.facts.items()}
    known |= {name: str(value) for name, value in (facts or {}).items() if value}
    words = _Words(state.language)
    return {
        "trigger": firing.trigger,
        "rule": firing.rule,
        "evidence": firing.evidence or state.text,
        "reason_code": firing.reason_code,
        "step": state.step,
        "attempts": state.attempts,
        "techniques": list(state.techniques),
        "offers": [{"text": one.text, "status": one.status} for one in state.offers],
        "facts": known,
        "issue": state.issue,
        "team": _team(state, firing),
        "priority": higher(state.priority, firing.priority) or "medium",
        "risk": list(dict.fromkeys((*state.risks, *([firing.risk] if firing.risk else [])))),
        "language": state.language,
        "register": state.register,
        "misunderstood": state.misunderstood,
        "failure_points": _failure_points(state),
        "waiting": [{"intent": one.intent, "text": one.text} for one in state.agenda],
        "promises": [_promise(one) for one in state.promises],
        "wants": _line(_wants(state, firing, words)),
        "tried": _line(_tried(state, words)),
        "happened": _line(_happened(state, known, words)),
    }


@lru_cache(maxsize=4)
def _texts(path: Path) -> Mapping[str, Any]:
    try:
        texts = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: not readable: {error}") from error
    if not isinstance(texts, dict) or not {"es", "en"} <= set(texts):
        raise ConfigError(f"{path}: expected the keys 'es' and 'en'.")
    return texts


class _Words:
    """The labels of one language; a label that is missing is the name itself."""

    def __init__(self, language: str) -> None:
        texts = _texts(TEXTS)
        self._texts = texts.get(language) or texts["es"]

    def __call__(self, block: str, name: str) -> str:
        return str((self._texts.get(block) or {}).get(name, name.replace("_", " ")))

    def has(self, block: str, name: str) -> bool:
        return name in (self._texts.get(block) or {})


def _line(text: str) -> str:
    return text if len(text) <= MAX_LINE else text[: MAX_LINE - 1].rstrip() + "…"


def _happened(state: ConversationState, facts: Mapping[str, str], words: _Words) -> str:
    parts = [words("issue", state.issue) if state.issue else words("line", "no_issue")]
    told = [
        f"{words('fact', name)} {facts[name]}"
        for name in facts
        if words.has("fact", name) and (name != "wait" or state.issue in _WAITED_FOR)
    ]
    if told:
        parts.append("; ".join(told))
    quote = state.complaint or (state.texts[0] if state.texts else "")
    if quote:
        parts.append(f"«{clip(quote, 140)}»")
    return _sentences(parts)


def _sentences(parts: Iterable[str]) -> str:
    return " ".join(f"{part[:1].upper()}{part[1:]}." for part in parts)


def _wants(state: ConversationState, firing: Firing, words: _Words) -> str:
    wanted = [words("wants", want) for want in state.wants]
    if words.has("wants", firing.trigger):
        wanted.append(words("wants", firing.trigger))
    if state.formal_complaint:
        wanted.append(words("wants", "formal_complaint"))
    if state.matter and not wanted:
        wanted.append(words("matter", state.matter))
    wanted = list(dict.fromkeys(wanted)) or [words("line", "not_said")]
    waiting = [words("matter", one.intent) for one in state.agenda]
    if waiting:
        wanted.append(f"{words('line', 'waiting')}: {', '.join(waiting)}")
    return _sentences(["; ".join(wanted)])


def _promise(promise: Promise) -> dict[str, str]:
    return {"text": promise.text, "due": promise.due, "owner": promise.owner}


def _tried(state: ConversationState, words: _Words) -> str:
    parts = []
    if state.attempts:
        names = ", ".join(words("technique", name) for name in state.techniques)
        label = words("line", "attempts" if state.attempts > 1 else "attempt")
        parts.append(f"{state.attempts} {label}" + (f" ({names})" if names else ""))
    offers = [f"{one.text} ({words('status', one.status)})" for one in state.offers]
    if offers:
        parts.append(f"{words('line', 'offered')}: {'; '.join(offers)}")
    failures = [words("failure", failure.kind) for failure in state.failures]
    if failures:
        parts.append(f"{words('line', 'failed')}: {', '.join(dict.fromkeys(failures))}")
    return _sentences(parts or [words("line", "nothing_tried")])


def _failure_points(state: ConversationState) -> list[str]:
    points = [f"{one.kind}: {one.detail}".rstrip(": ") for one in state.failures]
    if state.misunderstood:
        points.append(f"not_understood x{state.misunderstood}")
    return points


def _team(state: ConversationState, firing: Firing) -> str:
    """Return whose case it is: what nobody but a technician can mend is no manager's to decide."""
    own = TEAM_OF.get(state.issue or "", "general")
    return own if own == "technical" and firing.trigger == "always_person" else firing.team or own
