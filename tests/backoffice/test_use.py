"""The actions work with the settings' back office, or with the one they were given."""

import pytest

pytest.importorskip("rasa_sdk", reason="the action server's Python only")

from actions import context
from bot.backoffice import Shop

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def anew(tmp_path, monkeypatch):
    monkeypatch.setenv("REMANSO_HOME", str(tmp_path))
    context._opened.cache_clear()
    yield
    context.use(None)
    context._opened.cache_clear()


def test_the_actions_open_what_the_settings_say_once(tmp_path):
    assert isinstance(context.shop(), Shop)
    assert context.shop() is context.shop()
    assert (tmp_path / "shop.db").exists()


def test_other_systems_take_its_place_until_they_are_taken_back(shop, tmp_path):
    context.use(shop)
    assert context.shop() is shop
    assert not (tmp_path / "shop.db").exists()
    context.use(None)
    assert context.shop() is not shop
