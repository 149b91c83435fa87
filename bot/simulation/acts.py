"""What passes between a customer and a bot: what is done, what is on the screen, what it does."""

from __future__ import annotations

from dataclasses import dataclass

from bot.simulation.judge import Verdict


@dataclass(frozen=True)
class Screen:
    """What the customer sees after a turn.

    Args:
        texts: The bot's messages.
        choices: Titles of the quick replies.
        handed_over: The page says that a person takes over.
        wrong_hands: ... that cannot help.
        deeds: What the page says was done, by kind; ``supervisor`` when one was asked.
    """

    texts: tuple[str, ...]
    choices: tuple[str, ...] = ()
    handed_over: bool = False
    wrong_hands: bool = False
    deeds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Act:
    """What the customer does.

    Args:
        need: Why.
        text: What is written, or the title that is pressed; empty on leaving without a word.
        press: A quick reply is pressed.
    """

    need: str
    text: str
    press: bool = False


@dataclass(frozen=True)
class Impression:
    """What a reply did to the customer.

    Args:
        verdict: What was seen.
        signals: The moves of the mood, by name.
        mood: After it.
        patience: Left after it.
    """

    verdict: Verdict
    signals: tuple[str, ...]
    mood: float
    patience: float
