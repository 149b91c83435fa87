"""Plays many conversations over several processes, each of which loads the model once."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.play import Bot
from evaluation.replies import PlayError


@dataclass(frozen=True)
class Outcome:
    """What became of one task of :func:`in_parallel`.

    Args:
        task: The task.
        value: What playing it returned; None when it broke.
        error: Traceback; empty when it did not break.
        transcript: The conversation until it broke.
    """

    task: Any
    value: Any = None
    error: str = ""
    transcript: str = ""


def in_parallel(
    play: Callable[[Bot, Any], Any],
    tasks: Iterable[Any],
    *,
    model: Path,
    workers: int = 2,
    load: Callable[[Path], Bot] | None = None,
    done: Callable[[Outcome], None] | None = None,
    chunk: int = 1,
) -> list[Outcome]:
    """Play tasks over several processes and return their outcomes, in the order of the tasks.

    Args:
        play: A function of a module; it gets the process's bot and one task. What it returns must
            be picklable. Should not depend on what was played before.
        tasks: Picklable.
        model: The archive.
        workers: Processes; with 1 everything is played here.
        load: A function of a module that loads the bot in each process; ``Bot.load`` by default.
        done: Called with each outcome as it arrives.
        chunk: Tasks that a process gets at once.
    """
    load = load or Bot.load
    outcomes: list[Outcome] = []
    listed = list(tasks)
    if workers <= 1 or len(listed) <= 1:
        _start(load, model)
        found: Iterable[Outcome] = map(_play, ((play, task) for task in listed))
        return _collected(found, outcomes, done)
    spawn = multiprocessing.get_context("spawn")  # a fork would copy the parent's threads' locks
    with ProcessPoolExecutor(
        min(workers, len(listed)), mp_context=spawn, initializer=_start, initargs=(load, model)
    ) as pool:
        found = pool.map(_play, [(play, task) for task in listed], chunksize=chunk)
        return _collected(found, outcomes, done)


_bot: Bot | None = None  # of this process


def _start(load: Callable[[Path], Bot], model: Path) -> None:
    global _bot
    _bot = load(model)


def _play(job: tuple[Callable[[Bot, Any], Any], Any]) -> Outcome:
    play, task = job
    if _bot is None:
        raise PlayError("No bot is loaded in this process.")
    _bot.newest = None
    try:
        return Outcome(task, play(_bot, task))
    except Exception:  # noqa: BLE001 - one broken conversation must not lose the others
        newest = _bot.newest
        return Outcome(
            task, None, traceback.format_exc(limit=-6), newest.transcript() if newest else ""
        )


def _collected(
    found: Iterable[Outcome], outcomes: list[Outcome], done: Callable[[Outcome], None] | None
) -> list[Outcome]:
    for outcome in found:
        outcomes.append(outcome)
        if done:
            done(outcome)
    return outcomes
