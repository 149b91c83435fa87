"""Settings of one installation, read from environment variables ``REMANSO_*``.

Every field of :class:`Settings` below is one variable: ``port`` is ``REMANSO_PORT``. What the
product says and decides is not here: thresholds live in ``config.yml``, desk rules in ``desk.yml``.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from bot.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """One installation. The comment of each field is its documentation."""

    home: Path = ROOT / "var"  # databases, the generated secret, logs
    models: Path = ROOT / "models"  # trained models and encoders
    host: str = "127.0.0.1"  # address the gateway listens on
    port: int = 8080  # port of the gateway: customers and agents
    shop_port: int = 8090  # port of the demo shop page that embeds the widget
    engine_port: int = 5005  # loopback port of the dialogue engine
    actions_port: int = 5055  # loopback port of the action server
    engine_url: str = ""  # where the engine answers; empty: http://127.0.0.1:<engine_port>
    actions_url: str = ""  # where the action server answers; empty: on loopback
    private_host: str = "127.0.0.1"  # address of engine and actions; another only in a private net
    public_url: str = ""  # address customers see; empty: http://<host>:<port>
    database_url: str = ""  # SQLAlchemy URL; empty: sqlite file remanso.db in home
    tracker_url: str = ""  # SQLAlchemy URL of the engine's tracker store; empty: tracker.db in home
    shop_url: str = ""  # SQLAlchemy URL of the demo back office; empty: shop.db in home
    back_office_url: str = ""  # base URL of the company's systems (REST); empty: the demo shop
    back_office_token: str = field(default="", repr=False)  # bearer token for them; empty: none
    back_office_timeout: float = 1.2  # seconds they have for one try
    back_office_retries: int = 2  # how often a failed try is repeated
    secret: str = ""  # signs tokens, 32+ characters; empty: generated once into home/secret
    identity_key: str = ""  # key shared with the embedding site's server; empty: derived
    allowed_origins: tuple[str, ...] = ()  # sites that may embed the widget; empty: the demo shop
    secure_cookies: bool = False  # True behind HTTPS
    trust_proxy: bool = False  # True when a proxy of yours sets X-Forwarded-For
    quiet_window: float = 0.6  # seconds a burst of messages is gathered before the bot answers
    engine_timeout: float = 8.0  # seconds the engine has for one turn
    engine_patience: float = 45.0  # seconds an engine that restarts is waited for
    action_timeout: float = 5.0  # seconds the action server has for one call
    message_limit: int = 4000  # characters a customer's message may have
    messages_per_minute: int = 20  # per conversation
    conversations_per_minute: int = 10  # new ones, per address
    logins_per_minute: int = 5  # tries, per address and user name
    agent_grace: float = 180.0  # seconds a disconnected agent keeps a chat
    session_hours: float = 10.0  # hours an agent's login lasts
    encoder: str = ""  # hub name or folder of another sentence encoder
    tune: bool = True  # fine-tune the encoder on the examples before the first training

    def database(self) -> str:
        """Return the SQLAlchemy URL of conversations and tickets."""
        return self.database_url or f"sqlite:///{self.home / 'remanso.db'}"

    def tracker_database(self) -> str:
        """Return the SQLAlchemy URL of the engine's tracker store."""
        return self.tracker_url or f"sqlite:///{self.home / 'tracker.db'}"

    def shop_database(self) -> str:
        """Return the SQLAlchemy URL of the demo back office."""
        return self.shop_url or f"sqlite:///{self.home / 'shop.db'}"

    def engine(self) -> str:
        """Return the base URL of the engine."""
        return self.engine_url or f"http://127.0.0.1:{self.engine_port}"

    def actions(self) -> str:
        """Return the URL of the action server's webhook."""
        return self.actions_url or f"http://127.0.0.1:{self.actions_port}/webhook"

    def public(self) -> str:
        """Return the address customers and agents open."""
        return self.public_url or f"http://{self.host}:{self.port}"

    def origins(self) -> tuple[str, ...]:
        """Return the origins that may embed the widget, besides our own."""
        if self.allowed_origins:
            return self.allowed_origins
        return tuple(f"http://{name}:{self.shop_port}" for name in ("127.0.0.1", "localhost"))

    def key(self, purpose: str) -> str:
        """Return a key for one purpose, derived from the secret (HMAC-SHA256, 64 hex digits)."""
        return hmac.new(self._secret().encode(), purpose.encode(), hashlib.sha256).hexdigest()

    def engine_secret(self) -> str:
        """Return the shared secret of the engine's door."""
        return self.key("engine")

    def identity_secret(self) -> str:
        """Return the key with which an embedding site signs who its customer is."""
        return self.identity_key or self.key("identity")

    def _secret(self) -> str:
        if self.secret:
            return self.secret
        path = self.home / "secret"
        if not path.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            _write_once(path, secrets.token_urlsafe(48))
        return path.read_text(encoding="utf-8").strip()


def _write_once(path: Path, text: str) -> None:
    """Write a file readable by its owner only, unless another process was first."""
    mine = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    try:
        os.link(mine, path)
    except FileExistsError:
        pass
    finally:
        mine.unlink()


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from ``environ`` (the process's own by default).

    Raises:
        SettingsError: a value has the wrong type, or the secret is too short.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for each in fields(Settings):
        variable = f"REMANSO_{each.name.upper()}"
        if variable in environ:
            values[each.name] = _read(variable, environ[variable], each.default)
    settings = Settings(**values)
    if settings.secret and len(settings.secret) < 32:
        raise SettingsError("REMANSO_SECRET is shorter than 32 characters. Use a longer one.")
    return settings


def _read(variable: str, text: str, default: Any) -> Any:
    """Turn a variable's text into the type of its default."""
    if isinstance(default, bool):
        return _read_bool(variable, text)
    if isinstance(default, int | float):
        return _read_number(variable, text, default)
    if isinstance(default, tuple):
        return tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    if isinstance(default, Path):
        return Path(text).expanduser().resolve()
    return text


def _read_bool(variable: str, text: str) -> bool:
    if text.lower() in ("1", "true", "yes"):
        return True
    if text.lower() in ("0", "false", "no", ""):
        return False
    raise SettingsError(f"{variable}='{text}' is not a yes or no. Use 1 or 0.")


def _read_number(variable: str, text: str, default: int | float) -> int | float:
    try:
        number = type(default)(text)
    except ValueError:
        message = f"{variable}='{text}' is not a number. Default: {default}."
        raise SettingsError(message) from None
    if number < 0:
        raise SettingsError(f"{variable}='{text}' is negative. Default: {default}.")
    return number
