"""A trainer adds an intent, a text and a story; no Python changes; the bot follows it."""

import pytest

from tests.engine.conftest import make_project, train

pytestmark = pytest.mark.model

STORY = """
version: "3.1"
stories:
  - story: A gift card is bought and sent
    steps:
      - intent: gift_card
      - action: utter_gift_card_amount
      - intent: affirm
      - action: utter_gift_card_sent
      - intent: deny
      - action: utter_gift_card_kept
"""
TEXTS = """
version: "3.1"
responses:
  utter_gift_card_amount:
    - id: gift_amount_es
      text: "La tarjeta regalo es de 50 €. ¿La envío?"
      metadata: {language: es}
  utter_gift_card_sent:
    - id: gift_sent_es
      text: "Tarjeta regalo enviada."
      metadata: {language: es}
  utter_gift_card_kept:
    - id: gift_kept_es
      text: "De acuerdo, se queda como estaba."
      metadata: {language: es}
"""


@pytest.fixture(scope="module")
def with_story(tmp_path_factory, loop):
    from bench import InProcessActions, load_agent

    folder = make_project(
        tmp_path_factory.mktemp("trainer"),
        extra_domain={"intents": ["gift_card"]},
        extra_data=[("stories/gift_card.yml", STORY), ("responses/gift_card.yml", TEXTS)],
    )
    return load_agent(train(folder), InProcessActions())


@pytest.fixture
def trainee(with_story, shop, loop):
    from bench import Talk

    return Talk(with_story, loop)


@pytest.mark.parametrize("level", ["calm", "angry"])
def test_the_new_story_is_followed_to_its_end(trainee, level):
    trainee.say("gift_card", level=level)
    assert trainee.responses[-1] == "utter_gift_card_amount"
    trainee.say("affirm", level=level)
    assert trainee.responses[-1] == "utter_gift_card_sent"
    trainee.say("deny")
    assert trainee.responses[-1] == "utter_gift_card_kept"
    assert trainee.trigger is None


def test_it_is_followed_after_another_subject(trainee):
    trainee.say("store_info")
    trainee.say("late_delivery", order_number="48213", email="lucia.ferrer@ejemplo.es")
    trainee.say("gift_card")
    assert trainee.responses == ["utter_gift_card_amount"]
    trainee.say("affirm")
    assert trainee.responses == ["utter_gift_card_sent"]


def test_the_old_yes_still_means_the_old_offer(trainee, shop):
    trainee.say("request_refund", order_number="48213", email="lucia.ferrer@ejemplo.es")
    trainee.say("affirm")
    assert trainee.responses == ["utter_refund_done"]
