"""Fixtures for all tests. Every module says what it needs: unit, model, server or browser."""

import pytest

CATEGORIES = ("unit", "model", "server", "browser")


def pytest_collection_modifyitems(items):
    for item in items:
        if category_of(item) is None:
            raise pytest.UsageError(
                f"{item.nodeid} has no category. Put `pytestmark = pytest.mark.unit` (or "
                f"{', '.join(CATEGORIES[1:])}) at the top of its module."
            )
    # The quick ones first; browser tests last: Playwright leaves an event loop running behind it.
    items.sort(key=category_of)


def category_of(item):
    """Return the place of a test's category in the order of running, None without one."""
    places = [place for place, name in enumerate(CATEGORIES) if item.get_closest_marker(name)]
    return max(places, default=None)
