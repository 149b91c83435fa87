"""Help articles: one is quoted, with its title and date, as one of two ways on.

The engine has searched them already (``bot/nlu/knowledge_search.py``): the newest message brings
``articles``. Any action may ask :func:`fitting_article` first, and :func:`say_article` if there is
one. A person who was asked for comes first, always.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.case import kept
from actions.context import Context, LoggedAction, state_slot
from actions.deescalation import ActionReask
from bot.deescalation import records
from bot.deescalation.topics import FALLBACK

NAME = "article"
UNSURE = (FALLBACK, "out_of_scope")
"""Intents that say nothing of the matter: only an article that the search is sure of fits."""

USUAL = {
    "store_info": "utter_store_info",
    "payment_methods": "utter_payment_methods",
    "out_of_scope": "utter_out_of_scope",
}
"""What is said of an intent when no article fits."""


class ActionOfferArticle(LoggedAction):
    """Quotes the article that fits; without one, says what is usual for the intent."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter the article or the usual text, wait."""
        in_form = bool((tracker.active_loop or {}).get("name"))  # it goes on with its question
        article = None if in_form else fitting_article(tracker, context)
        if article is not None:
            return say_article(dispatcher, context, article)
        if context.intent == FALLBACK:
            return ActionReask().act(dispatcher, tracker, context)
        dispatcher.utter_message(response=USUAL.get(context.intent, "utter_anything_else"))
        return [] if in_form else [state_slot(records.answered(context.state))]


def fitting_article(tracker: Tracker, context: Context) -> Mapping[str, Any] | None:
    """Return the best article that may answer the newest message; None when none may.

    None for somebody who has asked for a person, and for somebody angry: an article in place of
    help makes that worse. An article fits if it names the message's intent, or if the search is
    sure of it where the intent says nothing. None is offered twice.
    """
    state = context.state
    if (
        state.handed_off
        or state.level == "angry"
        or "ask_human" in (*state.intents, context.intent)
    ):
        return None
    offered = {one.text for one in state.offers if one.name == NAME}
    for article in (tracker.latest_message or {}).get("articles") or ():
        # A question with a usual answer of its own wants that, unless the search is sure.
        named = context.intent in article["intents"] and context.intent not in USUAL
        usual = context.intent in USUAL and context.intent in article["intents"]
        sure = (context.intent in UNSURE or usual) and article["sure"]
        mine = article["language"] == state.language
        if mine and (named or sure) and _text(article, context) not in offered:
            return dict(article)
    return None


def explain(
    dispatcher: CollectingDispatcher, tracker: Tracker, context: Context, usual: str
) -> list[EventType]:
    """Quote the article that fits; without one, say the response ``usual``."""
    article = fitting_article(tracker, context)
    if article is not None:
        return say_article(dispatcher, context, article)
    dispatcher.utter_message(response=usual)
    return [state_slot(context.state)]


def say_article(
    dispatcher: CollectingDispatcher, context: Context, article: Mapping[str, Any]
) -> list[EventType]:
    """Quote an article and offer two ways on: it helps, or a person; then wait.

    Args:
        dispatcher: What the customer reads goes in here.
        context: The call of the action.
        article: What :func:`fitting_article` returned.
    """
    day = date.fromisoformat(article["updated"])
    words = context.words
    dispatcher.utter_message(
        response="utter_offer_article",
        title=article["title"],
        updated=words.title("dated").format(date=words.date(day), year=day.year),
        passage=article["passage"],
    )
    state = records.offered(context.state, _text(article, context), name=NAME)
    return kept(records.answered(state))


def _text(article: Mapping[str, Any], context: Context) -> str:
    """Return an article as agents read it in the list of offers."""
    return f"{context.words.offer(NAME, {})}: «{article['title']}»"
