"""How customers are reached beyond their page: the parts that do it, put together."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Coroutine
from email.utils import parseaddr
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from bot.handoff.contact import Contacts
from bot.handoff.mail_texts import MailTexts
from bot.handoff.outbox import Outbox
from bot.handoff.pruning import prune
from bot.handoff.receipts import receipt_of
from bot.settings import ROOT
from bot.web import mailer, paper
from bot.web.data_rights import erased
from bot.web.receipts import written_out
from bot.web.sightings import Sightings
from bot.web.status import link

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

logger = logging.getLogger("remanso.web")

TEXTS = ROOT / "data" / "mail" / "mails.yml"
STOP = "/api/v1/mail/opt-out"
"""Where mail to a conversation is stopped."""
MINUTE, HOUR = 60.0, 3600.0
"""Seconds before the first look at unscanned files and at what is too old, and between two."""


class Reaching:
    """Contacts, sightings, outbox and mailer of a gateway.

    The desk tells the outbox everything that is said to a customer, and asks the contacts how one
    is reached.

    Args:
        gateway: Its settings, hub, tokens and desk are there already.
    """

    def __init__(self, gateway: Gateway) -> None:
        settings, desk = gateway.settings, gateway.desk
        self._gateway = gateway
        self._key = settings.key("mail")
        mail = bool(settings.smtp_host)
        self.sightings = Sightings(gateway.hub, desk.clock)
        self.contacts = Contacts(desk, mail=mail, watched=self.sightings.present)
        self.outbox = Outbox(
            desk,
            MailTexts.from_file(TEXTS),
            on=mail,
            domain=parseaddr(settings.mail_from)[1].partition("@")[2] or "localhost",
            seen=self.sightings.since,
        )
        self.contacts.left = self.outbox.contact_left
        desk.reach, desk.said = self.contacts.reach, self.outbox.said
        composer = mailer.Composer(
            settings, self.outbox, link=self.link, opt_out=self.opt_out, receipt=self._receipt
        )
        self.mailer = mailer.Mailer(settings, self.outbox, composer)

    def works(self) -> list[Coroutine[Any, Any, None]]:
        """Return what runs for as long as the gateway does."""
        works = [self._look_again()]
        if self.outbox.on:
            works.append(mailer.run(self._gateway, self.mailer))
        return works

    def link(self, reference: str) -> str:
        """Return the address that opens a case's page; the key in it is good for a month."""
        return link(self._gateway, reference)

    def opt_out(self, conversation: str) -> str:
        """Return the address at which mail to a conversation is stopped; it is always good."""
        where = f"{self._gateway.settings.public()}{STOP}"
        return f"{where}/{conversation}/{self.mail_key(conversation)}"

    def mail_key(self, conversation: str) -> str:
        """Return what proves that an opt-out link is ours."""
        return hmac.new(self._key.encode(), conversation.encode(), sha256).hexdigest()[:32]

    def _receipt(self, reference: str) -> str:
        gateway = self._gateway
        with gateway.store.database.read() as connection:
            receipt = receipt_of(connection, reference)
        settings, rules = gateway.settings, gateway.desk.rules
        page = f"{settings.public()}/status"
        sealed = written_out(receipt, rules, company=settings.company, link=page).sealed()
        gateway.receipts.handed_out(receipt, sealed.seal, "mail")
        return paper.plain(sealed)

    async def _look_again(self) -> None:
        gateway, pause = self._gateway, MINUTE
        while True:
            await asyncio.sleep(pause)
            pause = HOUR
            try:
                for conversation in await gateway.io(gateway.attachments.look_again):
                    gateway.hub.changed(conversation)
                kept = gateway.desk.rules.retention
                erased(gateway, await gateway.io(gateway.erasure.expired, kept))
                await gateway.io(gateway.erasure.clean)
                await gateway.io(prune, gateway.desk, kept)
            except Exception as error:  # the next look comes
                logger.error("old files and conversations stay", exc_info=error)
