"""Files that customers and agents send each other.

The content lies in a folder by its SHA-256, outside everything that is served; a row says whose it
is, what it is called and whether a scanner has looked at it. A row is made by the upload and joins
a message when that is sent (:func:`bot.handoff.store.files.send`). Uploads that were never sent
are thrown away after a day.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shlex
import subprocess
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.errors import Conflict, DeskError, NotFound
from bot.handoff import tickets
from bot.handoff.filetypes import clean_name, kind_of
from bot.handoff.metadata import without_place
from bot.handoff.presence import PresenceDesk, actor
from bot.handoff.records import Agent, Ticket
from bot.handoff.store import conversations, files, ids
from bot.handoff.store.files import Attachment
from bot.handoff.tables_desk import attachments

logger = logging.getLogger("remanso.desk")

CLEAN, REFUSED, UNSCANNED = "clean", "refused", "unscanned"
SCAN_SECONDS = 60.0
"""Seconds the scanner has for one file; then it is kept as unscanned and tried again."""
UNSENT = timedelta(days=1)
"""Age at which an upload that no message took is thrown away."""

Scan = Callable[[Path], str]


class Attachments:
    """Takes, gives and throws away files.

    Args:
        desk: The conversations.
        folder: Where the contents lie.
        limit: Bytes a file may have.
        most: Files a conversation may have.
        scan: Looks a file over; says clean, refused or unscanned.
    """

    def __init__(
        self,
        desk: PresenceDesk,
        folder: Path,
        *,
        limit: int = 10_000_000,
        most: int = 20,
        scan: Scan = lambda path: UNSCANNED,
    ) -> None:
        self._desk = desk
        self._database = desk.store.database
        self._folder = folder
        self.limit = limit
        self._most = most
        self._scan = scan

    def keep(self, conversation: str, author: str, name: str, content: bytes) -> Attachment:
        """Store an upload; pictures lose the place they were taken at.

        Args:
            conversation: Whose it is.
            author: ``customer`` or ``agent:<user name>``.
            name: As the sender calls it.
            content: At most :attr:`limit` bytes.

        Raises:
            DeskError: too large, empty, of a type that is refused, or infected.
            Conflict: the conversation has as many files as it may have.
        """
        if len(content) > self.limit:
            limit = size_text(self.limit)
            raise DeskError(f"At most {limit}.", "attachment_size", limit=limit)
        kind = kind_of(content)
        content = without_place(content, kind)
        with self._database.read() as connection:
            self._count(connection, conversation)
        digest, scan = self._stored(content)
        made = Attachment(
            id=ids.attachment_id(),
            conversation=conversation,
            message=None,
            author=author,
            name=clean_name(name, kind),
            type=kind,
            size=len(content),
            digest=digest,
            scan=scan,
            at=self._desk.clock(),
        )
        self._enter(made)
        if scan == REFUSED:
            self.sweep([digest])
            raise DeskError("The scanner refuses this file.", "attachment_unsafe")
        return made

    def get(self, number: str, conversation: str) -> tuple[Attachment, Path]:
        """Return a file of a conversation and where its content is.

        Raises:
            NotFound: there is none, it is another conversation's, or the scanner refused it.
        """
        with self._database.read() as connection:
            found = files.get(connection, number, conversation)
        path = None if found is None else self.path(found.digest)
        if found is None or path is None or found.scan == REFUSED or not path.is_file():
            raise NotFound("There is no such file.")
        return found, path

    def case(self, ref: str, agent: Agent, *, read: str = "") -> Ticket:
        """Return a ticket that an agent may see; that they ``read`` a file of it is logged.

        Raises:
            NotFound: there is none.
            NotAllowed: it is another team's.
        """
        with self._database.write() as connection:
            ticket = self._desk.visible(connection, ref, agent)
            if read:
                data = {"attachment": read[:40]}
                tickets.log(connection, ticket.ref, self._desk.clock(), actor(agent), "read", data)
            return ticket

    def path(self, digest: str) -> Path:
        """Return where a content is."""
        return self._folder / digest[:2] / digest

    def look_again(self) -> list[str]:
        """Scan what the scanner has not seen; throw away what it refuses or nobody sent.

        Returns:
            The conversations in which a file was refused.
        """
        with self._database.read() as connection:
            unseen = files.unseen(connection)
        refused = []
        for each in unseen:
            path = self.path(each.digest)
            scan = self._scan(path) if path.is_file() else UNSCANNED
            if scan == UNSCANNED:
                continue
            with self._database.write() as connection:
                files.set_scan(connection, each.digest, scan)
            if scan == REFUSED:
                self._remove(each.digest)
                refused.append(each.conversation)
        old = self._desk.clock() - UNSENT
        self.sweep(self._lost(old.timestamp()))
        with self._database.write() as connection:
            unsent = sa.and_(attachments.c.message.is_(None), attachments.c.at < old)
            digests = files.forget(connection, unsent)
        self.sweep(digests)
        return refused

    def sweep(self, digests: Iterable[str]) -> None:
        """Throw away the contents that no row needs any more; outside of any transaction."""
        for digest in set(digests):
            with self._database.write() as connection:  # no upload joins it meanwhile
                if not files.needed(connection, digest):
                    self._remove(digest)

    def _lost(self, before: float) -> list[str]:
        """Return contents written before a time that may be nobody's: a process died."""
        found = []
        for path in self._folder.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime >= before:
                    continue
                if path.name.startswith("."):
                    path.unlink()
                else:
                    found.append(path.name)
        return found

    def _enter(self, made: Attachment) -> None:
        """Store the row of an upload, unless the scanner refused it, and log that it came."""
        with self._database.write() as connection:
            conversations.get(connection, made.conversation, lock=True)
            if made.scan != REFUSED:
                self._count(connection, made.conversation)
                files.insert(connection, made)
                self._again(made.digest)
            ticket = tickets.current(connection, made.conversation)
            if ticket is not None:
                data = {"type": made.type, "size": made.size, "scan": made.scan}
                tickets.log(connection, ticket.ref, made.at, made.author, "attached", data)

    def _again(self, digest: str) -> None:
        """Check that nobody has thrown the content away since it was written.

        Raises:
            Conflict: somebody has; sending it again helps.
        """
        if not self.path(digest).is_file():
            raise Conflict("The file was thrown away meanwhile. Send it again.")

    def _count(self, connection: Any, conversation: str) -> None:
        if files.count(connection, conversation) >= self._most:
            text = f"A conversation has at most {self._most} files."
            raise Conflict(text, "attachment_many", limit=self._most)

    def _stored(self, content: bytes) -> tuple[str, str]:
        """Write a content that is not there yet, for its owner only; return digest and scan."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            mine = path.with_name(f".{digest}.{ids.attachment_id()}")
            handle = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(mine, path)
        return digest, self._scan(path)

    def _remove(self, digest: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.path(digest).unlink()


def scanner(command: str) -> Scan:
    """Return what looks over files with a command; without one, nothing is ever scanned.

    The path is appended to the command, which ends with 0 for a clean file and 1 for one to be
    refused, as clamscan does; anything else, or no answer, leaves the file unscanned.
    """
    words = shlex.split(command)

    def scan(path: Path) -> str:
        try:
            ran = subprocess.run(
                [*words, str(path)], capture_output=True, timeout=SCAN_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            logger.error("the scanner does not answer: %s", type(error).__name__)
            return UNSCANNED
        return {0: CLEAN, 1: REFUSED}.get(ran.returncode, UNSCANNED)

    return scan if words else lambda path: UNSCANNED


def size_text(size: int) -> str:
    """Return a number of bytes as people say it: ``10 MB``."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if size >= unit:
            return f"{size / unit:.1f}".removesuffix(".0") + f" {name}"
    return f"{size} B"
