"""A company's own systems, asked over HTTP as ``openapi.yml`` describes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from bot.backoffice.bookings import within
from bot.backoffice.calls import Call, Caller
from bot.backoffice.protocol import Booking, Case, Charge, Customer, Invoice, Order, Outage

T = TypeVar("T")


class Health(msgspec.Struct):
    """The system's answer to a ping."""

    status: str


class Stock(msgspec.Struct):
    """How many units there are of a product."""

    product: str
    units: int


class RestBackOffice:
    """:class:`~bot.backoffice.protocol.BackOffice` over HTTP.

    Args:
        url: Base address of the API, e.g. ``https://erp.example.com/remanso/v1``.
        token: Sent as ``Authorization: Bearer``.
        timeout: Seconds for one try.
        retries: How often a failed try is repeated.
        more: For :class:`~bot.backoffice.calls.Caller`: breaker, sleep, clock, transport.
    """

    def __init__(
        self, url: str, token: str, *, timeout: float = 1.2, retries: int = 2, **more: Any
    ) -> None:
        self._caller = Caller(url, token, timeout=timeout, retries=retries, **more)

    def ping(self) -> None:
        """Return when the system answers."""
        self._read("/health", Health)

    def customer(self, customer_id: str) -> Customer | None:
        """Return a customer by id."""
        return self._read("/customers/{customer_id}", Customer, customer_id=customer_id)

    def orders_of(self, customer_id: str) -> list[Order]:
        """Return a customer's orders, newest first."""
        path = "/customers/{customer_id}/orders"
        return self._read(path, list[Order], customer_id=customer_id) or []

    def order(self, number: str) -> Order | None:
        """Return an order by its number."""
        return self._read("/orders/{order_number}", Order, order_number=number)

    def prove(
        self, number: str, *, email: str | None = None, postcode: str | None = None
    ) -> Customer | None:
        """Return the owner of an order if the e-mail or the postcode is theirs."""
        if not email and not postcode:
            return None
        # A POST, though it changes nothing: an e-mail does not belong in addresses and their logs.
        call = Call(
            "POST",
            "/orders/{order_number}/proof",
            {"order_number": number},
            body={"email": email, "postcode": postcode},
        )
        return self._caller.read(call, Customer)

    def charges(self, order_number: str) -> list[Charge]:
        """Return the charges of an order, oldest first."""
        return [one for one in self.payments(order_number) if one.state == "charged"]

    def duplicate_charges(self, order_number: str) -> list[Charge]:
        """Return the charges that repeat an earlier one, as the company sees it."""
        path = "/orders/{order_number}/duplicate-charges"
        return self._read(path, list[Charge], order_number=order_number) or []

    def payments(self, order_number: str) -> list[Charge]:
        """Return the charges and what is only held or failed, oldest first."""
        path = "/orders/{order_number}/payments"
        return self._read(path, list[Charge], order_number=order_number) or []

    def invoice(self, order_number: str) -> Invoice | None:
        """Return the invoice of an order; None before it is issued."""
        return self._read("/orders/{order_number}/invoice", Invoice, order_number=order_number)

    def cases(self, customer_id: str) -> list[Case]:
        """Return the customer's earlier contacts, newest first."""
        path = "/customers/{customer_id}/cases"
        return self._read(path, list[Case], customer_id=customer_id) or []

    def outages(self) -> list[Outage]:
        """Return the services that do not work now."""
        return self._read("/outages", list[Outage]) or []

    def stock(self, product: str) -> int:
        """Return how many units of a product there are."""
        call = Call("GET", "/stock", query={"product": product})
        found = self._caller.read(call, Stock)
        return found.units if found else 0

    def ledger(self, order_number: str | None = None) -> list[Booking]:
        """Return everything written, or what concerns one order, oldest first."""
        query = {} if order_number is None else {"order_number": order_number}
        return self._caller.read(Call("GET", "/ledger", query=query), list[Booking]) or []

    def refund(
        self, subject: str, amount_cents: int, *, key: str, reason: str, limit_cents: int
    ) -> Booking:
        """Pay money back, once for each charge or order, never more than was charged."""
        within(amount_cents, limit_cents, "refund")
        body = {"subject": subject, "amount_cents": amount_cents}
        body |= {"reason": reason, "limit_cents": limit_cents}
        call = Call("POST", "/refunds", body=body, key=key)
        return self._caller.write(call, _expect("refund", subject, key, amount_cents))

    def resend(self, order_number: str, *, key: str) -> Booking:
        """Send an order again, once."""
        return self._for_order("resend", "resends", order_number, key)

    def voucher(
        self, customer_id: str, amount_cents: int, *, key: str, reason: str, limit_cents: int
    ) -> Booking:
        """Give a voucher, once for each customer and reason."""
        within(amount_cents, limit_cents, "voucher")
        body = {"amount_cents": amount_cents, "reason": reason, "limit_cents": limit_cents}
        path = "/customers/{customer_id}/vouchers"
        call = Call("POST", path, {"customer_id": customer_id}, body=body, key=key)
        expect = _expect("voucher", f"{customer_id}:{reason}", key, amount_cents)
        return self._caller.write(call, expect)

    def cancel(self, order_number: str, *, key: str) -> Booking:
        """Cancel an order that is not yet sent, and pay all of it back."""
        return self._for_order("cancel", "cancellations", order_number, key)

    def change_address(self, order_number: str, address: str, *, key: str) -> Booking:
        """Send an order that is not yet sent to another address."""
        return self._for_order("address", "addresses", order_number, key, address=address)

    def return_label(self, order_number: str, *, key: str) -> Booking:
        """Send a label for sending an order back, once."""
        return self._for_order("return_label", "return-labels", order_number, key)

    def send_invoice(self, order_number: str, *, key: str) -> Booking:
        """E-mail the invoice of an order."""
        return self._for_order("invoice", "invoice-emails", order_number, key)

    def send_access_link(self, customer_id: str, *, key: str) -> Booking:
        """E-mail a link that lets the customer in, and unlock the account."""
        path = "/customers/{customer_id}/access-links"
        call = Call("POST", path, {"customer_id": customer_id}, body={}, key=key)
        return self._caller.write(call, _expect("access_link", customer_id, key))

    def report(
        self, customer_id: str, issue: str, order_number: str | None, text: str, *, key: str
    ) -> Booking:
        """Open a case."""
        body = {"issue": issue, "order_number": order_number, "text": text}
        path = "/customers/{customer_id}/cases"
        call = Call("POST", path, {"customer_id": customer_id}, body=body, key=key)
        return self._caller.write(call, _expect("case", f"{customer_id}:{issue}", key))

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()

    def _read(self, path: str, kind: type[T], **parts: str) -> T | None:
        return self._caller.read(Call("GET", path, parts), kind)

    def _for_order(
        self, operation: str, last: str, order_number: str, key: str, **body: str
    ) -> Booking:
        path = "/orders/{order_number}/" + last
        call = Call("POST", path, {"order_number": order_number}, body=body, key=key)
        return self._caller.write(call, _expect(operation, f"order:{order_number}", key))


def _expect(
    operation: str, subject: str, key: str, amount_cents: int | None = None
) -> Callable[[Booking], str | None]:
    """Return the check that a booking is what was asked for.

    One that was made earlier with another key may be of another amount; ours may not: half a refund
    is no refund.
    """

    def wrong(booking: Booking) -> str | None:
        if (booking.operation, booking.subject) != (operation, subject):
            return f"a {booking.operation} instead of a {operation}, or of something else"
        if booking.key != key and booking.new:
            return "the key is not ours"
        if booking.key == key and amount_cents not in (None, booking.amount_cents):
            return f"{booking.amount_cents} cents instead of {amount_cents}"
        return None

    return wrong
