"""Books at the back office what the desk has approved.

The key of a booking is made of the conversation, the number of the gift and its kind, so trying
again books nothing twice. Everything here blocks: call it in a worker thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from bot.backoffice import BackOffice, Booking, Order
from bot.errors import (
    AboveAuthority,
    BackOfficeError,
    Conflict,
    DeskError,
    NotPossible,
    Uncertain,
)
from bot.handoff.approvals import Approvals
from bot.handoff.desk import Desk
from bot.handoff.gifts import Approval, Given
from bot.handoff.records import Conversation

logger = logging.getLogger("remanso.web")


class Cashier:
    """Checks wishes against the customer's orders, and books what is approved.

    Args:
        desk: Whose cases.
        approvals: What is approved.
        back_office: Opens the company's systems.
    """

    def __init__(
        self, desk: Desk, approvals: Approvals, back_office: Callable[[], BackOffice]
    ) -> None:
        self._desk = desk
        self._approvals = approvals
        self._back_office = back_office

    # Before it is approved

    def refundable(self, ref: str, subject: str, cents: int | None) -> int:
        """Return what paying a charge or order back would cost; ``cents`` asks for less.

        Raises:
            Conflict: the customer has not proved who they are, or all is paid back already.
            DeskError: the charge is not theirs, or has less to give back.
            BackOfficeDown: nobody can say now.
        """
        chat = self._proven(ref)
        most = self._owed(chat, subject)
        if not most:
            raise Conflict(f"{subject} is paid back already.", "paid_back")
        wanted = most if cents is None else cents
        if not 0 < wanted <= most:
            raise DeskError(
                f"{wanted} cents of {subject} cannot be paid back: {most} at most.",
                "cents_most",
                most_cents=most,
            )
        return wanted

    def order_subject(self, ref: str, number: str) -> str:
        """Return how a gift names an order of the case's customer.

        Raises:
            Conflict: the customer has not proved who they are.
            DeskError: it is not their order.
            BackOfficeDown: nobody can say now.
        """
        return f"order:{self._theirs(self._proven(ref), number).number}"

    # After it is approved

    def book(self, number: int) -> Given:
        """Book what is approved, and keep how it went; what is not ``approved`` stays as it is."""
        approval = self._approvals.get(number)
        if approval.state != "approved":
            return self._approvals.finish(number)
        ticket = self._desk.ticket(approval.ticket)
        chat = self._desk.store.conversation(ticket.conversation)
        key = f"{chat.id}:approval-{approval.id}:{approval.kind}"
        try:
            booking = self._write(approval, chat, key)
        except BackOfficeError as error:
            logger.warning("gift %d: %s: %s", number, type(error).__name__, error)
            return self._approvals.finish(number, problem=_problem(error))
        except Exception as error:  # whatever it is: nobody knows whether it was done
            logger.error("gift %d failed", number, exc_info=error)
            return self._approvals.finish(number, problem="uncertain")
        if not booking.new and booking.key != key:
            return self._approvals.finish(number, booking=booking.id, problem="not_ours")
        return self._approvals.finish(number, booking=booking.id)

    def recover(self) -> list[Given]:
        """Go on with what a former process approved and did not finish."""
        return [self.book(number) for number in self._approvals.unfinished()]

    def _write(self, approval: Approval, chat: Conversation, key: str) -> Booking:
        office = self._back_office()
        cents = approval.cents
        if approval.kind == "refund":
            return office.refund(
                approval.subject, cents, key=key, reason="agent", limit_cents=cents
            )
        order = approval.subject.rpartition(":")[2]
        if approval.kind == "resend":
            return office.resend(order, key=key)
        owner = chat.verified_customer or self._theirs(chat, order).customer_id
        return office.voucher(owner, cents, key=key, reason=f"goodwill:{order}", limit_cents=cents)

    def _proven(self, ref: str) -> Conversation:
        chat = self._desk.store.conversation(self._desk.ticket(ref).conversation)
        if not chat.verified_customer and not chat.proven_orders:
            raise Conflict("The customer has not proved who they are.", "unproven")
        return chat

    def _theirs(self, chat: Conversation, number: str) -> Order:
        order = self._back_office().order(number) if number else None
        if order is not None and order.customer_id == chat.verified_customer:
            return order
        if order is not None and order.number in (chat.proven_orders or ()):
            return order
        raise DeskError(f"'{number}' is no order of this customer.", "not_their_order")

    def _owed(self, chat: Conversation, subject: str) -> int:
        """Return the cents of a charge or an order that are charged and not paid back."""
        office = self._back_office()
        if subject.startswith("order:"):
            order = self._theirs(chat, subject.removeprefix("order:"))
            open_ones = [each for each in office.charges(order.number) if not each.refunded]
            return sum(each.amount_cents for each in open_ones)
        for order in self._all_theirs(chat, office):
            for charge in office.charges(order.number):
                if charge.id == subject:
                    return 0 if charge.refunded else charge.amount_cents
        raise DeskError(f"'{subject}' is no charge of this customer.", "not_their_order")

    @staticmethod
    def _all_theirs(chat: Conversation, office: BackOffice) -> list[Order]:
        owner = chat.verified_customer
        proven = [office.order(number) for number in chat.proven_orders or ()]
        own = office.orders_of(owner) if owner else ()
        return [*own, *(order for order in proven if order is not None)]


def _problem(error: BackOfficeError) -> str:
    """Return why a booking failed, as the desk keeps it."""
    if isinstance(error, (NotPossible, AboveAuthority)):
        return "refused"
    return "uncertain" if isinstance(error, Uncertain) else "down"
