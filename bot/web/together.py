"""What agents' work together needs of the gateway besides its routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.web import approvals, tickets

if TYPE_CHECKING:
    from bot.web.gateway import Gateway


async def catch_up(gateway: Gateway) -> None:
    """Go on with what a former process left: cases whose customer wrote, gifts half given."""
    for change in await gateway.io(gateway.progress.catch_up):
        tickets.tell(gateway, change)
    for given in await gateway.io(gateway.cashier.recover):
        approvals.announce(gateway, given)
        tickets.tell(gateway, given.change)
