"""What the test suite needs besides Python: a browser, the encoder and a model."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence

from bot.errors import SettingsError
from bot.settings import ROOT, Settings
from bot.training.train import ensure_model
from bot.training.tune import ensure

Say = Callable[[str], None]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def prepare(settings: Settings, *, say: Say) -> None:
    """Make ready what the tests use; quick when everything is there.

    Raises:
        SettingsError: there is no browser and it cannot be installed here.
        ConfigError: the model cannot be trained.
        EncoderError: the encoder cannot be built.
    """
    browser(say)
    page_tools(say)
    ensure(settings, say=say)
    ensure_model(settings, say=say)


def parts(asked: Sequence[str], *, beyond_units: bool = False) -> list[list[str]]:
    """Return pytest's arguments, one list a run: what was asked for, or else everything.

    Browser tests are apart: playwright's event loop stays in the process, where no other may run.
    What starts, times and kills the real processes comes last, with nothing beside it.
    """
    if asked:
        return [list(asked)]
    # In the order of collection: what takes minutes begins first, and ends beside the rest.
    together = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
    left_out = " and not unit" if beyond_units else ""
    return [
        ["-m", f"not browser and not alone{left_out}", *together],
        ["-m", "browser and not alone", *together],
        ["-m", "alone"],
    ]


def browser(say: Say) -> str:
    """Return the system's Chromium, installed with the package manager where that is possible.

    Raises:
        SettingsError: it is missing; the text says what to install.
    """
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Chromium for the browser tests ...")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
            subprocess.run(["apt-get", *command], env=quiet, check=False, capture_output=True)
        path = shutil.which("chromium")
        if path:
            return path
    raise SettingsError(
        "The browser tests need Chromium. Install it (Debian, Ubuntu: sudo apt-get install "
        "chromium; macOS: brew install --cask chromium), or leave them out: "
        'remanso test -m "not browser".'
    )


def page_tools(say: Say) -> None:
    """Install axe-core and the type checker for the pages, where npm is there."""
    if (ROOT / "node_modules" / "axe-core").is_dir():
        return
    if not shutil.which("npm"):
        say("npm is missing: the accessibility check of the pages is skipped.")
        return
    say("Installing the accessibility checker ...")
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=ROOT, check=False)
