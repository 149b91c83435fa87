"""One conversation between a simulated customer and a bot, kept as a record of what was seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from bot.simulation import mood as moods
from bot.simulation.acts import Act, Screen
from bot.simulation.customer import Customer
from bot.simulation.persona import Persona

LONGEST = 16  # turns of the customer; nobody writes for longer
Record = dict[str, Any]


class Partner(Protocol):
    """The bot's side, as the customer's screen shows it."""

    def act(self, act: Act) -> Screen:
        """Return the screen after what the customer did."""

    def notes(self) -> dict[str, Any]:
        """Return what only the report may see of the newest turn: keys, triggers, errors."""

    def ledger(self) -> Sequence[str]:
        """Return the operations that were booked in this conversation."""


def talk(
    persona: Persona,
    seed: str,
    open_chat: Callable[[Persona], Partner],
    book: moods.Rules | None = None,
) -> Record:
    """Play one conversation.

    Args:
        persona: Who the customer is.
        seed: Of their words and choices.
        open_chat: Starts a conversation with a bot.
        book: The rules of moods; those of the file by default.
    """
    customer, partner = Customer(persona, seed, book), open_chat(persona)
    record: Record = {"persona": persona.name, "seed": seed, "start": customer.start, "turns": []}
    act: Act | None = customer.opening()
    while act is not None and len(record["turns"]) < LONGEST:
        screen = partner.act(act)
        impression = customer.read(screen)
        record["turns"].append(_turn(act, screen, impression, partner))
        act = customer.answer(screen, impression)
    record |= {
        "end": customer.mood,
        "over": customer.over or "left",
        "due": persona.due or ("asked" if customer.asked_for_person else None),
        "asked": customer.asked_for_person,
        "served": customer.served,
        "booked": list(partner.ledger()),
    }
    record["resolved"] = _resolved(persona, record)
    return record


def _resolved(persona: Persona, record: Record) -> bool:
    """Return whether the matter was settled without a person, by the ledger or by what was told."""
    if record["over"] == "handed_over":
        return False
    if "booked" in persona.goal:
        return bool(set(persona.goal["booked"]) & set(record["booked"]))
    return bool(record["served"])


def _turn(act: Act, screen: Screen, impression: Any, partner: Partner) -> Record:
    verdict = impression.verdict
    return {
        "need": act.need,
        "said": act.text,
        "pressed": act.press,
        "texts": list(screen.texts),
        "choices": list(screen.choices),
        "handed_over": screen.handed_over,
        "signals": list(impression.signals),
        "facts": list(verdict.facts),
        "acknowledges": verdict.acknowledges,
        "asks": list(verdict.asks),
        "offers": list(verdict.offers),
        "done": list(verdict.done),
        "promise": verdict.promise,
        "repeats": verdict.repeats,
        "words": verdict.words,
        "mood": round(impression.mood, 4),
        "patience": impression.patience,
        **partner.notes(),
    }


def written(record: Record) -> str:
    """Return a conversation as people read it, with the mood after each reply."""
    head = (
        f"{record['persona']} ({record['seed']}): mood {record['start']:.2f} -> {record['end']:.2f}"
    )
    lines = [
        f"{head}, {record['over']}, due: {record['due'] or 'no'}, resolved: {record['resolved']}"
    ]
    for turn in record["turns"]:
        lines.append(f"  customer: {'[' + turn['said'] + ']' if turn['pressed'] else turn['said']}")
        buttons = " ".join(f"[{one}]" for one in turn["choices"])
        lines += [f"  bot: {text}" for text in turn["texts"]]
        if buttons:
            lines.append(f"       {buttons}")
        handed = f" -> {turn.get('trigger') or 'handed over'}" if turn["handed_over"] else ""
        lines.append(f"    {turn['mood']:.2f} {', '.join(turn['signals'])}{handed}")
    return "\n".join(lines)
