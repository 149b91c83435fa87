"""The agents' side of the played conversations: one who serves whoever comes, not always alike.

By dice a case is passed on, something is promised and done, or promised and let fall due (also
after the case is closed, which opens another one of the same conversation), or taken up again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx

CAUSES = ("authority", "wish", "knowledge", "policy", "emotion", "system")
PASSED, KEPT, DUE, LATE, AGAIN = 0.2, 0.15, 0.1, 0.1, 0.15
"""Shares of cases: passed on; a promise kept; one due while the case is open, or after it; taken
up again."""
SOON = timedelta(seconds=1.5)
WAIT = 30.0  # seconds for what the desk does by its clock
TICKETS = "/api/v1/tickets"


@dataclass
class Desk:
    """A supervisor's token, who sees every team.

    Args:
        client: Of the agents' API.
        teams: Where cases may be passed on to.
        dice: Decides what happens to each.
    """

    client: httpx.Client
    teams: tuple[str, ...] = ("general", "billing")
    dice: random.Random = field(default_factory=lambda: random.Random(5))

    def serve(self, reference: str, look: Callable[[], Any]) -> str:
        """Serve a customer until all is closed.

        Args:
            reference: Their case.
            look: What their page does before they are written to: they are there.

        Returns:
            The reference of their last case.
        """
        roll = {name: self.dice.random() for name in ("passed", "kept", "due", "late", "again")}
        look()
        self._answer(reference)
        if roll["passed"] < PASSED:
            team = next(each for each in self.teams if each != self._case(reference)["team"])
            self._post(reference, "transfer", team=team, note="Falta mirar el cobro.")
            self._post(reference, "claim")
        if roll["kept"] < KEPT:
            number = self._promise(reference, timedelta(days=1))
            self._post(reference, f"promises/{number}/keep")
        if roll["due"] < DUE:
            self._promise(reference, SOON)
            _until(lambda: "promise_due" in self._kinds(reference))
        if roll["late"] < LATE:
            conversation = self._case(reference)["conversation"]
            self._promise(reference, SOON)
            self._close(reference)
            _until(lambda: reference != self._newest(conversation, reference))
            reference = self._newest(conversation, reference)
            look()
            self._answer(reference)
        self._close(reference)
        if roll["again"] < AGAIN:
            self._post(reference, "reopen")
            look()
            self._say(reference)
            self._close(reference)
        return reference

    def leftovers(self) -> None:
        """Serve what came while nobody was there; the customers are not on their pages."""
        for row in self._get(f"{TICKETS}?view=queue&limit=200")["tickets"]:
            self._answer(row["ref"])
            self._close(row["ref"])

    def _answer(self, reference: str) -> None:
        self._post(reference, "claim")
        self._say(reference)

    def _say(self, reference: str) -> None:
        text = "Hola, soy Marta. Lo estoy mirando."
        self._post(reference, "messages", text=text, client_id=f"{self.dice.random()}")

    def _close(self, reference: str) -> None:
        cause = self.dice.choice(CAUSES)
        self._post(reference, "resolve", disposition="solved", cause=cause, note="Visto.")

    def _promise(self, reference: str, within: timedelta) -> int:
        """Promise something; return its number."""
        due = (datetime.now(timezone.utc) + within).isoformat()
        self._post(reference, "promises", text="Le escribo con lo que sepa.", due=due)
        return int(self._get(f"{TICKETS}/{reference}")["context"]["promises"][-1]["id"])

    def _case(self, reference: str) -> dict[str, Any]:
        found: dict[str, Any] = self._get(f"{TICKETS}/{reference}")["ticket"]
        return found

    def _kinds(self, reference: str) -> list[str]:
        return [event["kind"] for event in self._get(f"{TICKETS}/{reference}")["events"]]

    def _newest(self, conversation: str, reference: str) -> str:
        """Return the waiting case of a conversation; the one there was while there is none."""
        rows = self._get(f"{TICKETS}?view=queue&limit=200")["tickets"]
        waiting = [row["ref"] for row in rows if row["conversation"] == conversation]
        return str(waiting[0]) if waiting else reference

    def _get(self, path: str) -> Any:
        answer = self.client.get(path)
        answer.raise_for_status()
        return answer.json()

    def _post(self, reference: str, deed: str, **body: Any) -> None:
        answer = self.client.post(f"{TICKETS}/{reference}/{deed}", json=body)
        if answer.status_code == 409 and deed == "claim":
            return
        answer.raise_for_status()


def _until(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT
    while not met():
        if time.monotonic() > deadline:
            raise TimeoutError("The desk's clock has not done what was due.")
        time.sleep(0.3)
