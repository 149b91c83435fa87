"""Tiny files to send: the smallest that are what they say, and some that are not."""

import struct
import zlib

PLACE = b"GPSLatitude 40.4168N"


def png(*extra):
    """A 1×1 picture; ``extra`` are (name, data) of chunks before its end."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\x00\xff\x00\x00")
    chunks = [(b"IHDR", header), (b"IDAT", data), *extra, (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(orientation):
    """An EXIF block with orientation and a place, little endian as many cameras write it."""
    tiff = b"II*\x00" + struct.pack("<I", 8) + struct.pack("<H", 1)
    tiff += struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack("<I", 0)
    return segment(0xE1, b"Exif\x00\x00" + tiff + PLACE)


def jpeg(*extra, tail=b""):
    """A JPEG in form, not one that shows anything."""
    parts = [segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"), *extra]
    parts += [segment(0xDB, b"\x00" * 65), segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")]
    scan = b"\x12\xff\x00\x34\xff\xd0\x56"  # a stuffed byte and a restart belong to the picture
    return b"\xff\xd8" + b"".join(parts) + scan + b"\xff\xd9" + tail


def webp(*extra):
    parts = [(b"VP8X", bytes([0b1100]) + b"\x00" * 9), (b"VP8 ", b"\x00" * 11), *extra]
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2)
        for name, data in parts
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00;"
)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
ZIP = b"PK\x03\x04" + b"\x00" * 30
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 30
