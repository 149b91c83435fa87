"""A technical fault: a known outage, remedies to try one by one, then the technicians."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.case import kept, known_customer, promise
from actions.context import Context, LoggedAction, shop
from actions.matters import leave_form
from bot.backoffice import Outage
from bot.deescalation import records

FIXES = 2  # remedies that are tried before the technicians get it
SERVICES = ("web", "app", "payments")


class ActionTechnical(LoggedAction):
    """Finds out what fails, says what is known of it, and gives a remedy to try."""

    def act(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context
    ) -> list[EventType]:
        """Utter the outage, the question or the next remedy."""
        return [*leave_form(), *next_remedy(dispatcher, context)]


def next_remedy(dispatcher: CollectingDispatcher, context: Context) -> list[EventType]:
    """Say what is known, give the next remedy, or report the fault once they are used up."""
    state = records.stepped(context.state, "resolve")
    service = context.slots.get("service")
    outage = next((one for one in shop().outages() if service in (None, one.service)), None)
    if outage is not None:
        key = "utter_outage" if outage.until else "utter_outage_open"
        dispatcher.utter_message(response=key, **_outage_facts(outage, context))
        return kept(state)
    if service not in SERVICES:
        buttons = [
            {
                "title": context.words.title(f"service_{name}"),
                "payload": f'/technical_problem{{"service": "{name}"}}',
            }
            for name in SERVICES
        ]
        product = {"title": context.words.title("service_product"), "payload": "/damaged_product"}
        person = {"title": context.words.title("person"), "payload": "/ask_human"}
        dispatcher.utter_message(response="utter_ask_service", buttons=[*buttons, product, person])
        return kept(context.state)
    if state.fixes < FIXES:
        dispatcher.utter_message(response=f"utter_fix_{service}")
        return kept(records.tried_fix(state), awaiting="fix")
    return report_fault(dispatcher, context)


def report_fault(dispatcher: CollectingDispatcher, context: Context) -> list[EventType]:
    """Open a case for the technicians; a customer whom nobody knows is handed to a person."""
    state = context.state
    service = str(context.slots.get("service") or "")
    customer = known_customer(context)
    if customer is None:
        why = f"{service or 'fault'}: {state.fixes} remedies tried, nobody to write to"
        return kept(records.failed(state, "person_decides", why))
    order = context.slots.get("proven_order")
    text = f"{service}, {state.fixes} remedies tried: {state.complaint or state.text}"
    key = context.key("case")
    booking = shop().report(customer.id, "technical", order, text, key=key)
    state = promise(
        dispatcher, context, state, "case", days=1, owner="technical", reference=booking.id
    )
    dispatcher.utter_message(response="utter_case_opened", reference=booking.id)
    return [*kept(records.closed(state)), SlotSet("service", None)]


def fixed(dispatcher: CollectingDispatcher, context: Context) -> list[EventType]:
    """The remedy worked: say so and close."""
    dispatcher.utter_message(response="utter_fix_worked")
    return [*kept(records.closed(context.state)), SlotSet("service", None)]


def _outage_facts(outage: Outage, context: Context) -> dict[str, str]:
    facts = {
        "service": context.words.service(outage.service),
        "since": context.words.moment(outage.since),
    }
    if outage.until:
        facts["until"] = context.words.moment(outage.until)
    return facts
