"""What the bot may ask of a company's systems.

Money is in cents of euro. Every write takes an idempotency key made of conversation, turn and
operation: the same key gives the same :class:`Booking` again and changes nothing. Whatever the key,
one charge is refunded, one order re-sent, cancelled or returned, one delay compensated at most
once, and the refunds of an order never exceed what was charged for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

OrderStatus = Literal[
    "processing", "in_transit", "stuck", "lost", "delivered", "cancelled", "returning"
]
PaymentState = Literal["charged", "pending", "failed"]
Service = Literal["web", "app", "payments", "tracking", "account"]
CaseStatus = Literal["open", "solved"]
Channel = Literal["phone", "email", "chat", "web"]

RETURN_DAYS = 30
"""Days after delivery within which a return label is sent."""


@dataclass(frozen=True)
class Customer:
    """Somebody who bought something.

    Args:
        id: Number of the customer, e.g. ``C-1001``.
        name: First name and surnames.
        email: The registered address; access links and invoices go there.
        postcode: As the country writes it.
        address: Where the customer lives, in one line.
        phone: With the country's prefix; empty when unknown.
        vip: The company looks after them with priority.
        vulnerable: Known to need more care: age, illness, dependence.
        locked: The account cannot be entered until an access link is used.
    """

    id: str
    name: str
    email: str
    postcode: str
    address: str
    phone: str = ""
    vip: bool = False
    vulnerable: bool = False
    locked: bool = False


@dataclass(frozen=True)
class ShipmentEvent:
    """One line of a shipment's tracking, oldest first; ``at`` is the place's own time."""

    at: datetime
    place: str
    text: str


@dataclass(frozen=True)
class Order:
    """An order with its shipment; it can be re-sent while the product is ``in_stock``.

    ``invoice`` is the invoice's number, empty before it is issued.
    """

    number: str
    customer_id: str
    product: str
    total_cents: int
    ordered_on: date
    promised_on: date
    status: OrderStatus
    carrier: str
    tracking: str
    in_stock: bool
    invoice: str
    address: str
    delivered_on: date | None = None
    events: tuple[ShipmentEvent, ...] = field(default=())

    def days_late(self, today: date) -> int:
        """Return the days since the promised date, 0 when not yet due or no longer on its way."""
        if self.status in ("delivered", "returning", "cancelled"):
            return 0
        return max(0, (today - self.promised_on).days)


@dataclass(frozen=True)
class Charge:
    """One payment for an order.

    ``refunded``: paid back, by itself or as part of the order. ``state``: a ``pending`` one is only
    held by the bank and a ``failed`` one was refused: no money was taken.
    """

    id: str
    order_number: str
    amount_cents: int
    charged_on: date
    method: str
    refunded: bool
    state: PaymentState = "charged"


@dataclass(frozen=True)
class Invoice:
    """An order's invoice; ``tax_cents`` is contained in ``total_cents``."""

    number: str
    order_number: str
    issued_on: date
    total_cents: int
    tax_cents: int


@dataclass(frozen=True)
class Outage:
    """A service that does not work; ``until`` is when it is expected back, None if unknown."""

    id: str
    service: Service
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Case:
    """One earlier contact of a customer; ``issue`` as in ``desk.yml`` (routing > issues)."""

    id: str
    customer_id: str
    issue: str
    order_number: str | None
    opened_on: date
    status: CaseStatus
    channel: Channel
    text: str


@dataclass(frozen=True)
class Booking:
    """Something written; ``new`` is False on repeats.

    ``operation``: refund, resend, voucher, invoice, case, cancel, address, return_label or
    access_link. ``id`` is the reference that a customer may be told.
    """

    id: str
    operation: str
    subject: str
    amount_cents: int
    key: str
    new: bool


class BackOffice(Protocol):
    """Reads and writes of the company's systems.

    Every method raises ``BackOfficeDown`` when the system does not answer as agreed; reads of
    something unknown return None, 0 or an empty list. Every write raises ``NotPossible`` when the
    order, charge or customer does not allow it (or does not exist), and ``Uncertain`` when it was
    sent and nobody knows whether it was done: then say neither.
    """

    def ping(self) -> None:
        """Return when the system answers."""

    def customer(self, customer_id: str) -> Customer | None:
        """Return a customer by id."""

    def orders_of(self, customer_id: str) -> list[Order]:
        """Return a customer's orders, newest first."""

    def order(self, number: str) -> Order | None:
        """Return an order by its number."""

    def prove(
        self, number: str, *, email: str | None = None, postcode: str | None = None
    ) -> Customer | None:
        """Return the owner of an order if the e-mail or the postcode is theirs."""

    def charges(self, order_number: str) -> list[Charge]:
        """Return the charges of an order, oldest first: the money that was taken."""

    def duplicate_charges(self, order_number: str) -> list[Charge]:
        """Return the charges that repeat an earlier one of the same order and amount."""

    def payments(self, order_number: str) -> list[Charge]:
        """Return the charges and what is only held or failed, oldest first."""

    def invoice(self, order_number: str) -> Invoice | None:
        """Return the invoice of an order; None before it is issued."""

    def cases(self, customer_id: str) -> list[Case]:
        """Return the customer's earlier contacts, newest first."""

    def outages(self) -> list[Outage]:
        """Return the services that do not work now."""

    def stock(self, product: str) -> int:
        """Return how many units of a product there are."""

    def refund(
        self, subject: str, amount_cents: int, *, key: str, reason: str, limit_cents: int
    ) -> Booking:
        """Pay money back. ``subject`` is a charge id or ``order:<number>``.

        Raises:
            AboveAuthority: ``amount_cents`` is above ``limit_cents``.
            NotPossible: more than was charged and is not yet paid back.
        """

    def resend(self, order_number: str, *, key: str) -> Booking:
        """Send an order again; takes one unit of the product.

        Raises:
            NotPossible: none is left, or the order was cancelled or wholly paid back.
        """

    def voucher(
        self, customer_id: str, amount_cents: int, *, key: str, reason: str, limit_cents: int
    ) -> Booking:
        """Give a voucher for the next purchase; ``reason`` names what it makes up for.

        Raises:
            AboveAuthority: ``amount_cents`` is above ``limit_cents``.
        """

    def cancel(self, order_number: str, *, key: str) -> Booking:
        """Cancel an order and refund all that was charged for it; the booking has that sum.

        Raises:
            NotPossible: the order is no longer ``processing``.
        """

    def change_address(self, order_number: str, address: str, *, key: str) -> Booking:
        """Send an order to another address.

        Raises:
            NotPossible: the order is no longer ``processing``, or the address is empty.
        """

    def return_label(self, order_number: str, *, key: str) -> Booking:
        """E-mail a label for sending an order back.

        Raises:
            NotPossible: not delivered, or more than ``RETURN_DAYS`` days ago.
        """

    def send_invoice(self, order_number: str, *, key: str) -> Booking:
        """E-mail the invoice of an order to the registered address.

        Raises:
            NotPossible: it is not issued yet.
        """

    def send_access_link(self, customer_id: str, *, key: str) -> Booking:
        """E-mail a link that lets the customer in; it unlocks a locked account."""

    def report(
        self, customer_id: str, issue: str, order_number: str | None, text: str, *, key: str
    ) -> Booking:
        """Open a case (operation ``case``); the booking's id is its reference."""

    def ledger(self, order_number: str | None = None) -> list[Booking]:
        """Return everything written, or what concerns one order, oldest first."""
