"""Everything this project raises on purpose.

* RemansoError
  + SettingsError        an environment variable says something we cannot obey
  + ConfigError          config.yml, desk.yml or a file in data/ is wrong
    - UnknownTrigger     (bot.deescalation.firing)
    - UnknownResponse    (bot.deescalation.phrasing)
    - PersonaError       (bot.simulation.persona)
  + EncoderError         the sentence encoder is missing, damaged or not the model's
    - WrongEncoder       (bot.nlu.shared_encoder)
  + EngineError          the dialogue engine did not answer as agreed
    - EngineDown         nobody listens
    - EngineLate         it did not answer in time
    - BadRequest         (bot.channels.gateway)
  + StoreError           the database refuses
  + DeskError            the desk refuses a change to a ticket
    - NotFound
    - NotAllowed
    - Conflict
  + IdentityError        a customer's proof of identity does not hold
    - IdentityRefused    (bot.web.identity)
  + RequestError         a request to the gateway is refused
    - Problem            (bot.web.problems)
    - TooLarge           (bot.web.wire)
    - NotPlayable        (bot.simulation.course)
  + Taken                a person has the chat: the bot's turn is over
  + BackOfficeError      orders, invoices or payments cannot be read or changed
    - BackOfficeDown     no answer, or a broken one
      * Uncertain        a write was sent and nobody knows whether it was done
    - AboveAuthority     more money than this role may give
    - NotPossible        the order, the charge or the customer does not allow it
    - Unproven           (actions.case)
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


class RemansoError(Exception):
    """Base of every error raised on purpose; its text is fit for a terminal."""


class SettingsError(RemansoError):
    """An environment variable says something we cannot obey."""


class ConfigError(RemansoError):
    """A configuration or data file is wrong: the text names file, path, value and fix."""


class EncoderError(RemansoError):
    """The sentence encoder is missing, damaged, or not the one the model was trained with."""


class EngineError(RemansoError):
    """The dialogue engine did not answer as agreed."""


class EngineDown(EngineError):
    """Nobody listens on the engine's port."""


class EngineLate(EngineError):
    """The engine did not answer in time."""


class StoreError(RemansoError):
    """The database refuses."""


class DeskError(RemansoError):
    """The desk refuses a change to a ticket.

    Args:
        text: What is wrong and what is accepted, for programs.
        code: Which sentence tells it to a person (``utter_error_<code>``); by default the kind's.
        facts: What that sentence may mention.
    """

    def __init__(self, text: str = "", code: str = "", **facts: Any) -> None:
        super().__init__(text)
        self.code = code
        self.facts = facts


class NotFound(DeskError):
    """There is no such ticket, conversation or agent."""


class NotAllowed(DeskError):
    """This agent may not do that."""


class Conflict(DeskError):
    """The ticket is not in a state that allows the change."""


class IdentityError(RemansoError):
    """A customer's proof of identity does not hold."""


class RequestError(RemansoError):
    """A request to the gateway is refused."""


class Taken(RemansoError):
    """A person has the conversation by now: the turn needs no answer of the bot's."""


class BackOfficeError(RemansoError):
    """Orders, invoices or payments cannot be read or changed."""


class BackOfficeDown(BackOfficeError):
    """The back office gave no answer, or a broken one."""


class Uncertain(BackOfficeDown):
    """A write was sent and its answer lost: say neither that it was done nor that it was not."""


class AboveAuthority(BackOfficeError):
    """More money than this role may give."""


class NotPossible(BackOfficeError):
    """The order, the charge or the customer does not allow what was asked, or does not exist."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the tail of an error message: the closest known name and all that are accepted."""
    known = sorted(known)
    close = get_close_matches(name, known, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    return f"{hint} Accepted: {', '.join(known)}."
