"""A copy of the checkout for tests that change data: trained, served and published there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bot.settings import ROOT, load
from bot.training import cards
from tests.system import Installation, free_port

FOLDERS = ("actions", "bot", "data", "evaluation/nlu")
PORTS = ("REMANSO_PORT", "REMANSO_SHOP_PORT", "REMANSO_ENGINE_PORT", "REMANSO_ACTIONS_PORT")


KEPT = 4  # one example in so many is kept: training in a test takes a minute and not five


def _thin(path: Path) -> None:
    """Leave out most examples of a file."""
    examples, lines = 0, []
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.startswith(("    - ", "  - {")):
            examples += 1
            if examples % KEPT != 1:
                continue
        lines.append(line)
    path.write_text("".join(lines), encoding="utf-8")


class Checkout(Installation):
    """A copy in ``folder`` that serves ``model``; commands run in it as a trainer runs them."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.folder = folder
        skipped = shutil.ignore_patterns("__pycache__")
        for name in FOLDERS:
            shutil.copytree(ROOT / name, folder / name, ignore=skipped)
        for path in ROOT.glob("*.yml"):
            shutil.copy(path, folder)
        for path in (*folder.glob("data/nlu/e*.yml"), *folder.glob("data/frustration/e*.yml")):
            _thin(path)
        models = folder / "models"
        models.mkdir()
        (models / "encoder").symlink_to((model.parent / "encoder").resolve())
        shutil.copy(model, models)
        shutil.copy(cards.path_of(model), models)
        shutil.copytree(model.parent / ".scores", models / ".scores", dirs_exist_ok=True)
        variables = {name: str(free_port()) for name in PORTS}
        variables |= {"REMANSO_HOME": str(folder / "var"), "REMANSO_MODELS": str(models)}
        self.environment = {**os.environ, **variables, "PYTHONPATH": str(folder)}
        self.settings = load(variables)

    def __enter__(self) -> Checkout:
        command = [sys.executable, "-m", "bot.cli", "serve"]
        self._serving = subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True
        )
        said = []
        for line in self._serving.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                return self
        raise AssertionError("".join(said))

    def __exit__(self, *_: object) -> None:
        self._serving.terminate()
        self._serving.wait(30)

    def remanso(self, *arguments: str, code: int = 0) -> str:
        """Run a command; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text, encoding="utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace the one place in a file."""
        text = (self.folder / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{path}: {old!r}"
        self.write(path, text.replace(old, new))

    def add(self, path: str, text: str) -> None:
        """Add lines to the end of a file."""
        with (self.folder / path).open("a", encoding="utf-8") as file:
            file.write(text)
