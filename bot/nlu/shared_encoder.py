"""The encoder that all components of a process share, bound to the model by its hash."""

from __future__ import annotations

import atexit

from rasa.shared.exceptions import RasaException

from bot import settings
from bot.encoder import kept, runtime, shelf
from bot.encoder.runtime import Encoder
from bot.errors import EncoderError


class WrongEncoder(EncoderError, RasaException):
    """The encoder that a model was trained with is not there; another would mislead it."""


def for_training() -> Encoder:
    """Return the current encoder, for a model that is being trained.

    It remembers enough that no example is read twice, whichever component asks, and what earlier
    trainings read.

    Raises:
        WrongEncoder: there is none, or it is damaged.
    """
    encoder = _load(None)
    if encoder.cached < kept.MOST:  # the first time in this process
        encoder.cached = kept.MOST
        file = kept.place(settings.load().models, encoder.hash)
        encoder.recall(file)
        atexit.register(encoder.keep, file)  # which component reads last is for Rasa to decide
    return encoder


def for_model(name: str) -> Encoder:
    """Return the encoder with the hash that a model was trained with.

    Raises:
        WrongEncoder: it is missing or damaged, whatever other encoder is there.
    """
    try:
        return _load(name)
    except WrongEncoder as error:
        raise WrongEncoder(
            f"This model was trained with the sentence encoder {name}, which cannot be used: "
            f"{error} Or train a model with the present one: `remanso train`."
        ) from error


def mark() -> str:
    """Return the hash of the current encoder, or a word when there is none."""
    try:
        return shelf.current(settings.load().models)
    except EncoderError:
        return "none"


def _load(name: str | None) -> Encoder:
    models = settings.load().models
    try:  # by its name, or who asks for the current one and who asks for its name have two
        return runtime.shared(models, name or shelf.current(models))
    except EncoderError as error:
        raise WrongEncoder(str(error)) from error
