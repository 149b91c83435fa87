"""The demo shop, and the same behind the REST client."""

import contextlib
import secrets
import shutil
import sqlite3
from datetime import date

import httpx
import pytest
from reference_server import TOKEN, ReferenceServer

from bot.backoffice import RestBackOffice, open_shop

TODAY = date(2026, 3, 31)


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """A freshly filled shop's file; never opened again, only copied."""
    path = tmp_path_factory.mktemp("filled") / "shop.db"
    open_shop(f"sqlite:///{path}", today=TODAY).close()
    return path


@pytest.fixture
def fresh_shop(filled):
    """Opens a shop in memory at every call, as freshly filled; for one thread only."""
    opened = []

    def fresh():
        name = f"file:shop-{secrets.token_hex(8)}?mode=memory&cache=shared"
        kept = sqlite3.connect(name, uri=True)
        with contextlib.closing(sqlite3.connect(filled)) as template:
            template.backup(kept)
        shop = open_shop(f"sqlite:///{name}&uri=true", today=TODAY)
        opened.extend([shop, kept])
        return shop

    yield fresh
    for each in opened:
        each.close()


@pytest.fixture
def shop(fresh_shop):
    return fresh_shop()


@pytest.fixture
def file_shop(filled, tmp_path):
    """A shop in a file, which several threads may use."""
    path = tmp_path / "shop.db"
    shutil.copy(filled, path)
    shop = open_shop(f"sqlite:///{path}", today=TODAY)
    yield shop
    shop.close()


@pytest.fixture
def server(shop):
    return ReferenceServer(shop)


@pytest.fixture
def waits():
    """How long the client waited between tries, in seconds; no time passes."""
    return []


@pytest.fixture
def client(server, waits):
    """A client of the reference server without a socket."""
    transport = httpx.MockTransport(server.handle)
    client = RestBackOffice("http://erp.test/v1", TOKEN, transport=transport, sleep=waits.append)
    yield client
    client.close()
