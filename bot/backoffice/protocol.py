"""What the bot may ask of a company's systems.

Money is in cents of euro. Every write takes an idempotency key made of conversation, turn and
operation: the same key gives the same :class:`Booking` again and changes nothing, and one charge is
refunded, one order re-sent, one delay compensated at most once whatever the key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class Customer:
    """Somebody who bought something."""

    id: str
    name: str
    email: str
    postcode: str


@dataclass(frozen=True)
class ShipmentEvent:
    """One line of a shipment's tracking, oldest first."""

    at: datetime
    place: str
    text: str


@dataclass(frozen=True)
class Order:
    """An order with its shipment. ``status``: processing, in_transit, stuck, lost, delivered."""

    number: str
    customer_id: str
    product: str
    total_cents: int
    ordered_on: date
    promised_on: date
    status: str
    carrier: str
    tracking: str
    in_stock: bool
    invoice: str
    events: tuple[ShipmentEvent, ...] = field(default=())

    def days_late(self, today: date) -> int:
        """Return the days since the promised date, 0 when delivered or not yet due."""
        if self.status == "delivered":
            return 0
        return max(0, (today - self.promised_on).days)


@dataclass(frozen=True)
class Charge:
    """One payment taken from the customer's card or account for an order."""

    id: str
    order_number: str
    amount_cents: int
    charged_on: date
    method: str
    refunded: bool


@dataclass(frozen=True)
class Booking:
    """Something written: a refund, a resend or a voucher; ``new`` is False on repeats."""

    id: str
    operation: str
    subject: str
    amount_cents: int
    key: str
    new: bool


class BackOffice(Protocol):
    """Reads and writes of the company's systems.

    Every method raises ``BackOfficeDown`` when the system does not answer; reads of something
    unknown return None or an empty list.
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
        """Return the charges of an order, oldest first."""

    def duplicate_charges(self, order_number: str) -> list[Charge]:
        """Return the charges that repeat an earlier one of the same order and amount."""

    def refund(
        self, subject: str, amount_cents: int, *, key: str, reason: str, limit_cents: int
    ) -> Booking:
        """Pay money back. ``subject`` is a charge id or ``order:<number>``.

        Raises:
            AboveAuthority: ``amount_cents`` is above ``limit_cents``.
        """

    def resend(self, order_number: str, *, key: str) -> Booking:
        """Send an order again."""

    def voucher(
        self, customer_id: str, amount_cents: int, *, key: str, reason: str, limit_cents: int
    ) -> Booking:
        """Give a voucher for the next purchase; ``reason`` names what it makes up for.

        Raises:
            AboveAuthority: ``amount_cents`` is above ``limit_cents``.
        """

    def ledger(self) -> list[Booking]:
        """Return everything written, oldest first."""
