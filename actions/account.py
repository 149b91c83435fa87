"""The customer's own papers: invoices, and the way into the account."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.case import kept, known_customer, masked, needs_order, order_facts, proven_order, told
from actions.context import Context, LoggedAction, shop
from actions.knowledge import explain
from actions.matters import leave_form
from bot.backoffice import Customer
from bot.deescalation import records
from bot.errors import NotPossible


class ActionSendInvoice(LoggedAction):
    """Sends an invoice; without an order to go by, says where invoices are."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Do it for a known order, ask for the order, or explain."""
        if not context.slots.get("proven_order"):
            ask = needs_order(context, "invoice")
            if ask is not None:
                return ask
            return explain(dispatcher, tracker, context, "utter_invoice_request")
        return send_invoice(dispatcher, context)


def send_invoice(dispatcher: CollectingDispatcher, context: Context) -> list[EventType]:
    """E-mail the invoice of the proven order to the address on record."""
    order = proven_order(context)
    facts = order_facts(order, context)
    state = told(context, facts)
    try:
        shop().send_invoice(order.number, key=context.key("invoice"))
    except NotPossible:
        dispatcher.utter_message(response="utter_invoice_not_yet", **facts)
        return kept(records.closed(state))
    customer = known_customer(context)
    facts |= {"invoice": order.invoice, "email": masked(customer.email) if customer else ""}
    dispatcher.utter_message(response="utter_invoice_sent", **facts)
    return kept(records.closed(state))


class ActionAccountAccess(LoggedAction):
    """Sends a link that lets the customer in; to whom nobody knows, says how to get one."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Send the link to the address on record, never to another."""
        customer = known_customer(context)
        if customer is None:
            return [*leave_form(), *explain(dispatcher, tracker, context, "utter_account_access")]
        return [*leave_form(), *open_account(dispatcher, context, customer)]


def open_account(
    dispatcher: CollectingDispatcher, context: Context, customer: Customer
) -> list[EventType]:
    """Send the link once; whom it did not help is seen to by a person."""
    if any(one.name == "access" for one in context.state.offers):
        why = "the access link did not help"
        return kept(records.failed(context.state, "person_decides", why))
    shop().send_access_link(customer.id, key=context.key("access"))
    dispatcher.utter_message(response="utter_access_sent", email=masked(customer.email))
    text = context.words.offer("access", {})
    state = records.offered(context.state, text, name="access")
    return kept(records.settled(records.stepped(state, "resolve"), "access", "accepted"))
