"""A conversation as a story and a test story: ``remanso story add``.

The story has what stories in ``data/stories/`` have: intents, the slots that influence what comes
next, form activations, actions. Left out is what no story decides: acknowledgements, answers to
anger, offers of a person and questions again. A handoff ends it. Answers that a form asked for are
the form's business; they are in the test story only, which has the customer's words, masked.
"""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError
from bot.training.conversations import Conversation
from bot.training.turns import HANDOFFS, INTERNAL, Event, Turn

Step = dict[str, Any]
STORIES = Path("data", "stories")
TESTS = Path("tests", "conversations")
INTERJECTIONS = (
    "action_acknowledge",
    "action_deescalate",
    "action_offer_person",
    "action_reask",
    "action_form_stuck",
)
DEESCALATION = "DeescalationPolicy"
SURE = 0.5  # confidence from which that policy decides; below, it answers what nobody else does
INTENTS_NAMED = 4  # in the name that a story gets by itself


@dataclass
class Draft:
    """A story before it is written.

    Args:
        name: Its name.
        origin: Where it comes from, for the head of its file.
        steps: The story's steps.
        test: The test story's steps.
        turns: The turns that are in the test story.
        notes: What was left out and why, a line each.
        masked: What was masked, as ``e-mail address -> ana@ejemplo.com``.
    """

    name: str
    origin: str
    steps: list[Step] = field(default_factory=list)
    test: list[Step] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    masked: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the file of the story."""
        return _yaml(f"From {self.origin}", self.name, self.steps)

    def test_text(self) -> str:
        """Return the file of the test story."""
        head = f"From {self.origin}; personal data masked. Actions are not run (test_cases.yml)"
        return _yaml(head, self.name, self.test)


def draft(
    conversation: Conversation,
    *,
    slots: Iterable[str],
    upto: int | None = None,
    name: str = "",
) -> Draft:
    """Make a story of a conversation.

    Args:
        conversation: The conversation.
        slots: Names of the slots that influence what comes next (:func:`influencing`).
        upto: The last turn that is taken, from 1; None takes them all.
        name: Its name; made of its intents by default.

    Raises:
        ConfigError: there is no such turn, or nothing is left that a story could decide.
    """
    last = len(conversation.turns)
    if upto is not None and not 1 <= upto <= last:
        raise ConfigError(
            f"--upto {upto}: conversation '{conversation.id}' has the turns 1 to {last}."
        )
    day = datetime.fromtimestamp(conversation.started, tz=timezone.utc).date()
    origin = f"conversation {conversation.id} of {day}, turns 1 to {upto or last}"
    writer = _Writer(Draft(name, origin), frozenset(slots))
    for turn in conversation.turns[:upto]:
        if not writer.add(turn):
            break
    made = writer.draft
    if not any("action" in step for step in made.steps):
        told = "".join(f"\n  {note}" for note in made.notes)
        raise ConfigError(f"Nothing is left that a story could decide.{told}")
    made.name = name.strip() or _named(made.steps)
    return made


class _Writer:
    """Adds turn after turn to a draft."""

    def __init__(self, draft: Draft, slots: frozenset[str]) -> None:
        self.draft = draft
        self._slots = slots
        self._values: dict[str, Any] = {}
        self._form: str | None = None

    def add(self, turn: Turn) -> bool:
        """Add a turn; return False when the story ends before it."""
        if turn.handed_back or any(name in HANDOFFS for name in turn.actions):
            why = "an agent gave the conversation back" if turn.handed_back else "handed over"
            self._note(turn, f"{why} ({turn.trigger})" if turn.trigger else why)
            self.draft.notes[-1] += ": the story ends before it"
            return False
        kept = [event for event in _valid(turn) if not _interjected(event)]
        own = [one["name"] for one in kept if one.get("event") == "action"]
        interjections = [one for one in turn.actions if one not in own]
        if interjections and not own:
            self._note(turn, f"only {', '.join(interjections)}: left out")
        elif interjections:
            self._note(turn, f"{', '.join(interjections)} left out, the rest kept")
        answers_form = (
            bool(own) and own[0] == self._form and not turn.of("action_execution_rejected")
        )
        steps = list(self._steps(kept))
        if own:
            self._take(turn, steps, answers_form)
        else:
            self.draft.steps += [step for step in steps if "slot_was_set" in step]
        return True

    def _take(self, turn: Turn, steps: list[Step], answers_form: bool) -> None:
        intent: Step = {"intent": turn.intent}
        text = _words(turn)
        self.draft.test += [{"user": text, **intent} if text else intent, *steps]
        told = [one for one in turn.masked.told if one not in self.draft.masked]
        self.draft.masked += told
        self.draft.turns.append(turn)
        if answers_form:
            first = next(place for place, step in enumerate(steps) if "action" in step)
            self.draft.steps += steps[:first] + steps[first + 1 :]
        else:
            self.draft.steps += [intent, *steps]

    def _steps(self, events: Iterable[Event]) -> Iterator[Step]:
        for event in events:
            kind, name = event.get("event"), event.get("name")
            if kind == "action":
                yield {"action": name}
            elif kind == "active_loop" and name != self._form:
                self._form = name
                yield {"active_loop": name}
            elif kind == "slot" and name in self._slots:
                if self._values.get(name) != event.get("value"):
                    self._values[name] = event.get("value")
                    yield {"slot_was_set": [{name: event.get("value")}]}

    def _note(self, turn: Turn, text: str) -> None:
        self.draft.notes.append(f"Turn {turn.number}: {text}")


def _valid(turn: Turn) -> list[Event]:
    """Return the events of a turn since the message was last put in, without waiting."""
    rewound = [place for place, one in enumerate(turn.events) if one.get("event") == "rewind"]
    events = turn.events[rewound[-1] + 1 :] if rewound else turn.events
    return [one for one in events if not (one["event"] == "action" and one["name"] in INTERNAL)]


def _interjected(event: Event) -> bool:
    """Return whether an event is an action that no story decides."""
    if event.get("event") != "action":
        return False
    decided = DEESCALATION in str(event.get("policy")) and (event.get("confidence") or 0.0) >= SURE
    return decided or event.get("name") in INTERJECTIONS


def _words(turn: Turn) -> str:
    """Return the customer's words, masked, with the entities marked as Rasa's stories do."""
    text = turn.masked.text
    free = len(text)  # marks are set from the end, so that earlier places stay right
    for one in sorted(turn.parsed.get("entities") or [], key=lambda one: -(one.get("start") or 0)):
        words = turn.text[one.get("start") or 0 : one.get("end") or 0]
        place = text.rfind(words, 0, free) if words.strip() else -1
        if place < 0 or turn.choice:
            continue
        value = str(one.get("value"))
        mark = f"({one['entity']})"
        if value != words:
            mark = f'{{"entity": "{one["entity"]}", "value": "{value}"}}'
        text = f"{text[:place]}[{words}]{mark}{text[place + len(words) :]}"
        free = place
    return text


def influencing(domain: Path) -> set[str]:
    """Return the slots of ``domain.yml`` that influence which story is followed.

    Raises:
        ConfigError: the file cannot be read.
    """
    try:
        slots: Mapping[str, Any] = yaml.safe_load(domain.read_text(encoding="utf-8"))["slots"]
        return {
            name
            for name, slot in slots.items()
            if slot.get("influence_conversation", True) and slot["type"] != "any"
        }
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{domain}: its 'slots' cannot be read: {error!r}.") from error


def _named(steps: list[Step]) -> str:
    """Return a name made of the intents of a story."""
    intents = list(dict.fromkeys(str(step["intent"]) for step in steps if "intent" in step))
    words = ", ".join(one.replace("_", " ") for one in intents[:INTENTS_NAMED])
    return words[:1].upper() + words[1:] or "A conversation"


def slug(name: str) -> str:
    """Return a file name's stem for a story's name: small letters, digits and ``_``."""
    letters = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:60] or "story"


def write(root: Path, made: Draft) -> tuple[Path, Path]:
    """Write the story and its test story, both or none.

    Raises:
        ConfigError: one of the files is already there.
    """
    stem = slug(made.name) + ".yml"
    texts = {root / STORIES / stem: made.text(), root / TESTS / stem: made.test_text()}
    for path in texts:
        if path.exists():
            raise ConfigError(f"{path} is already there. Choose another --name.")
    done: list[Path] = []
    try:
        for path, text in texts.items():
            _write(path, text)
            done.append(path)
    except OSError:
        for path in done:
            path.unlink()
        raise
    story, test = done
    return story, test


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


class _Dumper(yaml.SafeDumper):
    """Indents lists as the stories in ``data/`` do, and writes texts as blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


class _Block(str):
    """A text written as a block."""


_Dumper.add_representer(
    _Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
)


def _yaml(head: str, name: str, steps: list[Step]) -> str:
    blocks = [
        {key: _Block(f"{value}\n") if key == "user" else value for key, value in step.items()}
        for step in steps
    ]
    content = {"stories": [{"story": name, "steps": blocks}]}
    body = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
    return f'# {head}.\nversion: "3.1"\n{body}'
