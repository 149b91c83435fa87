"""Quoting a help article: with title and date, once, and never in place of a person."""

from dataclasses import replace

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ActionDecline
from actions.context import Context
from actions.knowledge import ActionOfferArticle, fitting_article, say_article
from bot.deescalation.phrasing import Phrasebook
from bot.deescalation.state import ConversationState
from bot.settings import ROOT

pytestmark = pytest.mark.unit

BOOK = Phrasebook.from_folder(ROOT / "data" / "responses")


def article(slug="returns", **changes):
    return {
        "slug": slug,
        "language": "es",
        "title": "Devoluciones",
        "updated": "2026-03-03",
        "score": 0.4,
        "passage": "Hay 30 días desde la entrega para devolver un producto, sin coste.",
        "intents": ["return_item"],
        "sure": False,
        **changes,
    }


def tracker(*articles, intent="return_item", **state):
    slots = {"conversation_state": ConversationState(**state).to_dict()}
    latest = {"intent": {"name": intent}, "articles": list(articles), "intent_ranking": []}
    return Tracker("c", slots, latest, [], False, None, {}, "action_listen")


def run(asked):
    """Run the action; return what it uttered and the state that it left."""
    dispatcher = CollectingDispatcher()
    events = ActionOfferArticle().run(dispatcher, asked, {})
    slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    return dispatcher.messages, ConversationState.from_dict(slots.get("conversation_state"))


def fitting(asked):
    found = fitting_article(asked, Context.of(asked))
    return found and found["slug"]


@pytest.mark.parametrize(
    "asked, expected",
    [
        pytest.param(tracker(article()), "returns", id="the intent is one of the article's"),
        pytest.param(tracker(), None, id="no article"),
        pytest.param(tracker(article(intents=["store_info"])), None, id="another intent"),
        pytest.param(tracker(article(), intent="ask_human"), None, id="asks for a person"),
        pytest.param(tracker(article(), intents=("ask_human",)), None, id="has asked for a person"),
        pytest.param(tracker(article(), levels=("angry",)), None, id="angry"),
        pytest.param(tracker(article(), levels=("frustrated",)), "returns", id="frustrated"),
        pytest.param(tracker(article(), handed_off=True), None, id="a person has the chat"),
        pytest.param(tracker(article(), language="en"), None, id="another language"),
        pytest.param(tracker(article(), intent="nlu_fallback"), None, id="not understood"),
        pytest.param(
            tracker(article(sure=True), intent="nlu_fallback"), "returns", id="the search is sure"
        ),
        pytest.param(
            tracker(article(sure=True), intent="vent"), None, id="sure, but they only vent"
        ),
        pytest.param(
            tracker(article("stock", intents=["store_info"]), article("exchanges")),
            "exchanges",
            id="the first that fits",
        ),
    ],
)
def test_which_article_fits(asked, expected):
    assert fitting(asked) == expected


def test_a_model_without_articles_is_no_error():
    asked = tracker()
    del asked.latest_message["articles"]
    assert fitting(asked) is None


def test_the_article_is_quoted_with_title_and_date_and_recorded_as_an_offer():
    (said,), state = run(tracker(article()))
    assert said["response"] == "utter_offer_article"
    assert (said["title"], said["updated"]) == ("Devoluciones", "3 de marzo de 2026")
    assert said["passage"].startswith("Hay 30 días")
    (offer,) = state.offers
    assert (offer.name, offer.status) == ("article", "made")
    assert "«Devoluciones»" in offer.text
    assert state.answered


def test_no_article_is_offered_twice_and_another_one_is():
    _, state = run(tracker(article()))
    after = ConversationState.from_dict(state.to_dict())
    again = tracker(article(), article("exchanges", title="Cambios"))
    again.slots["conversation_state"] = after.to_dict()
    assert fitting(again) == "exchanges"


@pytest.mark.parametrize(
    "intent, expected",
    [
        ("store_info", "utter_store_info"),
        ("payment_methods", "utter_payment_methods"),
        ("out_of_scope", "utter_out_of_scope"),
        ("nlu_fallback", "utter_reask"),
    ],
)
def test_without_an_article_the_usual_is_said(intent, expected):
    (said,), _ = run(tracker(intent=intent))
    assert said["response"] == expected


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_message_is_short_and_offers_two_ways_one_of_them_a_person(language):
    dispatcher = CollectingDispatcher()
    asked = tracker(language=language)
    say_article(dispatcher, Context.of(asked), article(language=language))
    facts = {name: dispatcher.messages[0][name] for name in ("title", "updated", "passage")}
    assert "2026" in facts["updated"]
    said = []
    for _ in range(4):
        phrase = BOOK.choose("utter_offer_article", language=language, facts=facts, said=said)
        assert phrase is not None
        assert facts["title"] in phrase.text
        assert facts["updated"] in phrase.text
        assert len(phrase.text.split()) <= 45
        assert [one["payload"] for one in phrase.buttons] == ["/affirm", "/ask_human"]
        said.append(phrase.id)


def test_a_no_to_the_article_is_followed_by_what_else_there_is_once():
    def decline(*said):
        _, quoted = run(tracker(article(intents=["account_access"]), intent="account_access"))
        left = replace(quoted, matter="account_access", responses=said)
        asked = tracker(intent="deny")
        asked.slots["conversation_state"] = left.to_dict()
        dispatcher = CollectingDispatcher()
        ActionDecline().run(dispatcher, asked, {})
        return [one["response"] for one in dispatcher.messages]

    assert decline("utter_offer_article") == ["utter_account_access"]
    assert decline("utter_account_access", "utter_offer_article") == ["utter_offer_declined"]
