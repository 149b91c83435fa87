"""Training: Rasa's own ``rasa train`` on the present data, kept under the data's fingerprint."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bot.errors import ConfigError, EncoderError
from bot.settings import ROOT, Settings
from bot.training import archives, cards, published
from bot.training.environment import quiet

Say = Callable[[str], None]
TAIL = 25  # lines of Rasa's output shown when training fails
LOCK = ROOT / ".rasa" / "training.lock"  # beside Rasa's cache, which bears one training
DONE = re.compile(r"Finished training component '(\w+)'")


def ensure_model(settings: Settings, *, say: Say) -> Path:
    """Return a published model of the present data, trained now if there is none.

    Raises:
        ConfigError: training failed; the text ends with what Rasa said.
    """
    model = published.archive(settings, published.fingerprint(settings))
    if not _whole(settings, model):
        with one_at_a_time(say):  # the training that was waited for may have made it, or not
            model = published.archive(settings, published.fingerprint(settings))
            if not _whole(settings, model):
                return _train(settings, say)
    if published.read(settings).get("model") != model.name:
        published.publish(settings, model)
    return model.resolve()


def train(settings: Settings, *, say: Say, publish: bool = True) -> Path:
    """Train a model on the present data, write its card, and publish it unasked.

    Args:
        settings: the installation.
        say: receives the progress, a line at a time.
        publish: whether ``remanso serve`` is to load it from now on.

    Raises:
        ConfigError: training failed; the text ends with what Rasa said.
    """
    with one_at_a_time(say):
        return _train(settings, say, publish=publish)


@contextmanager
def one_at_a_time(say: Say) -> Iterator[None]:
    """Wait until no other training runs in this checkout; the next one waits for this."""
    LOCK.parent.mkdir(exist_ok=True)
    training = FileLock(LOCK)
    try:
        training.acquire(timeout=0)
    except Timeout:
        say("Another training runs in this folder: this one begins when it ends ...")
        training.acquire()
    try:
        yield
    finally:
        training.release()


def _train(settings: Settings, say: Say, *, publish: bool = True) -> Path:
    mark = published.fingerprint(settings)
    model = published.archive(settings, mark)
    # --force: Rasa's cache knows data and configuration, not the code of our components.
    command = [sys.executable, "-m", "rasa", "train", "--force", "--out", str(settings.models)]
    command += ["--fixed-model-name", model.name.removesuffix(".tar.gz")]
    say("Training a model on the present data (some minutes on 2 cores) ...")
    started = time.monotonic()
    lines = _run(command, quiet(settings), say)
    seconds = time.monotonic() - started
    if not model.is_file():
        said = "\n".join(lines[-TAIL:])
        raise ConfigError(f"Training failed. Nothing was published. Rasa said:\n{said}")
    say("Asking it the development texts ...")
    card = cards.write(settings, model, mark=mark, seconds=seconds)
    for line in cards.essence(card):
        say(line)
    if publish:
        published.publish(settings, model)
    return model.resolve()


def _whole(settings: Settings, model: Path) -> bool:
    """Return whether an archive is there and can be served; else it is trained again."""
    try:
        archives.check(settings, model)
    except (ConfigError, EncoderError):
        return False
    return True


def _run(command: list[str], environment: dict[str, str], say: Say) -> list[str]:
    lines: list[str] = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            done = DONE.search(line)
            if done:
                say(f"  trained {done.group(1)}")
    if process.returncode:
        said = "\n".join(lines[-TAIL:])
        raise ConfigError(f"Training failed (code {process.returncode}). Rasa said:\n{said}")
    return lines
