"""Settings of one installation, read from environment variables ``REMANSO_*``.

Every field of :class:`Settings` below is one variable: ``port`` is ``REMANSO_PORT``. What the
product says and decides is not here: thresholds live in ``config.yml``, desk rules in ``desk.yml``.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from bot.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """One installation. The comment of each field is its documentation."""

    home: Path = ROOT / "var"  # databases, the generated secret, logs
    models: Path = ROOT / "models"  # trained models and encoders
    desk: Path = ROOT / "desk.yml"  # the rules of the desk: teams, hours, deadlines, authority
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
    company: str = "Remanso"  # whom customers complain to, on receipts and copies
    message_limit: int = 4000  # characters a customer's message may have
    messages_per_minute: int = 20  # per conversation
    conversations_per_minute: int = 10  # new ones, per address
    logins_per_minute: int = 5  # tries, per address and user name
    agent_grace: float = 180.0  # seconds a disconnected agent keeps a chat
    session_hours: float = 10.0  # hours an agent's login lasts
    session_idle_minutes: float = 120.0  # minutes without a change after which it ends; 0: never
    logins_before_lock: int = 10  # wrong tries in a row until an account is locked; 0: never
    lock_minutes: float = 1.0  # of the first lock; every further wrong try doubles it, to an hour
    require_second_factor: tuple[str, ...] = ()  # roles that must have one: supervisor,admin
    hook_private: bool = False  # True: webhooks may go to loopback and private addresses
    smtp_host: str = ""  # mail server; empty: no e-mail is sent, and customers are told
    smtp_port: int = 587  # its port
    smtp_security: str = "starttls"  # starttls, tls (from the first byte) or none
    smtp_user: str = ""  # login there; empty: none
    smtp_password: str = field(default="", repr=False)  # its password
    mail_from: str = ""  # sender of e-mail: "Tienda <ayuda@tienda.example>"
    mail_webhook_token: str = field(
        default="", repr=False
    )  # bearer that reports bounces; empty: no
    attachment_bytes: int = 10_000_000  # bytes a file may have
    attachments_per_conversation: int = 20  # files a conversation may have
    scan_command: str = ""  # looks a file over, its path is appended: clamdscan --no-summary
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

    def attachments(self) -> Path:
        """Return the folder of the files that customers and agents send each other."""
        return self.home / "attachments"

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
    _check_mail(settings)
    _check_roles(settings)
    return settings


def _check_roles(settings: Settings) -> None:
    accepted = ("agent", "supervisor", "trainer", "admin")
    for role in settings.require_second_factor:
        if role not in accepted:
            raise SettingsError(
                f"REMANSO_REQUIRE_SECOND_FACTOR names the role '{role}'. "
                f"Accepted: {', '.join(accepted)}."
            )


def _check_mail(settings: Settings) -> None:
    if 0 < len(settings.mail_webhook_token) < 16:
        raise SettingsError("REMANSO_MAIL_WEBHOOK_TOKEN is shorter than 16 characters.")
    accepted = ("starttls", "tls", "none")
    if settings.smtp_security not in accepted:
        raise SettingsError(
            f"REMANSO_SMTP_SECURITY='{settings.smtp_security}'. Accepted: {', '.join(accepted)}."
        )
    address = parseaddr(settings.mail_from)[1]
    if settings.smtp_host and not re.fullmatch(r"[^\s@]+@[^\s@]+", address):
        raise SettingsError(
            f"REMANSO_MAIL_FROM='{settings.mail_from}' is no sender, and REMANSO_SMTP_HOST asks "
            'for one. Example: "Tienda <ayuda@tienda.example>".'
        )


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
