"""What a file is, by its content and never by its name; and a name that is safe to show and save.

Accepted: PNG, JPEG, WebP and GIF images, PDF, plain text. Pages and drawings that a browser would
run (HTML, SVG, XML) and office files, which may hold macros, are refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from bot.errors import DeskError

EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/webp": ("webp",),
    "image/gif": ("gif",),
    "application/pdf": ("pdf",),
    "text/plain": ("txt",),
}
"""Accepted types, and the extensions they may have; the first is given to those that have none."""
IMAGES = tuple(kind for kind in EXTENSIONS if kind.startswith("image/"))
LONGEST = 120
"""Characters of a name that are kept."""

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
_MARKUP = re.compile(rb"\s*<\s*[!?a-z]", re.IGNORECASE)
_ACTIVE = re.compile(rb"<\s*(?:script|svg|html|iframe|!doctype|\?xml)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_UNSAFE = re.compile(r"[<>:\"|?*\\/\s]+")


def kind_of(content: bytes) -> str:
    """Return the media type of a file.

    Raises:
        DeskError: it is empty, or of a type that is not accepted.
    """
    if not content:
        raise DeskError("The file is empty.", "attachment_empty")
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if _is_text(content):
        return "text/plain"
    accepted = ", ".join(sorted(names[0] for names in EXTENSIONS.values()))
    raise DeskError(f"Files of this type are refused. Accepted: {accepted}.", "attachment_type")


def clean_name(name: str, kind: str) -> str:
    """Return a name without paths, control, invisible and direction-turning characters.

    It ends with an extension of the file's own type: ``foto.exe`` with a picture in it becomes
    ``foto.exe.png``.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    plain = _UNSAFE.sub(" ", shown).strip(" .")
    extensions = EXTENSIONS[kind]
    stem, dot, ending = plain.rpartition(".")
    if not dot or ending.lower() not in extensions:
        stem, ending = plain, extensions[0]
    stem = stem.strip(" .") or "archivo"
    return f"{stem[: LONGEST - len(ending) - 1].rstrip(' .')}.{ending.lower()}"


def _is_text(content: bytes) -> bool:
    """Whether it is UTF-8 that no browser would take for a page."""
    if _MARKUP.match(content.removeprefix(b"\xef\xbb\xbf")) or _ACTIVE.search(content):
        return False
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(text)
