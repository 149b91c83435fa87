"""Language, fallback and a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker, ValidationAction
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from evaluation.baselines.plain.actions.common import language, vouched, word_book

Domain = dict[str, Any]


class ValidateSlots(ValidationAction):
    """Sets the language of the responses."""

    async def required_slots(
        self, domain_slots: list[str], dispatcher: Any, tracker: Tracker, domain: Domain
    ) -> list[str]:
        """Return the slots that are set here."""
        return [*domain_slots, "language"]

    async def extract_language(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> dict[str, Any]:
        """Return the language of the message, the page's for the first one that is unclear."""
        message = tracker.latest_message or {}
        heard = (message.get("language") or {}).get("code")
        known = tracker.get_slot("language") or vouched(tracker).get("language")
        found = heard if heard in ("es", "en") else known
        return {"language": found if found in ("es", "en") else "es"}


class AskAffirmation(Action):
    """First stage of the fallback: did you mean this?"""

    def name(self) -> str:
        """Return the name that Rasa knows it by."""
        return "action_default_ask_affirmation"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> list[EventType]:
        """Ask about the likeliest topic."""
        book = word_book(tracker)
        ranking = (tracker.latest_message or {}).get("intent_ranking") or []
        names = [str(one.get("name")) for one in ranking]
        found = next((name for name in names if book.topic(name)), "ask_capabilities")
        yes, no = ("Sí", "No") if language(tracker) == "es" else ("Yes", "No")
        buttons = [
            {"title": yes, "payload": f"/{found}"},
            {"title": no, "payload": "/out_of_scope"},
        ]
        topic = book.topic(found)
        if topic:
            dispatcher.utter_message(response="utter_did_you_mean", topic=topic, buttons=buttons)
        else:
            dispatcher.utter_message(response="utter_ask_rephrase")
        return []


class DefaultFallback(Action):
    """The last stage: a person, as Rasa's page on human handoff has it."""

    def name(self) -> str:
        """Return the name that Rasa knows it by."""
        return "action_default_fallback"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> list[EventType]:
        """Hand over."""
        return hand_over(dispatcher, tracker, "not_understood")


class HandOver(Action):
    """A person, because the customer or a rule asks for one."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_hand_over"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> list[EventType]:
        """Hand over."""
        intent = ((tracker.latest_message or {}).get("intent") or {}).get("name")
        return hand_over(dispatcher, tracker, str(intent or "rule"))


def hand_over(
    dispatcher: CollectingDispatcher, tracker: Tracker, reason: str, *, say: str = ""
) -> list[EventType]:
    """Tell the customer and ask the gateway for a person."""
    if say:
        dispatcher.utter_message(response=say)
    dispatcher.utter_message(response="utter_hand_over")
    dispatcher.utter_message(
        json_message={"handoff": {"trigger": reason, "reason_code": reason, "rule": "plain"}}
    )
    ended = [SlotSet("pending", None), SlotSet("requested_slot", None), ActiveLoop(None)]
    return [*ended, FollowupAction("action_listen")]
