"""A desk of its own for every test."""

import pytest
from argon2 import PasswordHasher
from desk_fakes import fake_desk


@pytest.fixture
def here(tmp_path):
    made = fake_desk(tmp_path, versions=lambda: {"model": "m-1"})
    yield made
    made.store.close()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """Hash passwords in a millisecond: the tests are not about how slow it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.handoff.agents._hasher", PasswordHasher(1, 8, 1))
        yield


@pytest.fixture
def ana(here):
    """An agent of the general team."""
    return here.agent("ana")


@pytest.fixture
def bea(here):
    """An agent of another team."""
    return here.agent("bea", teams=("billing",), name="Bea Gil")


@pytest.fixture
def ref(here, ana):
    """A case that ana has."""
    ref = here.ticket("no llega").ref
    here.desk.claim(ref, ana)
    return ref
