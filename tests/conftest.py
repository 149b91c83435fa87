"""Fixtures for all tests. Every module says what it needs: unit, model, server or browser."""

import pytest

CATEGORIES = ("unit", "model", "server", "browser")


def pytest_collection_modifyitems(items):
    for item in items:
        if not any(item.get_closest_marker(category) for category in CATEGORIES):
            raise pytest.UsageError(
                f"{item.nodeid} has no category. Put `pytestmark = pytest.mark.unit` (or "
                f"{', '.join(CATEGORIES[1:])}) at the top of its module."
            )
