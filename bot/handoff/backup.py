"""Saving and restoring an installation's data: one ``.tar.gz`` with a manifest and checksums.

SQLite files are copied with the database's own online backup, so everything may keep running while
it is saved. Files that customers and agents sent are copied after the databases: all that the rows
name are there. PostgreSQL has tools of its own, and we say so. The secret is not part of a backup:
keep ``<home>/secret`` (or REMANSO_SECRET) apart, or customers have to begin new conversations.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import socket
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, Any

from sqlalchemy.engine import make_url

from bot.errors import StoreError
from bot.settings import Settings

FORMAT = 1
MANIFEST = "manifest.json"
DESK = "desk.yml"
ATTACHMENTS = "attachments"
_ATTACHMENT = re.compile(rf"{ATTACHMENTS}/([0-9a-f]{{2}})/\1[0-9a-f]{{62}}")
"""The name of a sent file in a backup: its folder is the first two digits of its digest."""
_SIDES = ("", "-wal", "-shm")
"""What belongs to an SQLite database beside its file."""


def backup(settings: Settings, target: Path) -> Path:
    """Save conversations, tickets, sent files, the engine's tracker, the shop and ``desk.yml``.

    Args:
        settings: Which installation.
        target: The ``.tar.gz`` to write; an older file of this name is replaced at the end.

    Returns:
        Where it is.

    Raises:
        StoreError: a database is not SQLite, or cannot be read or written.
    """
    files = _databases(settings)
    target = target.resolve()
    with _workspace(target.parent) as folder:
        saved = [_copied(source, folder / name) for name, source in files.items()]
        names = [path.name for path in saved if path is not None]
        if settings.desk.exists():
            shutil.copyfile(settings.desk, folder / DESK)
            names.append(DESK)
        names += _copied_attachments(settings, folder)
        _write_manifest(folder, names)
        packed = folder / "packed.tar.gz"
        with tarfile.open(packed, "w:gz") as archive:
            for name in (MANIFEST, *names):
                archive.add(folder / name, arcname=name)
        packed.chmod(0o600)
        os.replace(packed, target)
    return target


def restore(settings: Settings, source: Path) -> Path:
    """Put a backup in place. Everything must be stopped.

    Args:
        settings: Which installation.
        source: A file that :func:`backup` wrote. Its ``desk.yml`` is left beside the databases
            as ``desk.yml.restored``: which rules hold is the operator's choice.

    Returns:
        The folder in which the data that was there before is kept.

    Raises:
        StoreError: the file is damaged or no backup, or a process still runs; then nothing was
            changed.
    """
    files = _databases(settings)
    _refuse_running(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    with _workspace(settings.home) as folder:
        names = _unpacked(source, folder)
        moment = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S%fZ")
        aside = settings.home / f"before-restore-{moment}"
        aside.mkdir()
        for name, path in files.items():
            for side in _SIDES:
                old = path.with_name(path.name + side)
                if old.exists():
                    shutil.move(old, aside / old.name)
            if name in names:
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(folder / name, path)
        if DESK in names:
            shutil.move(folder / DESK, settings.home / f"{DESK}.restored")
        if settings.attachments().exists():
            shutil.move(settings.attachments(), aside / ATTACHMENTS)
        if (folder / ATTACHMENTS).exists():
            shutil.move(folder / ATTACHMENTS, settings.attachments())
    return aside


def _refuse_running(settings: Settings) -> None:
    for name in ("port", "engine_port", "actions_port"):
        address = ("127.0.0.1", getattr(settings, name))
        with contextlib.suppress(OSError), socket.create_connection(address, timeout=0.5):
            raise StoreError(
                f"Something listens on port {address[1]} (REMANSO_{name.upper()}). Stop everything "
                "before restoring. Nothing was changed."
            )


def _databases(settings: Settings) -> dict[str, Path]:
    """Return the SQLite files, by the name they have in a backup.

    Raises:
        StoreError: one is not SQLite.
    """
    urls = {
        "remanso.db": settings.database(),
        "tracker.db": settings.tracker_database(),
        "shop.db": settings.shop_database(),
    }
    files = {}
    for name, address in urls.items():
        url = make_url(address)
        if url.get_backend_name() != "sqlite" or not url.database:
            shown = url.render_as_string(hide_password=True)
            raise StoreError(
                f"{shown} is not an SQLite file. Save it with its own tool, for PostgreSQL: "
                f"pg_dump --format=custom --file=remanso.dump '{shown}' and restore it with "
                "pg_restore."
            )
        files[name] = Path(url.database)
    return files


def _copied(source: Path, target: Path) -> Path | None:
    """Copy a database that may be in use; None when there is none."""
    if not source.exists():
        return None
    try:
        with closing(sqlite3.connect(source, timeout=30)) as old:
            with closing(sqlite3.connect(target)) as new:
                old.backup(new)
                new.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise StoreError(f"{source} cannot be saved: {error}") from error
    return target


def _copied_attachments(settings: Settings, folder: Path) -> list[str]:
    """Copy the files that customers and agents sent; return the names they have in a backup."""
    names = []
    for source in sorted(settings.attachments().glob("*/*")):
        name = f"{ATTACHMENTS}/{source.parent.name}/{source.name}"
        if not _ATTACHMENT.fullmatch(name):
            continue  # an upload that is still being written
        (folder / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileNotFoundError):  # thrown away in this very moment
            shutil.copyfile(source, folder / name)
            names.append(name)
    return names


def _write_manifest(folder: Path, names: list[str]) -> None:
    manifest = {
        "format": FORMAT,
        "made_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "files": {name: _checksum(folder / name) for name in names},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")


def _unpacked(source: Path, folder: Path) -> list[str]:
    """Unpack a backup and check every file of it; return their names."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            manifest = json.load(_member(archive, MANIFEST))
            checksums = _checked(manifest, source)
            for name in checksums:
                (folder / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with _member(archive, name) as packed, (folder / name).open("wb") as file:
                    shutil.copyfileobj(packed, file)
    except (OSError, EOFError, tarfile.TarError, KeyError, ValueError) as error:
        raise StoreError(
            f"{source} is damaged or no backup of ours ({error}). Nothing was changed."
        ) from error
    for name, checksum in checksums.items():
        if _checksum(folder / name) != checksum:
            raise StoreError(f"{source}: {name} is damaged. Nothing was changed.")
        if name.endswith(".db"):
            _intact(folder / name, source)
    return list(checksums)


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    file = archive.extractfile(name)
    if file is None:
        raise ValueError(f"{name} is no file")
    return file


def _checked(manifest: Any, source: Path) -> dict[str, str]:
    """Return the checksums of a manifest, whose names never lead out of the folder."""
    if manifest["format"] != FORMAT:
        raise StoreError(
            f"{source} has format {manifest['format']}, this version reads {FORMAT}. "
            "Nothing was changed."
        )
    files = {str(name): str(checksum) for name, checksum in manifest["files"].items()}
    for name in files:
        ours = name in ("remanso.db", "tracker.db", "shop.db", DESK)
        if not ours and not _ATTACHMENT.fullmatch(name):
            raise ValueError(f"unexpected file {name}")
    return files


def _intact(database: Path, source: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as connection:
            (result,) = connection.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error as error:
        result = str(error)
    if result != "ok":
        raise StoreError(f"{source}: {database.name} is damaged ({result}). Nothing was changed.")


def _checksum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


@contextlib.contextmanager
def _workspace(parent: Path) -> Iterator[Path]:
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=".backup-") as folder:
        yield Path(folder)
