"""The development texts: apart from the training examples, for calibration and thresholds only.

A folder with ``dev_*.yml`` (Rasa's format) and ``frustration_dev_*.yml`` (that of the graded
examples). Where they are missing, what needs them does without, and says how.
"""

from __future__ import annotations

from pathlib import Path

from bot.nlu import graded, labelled
from bot.nlu.graded import Graded
from bot.nlu.labelled import Labelled


def graded_files(folder: Path) -> list[Path]:
    """Return the files of graded development texts, sorted."""
    return sorted(folder.glob("frustration_dev_*.yml"))


def labelled_files(folder: Path) -> list[Path]:
    """Return the files of development texts with intents, sorted."""
    return sorted(folder.glob("dev_*.yml"))


def graded_texts(folder: Path) -> list[Graded]:
    """Return the graded development texts; none where there are no files."""
    return [one for path in graded_files(folder) for one in graded.read_file(path)]


def labelled_texts(folder: Path) -> list[Labelled]:
    """Return the development texts with intents; none where there are no files."""
    return labelled.read(*labelled_files(folder))
