"""Fine-tuning on a handful of texts: better at its task, the same twice, going on where it was."""

import numpy as np
import pytest

from bot import settings
from bot.encoder import shelf, tuning
from bot.encoder.runtime import Encoder
from bot.training.tune import base_of

pytestmark = pytest.mark.model

HARM = ["ya no quiero vivir", "me quiero morir", "no aguanto más la vida", "quiero matarme"]
PLAY = ["me muero de risa", "me quiero morir de risa", "no aguanto más la risa", "te mato jaja"]
RECIPE = tuning.Recipe(frozen=10, rounds=3, batch=4, rate=5e-4)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A shelf of its own with the real base encoder on it."""
    folder = tmp_path_factory.mktemp("models")
    own = settings.load()
    base = base_of(own)
    shelf.shelf(folder).mkdir()
    (shelf.shelf(folder) / base).symlink_to(shelf.shelf(own.models) / base)
    shelf.set_current(folder, base)
    return folder


@pytest.fixture(scope="module")
def tuned(models):
    """The base, tuned, and what was said meanwhile."""
    said = []
    task = tuning.Task("harm", HARM + PLAY, np.array([0] * 4 + [1] * 4))
    unsaid = [[1.0, 0.0]] * 3 + [[np.nan, 0.0]]  # of the last, nobody has answered the first
    steps = tuning.Task("steps", HARM + PLAY, np.array([[1.0, 1.0]] * 4 + unsaid))
    name = tuning.tune(models, shelf.current(models), [task, steps], RECIPE, progress=said.append)
    return name, said, [task, steps]


def margin(models, name):
    """How much nearer texts lie to those of their class than to the others."""
    vectors = Encoder.load(models, name).encode(HARM + PLAY)
    cosines = vectors @ vectors.T
    between = cosines[:4, 4:].mean()
    return float((cosines[:4, :4].mean() + cosines[4:, 4:].mean()) / 2 - between)


def test_what_differs_lies_further_apart_than_what_is_alike(models, tuned):
    assert margin(models, tuned[0]) > margin(models, shelf.current(models)) + 0.01


def test_questions_that_nobody_answered_spoil_nothing(models, tuned):
    assert np.isfinite(Encoder.load(models, tuned[0]).encode(HARM + PLAY)).all()
    assert not any("nan" in line for line in tuned[1])


def test_it_is_on_the_shelf_and_not_chosen(models, tuned):
    assert shelf.check(models, tuned[0]).source.startswith(f"tuned {shelf.current(models)} ")
    assert tuned[0] != shelf.current(models)


def test_the_same_examples_are_not_tuned_twice(models, tuned):
    said = []
    assert (
        tuning.tune(models, shelf.current(models), tuned[2], RECIPE, progress=said.append)
        == (tuned[0])
    )
    assert "whole" in said[0]


def test_a_run_that_was_cut_off_goes_on_after_its_last_round(models, monkeypatch):
    task = tuning.Task("harm", HARM + PLAY, np.array([0, 1] * 4))
    said = []
    keep = tuning._Tuner._keep

    def cut(self, done, *rest):
        keep(self, done, *rest)
        raise KeyboardInterrupt

    monkeypatch.setattr(tuning._Tuner, "_keep", cut)
    with pytest.raises(KeyboardInterrupt):
        tuning.tune(models, shelf.current(models), [task], RECIPE, progress=said.append)
    monkeypatch.setattr(tuning._Tuner, "_keep", keep)
    tuning.tune(models, shelf.current(models), [task], RECIPE, progress=said.append)
    assert any("Going on after round 1" in line for line in said)
    assert not list(shelf.shelf(models).glob(".tuning-*"))
