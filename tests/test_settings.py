"""Settings: every variable typed, wrong values explained, one secret per home."""

import pytest

from bot.errors import SettingsError
from bot.settings import load

pytestmark = pytest.mark.unit


def test_a_variable_overrides_its_default(tmp_path):
    settings = load({"REMANSO_PORT": "9000", "REMANSO_HOME": str(tmp_path)})
    assert settings.public() == "http://127.0.0.1:9000"
    assert settings.database() == f"sqlite:///{tmp_path / 'remanso.db'}"


@pytest.mark.parametrize(
    "variable, value",
    [
        ("REMANSO_PORT", "eighty"),
        ("REMANSO_PORT", "-1"),
        ("REMANSO_SECURE_COOKIES", "perhaps"),
        ("REMANSO_SECRET", "short"),
        ("REMANSO_MAIL_WEBHOOK_TOKEN", "short"),
        ("REMANSO_SMTP_SECURITY", "ssl"),
        ("REMANSO_REQUIRE_SECOND_FACTOR", "supervisor,boss"),
    ],
)
def test_a_wrong_value_names_its_variable(variable, value):
    with pytest.raises(SettingsError, match=variable):
        load({variable: value})


def test_the_secret_is_made_once_and_private(tmp_path):
    first, second = (load({"REMANSO_HOME": str(tmp_path / "home")}) for _ in range(2))
    assert first.engine_secret() == second.engine_secret()
    assert (tmp_path / "home" / "secret").stat().st_mode & 0o077 == 0


def test_keys_of_different_purposes_differ(tmp_path):
    settings = load({"REMANSO_HOME": str(tmp_path)})
    assert settings.key("conversation") != settings.key("identity")


@pytest.mark.parametrize("sender", ["", "nobody", "Tienda <tienda>"])
def test_a_mail_server_needs_a_sender(sender):
    with pytest.raises(SettingsError, match="REMANSO_MAIL_FROM"):
        load({"REMANSO_SMTP_HOST": "mail.example", "REMANSO_MAIL_FROM": sender})


def test_a_sender_may_have_a_name():
    sender = "Tienda <ayuda@tienda.example>"
    settings = load({"REMANSO_SMTP_HOST": "mail.example", "REMANSO_MAIL_FROM": sender})
    assert settings.mail_from == sender
