"""Customers beyond the page, over HTTP: where they can be reached, and links in mail."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from html import escape
from typing import Annotated, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.errors import NotFound
from bot.web import wire
from bot.web.customers import PATH, bearer, opened
from bot.web.notices import preferred_language
from bot.web.openapi import Operation
from bot.web.problems import Problem
from bot.web.reaching import STOP
from bot.web.tickets import tell

ONE = PATH + "/{conversation}"


class ReachableIn(msgspec.Struct):
    """Where the customer wants to be reached; ``consent: false`` forgets what was left."""

    email: Annotated[str, msgspec.Meta(max_length=320)] | None = None
    phone: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    consent: bool = False


class ReachableOut(msgspec.Struct):
    """What the customer left. ``mail`` says whether e-mail reaches them, and if not, why not."""

    email: str | None
    phone: str | None
    consent_at: str | None
    mail: Literal["on", "none", "opted_out", "bounced", "off"]


async def show_contact(request: Request) -> Response:
    """Tell the customer what they left."""
    _, conversation = await opened(request)
    gateway = request.app.state.gateway
    known = await gateway.io(gateway.contacts.of, conversation.id)
    return wire.answer(msgspec.convert(known, ReachableOut))


async def leave_contact(request: Request) -> Response:
    """Keep an address or a number, or forget them."""
    _, conversation = await opened(request)
    gateway = request.app.state.gateway
    wait = gateway.limits.identities.wait(conversation.id)
    if wait:
        headers = {"Retry-After": str(int(wait) + 1)}
        key, language = "utter_notice_too_fast", conversation.language
        raise Problem(429, "too_fast", key=key, language=language, headers=headers)
    wish = await wire.body(request, ReachableIn)
    given = {"email": wish.email or "", "phone": wish.phone or ""}
    if not wish.consent and not any(given.values()):
        known = await gateway.io(gateway.contacts.withdraw, conversation.id)
    else:
        known = await gateway.io(
            gateway.contacts.leave, conversation.id, consent=wish.consent, **given
        )
    ticket, _ = await gateway.io(gateway.desk.current, conversation.id) or (None, None)
    gateway.hub.changed(conversation.id)
    if ticket is not None:
        gateway.hub.ticket(ticket.ref)
    return wire.answer(msgspec.convert(known, ReachableOut))


class BounceIn(msgspec.Struct):
    """What a mail service reports: mail did not arrive. One of the two says which."""

    message_id: Annotated[str, msgspec.Meta(max_length=300)] = ""
    recipient: Annotated[str, msgspec.Meta(max_length=320)] = ""
    permanent: bool = True  # False is only taken note of by the service


class BounceOut(msgspec.Struct):
    """How many conversations it was about."""

    conversations: int


async def bounce(request: Request) -> Response:
    """Take note of an address where mail does not arrive; a mail service tells it."""
    gateway = request.app.state.gateway
    token = gateway.settings.mail_webhook_token
    if not token or not hmac.compare_digest(token.encode(), bearer(request).encode()):
        raise Problem(401, "webhook", headers={"WWW-Authenticate": "Bearer"})
    report = await wire.body(request, BounceIn)
    if bool(report.message_id) == bool(report.recipient):
        raise Problem(400, "bad_request", detail="Give either message_id or recipient.")
    outbox, found = gateway.reaching.outbox, []
    if report.permanent:
        which = {"message_id": report.message_id, "recipient": report.recipient}
        found = await gateway.io(outbox.find, **which)
    for conversation, mail in found:
        change = await gateway.io(outbox.bounced, conversation, mail=mail)
        if change is not None:
            tell(gateway, change)
    return wire.answer(BounceOut(len(found)))


async def opt_out(request: Request) -> Response:
    """Stop mail to a conversation. Opening the link only asks: programs open links too."""
    gateway = request.app.state.gateway
    name, key = request.path_params["conversation"], request.path_params["key"]
    words = gateway.reaching.outbox.texts.words(preferred_language(_accepts(request)))
    if not hmac.compare_digest(gateway.reaching.mail_key(name).encode(), key.encode()):
        return _page(words, words["stop_wrong"], status=404)
    try:
        known = await gateway.io(gateway.store.conversation, name)
    except NotFound:
        return _page(words, words["stop_wrong"], status=404)
    words = gateway.reaching.outbox.texts.words(known.language)
    if request.method == "POST":
        await gateway.io(gateway.reaching.outbox.opt_out, name)
        gateway.hub.changed(name)
        return _page(words, words["stopped"])
    button = words["stop_button"] if known.opted_out_at is None else ""
    return _page(words, words["stop_text"] if button else words["stopped"], button)


def _accepts(request: Request) -> str:
    return str(request.headers.get("accept-language", ""))


def _page(words: Mapping[str, str], text: str, button: str = "", status: int = 200) -> Response:
    form = f'<form method="post"><button>{escape(button)}</button></form>' if button else ""
    title = escape(words["stop_title"])
    page = (
        f'<!doctype html><html lang="{escape(words["language"])}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<link rel="stylesheet" href="/static/shared/tokens.css">'
        '<link rel="stylesheet" href="/static/mail/mail.css">'
        f"<title>{title}</title></head><body><main><h1>{title}</h1><p>{escape(text)}</p>{form}"
        "</main></body></html>"
    )
    return HTMLResponse(page, status, {"Cache-Control": "no-store"})


routes = [
    Route(ONE + "/contact", show_contact, methods=["GET"]),
    Route(ONE + "/contact", leave_contact, methods=["POST"]),
    Route(STOP + "/{conversation}/{key}", opt_out, methods=["GET", "POST"]),
    Route("/api/v1/mail/bounces", bounce, methods=["POST"]),
]


def _operation(method: str, path: str, summary: str, **more: object) -> Operation:
    return Operation(
        method,
        path,
        summary,
        security="conversation",
        tag="customers",
        **more,  # type: ignore[arg-type]
    )


OPERATIONS = (
    _operation(
        "GET",
        ONE + "/contact",
        "Where the customer can be reached",
        answer=ReachableOut,
        statuses=(200, 401, 404),
    ),
    _operation(
        "POST",
        ONE + "/contact",
        "Leave an e-mail address or a phone number, with consent; without any of them, withdraw",
        body=ReachableIn,
        answer=ReachableOut,
        statuses=(200, 400, 401, 404, 409, 413, 429),
    ),
    *(
        Operation(
            method,
            STOP + "/{conversation}/{key}",
            summary,
            statuses=(200, 404),
            tag="customers",
            media=("text/html",),
            errors="text/html",
        )
        for method, summary in (
            ("GET", "The page that stops e-mail to a conversation"),
            ("POST", "Stop e-mail to a conversation; one click, as mail programs do it"),
        )
    ),
    Operation(
        "POST",
        "/api/v1/mail/bounces",
        "A mail service reports an address where mail does not arrive",
        body=BounceIn,
        answer=BounceOut,
        statuses=(200, 400, 401, 413),
        tag="operators",
    ),
)
