"""The agents' API of money: the customer's orders, gifts within authority, approvals above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import BackOfficeDown
from bot.handoff.gifts import Given
from bot.handoff.records import Agent
from bot.web import auth, money_wire, ticket_wire, tickets, wire
from bot.web.console_feed import spread
from bot.web.openapi import Operation
from bot.web.problems import Problem
from bot.web.tickets import ONE

if TYPE_CHECKING:
    from bot.web.gateway import Gateway

PATH = "/api/v1/approvals"


async def shop(request: Request) -> Response:
    """Show what the company knows of the customer; the look is logged."""
    agent, gateway = await _who(request, auth.READ)
    panel = await gateway.io(gateway.shop_panel.look, request.path_params["ref"], agent)
    return wire.answer(panel)


async def prove(request: Request) -> Response:
    """Note that the customer proved that an order is theirs."""
    agent, gateway = await _who(request)
    wish = await wire.body(request, money_wire.ProveIn)
    try:
        return await tickets.change(
            request,
            gateway.shop_panel.prove,
            agent,
            wish.order,
            email=wish.email,
            postcode=wish.postcode,
        )
    except BackOfficeDown as error:
        raise Problem(503, "back_office") from error


async def refund(request: Request) -> Response:
    """Pay money back, within the agent's authority."""
    agent, _ = await _who(request)
    wish = await wire.body(request, money_wire.RefundIn)
    cents = await _refundable(request, agent, wish.charge, wish.cents)
    return await _give(request, agent, "refund", cents, wish.charge, wish.reason)


async def voucher(request: Request) -> Response:
    """Give a voucher, within the agent's authority."""
    agent, _ = await _who(request)
    wish = await wire.body(request, money_wire.VoucherIn)
    subject = await _order(request, agent, wish.order)
    return await _give(request, agent, "voucher", wish.cents, subject, wish.reason)


async def resend(request: Request) -> Response:
    """Send an order again."""
    agent, _ = await _who(request)
    wish = await wire.body(request, money_wire.ResendIn)
    subject = await _order(request, agent, wish.order)
    return await _give(request, agent, "resend", 0, subject, wish.reason)


async def ask(request: Request) -> Response:
    """Ask the supervisors for what is above the agent's authority."""
    agent, gateway = await _who(request)
    wish = await wire.body(request, money_wire.ApprovalIn)
    cents, subject = wish.cents, wish.subject
    if wish.kind == "refund":
        cents = await _refundable(request, agent, subject, cents or None)
    else:
        subject = await _order(request, agent, subject.removeprefix("order:"))
    given = await gateway.io(
        gateway.approvals.ask,
        request.path_params["ref"],
        agent,
        wish.kind,
        cents,
        subject,
        wish.reason,
    )
    return await _answer(request, agent, given)


async def listing(request: Request) -> Response:
    """List what waits for a decision, or for another try."""
    agent, gateway = await _who(request, auth.READ)
    found = await gateway.io(gateway.approvals.asked, agent)
    await gateway.io(gateway.looks.note, agent, "approvals", [each["ticket"] for each in found])
    return wire.answer({"approvals": found})


async def decide(request: Request) -> Response:
    """Approve and book, refuse, or try a failed one again."""
    agent, gateway = await _who(request)
    number = _number(request.path_params["id"])
    wish = await wire.body(request, money_wire.DecisionIn)
    if wish.decision == "retry":
        given = await gateway.io(gateway.approvals.retry, number, agent)
    else:
        given = await gateway.io(
            gateway.approvals.decide,
            number,
            agent,
            approve=wish.decision == "approve",
            answer=wish.answer,
        )
    return await _booked(request, agent, given)


async def _give(
    request: Request, agent: Agent, kind: str, cents: int, subject: str, reason: str
) -> Response:
    gateway: Gateway = request.app.state.gateway
    given = await gateway.io(
        gateway.approvals.give, request.path_params["ref"], agent, kind, cents, subject, reason
    )
    return await _booked(request, agent, given)


async def _booked(request: Request, agent: Agent, given: Given) -> Response:
    """Book a gift that is approved, and answer with how it went."""
    gateway: Gateway = request.app.state.gateway
    if given.approval.state == "approved":
        given = await gateway.io(gateway.cashier.book, given.approval.id)
    return await _answer(request, agent, given)


async def _answer(request: Request, agent: Agent, given: Given) -> Response:
    gateway: Gateway = request.app.state.gateway
    announce(gateway, given)
    row, said = await tickets.outcome(request, given.change, agent)
    approval = given.approval.as_dict()
    return wire.answer({"ticket": row, "messages": said, "approval": approval})


def announce(gateway: Gateway, given: Given) -> None:
    """Show a gift in the consoles of who sees its case."""
    ticket, approval = given.change.ticket, given.approval
    frame = {"type": "approval", "ref": ticket.ref, "approval": approval.as_dict()}
    spread(gateway.hub, frame, team=ticket.team, to=[approval.asked_by, str(ticket.owner_agent)])


async def _refundable(request: Request, agent: Agent, subject: str, cents: int | None) -> int:
    """Return the cents to pay back, after a look at the customer's charges."""
    gateway: Gateway = request.app.state.gateway
    ref = request.path_params["ref"]
    await gateway.io(gateway.approvals.may_give, ref, agent)
    try:
        return await gateway.io(gateway.cashier.refundable, ref, subject, cents)
    except BackOfficeDown as error:
        raise Problem(503, "back_office") from error


async def _order(request: Request, agent: Agent, number: str) -> str:
    """Return how a gift names an order, after a look at whose it is."""
    gateway: Gateway = request.app.state.gateway
    ref = request.path_params["ref"]
    await gateway.io(gateway.approvals.may_give, ref, agent)
    try:
        return await gateway.io(gateway.cashier.order_subject, ref, number)
    except BackOfficeDown as error:
        raise Problem(503, "back_office") from error


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise Problem(404, "not_found")
    return int(text)


async def _who(request: Request, scope: str = auth.WRITE) -> tuple[Agent, Gateway]:
    return await auth.authenticated(request, scope), request.app.state.gateway


routes = [
    Route(ONE + "/shop", shop, methods=["GET"]),
    Route(ONE + "/identity", prove, methods=["POST"]),
    Route(ONE + "/refund", refund, methods=["POST"]),
    Route(ONE + "/voucher", voucher, methods=["POST"]),
    Route(ONE + "/resend", resend, methods=["POST"]),
    Route(ONE + "/approvals", ask, methods=["POST"]),
    Route(PATH, listing, methods=["GET"]),
    Route(PATH + "/{id}", decide, methods=["POST"]),
]


def _action(path: str, summary: str, body: Any, answer: Any = money_wire.GivenOut) -> Operation:
    return Operation(
        "POST",
        path,
        summary,
        body=body,
        answer=answer,
        statuses=(200, 400, 401, 403, 404, 409, 413, 503),
        security="agent",
    )


OPERATIONS = (
    Operation(
        "GET",
        ONE + "/shop",
        "Orders, invoices and contacts of a verified customer, and what can be done",
        answer=money_wire.ShopOut,
        statuses=(200, 401, 403, 404),
        security="agent",
    ),
    _action(
        ONE + "/identity",
        "The customer proved to the agent that an order is theirs",
        money_wire.ProveIn,
        ticket_wire.ChangeOut,
    ),
    _action(ONE + "/refund", "Pay back, within the agent's authority", money_wire.RefundIn),
    _action(ONE + "/voucher", "A voucher, within the agent's authority", money_wire.VoucherIn),
    _action(ONE + "/resend", "Send an order again", money_wire.ResendIn),
    _action(ONE + "/approvals", "Ask for what is above authority", money_wire.ApprovalIn),
    Operation(
        "GET",
        PATH,
        "What waits for a decision or for another try",
        answer=money_wire.ApprovalsOut,
        statuses=(200, 401, 403),
        security="agent",
    ),
    _action(PATH + "/{id}", "Approve and book, refuse, or try again", money_wire.DecisionIn),
)
