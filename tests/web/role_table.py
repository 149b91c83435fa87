"""Who may do what: every operation of the agents' API, the roles it is for, and a good body.

A new operation without a row fails ``test_roles.py``. For tickets, team and ownership come on top:
agents and trainers see the tickets of their teams, supervisors and administrators all.
"""

import hashlib
import json
from datetime import datetime, timedelta, timezone

from bot.handoff.tables import metadata
from bot.web import app

ALL = frozenset({"agent", "supervisor", "trainer", "admin"})
LEAD = frozenset({"supervisor", "admin"})
TEACH = frozenset({"trainer", "supervisor", "admin"})
ADMIN = frozenset({"admin"})

V1 = "/api/v1"
SOON = (datetime.now(timezone.utc) + timedelta(days=2)).isoformat(timespec="seconds")
ONE = f"{V1}/tickets/{{ref}}"
FACTOR = f"{V1}/account/second-factor"

ROLES = {
    **dict.fromkeys(
        [
            ("GET", f"{V1}/session"),
            ("DELETE", f"{V1}/session"),
            ("POST", f"{V1}/account/password"),
            ("GET", f"{V1}/account/sessions"),
            ("DELETE", f"{V1}/account/sessions"),
            ("DELETE", f"{V1}/account/sessions/{{id}}"),
            *((method, FACTOR) for method in ("GET", "POST", "PUT", "DELETE")),
            ("GET", f"{V1}/tickets"),
            ("POST", f"{V1}/tickets"),
            ("GET", ONE),
            *(
                ("POST", f"{ONE}/{deed}")
                for deed in (
                    "claim",
                    "messages",
                    "return",
                    "resolve",
                    "reopen",
                    "release",
                    "promises",
                    "promises/{id}/keep",
                    "check",
                    "waiting",
                    "resume",
                    "snooze",
                    "priority",
                    "tier",
                    "labels",
                    "notes",
                    "consult",
                    "calls",
                    "transfer",
                    "participants",
                    "mentions/read",
                    "follow-up",
                    "identity",
                    "refund",
                    "voucher",
                    "resend",
                    "approvals",
                    "moments",
                    "accept",
                    "decline",
                    "attachments",
                )
            ),
            ("DELETE", f"{ONE}/participants/{{agent}}"),
            ("GET", f"{ONE}/attachments/{{attachment}}"),
            *(("GET", f"{ONE}/{what}") for what in ("suggestions", "playbook", "notes", "shop")),
            ("GET", f"{ONE}/reviews"),
            ("GET", f"{V1}/desk"),
            ("GET", f"{V1}/conversations"),
            ("POST", f"{V1}/conversations/{{conversation}}/takeover"),
            ("GET", f"{V1}/bot-chats/{{conversation}}"),
            ("GET", f"{V1}/bot-chats/{{conversation}}/attachments/{{attachment}}"),
            ("GET", f"{V1}/mentions"),
            ("GET", f"{V1}/moments"),  # an agent's own; trainers' are all
            ("GET", f"{V1}/agents"),
            ("GET", f"{V1}/approvals"),
            ("GET", f"{V1}/reviews"),
            ("GET", f"{V1}/customers/{{id}}/profile"),
            ("PUT", f"{V1}/customers/{{id}}/profile"),
            ("GET", f"{V1}/customers/{{id}}/history"),
            ("GET", f"{V1}/presence"),
            ("PUT", f"{V1}/presence"),
            ("POST", f"{V1}/presence/ready"),
            ("GET", f"{V1}/practice"),
            ("GET", f"{V1}/practice/{{name}}"),
            ("POST", f"{V1}/practice/{{name}}"),
            ("GET", f"{V1}/views"),
            ("POST", f"{V1}/views"),
            ("DELETE", f"{V1}/views/{{id}}"),
        ],
        ALL,
    ),
    ("POST", f"{V1}/approvals/{{id}}"): LEAD,
    ("GET", f"{V1}/overview"): LEAD,
    ("GET", f"{V1}/measures"): LEAD,
    ("GET", f"{V1}/measures.csv"): LEAD,
    ("POST", f"{ONE}/reviews"): LEAD,
    ("GET", f"{V1}/reviews/queue"): LEAD,
    ("POST", f"{V1}/moments/{{id}}/done"): TEACH,
    ("POST", f"{V1}/data/export"): ADMIN,
    ("POST", f"{V1}/data/erase"): ADMIN,
    ("GET", f"{V1}/reads"): ADMIN,
    ("GET", f"{V1}/accounts"): ADMIN,
    ("POST", f"{V1}/accounts/{{username}}/unlock"): ADMIN,
    ("DELETE", f"{V1}/accounts/{{username}}/second-factor"): ADMIN,
    ("GET", f"{V1}/hooks"): ADMIN,
    ("POST", f"{V1}/hooks"): ADMIN,
    ("DELETE", f"{V1}/hooks/{{id}}"): ADMIN,
    ("POST", f"{V1}/hooks/{{id}}/test"): ADMIN,
    ("POST", f"{V1}/hooks/{{id}}/on"): ADMIN,
    ("GET", f"{V1}/hooks/{{id}}/deliveries"): ADMIN,
}
"""(method, path) to the roles that may."""

BODIES = {
    f"{ONE}/messages": {"text": "Buenas tardes.", "client_id": "a1"},
    f"{ONE}/return": {"agreed": "Se reenvía.", "cause": "wish"},
    f"{ONE}/resolve": {"disposition": "solved", "cause": "wish"},
    f"{ONE}/promises": {"text": "Le llamo.", "due": SOON},
    f"{ONE}/check": {"text": "Buenas tardes."},
    f"{ONE}/snooze": {"until": SOON, "note": "Esperar"},
    f"{ONE}/priority": {"priority": "high", "reason": "porque sí"},
    f"{ONE}/tier": {"tier": "L2", "reason": "porque sí"},
    f"{ONE}/labels": {"labels": ["vip"]},
    f"{ONE}/notes": {"text": "Una nota."},
    f"{ONE}/consult": {"text": "¿Puedo?"},
    f"{ONE}/calls": {"text": "Sabe que sale hoy."},
    f"{ONE}/transfer": {"team": "billing", "note": "Lo suyo."},
    f"{ONE}/participants": {"agent": "ana"},
    f"{ONE}/follow-up": {"at": SOON, "how": "survey"},
    f"{ONE}/identity": {"order": "48213", "email": "ana@ejemplo.es"},
    f"{ONE}/refund": {"charge": "c-1", "cents": 100, "reason": "x"},
    f"{ONE}/voucher": {"order": "48213", "cents": 100, "reason": "x"},
    f"{ONE}/resend": {"order": "48213", "reason": "x"},
    f"{ONE}/approvals": {"kind": "refund", "cents": 100, "subject": "c-1", "reason": "x"},
    f"{ONE}/moments": {"text": "Debió ofrecer una persona."},
    f"{ONE}/reviews": {"text": "Bien llevado.", "agent": "ana"},
    f"{V1}/approvals/{{id}}": {"decision": "approve", "answer": "sí"},
    f"{V1}/practice/{{name}}": {"seed": "1", "replies": [{"text": "Buenas tardes."}]},
    f"{V1}/tickets": {"text": "Llama por teléfono.", "channel": "phone"},
    f"{V1}/customers/{{id}}/profile": {"text": "Prefiere correo.", "needs": []},
    f"{V1}/presence": {"presence": "away"},
    f"{V1}/views": {"name": "mía", "query": {"view": "mine"}},
    f"{V1}/data/export": {"customer_id": "nadie"},
    f"{V1}/data/erase": {"customer_id": "nadie"},
    f"{V1}/hooks": {"url": "https://example.com/", "events": []},
    f"{V1}/account/password": {"password": "x", "new": "otra cosa larga"},
    FACTOR: {"password": "x", "code": "123456"},
    f"{V1}/session": {"username": "ana", "password": "x"},
    # customers
    f"{V1}/conversations": {"language": "es"},
    f"{V1}/conversations/{{conversation}}/messages": {"client_id": "m1", "text": "hola"},
    f"{V1}/conversations/{{conversation}}/identity": {"token": "x"},
    f"{V1}/conversations/{{conversation}}/rating": {"score": 5, "comment": "bien"},
    f"{V1}/conversations/{{conversation}}/contact": {"email": "a@ejemplo.es", "consent": True},
    f"{V1}/status": {"ref": "R-222222", "code": "ABCDEF"},
    f"{V1}/mail/bounces": {"recipient": "a@ejemplo.es"},
}
"""Path to a body that makes sense there."""

WHO = {"ana": "agent", "bea": "supervisor", "tom": "trainer", "jefa": "admin"}
"""The accounts of the tests, by role."""
NOISE = {"jobs", "agent_sessions"}
"""Tables that the desk's own clock, or a look at a login, changes."""


def operations(*security):
    """Return the operations of a kind; sockets are left out."""
    return [
        operation
        for operation in app.operations()
        if operation.security in security and 101 not in operation.statuses
    ]


def label(operation):
    return f"{operation.method} {operation.path}"


def request(client, operation, names, headers=None, **options):
    """Make an operation's request with a body that makes sense."""
    path = operation.path.format_map(names)
    if "json" not in options and "content" not in options and operation.body is not None:
        options["json"] = BODIES[operation.path]
    return client.request(operation.method, path, headers=headers, **options)


def stored(client):
    """Return a fingerprint of all there is in the gateway's database, by table."""
    found = {}
    with client.app.state.gateway.store.database.read() as connection:
        for table in metadata.sorted_tables:
            if table.name not in NOISE:
                rows = [dict(row._mapping) for row in connection.execute(table.select())]
                text = json.dumps(rows, default=str, sort_keys=True)
                found[table.name] = (len(rows), hashlib.sha256(text.encode()).hexdigest())
    return found
