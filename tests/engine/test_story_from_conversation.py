"""A real conversation becomes a story and a test story that the model follows."""

from pathlib import Path

import pytest

from bot.settings import ROOT, load
from bot.training.conversations import read, summaries
from bot.training.stories import draft, influencing
from bot.training.story_answers import answers

pytestmark = pytest.mark.model


@pytest.fixture
def told(customer):
    for words in (
        "LLEVO TRES SEMANAS ESPERANDO MI PEDIDO Y NADIE ME DICE NADA!!!",
        "48213, soy lucia.ferrer@ejemplo.es",
        "gracias",
    ):
        customer.type(words)
    return read(load(), customer.id)


def test_the_model_answers_the_turns_as_it_did(told, real):
    model = Path(real.processor.model_path)
    found = answers(model, told.turns, told.turns)
    assert [one.intent for one in found] == [turn.intent for turn in told.turns]
    assert [one.actions for one in found] == [turn.actions for turn in told.turns]
    assert all(one.same for one in found)


def test_its_test_story_passes(told, real, loop, tmp_path):
    from rasa.core.test import test as run_stories

    made = draft(told, slots=influencing(ROOT / "domain.yml"))
    (tmp_path / "new.yml").write_text(made.test_text(), encoding="utf-8")
    loop.run_until_complete(
        run_stories(
            str(tmp_path / "new.yml"),
            real,
            out_directory=str(tmp_path),
            fail_on_prediction_errors=True,
            e2e=False,
        )
    )


def test_it_is_in_the_list(told):
    assert told.id in [one.id for one in summaries(load(), limit=100)]
