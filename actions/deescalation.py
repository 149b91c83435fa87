"""Listening: acknowledging, calming, asking again, offering a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecuted, EventType, UserUtteranceReverted
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Context, LoggedAction, said_again, state_slot
from bot.deescalation import records
from bot.deescalation.steps import acknowledgement, firing_of
from bot.deescalation.topics import ANGER
from bot.deescalation.turn import at_least

CHOICES = 2  # topics that the customer chooses from when a message was not understood


class ActionAcknowledge(LoggedAction):
    """Says that the customer was heard; then the same message goes on to the stories.

    An extra action would keep stories and rules from matching. So this one takes the message back
    and puts it in again: what follows sees it as new, with the acknowledgement already said.
    """

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter, take the message back, put it in again."""
        usual = acknowledgement(context.state)
        dispatcher.utter_message(response=_response(context, usual))
        state = context.state
        matter = state.matter if context.intent in ANGER else None  # it is in the anger
        heard = said_again(tracker, matter or None, details=True)
        if at_least(state.level, "frustrated"):  # less is no attempt to calm, only courtesy
            state = records.attempted(state)
        state = records.acknowledged(state)
        again = [UserUtteranceReverted(), ActionExecuted("action_listen"), heard]
        return [*again, state_slot(state)]


class ActionDeescalate(LoggedAction):
    """Answers a message that only vents, and listens."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter, count the attempt, wait."""
        key = _response(context, "utter_deescalate")
        dispatcher.utter_message(response=key)
        state = records.answered(records.attempted(context.state))
        return [state_slot(records.bounded_abuse(state) if key == "utter_boundary" else state)]


class ActionOfferPerson(LoggedAction):
    """Offers a person as one of two ways on."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter, note the offer, wait."""
        dispatcher.utter_message(response=_response(context, "utter_offer_person"))
        text = context.words.offer("person", {})
        return [state_slot(records.answered(records.offered(context.state, text, name="person")))]


class ActionReask(LoggedAction):
    """Asks which of two topics it is, with a person as the third way."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter the two likeliest topics as choices, wait."""
        topics = likeliest_topics(tracker.latest_message, context)
        facts: dict[str, str] = {}
        buttons: list[dict[str, str]] = []
        if len(topics) == CHOICES:
            facts = dict(zip(("a", "b"), (title for _, title in topics), strict=True))
            buttons = [{"title": _upper(title), "payload": f"/{name}"} for name, title in topics]
        person = {"title": context.words.title("person"), "payload": "/ask_human"}
        dispatcher.utter_message(response="utter_reask", buttons=[*buttons, person], **facts)
        return [state_slot(records.answered(context.state))]


def likeliest_topics(message: dict[str, Any], context: Context) -> list[tuple[str, str]]:
    """Return the likeliest intents that are topics, with their titles, best first."""
    ranking = [str(one.get("name")) for one in message.get("intent_ranking") or ()]
    found = [(name, context.words.topic(name)) for name in ranking]
    return [(name, title) for name, title in found if title][:CHOICES]


def _response(context: Context, usual: str) -> str:
    """Return the key that the trigger asks for, or the usual one."""
    firing = firing_of(context.state)
    return (firing.response if firing else None) or usual


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
