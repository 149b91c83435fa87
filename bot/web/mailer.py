"""Sends what the outbox has, over SMTP: one connection a batch, each mail marked at once.

A refused recipient is a bounce; what the server cannot take now is tried later. Nothing in a mail
is loaded from anywhere, and no subject names a person.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import smtplib
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from html import escape
from typing import TYPE_CHECKING

from bot.handoff.mail import Mail
from bot.handoff.mail_texts import ANSWER, RECEIPT
from bot.handoff.outbox import Outbox
from bot.handoff.presence import Change
from bot.settings import Settings
from bot.web.tickets import tell
from bot.web.tokens import LINK_DAYS

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

logger = logging.getLogger("remanso.web")

PAUSE = 2.0
"""Seconds between two looks at the outbox."""
TIMEOUT = 20.0
"""Seconds the mail server has for one step."""
BATCH = 50
"""Mails sent over one connection."""
_BODY = (
    "max-width:36rem;margin:0 auto;padding:16px;font:15px/1.5 system-ui,sans-serif;color:#1d2a2c"
)
_BUTTON = (
    "display:inline-block;padding:11px 20px;border-radius:10px;background:#0f6b72;color:#ffffff;"
    "font-weight:600;text-decoration:none"
)
_FOOT = "margin-top:24px;border-top:1px solid #e2ddd4;font-size:13px;color:#526164"
"""Styles stand with each element: many mail programs read no style sheet."""


class Composer:
    """Puts a mail together.

    Args:
        settings: The sender.
        outbox: Has the words around every mail.
        link: Returns the address of a case's page, by reference.
        opt_out: Returns the address at which mail to a conversation is stopped.
        receipt: Returns the whole receipt of a case as text, by reference.
    """

    def __init__(
        self,
        settings: Settings,
        outbox: Outbox,
        *,
        link: Callable[[str], str],
        opt_out: Callable[[str], str],
        receipt: Callable[[str], str],
    ) -> None:
        name, address = parseaddr(settings.mail_from)
        self._sender = Address(display_name=name, addr_spec=address) if address else Address()
        self._outbox = outbox
        self._link = link
        self._opt_out = opt_out
        self._receipt = receipt

    def compose(self, mail: Mail, now: datetime) -> EmailMessage:
        """Return a mail as it goes out."""
        words = self._outbox.texts.words(mail.language)
        stop, link = self._opt_out(mail.conversation), self._link(mail.ticket)
        until = (now + timedelta(days=LINK_DAYS)).strftime("%d/%m/%Y")
        body = mail.text
        if mail.kind == RECEIPT:
            body = f"{body}\n\n{self._receipt(mail.ticket)}"
        foot = [words["expires"].format(date=until), words["no_reply"], words["why"]]
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = Address(addr_spec=mail.recipient)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = mail.message_id
        if mail.before:
            message["In-Reply-To"] = mail.before[-1]
            message["References"] = " ".join((mail.before[0], *mail.before[1:][-9:]))
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if mail.kind != ANSWER:
            message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = mail.language
        lines = [body, f"{words['open']}:\n{link}", "-- ", *foot, f"{words['opt_out']}: {stop}"]
        message.set_content("\n\n".join(lines).replace("-- \n\n", "-- \n"))
        page = _page(mail.language, mail.subject, body, foot, words, link, stop)
        message.add_alternative(page, subtype="html")
        return message


def _page(
    language: str,
    subject: str,
    body: str,
    foot: Iterable[str],
    words: Mapping[str, str],
    link: str,
    stop: str,
) -> str:
    """Return the same as a page without anything that is loaded."""
    paragraphs = "".join(
        f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in body.split("\n\n")
    )
    small = "".join(f"<p>{escape(line)}</p>" for line in foot)
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<title>{escape(subject)}</title></head><body style="{_BODY}">{paragraphs}'
        f'<p><a style="{_BUTTON}" href="{escape(link)}">{escape(words["open"])}</a></p>'
        f'<div style="{_FOOT}">{small}'
        f'<p><a href="{escape(stop)}">{escape(words["opt_out"])}</a></p></div></body></html>'
    )


class Mailer:
    """Brings the outbox to the mail server.

    Args:
        settings: The server.
        outbox: What is to be sent.
        composer: Puts mails together.
    """

    def __init__(self, settings: Settings, outbox: Outbox, composer: Composer) -> None:
        self._settings = settings
        self._outbox = outbox
        self._composer = composer

    def deliver(self, now: Callable[[], datetime]) -> list[Change]:
        """Send what is due; return what changed at the desk: mail that will never arrive."""
        changes: list[Change | None] = []
        while mails := self._outbox.take(BATCH):
            left = iter(mails)
            try:
                with self._connected() as server:
                    for mail in left:
                        changes.append(self._send(server, mail, now()))
            except (OSError, smtplib.SMTPException) as error:  # the server, not a mail
                logger.warning("mail server: %s", type(error).__name__)
                changes += [self._outbox.put_off(mail, type(error).__name__) for mail in left]
                break
        return [change for change in changes if change is not None]

    def _send(self, server: smtplib.SMTP, mail: Mail, now: datetime) -> Change | None:
        """Send one mail, and note what came of it.

        Raises:
            SMTPServerDisconnected: nothing more goes over this connection.
        """
        try:
            server.send_message(self._composer.compose(mail, now))
        except smtplib.SMTPServerDisconnected:
            self._outbox.put_off(mail, "disconnected")
            raise
        except smtplib.SMTPException as error:
            with contextlib.suppress(smtplib.SMTPException):
                server.rset()
            return self._refused(mail, error)
        except Exception as error:  # one mail that cannot be made holds up no other
            logger.error("a mail failed", exc_info=error, extra={"fields": {"mail": mail.id}})
            return self._outbox.put_off(mail, type(error).__name__)
        self._outbox.sent(mail)
        return None

    def _refused(self, mail: Mail, error: smtplib.SMTPException) -> Change | None:
        """Note that the server does not take a mail: its recipient, our sender, its content."""
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code = next(iter(error.recipients.values()))[0]
            if code >= 500:
                data = {"kind": mail.kind, "mail": mail.id}
                return self._outbox.bounced(mail.conversation, mail=data)
            return self._outbox.put_off(mail, f"SMTP {code}")
        code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
        if isinstance(error, smtplib.SMTPSenderRefused):  # somebody has to mend the settings
            logger.error("the mail server refuses the sender: %s", code)
        elif code >= 500:
            return self._outbox.give_up(mail, f"SMTP {code}")
        return self._outbox.put_off(mail, f"SMTP {code}")

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        asked = self._settings
        host, port = asked.smtp_host, asked.smtp_port
        if asked.smtp_security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT)
        try:
            if asked.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if asked.smtp_user:
                server.login(asked.smtp_user, asked.smtp_password)
            yield server
        finally:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()


async def run(gateway: Gateway, mailer: Mailer) -> None:
    """Send for as long as the gateway runs; whatever fails, the next look comes."""
    while True:
        await asyncio.sleep(PAUSE)
        try:
            for change in await gateway.io(mailer.deliver, gateway.desk.clock):
                tell(gateway, change)
        except Exception as error:
            logger.error("mail was not sent", exc_info=error)
