"""Whether the three lines of a ticket hold what a colleague needs: played with the real engine.

Each file of ``evaluation/summaries`` is a list of what customers write until they reach a person,
with the facts that must then be in the lines (a list means any of its wordings; case and accents do
not matter) and, under ``not``, what must not be there. Beyond that every quote must be the
customer's words and every number must come from them or from the shop: nothing may be invented.

``python -m evaluation.summaries`` prints the recall and every fact that is missing or false.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.handoff.digest import with_quotes
from bot.handoff.letters import without_accents
from bot.settings import ROOT
from evaluation.in_parallel import in_parallel
from evaluation.play import Bot, signed_in

FOLDER = ROOT / "evaluation" / "summaries"
PERSON = {"es": "quiero hablar con una persona", "en": "I want to talk to a person"}
LINES = ("happened", "wants", "tried")
_NUMBER = re.compile(r"\d+")
_QUOTE = re.compile(r"«([^»]*)»")


@dataclass(frozen=True)
class Result:
    """How one ticket's lines did.

    Args:
        name: Of the transcript.
        lines: What the agent reads.
        found: How many of the facts are in the lines.
        missing: The facts that are not.
        false: What is in the lines and should not be.
    """

    name: str
    lines: dict[str, str]
    found: int
    missing: tuple[str, ...]
    false: tuple[str, ...]


def read(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """Return all transcripts."""
    return [
        one
        for path in sorted(folder.glob("*.yml"))
        for one in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def play(bot: Bot, transcript: dict[str, Any]) -> Result:
    """Play one transcript and look at the lines of its ticket."""
    language = transcript.get("language", "es")
    talk = bot.conversation(language=language, identity=transcript.get("customer"))
    texts: list[str] = []
    for text in transcript["says"]:
        talk.say(text)
        texts.append(text)
    if not talk.handed_over:
        talk.say(PERSON[language])
        texts.append(PERSON[language])
    asked = next((reply.handoff for reply in talk.replies if reply.handoff), None) or {}
    lines = with_quotes({key: str(asked.get(key) or "") for key in LINES}, texts)
    shop = _shop_words(talk.shop, transcript.get("customer"))
    return judged(transcript, lines, texts, shop)


def judged(
    transcript: dict[str, Any], lines: dict[str, str], texts: Sequence[str], shop: str = ""
) -> Result:
    """Judge the lines of a ticket.

    Args:
        transcript: With ``facts`` and ``not``.
        lines: What the agent reads.
        texts: All that the customer wrote.
        shop: All that the shop knows of them.
    """
    whole = plain(" ".join(lines.values()))
    missing, found = [], 0
    for fact in transcript["facts"]:
        wordings = fact if isinstance(fact, list) else [fact]
        if any(plain(str(one)) in whole for one in wordings):
            found += 1
        else:
            missing.append(" | ".join(map(str, wordings)))
    false = [str(one) for one in transcript.get("not", ()) if plain(str(one)) in whole]
    return Result(
        transcript["name"], lines, found, tuple(missing), (*false, *_invented(lines, texts, shop))
    )


def _invented(lines: dict[str, str], texts: Sequence[str], shop: str) -> list[str]:
    said = [" ".join(text.split()) for text in texts]
    invented = []
    for quote in (quote for line in lines.values() for quote in _QUOTE.findall(line)):
        for piece in re.split(r" · |…", quote):
            if not any(piece.strip() in text for text in said):
                invented.append(f"«{piece}»")
    known = set(_NUMBER.findall(" ".join(said) + " " + shop))
    bare = _QUOTE.sub("", f"{lines['happened']} {lines['wants']}")
    return invented + [number for number in _NUMBER.findall(bare) if number not in known]


def _shop_words(shop: Any, customer: str | None) -> str:
    if not customer:
        return ""
    orders = shop.orders_of(customer)
    payments = [payment for order in orders for payment in shop.payments(order.number)]
    sums = [f"{order.total_cents / 100:.2f}" for order in orders]
    return f"{shop.customer(customer)} {orders} {payments} {signed_in(customer, shop)} {sums}"


def plain(text: str) -> str:
    """Return a text in lower case and without accents."""
    return without_accents(text.lower())


def recall(results: Sequence[Result]) -> float:
    """Return the share of the facts that are in the lines, in [0, 1]."""
    found = sum(one.found for one in results)
    return found / max(1, found + sum(len(one.missing) for one in results))


def main() -> None:
    """Play all with the published model and print what was found."""
    from rich.console import Console

    from bot.settings import load
    from bot.training import published

    console = Console()
    outcomes = in_parallel(play, read(), model=published.published_model(load()))
    results = [outcome.value for outcome in outcomes if outcome.value]
    for outcome in outcomes:
        if outcome.error:
            console.print(f"{outcome.task['name']} broke:\n{outcome.error}", markup=False)
    for one in results:
        if one.missing or one.false:
            text = f"{one.name}: missing {one.missing}, false {one.false}\n  {one.lines}"
            console.print(text, markup=False)
    false = sum(len(one.false) for one in results)
    console.print(f"{len(results)} tickets, recall {recall(results):.3f}, {false} false.")


if __name__ == "__main__":
    main()
