"""Pictures without what cameras write into them: the place, the time, the device, the owner.

Which way up a JPEG is stays, as the one field of a new EXIF block. A picture whose parts cannot be
followed stays as it came: better a photo with its data than a broken one. GIF and PDF are left.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_TELLS = (b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME")
_WEBP_TELLS = (b"EXIF", b"XMP ")
_WEBP_FLAGS = 0b00001100  # of VP8X: EXIF and XMP are there
_SOS, _EOI = 0xDA, 0xD9
_KEPT = (0xE0, 0xEE)  # of JPEG's application segments: JFIF, Adobe; and colour profiles
_NEXT = re.compile(
    rb"\xff[^\x00\xd0-\xd7\xff]"
)  # in a picture's data, 00 and restarts are no marker
_ORIENTATION = 0x0112


def without_place(content: bytes, kind: str) -> bytes:
    """Return a picture without its metadata; anything else as it is."""
    strip = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}.get(kind)
    if strip is None:
        return content
    try:
        return strip(content)
    except (ValueError, IndexError, struct.error):
        return content


def _png(content: bytes) -> bytes:
    kept, at = [_PNG_START], len(_PNG_START)
    while at < len(content):
        (size,) = struct.unpack_from(">I", content, at)
        name, end = content[at + 4 : at + 8], at + 12 + size
        if end > len(content):
            raise ValueError("a chunk leads out of the file")
        if name not in _PNG_TELLS:
            kept.append(content[at:end])
        at = end
        if name == b"IEND":
            break
    return b"".join(kept)


def _webp(content: bytes) -> bytes:
    kept, at = [], 12
    while at < len(content):
        name = content[at : at + 4]
        (size,) = struct.unpack_from("<I", content, at + 4)
        end = at + 8 + size + size % 2
        if at + 8 + size > len(content):
            raise ValueError("a chunk leads out of the file")
        part = content[at:end]
        if name == b"VP8X":
            part = part[:8] + bytes([part[8] & ~_WEBP_FLAGS]) + part[9:]
        if name not in _WEBP_TELLS:
            kept.append(part)
        at = end
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _jpeg(content: bytes) -> bytes:
    kept, upright = [b"\xff\xd8"], None
    for marker, segment in _segments(content):
        if marker == 0xE1 and segment[4:10] == b"Exif\x00\x00":
            upright = upright or _orientation(segment[10:])
        if _needed(marker, segment):
            kept.append(segment)
    if upright and upright != 1:
        kept.insert(2 if kept[1][1] == 0xE0 else 1, _exif(upright))
    return b"".join(kept)


def _needed(marker: int, segment: bytes) -> bool:
    """Whether the picture needs a segment: all but comments and what programs add."""
    if marker == 0xE2:
        return segment[4:16] == b"ICC_PROFILE\x00"
    return marker in _KEPT or not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each (marker, segment) of a JPEG up to its end: what is hung on behind it goes."""
    at = 2
    while True:
        if content[at] != 0xFF:
            raise ValueError("no marker where one must be")
        marker = content[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == _EOI:
            yield marker, content[at : at + 2]
            return
        (size,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + size
        if marker == _SOS:  # the picture itself follows, up to the next marker
            found = _NEXT.search(content, end)
            if found is None:
                raise ValueError("the picture has no end")
            end = found.end() - 2
        if size < 2 or end > len(content):
            raise ValueError("a segment leads out of the file")
        yield marker, content[at:end]
        at = end


def _orientation(tiff: bytes) -> int | None:
    """Return the orientation, 1 to 8, that an EXIF block gives."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return None
    (start,) = struct.unpack_from(order + "I", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, start)
    for number in range(count):
        tag, _, _, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * number)
        if tag == _ORIENTATION and 1 <= value <= 8:
            return int(value)
    return None


def _exif(orientation: int) -> bytes:
    """Return an EXIF segment that says nothing but which way up the picture is."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    tiff = b"MM\x00*" + struct.pack(">I", 8) + struct.pack(">H", 1) + entry + b"\x00\x00\x00\x00"
    block = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block
