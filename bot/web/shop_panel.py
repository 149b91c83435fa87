"""What the company's systems know of a case's customer, for the agent who serves them.

Of customers who proved who they are, everything; of a guest who proved an order to the bot, that
order and nothing else. A claimed name opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from bot.backoffice import BackOffice, Charge, Customer, Order
from bot.errors import BackOfficeError, DeskError
from bot.handoff import tickets
from bot.handoff.approvals import Approvals
from bot.handoff.desk import Desk
from bot.handoff.presence import Change, actor
from bot.handoff.records import Agent, Conversation, Identity, Json
from bot.handoff.store import conversations, turns

NOT_SENT_AGAIN = ("cancelled", "processing")


class ShopPanel:
    """Reads the back office for agents; every look is logged.

    Args:
        desk: Whose cases.
        approvals: What was given in them.
        back_office: Opens the company's systems.
    """

    def __init__(
        self, desk: Desk, approvals: Approvals, back_office: Callable[[], BackOffice]
    ) -> None:
        self._desk = desk
        self._approvals = approvals
        self._back_office = back_office

    def look(self, ref: str, agent: Agent) -> Json:
        """Return all that the company knows of a case's customer, and what can be done.

        Raises:
            NotAllowed: the case is another team's.
        """
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            ticket = self._desk.visible(connection, ref, agent)
            chat = conversations.get(connection, ticket.conversation)
            shown = {"orders": chat.proven_orders} if _only_orders(chat) else {}
            tickets.log(connection, ticket.ref, at, actor(agent), "read", {"what": "shop", **shown})
        panel: Json = {
            "identity": chat.identity_status,
            "problem": None,
            "customer": None,
            "orders": [],
            "invoices": [],
            "tickets": [],
            "authority": self._approvals.authority(ticket.ref, agent),
            "actions": [],
            "approvals": self._approvals.of_case(ticket.ref, agent),
        }
        if not chat.verified_customer and not chat.proven_orders:
            return {**panel, "problem": "unproven"}
        try:
            return {**panel, **self._known(chat, at.date())}
        except BackOfficeError:
            return {**panel, "problem": "down"}

    def prove(
        self, ref: str, agent: Agent, order: str, *, email: str | None, postcode: str | None
    ) -> Change:
        """Note that a customer proved that an order is theirs, by what they told the agent.

        Raises:
            DeskError: neither address nor postcode is given, or they are not the order's.
            Conflict: the case is closed.
            BackOfficeDown: nobody can say now.
        """
        given = {
            "email": (email or "").strip() or None,
            "postcode": (postcode or "").strip() or None,
        }
        if not order.strip() or not any(given.values()):
            raise DeskError("Give the order and the e-mail address or postcode.", "prove")
        at = self._desk.clock()
        with self._desk.store.database.write() as connection:
            self._desk.held(connection, ref, agent, at, "money")
        customer = self._back_office().prove(order.strip(), **given)
        if customer is None:
            raise DeskError("This does not belong to that order.", "prove")
        proved = (order.strip(),)
        who = Identity("verified", customer.id, customer.name, customer.email, proved)
        with self._desk.store.database.write() as connection:
            ticket = self._desk.held(connection, ref, agent, at, "money")
            chat = conversations.get(connection, ticket.conversation)
            if chat.verified_customer in (None, who.customer_id):
                columns = conversations.identity_columns(who)
                conversations.update(connection, ticket.conversation, **columns)
                known = {"id": who.customer_id, "name": who.name, "email": who.email}
                context = {**ticket.context, "customer": {**known, "identity_status": who.status}}
                ticket = tickets.update(connection, ticket.ref, context=context)
            else:  # who is verified stays who they are: that order is theirs, and nothing else
                turns.learn(connection, chat.id, identity=who)
            tickets.log(
                connection, ticket.ref, at, actor(agent), "proved", {"order": order.strip()}
            )
            return Change(ticket)

    def _known(self, chat: Conversation, today: date) -> Json:
        office = self._back_office()
        owner = chat.verified_customer
        customer = office.customer(owner) if owner else None
        if owner and customer is None:
            return {"problem": "unknown_customer"}
        orders = [*office.orders_of(owner)] if owner else []
        proven = [office.order(number) for number in chat.proven_orders or ()]
        own = {order.number for order in orders}
        orders += [order for order in proven if order is not None and order.number not in own]
        payments = {order.number: office.payments(order.number) for order in orders}
        repeated = {
            charge.id for order in orders for charge in office.duplicate_charges(order.number)
        }
        invoices = [office.invoice(order.number) for order in orders if order.invoice]
        return {
            "customer": _customer(customer) if customer else None,
            "orders": [_order(each, payments[each.number], repeated, today) for each in orders],
            "invoices": [
                {
                    "number": each.number,
                    "order": each.order_number,
                    "issued_on": each.issued_on.isoformat(),
                    "total_cents": each.total_cents,
                    "tax_cents": each.tax_cents,
                }
                for each in invoices
                if each is not None
            ],
            "tickets": [
                {
                    "id": each.id,
                    "issue": each.issue,
                    "order": each.order_number,
                    "opened_on": each.opened_on.isoformat(),
                    "status": each.status,
                    "channel": each.channel,
                    "text": each.text,
                }
                for each in (office.cases(owner) if owner else ())
            ],
            "actions": [
                action for order in orders for action in _actions(order, payments[order.number])
            ],
        }


def _only_orders(chat: Conversation) -> bool:
    """Whether single orders are proved, and not who the customer is."""
    return not chat.verified_customer and bool(chat.proven_orders)


def _customer(customer: Customer) -> Json:
    told = asdict(customer)
    del told["postcode"]  # proves an order: agents ask for it, they do not read it
    return told


def _order(order: Order, charges: Iterable[Charge], repeated: set[str], today: date) -> Json:
    return {
        "number": order.number,
        "product": order.product,
        "total_cents": order.total_cents,
        "ordered_on": order.ordered_on.isoformat(),
        "promised_on": order.promised_on.isoformat(),
        "delivered_on": _day(order.delivered_on),
        "days_late": order.days_late(today),
        "status": order.status,
        "carrier": order.carrier,
        "tracking": order.tracking,
        "in_stock": order.in_stock,
        "address": order.address,
        "invoice": order.invoice,
        "events": [
            {"at": each.at.isoformat(), "place": each.place, "text": each.text}
            for each in order.events
        ],
        "charges": [
            {
                "id": each.id,
                "amount_cents": each.amount_cents,
                "charged_on": each.charged_on.isoformat(),
                "method": each.method,
                "state": each.state,
                "refunded": each.refunded,
                "repeated": each.id in repeated,
            }
            for each in charges
        ],
    }


def _actions(order: Order, charges: Iterable[Charge]) -> list[Json]:
    """Return what can be done for an order: refunds, sending again, a voucher."""
    number = order.number
    found: list[Json] = [
        {"kind": "refund", "subject": each.id, "order": number, "most_cents": each.amount_cents}
        for each in charges
        if each.state == "charged" and not each.refunded
    ]
    subject: dict[str, Any] = {"subject": f"order:{number}", "order": number, "most_cents": None}
    if order.in_stock and order.status not in NOT_SENT_AGAIN and found:
        found.append({"kind": "resend", **subject})
    return [*found, {"kind": "voucher", **subject}]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
