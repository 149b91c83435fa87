"""Which back office an installation has, by its settings."""

import pytest

from bot.backoffice import RestBackOffice, Shop, open_back_office
from bot.errors import SettingsError
from bot.settings import load

pytestmark = pytest.mark.unit


def test_without_an_address_it_is_the_demo_shop(tmp_path):
    shop = open_back_office(load({"REMANSO_HOME": str(tmp_path)}))
    assert isinstance(shop, Shop) and shop.order("48213") is not None
    assert (tmp_path / "shop.db").exists()
    shop.close()


def test_with_an_address_it_is_the_companys(tmp_path):
    settings = load(
        {
            "REMANSO_HOME": str(tmp_path),
            "REMANSO_BACK_OFFICE_URL": "https://erp.example.com/remanso/v1/",
            "REMANSO_BACK_OFFICE_TOKEN": "a-secret",
        }
    )
    client = open_back_office(settings)
    assert isinstance(client, RestBackOffice)
    assert list(tmp_path.iterdir()) == []  # no demo shop beside it
    client.close()


@pytest.mark.parametrize("url", ["erp.example.com", "ftp://erp.example.com", "https://", "x y"])
def test_an_address_that_is_none_is_said_at_once(url):
    with pytest.raises(SettingsError, match="REMANSO_BACK_OFFICE_URL"):
        open_back_office(load({"REMANSO_BACK_OFFICE_URL": url}))


def test_the_token_is_not_printed_with_the_settings():
    assert "a-secret" not in repr(load({"REMANSO_BACK_OFFICE_TOKEN": "a-secret"}))


def test_all_tries_together_fit_into_the_time_of_an_action():
    settings = load({})
    tries = settings.back_office_retries + 1
    assert settings.back_office_timeout * tries < settings.action_timeout
