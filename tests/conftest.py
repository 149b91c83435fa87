"""Fixtures for all tests. A module says what it needs: unit, database, model, server or browser."""

import atexit
import copy
import functools
import os
import shutil
import tempfile
from pathlib import Path

import hypothesis
import pytest
import yaml

from evaluation.open_desk import write_open_desk

_HERE = Path(tempfile.mkdtemp(prefix="remanso-tests-"))
atexit.register(shutil.rmtree, _HERE, ignore_errors=True)
os.environ["REMANSO_DESK"] = str(write_open_desk(_HERE))  # tests run at night and on Sundays too

hypothesis.settings.register_profile("shared", deadline=None)  # machines are shared and noisy
hypothesis.settings.load_profile("shared")

CATEGORIES = ("unit", "database", "model", "server", "browser")


_parse = functools.lru_cache(maxsize=512)(yaml.safe_load)


def _safe_load(stream):
    """Parse each text once: hundreds of gateways read the same forty files."""
    return copy.deepcopy(_parse(stream if isinstance(stream, (str, bytes)) else stream.read()))


yaml.safe_load = _safe_load


def pytest_collection_modifyitems(config, items):
    for item in items:
        if category_of(item) is None:
            raise pytest.UsageError(
                f"{item.nodeid} has no category. Put `pytestmark = pytest.mark.unit` (or "
                f"{', '.join(CATEGORIES[1:])}) at the top of its module."
            )
        if long(item) or item.get_closest_marker("alone"):
            item.add_marker(pytest.mark.timeout(1500))  # trains a model, or kills thirty processes
    # The quick ones first; browser tests last: Playwright leaves an event loop running behind it.
    # Beside each other, the long ones first: one that begins last would end alone.
    beside = bool(config.getoption("numprocesses", None)) or hasattr(config, "workerinput")
    items.sort(key=lambda item: (beside and not long(item), category_of(item)))


def long(item):
    """Return whether a test takes minutes."""
    return item.get_closest_marker("long") is not None


def category_of(item):
    """Return the place of a test's category in the order of running, None without one."""
    places = [place for place, name in enumerate(CATEGORIES) if item.get_closest_marker(name)]
    return max(places, default=None)
