"""The engine's hook for words: what is about to be said is checked, replaced and logged."""

import asyncio
import json
import logging

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.deescalation.conversation import ConversationState
from bot.nlg import ResponseChooser, solved

pytestmark = pytest.mark.model

GOOD, BAD, WORSE = "Sale hoy a las 16:00.", "Cálmese.", "Cálmese! Es la política de la empresa."


@pytest.fixture(autouse=True)
def _listened(caplog):
    """Hear the log whatever other tests set up: the engine's own keeps it from the root."""
    logger = logging.getLogger("remanso.engine.wording")
    before = logger.propagate, logger.level
    logger.propagate = False
    logger.setLevel(logging.INFO)
    logger.addHandler(caplog.handler)
    yield
    logger.removeHandler(caplog.handler)
    logger.propagate, level = before
    logger.setLevel(level)


def variation(name, text, language="es", **metadata):
    return {"id": name, "text": text, "metadata": {"language": language, **metadata}}


def tracker(state, *events):
    slots = [AnySlot("conversation_state", [{}], influence_conversation=False)]
    made = DialogueStateTracker("c", slots)
    for event in (SlotSet("conversation_state", state.to_dict()), *events):
        made.update(event)
    return made


def say(variations, *events, level="angry", facts=None, **state):
    chooser = ResponseChooser(domain=Domain.empty())
    chooser.responses = {"utter_x": variations}
    state = ConversationState(levels=(level,), **state)
    return asyncio.run(chooser.generate("utter_x", tracker(state, *events), "x", **(facts or {})))


def logged(caplog):
    return [
        (record.levelno, json.loads(record.getMessage()))
        for record in caplog.records
        if record.name == "remanso.engine.wording"
    ]


def test_a_text_that_is_fine_is_said_and_nothing_is_logged(caplog):
    assert say([variation("x_1", GOOD), variation("x_2", BAD)])["text"] == GOOD
    assert logged(caplog) == []


def test_a_text_that_inflames_is_replaced_by_the_next_that_does_not(caplog):
    said = say([variation("x_1", BAD), variation("x_2", WORSE), variation("x_3", GOOD)])
    assert (said["text"], said["id"]) == (GOOD, "x_3")
    ((severity, line),) = logged(caplog)
    assert severity == logging.WARNING
    assert line == {
        "process": "engine",
        "wording": "replaced",
        "response": "utter_x",
        "said": "x_3",
        "language": "es",
        "level": "angry",
        "refused": [
            {"id": "x_1", "rules": ["calm_down"]},
            {"id": "x_2", "rules": ["calm_down", "company_policy", "exclamation"]},
        ],
    }


def test_when_all_inflame_the_least_is_said_and_it_is_an_error(caplog):
    assert say([variation("x_1", WORSE), variation("x_2", BAD)])["id"] == "x_2"
    ((severity, line),) = logged(caplog)
    assert (severity, line["wording"]) == (logging.ERROR, "said")


def test_the_least_is_no_repeat():
    before = BotUttered(BAD, metadata={"id": "x_2"})
    assert say([variation("x_1", WORSE), variation("x_2", BAD)], before)["id"] == "x_1"
    both = (before, BotUttered(WORSE, metadata={"id": "x_1"}))
    assert say([variation("x_1", WORSE), variation("x_2", BAD)], *both) == {
        "custom": {"exhausted": "utter_x"}
    }


def test_what_is_only_wrong_for_the_angry_is_said_to_the_calm():
    variations = [variation("x_1", "Listo!"), variation("x_2", GOOD)]
    assert say(variations, level="calm")["id"] == "x_1"
    assert say(variations, level="annoyed")["id"] == "x_2"


def test_a_technique_used_before_goes_before_a_text_that_inflames():
    variations = [variation("x_1", BAD), variation("x_2", GOOD, technique="own_it")]
    assert say(variations, techniques=("own_it",))["id"] == "x_2"


def test_a_second_apology_is_replaced():
    variations = [variation("x_1", "Lamento el cobro."), variation("x_2", GOOD)]
    assert say(variations)["id"] == "x_1"
    assert say(variations, BotUttered("Siento la espera."))["id"] == "x_2"


def test_a_fixed_text_comes_again_without_an_error(caplog):
    text = variation("x_1", "Lamento lo que cuenta. Llame al 112.", repeat=True)
    assert say([text], BotUttered(text["text"]), BotUttered("Siento la espera."))["id"] == "x_1"
    assert logged(caplog) == []


def test_the_english_is_checked_as_english():
    variations = [variation("x_1", "Calm down.", "en"), variation("x_2", "It leaves today.", "en")]
    assert say(variations, language="en")["id"] == "x_2"


def test_a_shouted_fact_is_said_quietly_and_never_logged(caplog):
    variations = [variation("x_1", "{product} roto: cálmese."), variation("x_2", "El {product}.")]
    said = say(variations, facts={"product": "¡¡SOFÁ ROJO DE LUCÍA!! 😡"})
    assert said["text"] == "El sofá rojo de lucía."
    ((_, line),) = logged(caplog)
    assert "luc" not in json.dumps(line).lower()


def test_something_else_is_asked_when_the_matter_is_solved():
    variations = [variation("x_1", "¿Algo más?"), variation("x_2", GOOD)]
    assert say(variations, level="calm", issue="late_delivery")["id"] == "x_2"
    assert say(variations, level="calm", issue="late_delivery", step="confirm")["id"] == "x_1"
    assert solved(ConversationState()) is None
