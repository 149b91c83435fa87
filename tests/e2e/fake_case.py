"""Answers of cardboard for what colleagues do around a case, given inside the browser.

``FakeCase(context)`` answers the agents' API of notes, shop, approvals, profile and the like for
every page of a browser context, so that any state of the console can be brought about, also those
that a real server rarely shows: a list that cannot be read, a slow answer, a refusal. What it does
not know goes to the server. ``calls`` keeps what was asked.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any
from urllib.parse import urlsplit

NOW = "2026-11-26T10:{:02d}:00Z"
ORDER = {
    "number": "48213",
    "product": "Silla Nórdica roble",
    "total_cents": 8490,
    "ordered_on": "2026-11-02",
    "promised_on": "2026-11-09",
    "delivered_on": None,
    "status": "stuck",
    "carrier": "Transportes Ebro",
    "tracking": "TE-99120",
    "in_stock": True,
    "invoice": "F-2026-118",
    "days_late": 17,
    "events": [{"at": NOW.format(1), "place": "Getafe", "text": "Parado en el almacén"}],
    "charges": [
        {
            "id": "ch_1",
            "amount_cents": 8490,
            "charged_on": "2026-11-02",
            "method": "card",
            "refunded": False,
            "repeated": False,
            "state": "charged",
        },
        {
            "id": "ch_2",
            "amount_cents": 8490,
            "charged_on": "2026-11-03",
            "method": "card",
            "refunded": False,
            "repeated": False,
            "state": "pending",
        },
    ],
}
INVOICE = {
    "number": "F-2026-118",
    "order": "48213",
    "issued_on": "2026-11-02",
    "total_cents": 8490,
    "tax_cents": 1473,
}
AGENTS = [
    ("marta", "Marta Gil", "supervisor", "online", 2),
    ("bruno", "Bruno Sáez", "agent", "online", 1),
    ("lola", "Lola Vidal", "agent", "busy", 4),
]


class FakeCase:
    """What colleagues have done, in memory.

    Args:
        context: The browser context whose pages are answered.
    """

    def __init__(self, context: Any) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.fail: dict[str, tuple[int, str, str]] = {}  # path's end -> status, code, sentence
        self.slow: dict[str, float] = {}  # path's end -> seconds
        self.row: dict[str, Any] = {}  # what rows are given besides
        self.notes: list[dict[str, Any]] = []
        self.approvals: list[dict[str, Any]] = []
        self.reviews: list[dict[str, Any]] = []
        self.profile: dict[str, Any] = {"text": "", "needs": []}
        self.orders = [ORDER]
        self.left = {"refund_cents": 30000, "voucher_cents": 3000}
        context.route(re.compile(r"/api/v1/(tickets|agents|approvals|customers)"), self._answer)

    def note(self, text: str, *, kind: str = "note", agent: str = "bruno") -> None:
        """A colleague writes a note."""
        names = {username: name for username, name, *_ in AGENTS}
        self.notes.append(
            {
                "id": len(self.notes) + 1,
                "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "agent": agent,
                "agent_name": names[agent],
                "kind": kind,
                "text": text,
                "mentions": re.findall(r"@(\w+)", text),
            }
        )

    def _answer(self, route: Any) -> None:
        request = route.request
        path = urlsplit(request.url).path.removeprefix("/api/v1")
        is_json = "json" in request.headers.get("content-type", "")
        body = json.loads(request.post_data or "null") if is_json else None
        end = path.rsplit("/", 1)[-1]
        for name, (status, code, text) in self.fail.items():
            if path.endswith(name):
                self.calls.append((request.method, path, body))
                return route.fulfill(status=status, json={"error": {"code": code, "text": text}})
        if seconds := self.slow.get(end):
            time.sleep(seconds)
        answer = getattr(self, f"_{request.method.lower()}", lambda *_: None)(path, body)
        if answer is not None:
            self.calls.append((request.method, path, body))
            return route.fulfill(json=answer)
        return self._through(route)

    def _through(self, route: Any) -> None:
        """Let the server answer, and give its rows what was set."""
        if not self.row or route.request.method != "GET":
            return route.continue_()
        response = route.fetch()
        if not response.ok or "application/json" not in response.headers.get("content-type", ""):
            return route.fulfill(response=response)
        body = response.json()
        for row in [*body.get("tickets", []), *([body["ticket"]] if "ticket" in body else [])]:
            row.update(self.row)
        return route.fulfill(response=response, json=body)

    def _get(self, path: str, _: Any) -> Any:
        if path == "/agents":
            keys = ("username", "name", "role", "presence", "load")
            rows = [dict(zip(keys, each, strict=True)) for each in AGENTS]
            return {"agents": [{**row, "teams": [], "capacity": 4} for row in rows]}
        answers = {
            "notes": {"notes": self.notes},
            "approvals": {"approvals": self.approvals},
            "reviews": {"reviews": self.reviews},
            "profile": self.profile,
            "shop": {
                "orders": self.orders,
                "invoices": [INVOICE],
                "tickets": [],
                "authority": {
                    "role": "agent",
                    "refund_cents": 30000,
                    "voucher_cents": 3000,
                    "left": self.left,
                },
                "identity": "verified",
                "problem": None,
                "approvals": self.approvals,
            },
        }
        return answers.get(path.rsplit("/", 1)[-1])

    def _post(self, path: str, body: Any) -> Any:
        what = path.rsplit("/", 1)[-1]
        if what == "notes":
            self.note(body["text"], agent="marta")
            return {"note": self.notes[-1]}
        if what == "consult":
            self.note(body["text"], kind="consult", agent="marta")
            return {}
        if what == "approvals":
            asked = {**body, "id": len(self.approvals) + 1, "ticket": path.split("/")[2]}
            asked |= {"asked_by": "bruno", "asked_at": NOW.format(5), "state": "asked"}
            self.approvals.append({**asked, "problem": None, "retry": False})
            return {}
        if re.fullmatch(r"/approvals/\d+", path):
            state = {"approve": "done", "refuse": "refused"}[body["decision"]]
            self.approvals[int(what) - 1] |= {
                "state": state,
                "decided_by": "marta",
                "answer": body["answer"],
            }
            return {}
        known = "waiting resume snooze priority tier labels participants transfer moments reviews"
        known += " refund voucher resend"
        return {} if what in known.split() else None

    def _put(self, path: str, body: Any) -> Any:
        self.profile = body
        return body

    def _delete(self, path: str, _: Any) -> Any:
        return {}
