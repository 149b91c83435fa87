"""Trainings of one checkout wait for each other; nothing is trained here."""

import threading

import pytest

from bot.errors import ConfigError
from bot.settings import Settings
from bot.training import published, train

pytestmark = pytest.mark.unit


@pytest.fixture
def lock(tmp_path, monkeypatch):
    path = tmp_path / ".rasa" / "training.lock"
    monkeypatch.setattr(train, "LOCK", path)
    return path


def test_a_second_training_says_that_it_waits_and_begins_when_the_first_ends(lock):
    order, said, waits = [], [], threading.Event()

    def second():
        with train.one_at_a_time(lambda line: (said.append(line), waits.set())):
            order.append("second")

    with train.one_at_a_time(said.append):
        other = threading.Thread(target=second)
        other.start()
        assert waits.wait(10)
        order.append("first")
    other.join(10)
    assert order == ["first", "second"]
    assert said == ["Another training runs in this folder: this one begins when it ends ..."]


def test_a_training_that_fails_lets_the_next_begin(lock):
    with pytest.raises(ConfigError), train.one_at_a_time(print):
        raise ConfigError("it failed")
    said = []
    with train.one_at_a_time(said.append):
        assert said == []


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path, models=tmp_path / "models")


def test_what_the_other_training_made_is_not_trained_again(lock, settings, monkeypatch):
    model = published.archive(settings, published.fingerprint(settings))
    whole = iter([False, True])
    taken = []
    monkeypatch.setattr(train, "_whole", lambda *_: next(whole))
    monkeypatch.setattr(train, "_train", lambda *_: pytest.fail("trained again"))
    monkeypatch.setattr(published, "publish", lambda _, path: taken.append(path))
    assert train.ensure_model(settings, say=print) == model.resolve()
    assert taken == [model]


def test_data_that_changed_while_it_waited_are_trained_on(lock, settings, monkeypatch):
    marks = iter(["before", "after"])
    asked = []
    monkeypatch.setattr(published, "fingerprint", lambda _: next(marks))
    monkeypatch.setattr(train, "_whole", lambda _, path: asked.append(path))
    monkeypatch.setattr(train, "_train", lambda *_: "the new model")
    monkeypatch.setattr(published, "publish", lambda *_: pytest.fail("published what is not there"))
    assert train.ensure_model(settings, say=print) == "the new model"
    assert asked == [published.archive(settings, mark) for mark in ("before", "after")]
