"""What goes over the wire of money and the back office, typed. Sums are cents of the currency."""

from typing import Annotated, Literal

import msgspec

from bot.web.ticket_wire import AgentMessage, TicketRow

Cents = Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]
Subject = Annotated[str, msgspec.Meta(max_length=60)]
Reason = Annotated[str, msgspec.Meta(max_length=500)]


class RefundIn(msgspec.Struct):
    """Pay a charge back, all of it unless ``cents`` says less; ``order:<number>`` is an order."""

    charge: Subject = ""
    cents: Cents | None = None
    reason: Reason = ""


class VoucherIn(msgspec.Struct):
    """A voucher that makes up for something with an order."""

    order: Subject = ""
    cents: Cents = 0
    reason: Reason = ""


class ResendIn(msgspec.Struct):
    """An order that is sent again."""

    order: Subject = ""
    reason: Reason = ""


class ApprovalIn(msgspec.Struct):
    """What an agent may not give, and why it should be given. ``subject``: a charge or an order."""

    kind: Annotated[str, msgspec.Meta(max_length=10)] = ""
    cents: Cents = 0
    subject: Subject = ""
    reason: Reason = ""


class DecisionIn(msgspec.Struct):
    """What a supervisor decides, in words for the agent; or that a failed one is tried again."""

    decision: Literal["approve", "refuse", "retry"]
    answer: Reason = ""


class ApprovalOut(msgspec.Struct):
    """A gift. ``problem`` says why it failed; ``retry`` whether it may be tried again."""

    id: int
    ticket: str
    kind: Literal["refund", "voucher", "resend"]
    cents: int
    subject: str
    reason: str
    asked_by: str
    asked_at: str
    state: Literal["asked", "approved", "refused", "done", "failed"]
    decided_by: str | None
    decided_at: str | None
    answer: str | None
    booking: str | None
    problem: Literal["down", "uncertain", "refused", "not_ours"] | None
    retry: bool


class GivenOut(msgspec.Struct):
    """A ticket and a gift in it after a change, and what the customer was told."""

    ticket: TicketRow
    messages: list[AgentMessage]
    approval: ApprovalOut


class ApprovalsOut(msgspec.Struct):
    """What waits for a decision or for another try, oldest first."""

    approvals: list[ApprovalOut]


class ShipmentEventOut(msgspec.Struct):
    """A line of a shipment's tracking."""

    at: str
    place: str
    text: str


class ChargeOut(msgspec.Struct):
    """A payment of an order; ``repeated``: another of the same sum came before."""

    id: str
    amount_cents: int
    charged_on: str
    method: str
    state: str
    refunded: bool
    repeated: bool


class OrderOut(msgspec.Struct):
    """An order with its shipment and payments."""

    number: str
    product: str
    total_cents: int
    ordered_on: str
    promised_on: str
    delivered_on: str | None
    days_late: int
    status: str
    carrier: str
    tracking: str
    in_stock: bool
    address: str
    invoice: str
    events: list[ShipmentEventOut]
    charges: list[ChargeOut]


class InvoiceOut(msgspec.Struct):
    """An order's invoice."""

    number: str
    order: str
    issued_on: str
    total_cents: int
    tax_cents: int


class ContactOut(msgspec.Struct):
    """An earlier contact that the company's systems know."""

    id: str
    issue: str
    order: str | None
    opened_on: str
    status: str
    channel: str
    text: str


class PanelCustomerOut(msgspec.Struct):
    """Who the customer is to the company."""

    id: str
    name: str
    email: str
    phone: str
    address: str
    vip: bool
    vulnerable: bool
    locked: bool


class MoneyOut(msgspec.Struct):
    """Cents of refunds and vouchers."""

    refund_cents: int
    voucher_cents: int


class AuthorityOut(msgspec.Struct):
    """What the agent may give in this case, what was given, and what is left."""

    role: str
    refund_cents: int
    voucher_cents: int
    given: MoneyOut
    left: MoneyOut


class ActionOut(msgspec.Struct):
    """Something that can be done now; ``most_cents`` is what the order allows, not the agent."""

    kind: Literal["refund", "voucher", "resend"]
    subject: str
    order: str
    most_cents: int | None


class ShopOut(msgspec.Struct):
    """The company's systems on a case's customer.

    Everything when the identity is verified. When it is not, only the orders that the customer
    proved to the bot; then ``customer`` is null and there are no tickets.

    ``problem`` is ``unproven``, ``unknown_customer`` or ``down``; null when all could be read.
    """

    identity: Literal["anonymous", "claimed", "verified"]
    problem: Literal["unproven", "unknown_customer", "down"] | None
    customer: PanelCustomerOut | None
    orders: list[OrderOut]
    invoices: list[InvoiceOut]
    tickets: list[ContactOut]
    authority: AuthorityOut
    actions: list[ActionOut]
    approvals: list[ApprovalOut]


class ProveIn(msgspec.Struct):
    """What a customer said to prove that an order is theirs: e-mail address or postcode."""

    order: Subject = ""
    email: Annotated[str, msgspec.Meta(max_length=320)] | None = None
    postcode: Annotated[str, msgspec.Meta(max_length=20)] | None = None
