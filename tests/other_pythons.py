"""Run the gateway's quick tests on Python 3.11 to 3.13, whichever are here.

``python -m tests.other_pythons <uv>``: the process that faces the internet must not be tied to the
Python that Rasa needs. An environment for each is kept in ``.tools/``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ("3.11", "3.12", "3.13")
TESTS = ("tests/web", "tests/handoff", "tests/backoffice", "tests/test_engine_client.py")
LOCK = "requirements-web-test.lock"


def find(version: str) -> str | None:
    """An interpreter of this version that really runs, on the PATH or under pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    installed = sorted(pyenv.glob(f"{version}.*/bin/python"))
    for candidate in (shutil.which(f"python{version}"), *map(str, installed)):
        if candidate is None:
            continue
        asked = subprocess.run([candidate, "--version"], capture_output=True, text=True)
        if asked.returncode == 0 and version in asked.stdout:
            return candidate
    return None


def run(version: str, interpreter: str, uv: str) -> int:
    """Install the locked packages and run the tests; return pytest's exit code."""
    folder = ROOT / ".tools" / f"web-{version}"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([uv, "venv", "-q", "--python", interpreter, folder], check=True)
    install = [uv, "pip", "sync", "-q", "--python", python, "--require-hashes", LOCK]
    subprocess.run(install, cwd=ROOT, check=True)
    tests = ["-q", "-m", "unit or database", "-p", "no:cacheprovider", "-n", "auto", *TESTS]
    return subprocess.run([python, "-m", "pytest", *tests], cwd=ROOT).returncode


def main() -> int:
    """Test on each; a missing one is said, a failing one fails."""
    uv = sys.argv[1] if len(sys.argv) > 1 else "uv"
    codes = []
    for version in VERSIONS:
        interpreter = find(version)
        if interpreter is None:
            print(f"SKIPPED: Python {version} is not here; the gateway is not tested on it.")
            continue
        print(f"The gateway on Python {version}:", flush=True)
        codes.append(run(version, interpreter, uv))
    return max(codes, default=0)


if __name__ == "__main__":
    sys.exit(main())
