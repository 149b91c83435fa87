import hashlib
import io
import json
import socket
import sqlite3
import tarfile
from contextlib import closing

import pytest

from bot.errors import StoreError
from bot.handoff.backup import backup, restore
from bot.handoff.store import Store
from bot.settings import Settings

pytestmark = pytest.mark.database


def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def settings(tmp_path):
    ports = {name: unused_port() for name in ("port", "engine_port", "actions_port")}
    return Settings(home=tmp_path / "var", **ports)


@pytest.fixture
def saved(settings, tmp_path):
    """A backup of a conversation with one message, taken while the store is open."""
    store = Store(settings.database())
    conversation = store.create_conversation().id
    store.add_customer_message(conversation, "hola", "1")
    with closing(sqlite3.connect(settings.home / "tracker.db")) as tracker:
        tracker.execute("CREATE TABLE events (id INTEGER)")
    archive = backup(settings, tmp_path / "copies" / "monday.tar.gz")
    store.add_customer_message(conversation, "después", "2")
    store.close()
    return archive, conversation


def texts(settings, conversation):
    store = Store(settings.database())
    try:
        return [message.text for message in store.messages(conversation)]
    finally:
        store.close()


def test_what_was_saved_comes_back_and_what_was_there_is_kept(settings, saved):
    archive, conversation = saved

    aside = restore(settings, archive)

    assert texts(settings, conversation) == ["hola"]
    kept = Settings(home=aside)
    assert texts(kept, conversation) == ["hola", "después"]


def test_a_backup_has_every_database_and_the_desks_rules_and_is_private(saved):
    archive, _ = saved

    with tarfile.open(archive) as packed:
        names = set(packed.getnames())

    assert names == {"manifest.json", "remanso.db", "tracker.db", "desk.yml"}
    assert archive.stat().st_mode & 0o077 == 0


def test_a_backup_works_on_an_empty_machine(saved, tmp_path, settings):
    archive, conversation = saved
    other = Settings(
        home=tmp_path / "other",
        port=settings.port,
        engine_port=settings.engine_port,
        actions_port=settings.actions_port,
    )

    restore(other, archive)

    assert texts(other, conversation) == ["hola"]
    assert (other.home / "desk.yml.restored").exists()


def cut(path):
    path.write_bytes(path.read_bytes()[:-200])


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def nonsense(path):
    path.write_text("not a backup")


def swapped(path):
    """A valid archive whose database is not the one of the manifest."""
    with tarfile.open(path) as old:
        manifest = old.extractfile("manifest.json").read()
    with tarfile.open(path, "w:gz") as new:
        for name, data in (("manifest.json", manifest), ("remanso.db", b"SQLite")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            new.addfile(info, io.BytesIO(data))


def outside(path):
    """An archive that wants to write where it should not."""
    manifest = b'{"format": 1, "files": {"../../evil.db": "0"}}'
    with tarfile.open(path, "w:gz") as new:
        for name, data in (("manifest.json", manifest), ("../../evil.db", b"x")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            new.addfile(info, io.BytesIO(data))


@pytest.mark.parametrize("damage", [cut, flip, nonsense, swapped, outside])
def test_a_damaged_backup_is_refused_and_nothing_changes(settings, saved, damage):
    archive, conversation = saved
    damage(archive)
    before = sorted(path.name for path in settings.home.iterdir())

    with pytest.raises(StoreError):
        restore(settings, archive)

    assert sorted(path.name for path in settings.home.iterdir()) == before
    assert texts(settings, conversation) == ["hola", "después"]


def test_nothing_is_restored_below_a_running_process(settings, saved):
    with socket.create_server(("127.0.0.1", settings.port)), pytest.raises(StoreError) as error:
        restore(settings, saved[0])

    assert "REMANSO_PORT" in str(error.value)


def test_postgresql_is_saved_with_its_own_tool(tmp_path):
    settings = Settings(home=tmp_path, database_url="postgresql://ana:geheim@db/remanso")

    with pytest.raises(StoreError, match="pg_dump") as error:
        backup(settings, tmp_path / "x.tar.gz")

    assert "geheim" not in str(error.value)


DIGEST = "ab" + "c" * 62


def sent_file(settings, digest=DIGEST, content="una foto"):
    path = settings.attachments() / digest[:2] / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def test_sent_files_are_saved_and_come_back(settings, tmp_path):
    Store(settings.database()).close()
    path = sent_file(settings)
    sent_file(settings, f".{DIGEST}.a_x", "still being written")
    archive = backup(settings, tmp_path / "monday.tar.gz")
    path.unlink()
    sent_file(settings, "cd" + "e" * 62, "later")

    aside = restore(settings, archive)

    assert [each.read_text() for each in settings.attachments().rglob("*") if each.is_file()] == [
        "una foto"
    ]
    kept = {each.read_text() for each in (aside / "attachments").rglob("*") if each.is_file()}
    assert "later" in kept


@pytest.mark.parametrize(
    "name",
    [
        f"attachments/{DIGEST}",
        f"attachments/ff/{DIGEST}",
        "attachments/ab/../../../evil",
        "attachments/ab/evil",
    ],
)
def test_a_file_that_would_lie_anywhere_else_is_refused(settings, saved, tmp_path, name):
    content = b"x"
    manifest = {"format": 1, "files": {name: hashlib.sha256(content).hexdigest()}}
    archive = tmp_path / "evil.tar.gz"
    with tarfile.open(archive, "w:gz") as made:
        for member, data in (("manifest.json", json.dumps(manifest).encode()), (name, content)):
            entry = tarfile.TarInfo(member)
            entry.size = len(data)
            made.addfile(entry, io.BytesIO(data))
    with pytest.raises(StoreError, match="unexpected file"):
        restore(settings, archive)
