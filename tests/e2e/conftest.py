"""The running installation that the browser and server tests share."""

import pytest

from bot.settings import load
from bot.training.train import ensure_model
from tests.system import Installation


@pytest.fixture(scope="session")
def model():
    """A published model of the present data, trained if there is none."""
    return ensure_model(load(), say=lambda line: None)


@pytest.fixture(scope="session")
def installation(model, tmp_path_factory):
    """One installation with two agents, shared by the tests that do not break it."""
    with Installation(tmp_path_factory.mktemp("home")) as running:
        running.add_agent("marta", name="Marta Gil")
        running.add_agent("bruno", name="Bruno Sáez")
        yield running
