"""The dialogue policy that listens first: state from the tracker, a decision, an action.

It says something only when the steps or a trigger do; otherwise stories, rules and forms go on as
trainers wrote them. It also owns what nobody else answers: with next to no confidence it proposes
the action that ``otherwise`` names for the intent, so anything a story or rule says wins over it.
"""

from __future__ import annotations

from typing import Any

from rasa.core.constants import RULE_POLICY_PRIORITY
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.deescalation.state import advance, handed_back
from bot.deescalation.steps import ACKNOWLEDGE, REASK, StepConfig, decide, decided
from bot.deescalation.topics import is_matter
from bot.errors import ConfigError, did_you_mean
from bot.policies.customer_turn import (
    FAILURE_SLOT,
    STATE_SLOT,
    customer_turn,
    just_heard,
    state_of,
    turn_data,
)

RASAS = ("name", "priority", "max_history", "featurizer")  # keys of config.yml that are Rasa's
UNSURE = 0.01  # confidence of the answer to what nobody else answers


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class DeescalationPolicy(Policy):
    """Thin: everything it decides is decided by ``bot.deescalation``."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults; the meaning of every other key is in ``StepConfig``."""
        return {
            "priority": RULE_POLICY_PRIORITY + 1,
            "otherwise": {},  # intent: action, for what no story, rule or form answers
            "otherwise_any": "action_reask",  # action for any other intent
            "otherwise_in_form": "action_form_stuck",  # the form could not use the message
            "otherwise_switch": "action_switch_matter",  # it brings another matter or a wish
        }

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> None:
        """Read the configuration.

        Raises:
            ConfigError: a key, a trigger or a threshold in ``config.yml`` is wrong.
        """
        super().__init__(config, model_storage, resource, execution_context)
        own = tuple(self.get_default_config())
        steps = {key: value for key, value in config.items() if key not in (*own, *RASAS)}
        self._steps = StepConfig.from_config(steps)
        self._otherwise: dict[str, str] = dict(config.get("otherwise") or {})
        self._any: str = config["otherwise_any"]
        self._in_form: str = config["otherwise_in_form"]
        self._switch: str = config["otherwise_switch"]

    def train(
        self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any
    ) -> Resource:
        """Check the configuration against the domain; there is nothing to learn.

        Raises:
            ConfigError: ``otherwise`` names an intent or an action that the domain does not have.
        """
        del training_trackers, kwargs
        actions = [*self._otherwise.values(), self._any, self._in_form, self._switch]
        for kind, names, known in (
            ("intent", list(self._otherwise), domain.intents),
            ("action", actions, domain.action_names_or_texts),
        ):
            for name in names:
                if name not in known:
                    raise ConfigError(
                        f"config.yml (policies > DeescalationPolicy > otherwise) names the "
                        f"{kind} '{name}'.{did_you_mean(name, known)}"
                    )
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Return the next action, with the state that it was decided on."""
        del rule_only_data, kwargs
        turn = customer_turn(tracker)
        if turn is None:
            return self._says(domain, None, [])
        if _failed_now(tracker, turn.id):
            return self._says(domain, ACTION_LISTEN_NAME, [], tracker=tracker)
        if turn.intent == "hand_back":
            return self._unanswered(tracker, domain, turn.intent, [])
        before = state_of(tracker)
        if before.handed_off and turn.id not in before.seen:
            # Only the bot's own conversations reach the engine: an agent has closed this one.
            before = handed_back(before, {})
        state = advance(before, turn)
        decision = decide(state, self._steps)
        state = decided(state, decision)
        events: list[Event] = []
        if state.to_dict() != tracker.get_slot(STATE_SLOT):
            events.append(SlotSet(STATE_SLOT, state.to_dict()))
        unread = decision.action == ACKNOWLEDGE and not turn.choice and not _read(tracker)
        if decision.action is None or unread:
            return self._unanswered(tracker, domain, turn.intent, events)
        again = decision.action in _done_now(tracker)
        action = ACTION_LISTEN_NAME if again else decision.action
        if action == REASK and tracker.active_loop_name:
            action = self._in_form  # the topic is known: ask what the form lacks
        return self._says(domain, action, events, tracker=tracker)

    def _says(
        self,
        domain: Domain,
        action: str | None,
        events: list[Event],
        *,
        tracker: DialogueStateTracker | None = None,
    ) -> PolicyPrediction:
        probabilities = self._default_predictions(domain)
        if action is not None:
            probabilities[domain.index_for_action(action)] = 1.0
        in_loop = tracker is not None and tracker.active_loop_name is not None
        # A form's own prediction wins over any other that is not "without user input" as well.
        return self._prediction(probabilities, events=events, is_no_user_prediction=in_loop)

    def _unanswered(
        self, tracker: DialogueStateTracker, domain: Domain, intent: str, events: list[Event]
    ) -> PolicyPrediction:
        """Return a proposal that any story, rule or form wins over."""
        if not just_heard(tracker):
            action = ACTION_LISTEN_NAME
        elif tracker.active_loop_name:
            # Rasa keeps a rejection; the form must hear the next message all the same.
            stuck = self._switch if is_matter(intent) else self._in_form
            action = stuck if _rejected_now(tracker) else tracker.active_loop_name
        else:
            action = self._otherwise.get(intent, self._any)
        probabilities = self._default_predictions(domain)
        probabilities[domain.index_for_action(action)] = UNSURE
        return self._prediction(probabilities, events=events)


def _read(tracker: DialogueStateTracker) -> bool:
    """Return whether the newest message was read: a test story gives its intent alone."""
    return "frustration" in ((tracker.latest_message and tracker.latest_message.parse_data) or {})


def _done_now(tracker: DialogueStateTracker) -> set[str]:
    """Return the actions that ran since the newest message: none of ours runs twice in a turn."""
    names = set()
    for event in reversed(tracker.applied_events()):
        if isinstance(event, ActionExecuted):
            if event.action_name == ACTION_LISTEN_NAME:
                break
            names.add(str(event.action_name))
    return names


def _rejected_now(tracker: DialogueStateTracker) -> bool:
    """Return whether a form could use nothing of the newest message."""
    for event in reversed(tracker.applied_events()):
        if isinstance(event, ActionExecutionRejected):
            return True
        if isinstance(event, UserUttered):
            break
    return False


def _failed_now(tracker: DialogueStateTracker, turn: str) -> bool:
    failure = tracker.get_slot(FAILURE_SLOT) or ""
    return bool(failure) and failure.split("|", 1)[0] == (turn_data(tracker).get("id") or turn)
