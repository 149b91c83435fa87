"""Tables for trainers: conversations, their turns, and how models answer them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.training.conversations import Conversation, Summary
from bot.training.story_answers import Answer
from bot.training.turns import Turn

WORDS = 48  # characters of the first message in the list
WIDTH = 200  # characters; a file or a pipe has no width of its own


def listed(found: Sequence[Summary]) -> Table:
    """Return a table of conversations, one a line."""
    table = _table("Conversation", "Begun", "Turns>", "Last intent", "Lowest>", "Fallbacks>")
    for title in ("Frustration", "Handed over", "First words"):
        table.add_column(title)
    for one in found:
        table.add_row(
            one.id,
            _time(one.started, "%d/%m %H:%M"),
            str(one.turns),
            one.intent,
            f"{one.lowest:.2f}",
            str(one.fallbacks or "–"),
            one.level,
            one.trigger or "–",
            escape(_short(one.words)),
        )
    return table


def turns(told: Conversation) -> Table:
    """Return a table of a conversation's turns."""
    table = _table("Turn>", "Time", "Customer", "Understood", "Frustration", "Did", "Said")
    table.title = f"{told.id}, begun {_time(told.started, '%Y-%m-%d %H:%M')}"
    for turn in told.turns:
        trigger = [f"(trigger: {turn.trigger})"] if turn.trigger else []
        table.add_row(
            str(turn.number),
            _time(turn.at, "%H:%M:%S"),
            escape("(an agent gave it back)" if turn.handed_back else turn.masked.text),
            _understood(turn.intent, *turn.guess, choice=turn.choice),
            f"{turn.frustration:.2f} {turn.level}",
            "\n".join([*turn.actions, *trigger]),
            "\n".join(turn.responses),
        )
    return table


def comparison(turns: Sequence[Turn], models: Mapping[str, Sequence[Answer]]) -> Table:
    """Return a table of turns: what was recorded, and what each model does there."""
    table = _table("Turn>", "Customer", "Recorded", *models)
    for place, turn in enumerate(turns):
        recorded = _understood(turn.intent, *turn.guess, choice=turn.choice)
        cells = [answers[place] for answers in models.values()]
        table.add_row(
            str(turn.number),
            escape(turn.masked.text),
            "\n".join([recorded, *(f"→ {name}" for name in turn.actions)]),
            *(_cell(one, turn) for one in cells),
        )
    return table


def _cell(answer: Answer, turn: Turn) -> str:
    understood = _understood(answer.intent, answer.guess, answer.confidence, choice=turn.choice)
    if answer.intent != turn.intent:
        understood = f"[red]{understood}[/red]"
    actions = [f"→ {name}" for name in answer.actions]
    if not answer.same:
        actions = [*actions[:-1], f"[red]{actions[-1] if actions else '→ (waits)'}[/red]"]
    return "\n".join([understood, *actions])


def _understood(intent: str, guess: str, confidence: float, *, choice: bool) -> str:
    if choice:
        return f"{intent} (button)"
    return (
        f"{intent} {confidence:.2f}" if guess == intent else f"{intent} ({guess} {confidence:.2f})"
    )


def as_json(one: Summary) -> dict[str, Any]:
    """Return a conversation of the list for programs."""
    started = datetime.fromtimestamp(one.started).astimezone().isoformat(timespec="seconds")
    values = {
        field.name: getattr(one, field.name) for field in fields(one) if field.name != "first"
    }
    return {**values, "started": started, "words": _short(one.words)}


def _short(text: str) -> str:
    return text if len(text) <= WORDS else f"{text[: WORDS - 1].rstrip()}…"


def _time(seconds: float, form: str) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime(form)


def _table(*titles: str) -> Table:
    """Return a table; a title that ends in ``>`` has its column to the right."""
    table = Table(show_lines=False)
    for title in titles:
        right = title.endswith(">")
        table.add_column(title.rstrip(">"), justify="right" if right else "left", overflow="fold")
    return table


def show(table: Table) -> None:
    """Print a table."""
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    console.print(table)
