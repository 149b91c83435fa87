"""Reads Rasa's tracker into the words of ``bot.deescalation``."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.deescalation.facts import names_order
from bot.deescalation.state import ConversationState, CustomerTurn, History
from bot.deescalation.topics import SMALL_TALK
from bot.deescalation.turn import at_least

STATE_SLOT = "conversation_state"
FAILURE_SLOT = "action_failure"
FALLBACK = "nlu_fallback"
URGENT = frozenset({"self_harm", "violence_threat", "emergency", "ask_human"})
"""Intents that are not lost when the understanding is unsure."""
LIKELY = 0.5  # probability from which a complaint is more likely than none


def turn_data(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Return what the gateway vouches for in the newest message: id, identity, language, choice."""
    latest = tracker.latest_message
    return ((latest.parse_data or {}).get("turn") or {}) if latest else {}


def state_of(tracker: DialogueStateTracker) -> ConversationState:
    """Return the conversation's state before the newest message is counted."""
    state = ConversationState.from_dict(tracker.get_slot(STATE_SLOT))
    language = turn_data(tracker).get("language")
    if not state.turns and language in ("es", "en"):  # the page's, until the customer's is known
        return ConversationState(language=language)
    return state


def customer_turn(tracker: DialogueStateTracker) -> CustomerTurn | None:
    """Return the newest message as understood; None when the customer has said nothing."""
    latest = tracker.latest_message
    if not isinstance(latest, UserUttered) or not (latest.intent or {}).get("name"):
        return None
    data = latest.parse_data or {}
    only_data = is_only_data(latest)
    frustration = {} if only_data else data.get("frustration") or {}
    return CustomerTurn(
        id=str(turn_data(tracker).get("id") or latest.message_id or _position(tracker)),
        text=latest.text or "",
        intent="inform" if only_data else _intent(tracker, latest),
        confidence=float((latest.intent or {}).get("confidence") or 0.0),
        score=float(frustration.get("score") or 0.0),
        level=str(frustration.get("level") or "calm"),
        complaint=float(frustration.get("complaint") or 0.0),
        cues=tuple(str(cue.get("name")) for cue in frustration.get("cues") or ()),
        entities=_entities(latest, tracker.get_slot(REQUESTED_SLOT)),
        language=str((data.get("language") or {}).get("code") or ""),
        register=data.get("register"),
        choice=bool(turn_data(tracker).get("choice")),
        also=_also(data),
        history=_history(turn_data(tracker)),
        at=_at(turn_data(tracker)),
        known=(turn_data(tracker).get("identity") or {}).get("status") == "verified",
    )


def _also(data: dict[str, Any]) -> tuple[tuple[str, float], ...]:
    """Return what else the message says, surest first (bot/nlu/also_detector.py).

    What was not sure enough to be understood still counts where a miss costs most: the triggers
    have confidences of their own.
    """
    found = [*(data.get("also") or ())]
    ranking = data.get("intent_ranking") or ()
    if str((data.get("intent") or {}).get("name")) == FALLBACK:
        likeliest = [one for one in ranking if one.get("name") != FALLBACK][:1]
        found += [one for one in likeliest if one.get("name") in URGENT]
    read = [(str(one.get("name")), float(one.get("confidence") or 0.0)) for one in found]
    return tuple(sorted(read, key=lambda one: -one[1]))


def _history(turn: dict[str, Any]) -> History | None:
    """Return what the gateway knows of the customer from before; None when it sent nothing."""
    known = turn.get("history")
    if not isinstance(known, dict):
        return None
    today = (_moment(turn.get("now")) or datetime.now(timezone.utc)).date()
    contacts = [
        ((today - when.date()).days, str(one.get("issue") or ""))
        for one in known.get("contacts") or ()
        if (when := _moment(one.get("at"))) is not None
    ]
    care = [name for name in ("vip", "vulnerable") if known.get(name)]
    return History(tuple(sorted(contacts)), len(known.get("open") or ()), tuple(care))


def _at(turn: dict[str, Any]) -> float:
    moment = _moment(turn.get("now"))
    return moment.timestamp() if moment else 0.0


def _moment(text: Any) -> datetime | None:
    """Return an instant written as ISO 8601, a date included; None for anything else."""
    try:
        moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def is_only_data(latest: UserUttered) -> bool:
    """Return whether the message is nothing but numbers, e-mails and the like: it has no mood."""
    text = latest.text or ""
    spans = [(one.get("start"), one.get("end")) for one in latest.entities or ()]
    for start, end in spans:
        if isinstance(start, int) and isinstance(end, int):
            text = text[:start] + " " * (end - start) + text[end:]
    return bool(spans) and not any(letter.isalnum() for letter in text)


def _intent(tracker: DialogueStateTracker, latest: UserUttered) -> str:
    """Return the intent; an answer to what a form asked is never a misunderstanding."""
    name = str((latest.intent or {}).get("name"))
    if name == FALLBACK and answers_form(tracker):
        return "inform"
    if name == "thanks":
        return _meant(latest.parse_data or {}) or name
    return name


def _meant(data: dict[str, Any]) -> str:
    """Return the likeliest matter of thanks that are none; empty where they are sincere.

    Who sounds frustrated and tells of something wrong is sarcastic. The tone alone does not say so:
    it may come from the messages before a plain "gracias".
    """
    heard = data.get("frustration") or {}
    if not at_least(str(heard.get("level")), "frustrated"):
        return ""
    if float(heard.get("complaint") or 0.0) < LIKELY:
        return ""
    ranking = (str(one.get("name")) for one in data.get("intent_ranking") or ())
    return next((one for one in ranking if one not in SMALL_TALK and one != FALLBACK), "")


def answers_form(tracker: DialogueStateTracker) -> bool:
    """Return whether a form waits and the newest message holds something it takes."""
    if not tracker.active_loop_name or not tracker.get_slot(REQUESTED_SLOT):
        return False
    latest = tracker.latest_message
    taken = {"order_number", "email", "postcode"}
    return bool(latest) and any(one.get("entity") in taken for one in latest.entities or ())


def _entities(latest: UserUttered, asked: str | None) -> dict[str, tuple[str, ...]]:
    """Return the entities; five digits are what the form asked for, as in actions/order.py."""
    found: dict[str, tuple[str, ...]] = {}
    for one in latest.entities or ():
        name, value = str(one.get("entity")), str(one.get("value") or "")
        if value:
            found[name] = (*found.get(name, ()), value)
    numbered = "order_number" in found and not names_order(latest.text or "")
    if asked == "email" and numbered and not {"email", "postcode"} & set(found):
        found["postcode"] = found.pop("order_number")
    if asked == "order_number" and "postcode" in found and "order_number" not in found:
        found["order_number"] = found.pop("postcode")
    return found


def _position(tracker: DialogueStateTracker) -> str:
    """Return an id for a message that has none: typed in ``rasa shell``, or a test story."""
    count = sum(isinstance(event, UserUttered) for event in tracker.applied_events())
    return f"n{count}"


def just_heard(tracker: DialogueStateTracker) -> bool:
    """Return whether nothing was done yet since the newest message."""
    return bool(tracker.latest_action_name == ACTION_LISTEN_NAME)
