"""What all commands share: errors on purpose become text and an exit code."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

import typer

from bot.errors import RemansoError


@contextlib.contextmanager
def errors_as_text() -> Iterator[None]:
    """Turn an error raised on purpose, or by a file that cannot be used, into text and code 1."""
    warnings.simplefilter("ignore", DeprecationWarning)  # of Rasa's own imports, by the dozen
    try:
        yield
    except (RemansoError, OSError) as error:
        typer.secho(str(error), fg="red", err=True)
        raise typer.Exit(1) from error
