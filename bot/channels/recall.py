"""Rasa's memory of stories, asked only when it can know something.

``AugmentedMemoizationPolicy`` replays a conversation once for every action in it. Most of that is
in vain, and that it is can be told from the conversation's intents and actions.
"""

from __future__ import annotations

import base64
import re
import zlib
from typing import Any

from rasa.core.policies.memoization import AugmentedMemoizationPolicy
from rasa.core.policies.policy import PolicyPrediction
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

Ending = tuple[str, str]  # action and intent of a last state; an intent of "" is none

_predict = AugmentedMemoizationPolicy.predict_action_probabilities
_forget_more = AugmentedMemoizationPolicy._strip_leading_events_until_action_executed


def predict(
    policy: AugmentedMemoizationPolicy,
    tracker: DialogueStateTracker,
    domain: Domain,
    rule_only_data: dict[str, Any] | None = None,
    **kwargs: Any,
) -> PolicyPrediction:
    """Predict from remembered stories, unless none can go on from here. Saves 5 ms a prediction.

    However much of a conversation is forgotten, its last state names one of the actions that are
    left of it, and one of the customer's intents or none; just after a message, that message's.
    Where no remembered state ends with such a pair, nothing is remembered.
    """
    if not _may_go_on(policy, tracker):
        return policy._prediction(policy._default_predictions(domain))
    found: PolicyPrediction = _predict(policy, tracker, domain, rule_only_data, **kwargs)
    return found


def forget_more(
    policy: AugmentedMemoizationPolicy, tracker: DialogueStateTracker, again: bool = False
) -> DialogueStateTracker | None:
    """Forget the oldest action; None, as when nothing is left, when no story can match any more."""
    shorter: DialogueStateTracker | None = _forget_more(tracker, again)
    return shorter if shorter is not None and _may_go_on(policy, shorter) else None


def _may_go_on(policy: AugmentedMemoizationPolicy, tracker: DialogueStateTracker) -> bool:
    endings: set[Ending | None] | None = policy.__dict__.get("_endings")
    if endings is None:
        endings = policy._endings = {_ending(policy, key) for key in policy.lookup}
    return None in endings or not endings.isdisjoint(_candidates(tracker))


def _candidates(tracker: DialogueStateTracker) -> set[Ending]:
    applied = tracker.applied_events()
    actions = [event.action_name or "" for event in applied if isinstance(event, ActionExecuted)]
    if tracker.latest_action_name == ACTION_LISTEN_NAME and tracker.latest_message is not None:
        intents = [tracker.latest_message.intent_name or ""]
    else:
        intents = [event.intent_name or "" for event in applied if isinstance(event, UserUttered)]
        intents.append("")
    return {(action, intent) for action in actions for intent in intents}


def _ending(policy: AugmentedMemoizationPolicy, key: str) -> Ending | None:
    """Return the last action and intent of a remembered key; None for one of another form."""
    if policy.config["enable_feature_string_compression"]:
        key = zlib.decompress(base64.b64decode(key)).decode()
    action = re.findall(r"prev_action: \{action_name: ([^}]*)\}", key)
    state = key.rpartition("prev_action: ")[2]
    if "text: " in key or (not action and key != "[{}]"):
        return None
    intent = re.search(r"user: \{.*intent: ([^,}]*)", state)
    return (action[-1] if action else "[]", intent.group(1) if intent else "")
