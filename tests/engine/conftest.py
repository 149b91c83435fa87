"""The engine with a model trained on the real domain, rules, stories and texts; scripted NLU."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.settings import ROOT

sys.path.insert(0, str(Path(__file__).parent))
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

NLU = 'version: "3.1"\nnlu:\n  - intent: greet\n    examples: |\n      - hola\n      - buenas\n'


def make_project(folder, *, extra_domain=None, extra_data=()):
    """Lay out a checkout whose pipeline is scripted; everything else is the real thing."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    config["pipeline"] = [{"name": "scripted_nlu.ScriptedNLU"}]
    (folder / "config.yml").write_text(yaml.safe_dump(config, allow_unicode=True))
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    for name, values in (extra_domain or {}).items():
        domain[name] = domain.get(name, []) + values
    (folder / "domain.yml").write_text(yaml.safe_dump(domain, allow_unicode=True))
    for name in ("rules", "stories", "responses"):
        shutil.copytree(ROOT / "data" / name, folder / "data" / name)
    (folder / "data" / "nlu.yml").write_text(NLU)
    for name, text in extra_data:
        (folder / "data" / name).write_text(text, encoding="utf-8")
    return folder


def train(folder):
    """Train in a process of its own: this one's Rasa is the faster one of the engine."""
    arguments = ["-m", "rasa", "train", "--out", "models", "--fixed-model-name", "model"]
    paths = os.pathsep.join((str(ROOT), str(Path(__file__).parent)))
    environment = {**os.environ, "PYTHONPATH": paths, "RASA_CACHE_DIRECTORY": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    archive = folder / "models" / "model.tar.gz"
    assert archive.is_file(), f"training failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return str(archive)


@pytest.fixture(scope="session", autouse=True)
def _quiet():
    """Rasa's debug log is a hundred lines a turn until its logging is configured."""
    import logging

    from rasa.utils.log_utils import configure_structlog

    from bot.channels import swift

    swift.install()  # as the engine's own start does
    configure_structlog(logging.ERROR)
    logging.getLogger("rasa").setLevel(logging.ERROR)


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    if os.environ.get("REMANSO_TEST_MODEL"):  # a model trained by an earlier run, for speed
        return os.environ["REMANSO_TEST_MODEL"]
    return train(make_project(tmp_path_factory.mktemp("project")))


@pytest.fixture(scope="session")
def loop():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield loop
    loop.close()


@pytest.fixture
def shop(tmp_path):
    """A fresh demo shop laid around the bench's day; the actions use it."""
    from datetime import date

    from actions import context
    from bot.backoffice import open_shop

    opened = open_shop(f"sqlite:///{tmp_path}/shop.db", today=date(2026, 11, 21))
    context.use(opened)
    yield opened
    context.use(None)


@pytest.fixture(scope="session")
def loaded(model, loop, tmp_path_factory):
    from bench import InProcessActions, load_agent

    from bot.channels.tracker_store import EngineTrackerStore

    os.environ["REMANSO_TRACKER_URL"] = f"sqlite:///{tmp_path_factory.mktemp('store')}/tracker.db"
    return load_agent(model, InProcessActions(), tracker_store=EngineTrackerStore())


@pytest.fixture
def actions(loaded):
    from bench import InProcessActions

    fresh = InProcessActions()
    loaded.action_endpoint = loaded.processor.action_endpoint = fresh
    return fresh


@pytest.fixture
def talk(loaded, actions, shop, loop):
    from bench import Talk

    return Talk(loaded, loop)


@pytest.fixture
def known(loaded, actions, shop, loop):
    """A conversation with a customer whom the site has signed in."""
    from bench import VERIFIED, Talk

    return Talk(loaded, loop, identity=VERIFIED)


@pytest.fixture(scope="session")
def real(loop, tmp_path_factory):
    """The engine with the model of the present data, trained now if there is none."""
    from bench import InProcessActions, load_agent

    from bot import settings
    from bot.channels.tracker_store import EngineTrackerStore
    from bot.training.train import ensure_model

    path = os.environ.get("REMANSO_TEST_REAL_MODEL") or ensure_model(
        settings.load(), say=lambda line: None
    )
    os.environ["REMANSO_TRACKER_URL"] = f"sqlite:///{tmp_path_factory.mktemp('real')}/tracker.db"
    return load_agent(str(path), InProcessActions(), tracker_store=EngineTrackerStore())


@pytest.fixture
def customer(real, shop, loop):
    """A customer who types; nothing is scripted."""
    from bench import Talk

    return Talk(real, loop)
