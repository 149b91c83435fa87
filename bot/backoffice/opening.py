"""Which back office an installation has."""

from __future__ import annotations

import re

from bot.backoffice.protocol import BackOffice
from bot.backoffice.rest import RestBackOffice
from bot.backoffice.shop import open_shop
from bot.errors import SettingsError
from bot.settings import Settings


def open_back_office(settings: Settings) -> BackOffice:
    """Open the company's systems at ``REMANSO_BACK_OFFICE_URL``, or the demo shop without it.

    Raises:
        BackOfficeDown: the demo shop's database cannot be opened.
        SettingsError: the URL is not one.
    """
    url = settings.back_office_url
    if not url:
        return open_shop(settings.shop_database())
    if not re.match(r"https?://[^/\s]+(/\S*)?$", url):
        raise SettingsError(
            f"REMANSO_BACK_OFFICE_URL='{url}' is no address of an API. "
            f"Example: https://erp.example.com/remanso/v1."
        )
    return RestBackOffice(
        url,
        settings.back_office_token,
        timeout=settings.back_office_timeout,
        retries=settings.back_office_retries,
    )
